//! The façade.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use camera::{Credentials, Dialer};
use media::{Clock, ClockOffset, Need, StreamId, StreamRole, WallTime};
use protocol::{Camera, Command, Failure, FailureCode, Reply, Snapshot, Statistics, Update};
use protocol::{CameraAddress, MotionSettings, StreamAddress, StreamStatistics};
use store::{KeyKeeping, Notice, Store, StoreError};
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use workers::{Pool, WorkerProgram};
use zeroize::Zeroizing;

use crate::board::Board;
use crate::exports::Exports;
use crate::listen::Listening;
use crate::motion::{Motion, Observing, Traces};
use crate::origin::Sources;
use crate::pictures::Pictures;
use crate::playback::{Playback, Player, Recent, RecordedSound, RecordedTile, Reel, Standing};
use crate::recorder::Recorder;
use crate::sound::Sounds;
use crate::stills::Turns;
use crate::stream::Stream;
use crate::tally::Tally;
use crate::tile::{Start, Tile};
use crate::viewing::{ViewRequest, Viewing};
use crate::{backups, commands, keeper, motion, probes, sleep, stills, view};

/// What an engine needs to start.
#[derive(Debug)]
pub struct EngineConfig {
    /// The data directory; this process holds its lock.
    pub data: PathBuf,
    /// Where the key of the camera passwords is.
    pub keys: KeyKeeping,
    /// What to start as a worker.
    pub worker: WorkerProgram,
    /// What time it is.
    pub clock: Clock,
}

