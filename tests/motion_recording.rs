//! A camera that is recorded at events: what moves is seen, what came before and
//! after it is recorded, and nothing else; and where nobody looks, everything is.

pub mod attending;
mod cost;
mod peer;
pub mod scene;
mod trial;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use media::{CameraId, StreamId, WallTime};
use protocol::{
    CameraAddress, CameraEvent, Command, EventKind, HourMode, Message, MotionState, RecordingMode,
    RecordingPlan, Reply, StreamAddress, StreamRole, Update,
};
use rustix::process::{Pid, Signal, kill_process};
use testkit::{CameraClip, Figure, measure_for, statistics, until, wall_us};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::cameras::SOON;
use crate::recording::rig::{Rig, RigOptions};
pub use cost::run as cost;
use scene::Scene;
pub use trial::run as trial;

/// Seconds that are recorded before and after an event.
const BEFORE: u32 = 5;
const AFTER: u32 = 5;

/// A camera goes on to what it is to play at the next key frame.
const GROUP_US: i64 = 1_000_000;

/// How long something moves.
pub const MOVES: Duration = scene::MOVES;

/// Before it is gone, half of what moves has left the picture by then.
const LEAVES_US: i64 = MOVES.as_micros() as i64 / 16;

/// Groups are a second long, rounds a second apart, and a picture is looked at
/// within another.
const SLACK: f64 = 3.0;

/// An event is told so soon after the movement began, in seconds.
const SEEN: f64 = 2.0;

/// That nobody looks is told so soon after the last picture that was looked at, in seconds.
const TOLD: f64 = 6.0;

/// A camera that was not looked at for so long is recorded meanwhile.
const PATIENCE: f64 = 4.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let quiet = Duration::from_secs(if short { 15 } else { 120 });
    let times = if short { 1 } else { 5 };
    let mut camera = Camera::watched().await?;
    let mut figures = Vec::new();
    let from = wall_us();
    measure_for(quiet).await;
    let recorded = camera.recorded(from, wall_us())?;
    figures.push(Figure::at_most("motion-recording/quiet", recorded, "s", 0.0));

    let (mut seen, mut lost, mut excess, mut events) = (0.0, 0.0, 0.0, Vec::new());
    for _ in 0..times {
        let begin = wall_us();
        camera.play(true).await?;
        let event = camera.event().await?;
        seen = f64::max(seen, seconds(begin, wall_us()));
        measure_for(MOVES.saturating_sub(micros(wall_us() - begin))).await;
        let moved = Span { from: begin + GROUP_US, to: wall_us() - LEAVES_US };
        camera.play(false).await?;
        let moves = Span { from: begin, to: wall_us() };
        measure_for(Duration::from_secs((AFTER + 10).into())).await;
        // What surely moved is recorded, and little more than what may have.
        let due = moved.with_rolls();
        lost = f64::max(lost, due.seconds() - camera.recorded(due.from, due.to)?);
        let due = moves.with_rolls();
        let around = camera.recorded(due.from - 20_000_000, wall_us())?;
        excess = f64::max(excess, around - due.seconds());
        events.push(event);
    }
    figures.push(Figure::at_most("motion-recording/seen", seen, "s", SEEN));
    figures.push(Figure::at_most("motion-recording/lost", lost, "s", 1.0));
    figures.push(Figure::at_most("motion-recording/excess", excess, "s", SLACK));
    let kept = camera.events(from).await?;
    let is_kept = |event: &&CameraEvent| kept.iter().any(|it| it.id == event.id);
    let told = events.iter().filter(is_kept).count() as f64;
    figures.push(Figure::exactly("motion-recording/kept", told, "events", f64::from(times)));
    let others =
        kept.iter().filter(|it| it.kind != EventKind::Motion || !it.label.is_empty()).count();
    figures.push(Figure::exactly("motion-recording/others", others as f64, "events", 0.0));

    figures.extend(camera.blind().await?);
    camera.end().await?;
    Ok(figures)
}

/// While something moves, in microseconds of the wall clock.
#[derive(Clone, Copy)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    /// With what is to be recorded before and after it.
    fn with_rolls(self) -> Self {
        let (before, after) = (i64::from(BEFORE) * 1_000_000, i64::from(AFTER) * 1_000_000);
        Self { from: self.from - before, to: self.to + after }
    }

    fn seconds(self) -> f64 {
        seconds(self.from, self.to)
    }
}