/// The engine. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    board: Board,
    store: Mutex<Store>,
    sources: Sources,
    recorder: Recorder,
    motion: Motion,
    exports: Exports,
    thumbnails: Turns,
    started: tokio::time::Instant,
    tallies: Mutex<Vec<Weak<Tally>>>,
    sessions: AtomicU32,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Engine {
    /// Opens the store and starts the tasks of every camera. Blocks while the
    /// store is opened.
    pub fn start(config: EngineConfig) -> Result<Self, StoreError> {
        let (store, notices) = Store::open(&config.data, config.keys, config.clock.clone())?;
        let (traces, notice) = Traces::open(&config.data);
        let notices: Vec<Notice> = notices.into_iter().chain(notice).collect();
        for notice in &notices {
            tracing::warn!("{}", notice.0);
        }
        let board = Board::new(
            store.server_id().to_owned(),
            store.layouts()?,
            store.settings()?,
            store.volumes()?,
            store.plans()?,
            store.motion()?,
            notices.into_iter().map(|notice| notice.0).collect(),
        );
        let (cameras, last_event) = (store.cameras()?, store.last_event_id()?);
        let clock = config.clock;
        let (wakes_in, wakes) = watch::channel(0);
        let pool = Pool::start(config.worker, clock.clone());
        let dialer = Dialer::new(clock.clone());
        let engine = Self(Arc::new(Inner {
            board,
            store: Mutex::new(store),
            started: clock.instant(),
            sources: Sources { pool, dialer, clock: clock.clone(), wakes },
            recorder: Recorder::default(),
            motion: Motion::new(last_event, traces),
            exports: Exports::default(),
            thumbnails: Turns::default(),
            tallies: Mutex::default(),
            sessions: AtomicU32::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }));
        for camera in cameras {
            engine.connect(camera);
        }
        engine.arrange_recording();
        engine.spawn(motion::write_events(engine.clone()));
        engine.spawn(motion::forget_traces(engine.clone()));
        engine.spawn(backups::run(engine.clone(), clock.clone()));
        engine.spawn(sleep::run(clock, wakes_in));
        Ok(engine)
    }

    /// Id of this server.
    pub fn server(&self) -> &str {
        self.0.board.server()
    }

    /// The engine's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.sources.clock
    }

    /// The state now, and every change after it.
    pub fn snapshot(&self) -> (Snapshot, broadcast::Receiver<Arc<Update>>) {
        self.0.board.snapshot()
    }

    /// Whether anything is recorded, or is to be when something happens.
    pub fn is_recording(&self) -> bool {
        self.recorder().is_recording()
    }

    /// Whether the owner wants the engine to go on when the last window closes.
    pub fn keeps_running(&self) -> bool {
        self.0.board.settings().keep_running
    }

    /// A number for a viewer's session; never the same twice.
    pub fn new_session(&self) -> u32 {
        self.0.sessions.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Carries out a command, or refuses it and changes nothing.
    pub async fn command(&self, command: Command) -> Result<Reply, Failure> {
        if let Command::ProbeCamera { address, transport, login, camera } = command {
            let asked = probes::Asked { address, transport, login, camera };
            return probes::run(self, asked).await;
        }
        if let Command::TakeStill { still } = command {
            return stills::take(self, still).await;
        }
        if let Command::TryMotion { camera, settings, from, to } = command {
            return motion::try_out(self, &camera, settings, (WallTime(from), WallTime(to))).await;
        }
        let engine = self.clone();
        tokio::task::spawn_blocking(move || commands::execute(&engine, command))
            .await
            .unwrap_or_else(|error| Err(Failure::new(FailureCode::Other, error.to_string())))
    }

    /// Finds a stream for a viewer that sees it.
    pub fn open_viewing(&self, request: ViewRequest) -> Result<Viewing, Failure> {
        let stream = self.stream(request.stream)?;
        let viewing = Viewing::new(request, stream, self.decoding());
        self.keep_tally(viewing.tally());
        Ok(viewing)
    }

    /// A playback, which stands.
    pub fn new_playback(&self) -> Playback {
        Playback::new(self.clock().clone())
    }

    /// Opens the recordings of a stream for a tile of `playback`; those of the
    /// camera's other stream where that alone was recorded.
    pub fn open_recorded(
        &self,
        request: ViewRequest,
        playback: &Playback,
        need: Need,
    ) -> Result<(RecordedTile, Arc<Tally>), Failure> {
        let standing = match request.stream.role {
            StreamRole::Main => Standing::KeyFirst,
            StreamRole::Sub => Standing::Exact,
        };
        self.open_player(request, playback, need, standing)
    }

    /// As [`Engine::open_recorded`], and says what is shown where that stands.
    pub(crate) fn open_player(
        &self,
        request: ViewRequest,
        playback: &Playback,
        need: Need,
        standing: Standing,
    ) -> Result<(RecordedTile, Arc<Tally>), Failure> {
        let reel = self.reel(request.stream)?;
        let (tile, screen) = RecordedTile::new(need);
        let decoder = self.0.sources.pool.patient_decoder(format!("{} again", request.stream));
        let clock = self.clock().clone();
        let subscription = request.subscription;
        let player = Player::new(playback, subscription, reel, decoder, screen, clock, standing);
        self.spawn(player.run());
        let tally = Arc::new(Tally::new(request));
        self.keep_tally(&tally);
        Ok((tile, tally))
    }

    /// Opens a stream for a viewer that hears it.
    pub fn open_sound(&self, stream: StreamId) -> Result<Listening, Failure> {
        let stream = self.stream(stream)?;
        Ok(Listening::open(stream, |stream| {
            let pool = self.0.sources.pool.clone();
            self.0.tasks.spawn(Sounds::run(stream.clone(), pool));
        }))
    }

    /// Opens the recorded sound of a stream for a viewer that hears it at the
    /// time of `playback`; that of the camera's other stream where that alone
    /// was recorded.
    pub fn open_recorded_sound(
        &self,
        stream: StreamId,
        playback: &Playback,
    ) -> Result<RecordedSound, Failure> {
        let reel = self.reel(stream)?;
        let decoder = self.0.sources.pool.sound_decoder(format!("{stream}, sound again"));
        Ok(RecordedSound::new(playback, reel, decoder, self.clock().clone()))
    }

    /// Observes what is seen of a camera, by settings that are not kept.
    pub fn observe(
        &self,
        camera: &CameraAddress,
        settings: MotionSettings,
    ) -> Result<Observing, Failure> {
        Observing::begin(self, camera, settings)
    }

    /// The stream `address` names, where it is one of this server's.
    pub fn stream_id(&self, address: &StreamAddress) -> Result<StreamId, Failure> {
        let camera = self.camera_id(&address.camera)?;
        Ok(StreamId { camera, role: view::role_of(address.role) })
    }

    /// What was counted since the start.
    pub fn statistics(&self) -> Statistics {
        let pool = self.0.sources.pool.statistics();
        let server = self.server();
        let streams = self.0.board.streams().into_iter().map(|stream| {
            let counts = stream.counts();
            StreamStatistics {
                stream: view::stream_address(server, stream.id),
                sessions: counts.sessions,
                units: counts.units,
                missed: counts.missed,
                gaps: counts.gaps,
                lost_packets: counts.lost_packets,
                dropped: counts.dropped,
                clock_offset_ms: counts.clock.map(ClockOffset::millis),
                bytes: counts.bytes,
                pictures: counts.pictures,
                looked_at: counts.looked_at,
            }
        });
        let tallies = self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let viewers = tallies.iter().filter_map(Weak::upgrade);
        Statistics {
            uptime_seconds: self.0.started.elapsed().as_secs_f64(),
            process: std::process::id(),
            workers: pool.processes,
            workers_lost: pool.lost,
            streams: streams.collect(),
            viewers: viewers.map(|tally| tally.statistics(server)).collect(),
        }
    }

    /// Ends every session with a camera and awaits every task.
    pub async fn shut_down(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
        // What came until now is still to be recorded.
        let engine = self.clone();
        let stop = move || {
            engine.0.motion.ledger().write(&engine);
            engine.0.motion.traces().write();
            engine.0.recorder.stop();
        };
        let stopped = tokio::task::spawn_blocking(stop).await;
        if let Err(error) = stopped {
            tracing::error!("the recorder did not stop: {error}");
        }
        self.0.sources.dialer.shut_down().await;
        self.0.sources.pool.shut_down().await;
    }

    /// The camera `address` names, where it is one of this server's.
    pub(crate) fn camera_id(&self, address: &CameraAddress) -> Result<media::CameraId, Failure> {
        if address.server != self.server() {
            return Err(view::not_found("This server is not linked to that one."));
        }
        Ok(media::CameraId(address.camera))
    }

    pub(crate) fn board(&self) -> &Board {
        &self.0.board
    }

    /// Blocks, for a few milliseconds.
    pub(crate) fn store<T>(
        &self,
        act: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        act(&mut self.0.store.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a camera known and starts its tasks. Blocks, for a few milliseconds.
    pub(crate) fn connect(&self, camera: store::Camera) -> Option<Camera> {
        let id = camera.id;
        let login = self.login(&camera);
        for stream in self.0.board.add(camera, login, self.0.stop.child_token()) {
            let (engine, stream_id) = (self.clone(), stream.id);
            let report = move |state| engine.0.board.set_stream_state(stream_id, state);
            self.0.tasks.spawn(keeper::run(stream, self.0.sources.clone(), report));
        }
        self.0.board.camera(id)
    }

    /// How to log in to a camera. What cannot be read is told in the log; the
    /// camera then says that it asks for a login. Blocks, for a few milliseconds.
    pub(crate) fn login(&self, camera: &store::Camera) -> Option<Credentials> {
        if !camera.has_password {
            return None;
        }
        match self.store(|store| store.credentials(camera.id)) {
            Ok(kept) => kept.map(|kept| Credentials {
                user: kept.user,
                password: Zeroizing::new(kept.password.expose().to_owned()),
            }),
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        }
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    pub(crate) fn motion(&self) -> &Motion {
        &self.0.motion
    }

    pub(crate) fn exports(&self) -> &Exports {
        &self.0.exports
    }

    /// Whose thumbnail is made next.
    pub(crate) fn thumbnails(&self) -> &Turns {
        &self.0.thumbnails
    }

    /// Whether everything is to end.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stop.is_cancelled()
    }

    /// Runs what blocks for long, on a thread of its own; it ends soon after
    /// [`Engine::is_stopping`], and is awaited.
    pub(crate) fn spawn_blocking(&self, task: impl FnOnce() + Send + 'static) {
        self.0.tasks.spawn_blocking(task);
    }

    /// Runs a task that ends soon after it is told to stop, and is awaited.
    pub(crate) fn spawn_stopped(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.tasks.spawn(task);
    }

    /// The decoded pictures of a stream, for one who needs this.
    pub(crate) fn open_tile(&self, stream: Arc<Stream>, need: Need) -> Tile {
        Tile::open(stream, need, self.decoding())
    }

    /// To be called after cameras, plans, volumes, evidence or exports changed. Blocks.
    pub(crate) fn arrange_recording(&self) {
        self.0.motion.arrange(self);
        self.0.recorder.arrange(self);
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    fn stream(&self, id: StreamId) -> Result<Arc<Stream>, Failure> {
        let stream = self.0.board.stream(id);
        stream.ok_or_else(|| view::not_found("The camera has no such stream."))
    }

    /// The recordings of a stream, and of the camera's other one.
    pub(crate) fn reel(&self, stream: StreamId) -> Result<Reel, Failure> {
        let StreamId { camera, role } = stream;
        let other = match role {
            StreamRole::Main => StreamRole::Sub,
            StreamRole::Sub => StreamRole::Main,
        };
        let recent = Recent::new(self.stream(stream)?);
        let paths = self.board().volumes().into_iter().map(|it| it.path.into()).collect();
        let engine = self.clone();
        let ledger = Box::new(move |at: WallTime| {
            let until = WallTime(at.0.saturating_add(1));
            let gaps = engine.store(|store| store.gaps(at, until, Some(camera), 1)).ok()?;
            gaps.first().map(|gap| gap.cause)
        });
        Ok(Reel::new([stream, StreamId { camera, role: other }], paths, recent, ledger))
    }

    fn keep_tally(&self, tally: &Arc<Tally>) {
        let mut tallies = self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        tallies.retain(|tally| tally.strong_count() > 0);
        tallies.push(Arc::downgrade(tally));
    }

    fn decoding(&self) -> Start {
        let engine = self.clone();
        Arc::new(move |stream: &Arc<Stream>| engine.decode(stream.clone()))
    }

    fn decode(&self, stream: Arc<Stream>) {
        let Sources { pool, clock, .. } = self.0.sources.clone();
        self.0.tasks.spawn(Pictures::run(stream, pool, clock));
    }

    /// Runs `task` until the engine stops.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move { stop.run_until_cancelled(task).await });
    }
}