/// A camera that is recorded at events, and in front of which something moves or not.
pub struct Camera {
    pub rig: Rig,
    scene: Scene,
    address: CameraAddress,
    /// What viewers hear.
    updates: mpsc::UnboundedReceiver<Update>,
    hearing: JoinHandle<()>,
}

impl Camera {
    /// One in front of which nothing moves, which is known by now.
    pub async fn watched() -> Result<Self> {
        let main = light(CameraClip { width: 640, height: 480, ..CameraClip::main(1) });
        let sub = light(CameraClip { width: 320, height: 180, ..CameraClip::sub(1) });
        let options = RigOptions { subs: vec![sub.clone()], ..Default::default() };
        let rig = Rig::start_with(std::slice::from_ref(&main), options).await?;
        let scene = Scene::make(rig.place.path(), main, sub).await?;
        let mut camera = Self::open(rig, scene).await?;
        camera.play(false).await?;
        camera.plan(StreamRole::Sub, RecordingMode::Off).await?;
        camera.plan(StreamRole::Main, RecordingMode::Event).await?;
        camera
            .state(|state| matches!(state, MotionState::Watching { is_coarse: false, .. }))
            .await?;
        // What was recorded until the plan changed, and the picture that is to be learned.
        measure_for(Duration::from_secs(10)).await;
        Ok(camera)
    }

    /// Ends the engine.
    pub async fn end(self) -> Result<()> {
        self.hearing.abort();
        self.rig.end().await
    }

    async fn open(rig: Rig, scene: Scene) -> Result<Self> {
        let mut client = rig.server.client().await?;
        let address = client.snapshot().cameras[0].address.clone();
        let (heard, updates) = mpsc::unbounded_channel();
        let hearing = tokio::spawn(async move {
            while let Ok(event) = client.next().await {
                if let link::Event::Message(Message::Update { update }) = event {
                    // Whoever listens no more aborts this.
                    heard.send(update).ok();
                }
            }
        });
        Ok(Self { rig, scene, address, updates, hearing })
    }

    /// Whether something moves from now on.
    pub async fn play(&self, moves: bool) -> Result<()> {
        let clips = if moves { &self.scene.moving } else { &self.scene.quiet };
        for (role, clip) in [(StreamRole::Sub, &clips.1), (StreamRole::Main, &clips.0)] {
            self.rig.cameras.play(1, role, clip).await?;
        }
        Ok(())
    }

    async fn command(&self, command: Command) -> Result<Reply> {
        let mut client = self.rig.server.client().await?;
        let reply = client.command(command).await?;
        client.close().await;
        Ok(reply)
    }

    async fn plan(&self, role: StreamRole, mode: RecordingMode) -> Result<()> {
        let stream = StreamAddress { camera: self.address.clone(), role };
        let plan = RecordingPlan {
            mode,
            pre_seconds: BEFORE,
            post_seconds: AFTER,
            audio: false,
            volume: None,
            max_days: None,
            max_bytes: None,
            week: vec![HourMode::Continuous; 168],
        };
        self.command(Command::SetPlan { stream, plan }).await.map(drop)
    }

    /// Waits until looking for motion is doing like this.
    async fn state(&mut self, is_it: impl Fn(&MotionState) -> bool) -> Result<()> {
        self.heard("a state", |update| match update {
            Update::Motion { motion } => is_it(&motion.state).then_some(()),
            _ => None,
        })
        .await
    }

    /// The next event that begins.
    pub async fn event(&mut self) -> Result<CameraEvent> {
        self.heard("an event", |update| match update {
            Update::Event { event, is_over: false } => Some(event),
            _ => None,
        })
        .await
    }

    async fn heard<T>(&mut self, what: &str, choose: impl Fn(Update) -> Option<T>) -> Result<T> {
        let hearing = async {
            loop {
                let update = self.updates.recv().await.context("the session is over")?;
                if let Some(found) = choose(update) {
                    return anyhow::Ok(found);
                }
            }
        };
        let heard = tokio::time::timeout(SOON, hearing).await;
        heard.with_context(|| format!("{what} was not told within {SOON:?}"))?
    }

    /// What was kept of what happened since `from`.
    async fn events(&self, from: i64) -> Result<Vec<CameraEvent>> {
        let cameras = vec![self.address.clone()];
        let (to, limit, newest_first) = (wall_us(), 100, false);
        let asked = Command::Events { cameras, from, to, limit, newest_first };
        match self.command(asked).await? {
            Reply::Events { events } => Ok(events),
            other => bail!("asked for events, got {other:?}"),
        }
    }

    /// Seconds of the main stream that are recorded in a span.
    fn recorded(&self, from: i64, to: i64) -> Result<f64> {
        let stream = StreamId { camera: CameraId(self.rig.ids[0]), role: media::StreamRole::Main };
        let mut recorded = 0.0;
        let index = archive::open_index(&self.rig.volume)?;
        index.recorded(stream, WallTime(from), WallTime(to), |begin, end| {
            recorded += seconds(begin.0.max(from), end.0.min(to)).max(0.0);
        })?;
        Ok(recorded)
    }

    /// Kills whatever decodes, for a while: that it is told, and what is recorded.
    async fn blind(&mut self) -> Result<Vec<Figure>> {
        let mut other = self.rig.server.client().await?;
        let begin = wall_us();
        let mut told = None;
        let mut sightless = Sightless::default();
        while wall_us() - begin < 15_000_000 {
            let now = wall_us();
            let counted = statistics(&mut other).await?;
            sightless.note(now, counted.streams.iter().map(|it| it.looked_at).sum());
            for worker in counted.workers {
                let id = i32::try_from(worker).ok().and_then(Pid::from_raw).context("a process")?;
                // It may have been killed already.
                kill_process(id, Signal::KILL).ok();
            }
            let is_blind = |update: Update| match update {
                Update::Motion { motion } => match motion.state {
                    MotionState::Blind { since, .. } => Some(since),
                    _ => None,
                },
                _ => None,
            };
            if told.is_none() {
                let heard = tokio::time::timeout(
                    Duration::from_millis(200),
                    self.heard("blindness", is_blind),
                );
                // Pictures may get through between two kills.
                let since = heard.await.ok().and_then(Result::ok);
                told = since.map(|since| seconds(since.max(begin), wall_us()));
            } else {
                measure_for(Duration::from_millis(200)).await;
            }
        }
        let named = |name: &str| format!("motion-recording/{name}");
        let told = told.unwrap_or(f64::INFINITY);
        let mut figures = vec![Figure::at_most(named("blind-told"), told, "s", TOLD)];
        self.state(|state| matches!(state, MotionState::Watching { .. })).await?;
        until(SOON, "recording to end", async || {
            let to = wall_us();
            Ok((self.recorded(to - 2_000_000, to)? == 0.0).then_some(()))
        })
        .await?;
        let (mut blind, mut lost) = (0.0, 0.0);
        for (from, to) in sightless.spans {
            // What is short is no blindness, and is not recorded.
            if seconds(from, to) > PATIENCE {
                blind += seconds(from, to);
                lost += seconds(from, to) - self.recorded(from, to)?;
            }
        }
        figures.push(Figure::at_least(named("blind-for"), blind, "s", PATIENCE));
        figures.push(Figure::at_most(named("blind-lost"), lost, "s", 0.5));
        other.close().await;
        Ok(figures)
    }
}

/// When no picture was looked at.
#[derive(Default)]
struct Sightless {
    looked_at: u64,
    /// From and to, in µs since 1970 UTC.
    spans: Vec<(i64, i64)>,
}

impl Sightless {
    /// At `now` or a little later, so many pictures had been looked at in all.
    fn note(&mut self, now: i64, looked_at: u64) {
        let has_looked = std::mem::replace(&mut self.looked_at, looked_at) != looked_at;
        match self.spans.last_mut() {
            Some((_, to)) if !has_looked => *to = now,
            _ => self.spans.push((now, now)),
        }
    }
}

/// Of a camera that sends little.
fn light(clip: CameraClip) -> CameraClip {
    CameraClip { rate: 10, gop: 10, pictures: 10, ..clip }
}

fn seconds(from: i64, to: i64) -> f64 {
    (to - from) as f64 / 1e6
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(micros.max(0).unsigned_abs())
}
