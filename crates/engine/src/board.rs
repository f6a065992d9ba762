//! The state all viewers share, and how they hear of its changes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use camera::{Address, Credentials};
use media::{CameraId, StreamId, StreamRole};
use protocol::{
    MotionState, Snapshot, StreamPlan, StreamRecordingState, StreamState, Update, VolumeState,
};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use workers::SourceSpec;

use crate::login::Login;
use crate::origin::Origin;
use crate::stream::Stream;
use crate::view;

/// Changes a viewer may be behind before it is sent away to begin again.
const UPDATES: usize = 4096;

/// Everything viewers share. Changed and told of under one lock, so that a
/// snapshot and the updates after it fit together.
pub struct Board {
    server: String,
    state: Mutex<State>,
    updates: broadcast::Sender<Arc<Update>>,
}

struct State {
    cameras: BTreeMap<CameraId, Known>,
    layouts: BTreeMap<u32, store::Layout>,
    settings: store::Settings,
    volumes: Vec<store::Volume>,
    plans: BTreeMap<StreamId, store::RecordingPlan>,
    motion: BTreeMap<CameraId, store::MotionSettings>,
    /// Of cameras that are watched.
    watched: BTreeMap<CameraId, MotionState>,
    notices: Vec<String>,
}

/// A camera, its streams and their tasks' token.
struct Known {
    camera: store::Camera,
    login: Arc<Login>,
    streams: Vec<(Arc<Stream>, StreamState)>,
    stop: CancellationToken,
}

impl Board {
    /// What the store holds; cameras are added one by one.
    pub fn new(
        server: String,
        layouts: Vec<store::Layout>,
        settings: store::Settings,
        volumes: Vec<store::Volume>,
        plans: BTreeMap<StreamId, store::RecordingPlan>,
        motion: BTreeMap<CameraId, store::MotionSettings>,
        notices: Vec<String>,
    ) -> Self {
        let (cameras, watched) = (BTreeMap::new(), BTreeMap::new());
        let layouts = layouts.into_iter().map(|layout| (layout.id, layout)).collect();
        let state = State { cameras, layouts, settings, volumes, plans, motion, watched, notices };
        Self { server, state: Mutex::new(state), updates: broadcast::Sender::new(UPDATES) }
    }

    /// Id of this server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The state now, and every change after it.
    pub fn snapshot(&self) -> (Snapshot, broadcast::Receiver<Arc<Update>>) {
        let state = self.lock();
        let mut cameras: Vec<_> =
            state.cameras.values().map(|known| known.view(&self.server)).collect();
        cameras.sort_by_key(|camera| camera.number);
        let snapshot = Snapshot {
            cameras,
            layouts: state.layouts.values().map(view::layout).collect(),
            settings: view::settings(&state.settings),
            volumes: state.volumes.iter().map(view::volume).collect(),
            plans: state
                .plans
                .iter()
                .map(|(stream, plan)| view::stream_plan(&self.server, *stream, plan))
                .collect(),
            motion: state.all_motion(&self.server),
            notices: state.notices.clone(),
        };
        (snapshot, self.updates.subscribe())
    }

    /// Adds a camera and returns its streams, whose tasks are to be started.
    pub fn add(
        &self,
        camera: store::Camera,
        login: Option<Credentials>,
        stop: CancellationToken,
    ) -> Vec<Arc<Stream>> {
        let login = Arc::new(Login::new(login));
        let streams: Vec<_> = origins(&camera, &login)
            .into_iter()
            .map(|(role, origin)| {
                let id = StreamId { camera: camera.id, role };
                Arc::new(Stream::new(id, origin, stop.clone()))
            })
            .collect();
        let states = streams.iter().map(|stream| (stream.clone(), StreamState::Closed)).collect();
        let known = Known { camera, login, streams: states, stop };
        let mut state = self.lock();
        self.tell(Update::Camera { camera: known.view(&self.server) });
        state.cameras.insert(known.camera.id, known);
        streams
    }

    /// A camera's name or password changed.
    pub fn change(&self, camera: store::Camera) {
        let mut state = self.lock();
        if let Some(known) = state.cameras.get_mut(&camera.id) {
            known.camera = camera;
            self.tell(Update::Camera { camera: known.view(&self.server) });
        }
    }

    /// How to log in to a camera changed: its streams try at once.
    pub fn set_login(&self, id: CameraId, login: Option<Credentials>) {
        if let Some(known) = self.lock().cameras.get(&id) {
            known.login.change(login);
        }
    }

    /// Removes a camera and stops its tasks.
    pub fn remove(&self, id: CameraId) {
        let mut state = self.lock();
        if let Some(known) = state.cameras.remove(&id) {
            known.stop.cancel();
            for (stream, _) in &known.streams {
                let stream = view::stream_address(&self.server, stream.id);
                self.tell(Update::Stream { stream, state: StreamState::Removed });
            }
            let camera = known.view(&self.server).address;
            self.tell(Update::CameraRemoved { camera });
        }
    }

    /// A stream's task says how it is doing.
    pub fn set_stream_state(&self, id: StreamId, new: StreamState) {
        let mut state = self.lock();
        let Some(known) = state.cameras.get_mut(&id.camera) else { return };
        let Some((_, old)) = known.streams.iter_mut().find(|(stream, _)| stream.id == id) else {
            return;
        };
        *old = new.clone();
        self.tell(Update::Stream { stream: view::stream_address(&self.server, id), state: new });
    }

    /// A layout was added or changed.
    pub fn set_layout(&self, layout: store::Layout) {
        let mut state = self.lock();
        self.tell(Update::Layout { layout: view::layout(&layout) });
        state.layouts.insert(layout.id, layout);
    }

    /// A layout was removed, which may have changed the settings.
    pub fn remove_layout(&self, id: u32, settings: store::Settings) {
        let mut state = self.lock();
        if settings != state.settings {
            self.put_settings(&mut state, settings);
        }
        self.tell(Update::LayoutRemoved { layout: id });
        state.layouts.remove(&id);
    }

    /// The settings changed.
    pub fn set_settings(&self, settings: store::Settings) {
        self.put_settings(&mut self.lock(), settings);
    }

    /// The settings.
    pub fn settings(&self) -> store::Settings {
        self.lock().settings.clone()
    }

    /// A stream is recorded in another way.
    pub fn set_plan(&self, stream: StreamId, plan: store::RecordingPlan) {
        self.put_plan(&mut self.lock(), stream, plan);
    }

    /// Something else is looked for at a camera.
    pub fn set_motion(&self, camera: CameraId, settings: store::MotionSettings) {
        let mut state = self.lock();
        state.motion.insert(camera, settings);
        self.tell(Update::Motion { motion: state.motion_of(&self.server, camera) });
    }

    /// How looking for motion at a camera is doing.
    pub fn set_motion_state(&self, camera: CameraId, new: MotionState) {
        let mut state = self.lock();
        let known = match new {
            MotionState::Off => state.watched.remove(&camera),
            _ => state.watched.insert(camera, new.clone()),
        };
        if known.unwrap_or(MotionState::Off) != new {
            self.tell(Update::Motion { motion: state.motion_of(&self.server, camera) });
        }
    }

    /// What is looked for at a camera.
    pub fn motion(&self, camera: CameraId) -> store::MotionSettings {
        self.lock().motion.get(&camera).cloned().unwrap_or_default()
    }

    /// Something happens at a camera, goes on or is over.
    pub fn tell_event(&self, event: &media::Event, is_over: bool) {
        // Nobody looks through what is only just told.
        self.tell(Update::Event { event: view::event(&self.server, event, false), is_over });
    }

    /// Somebody looked through events, or took that back.
    pub fn tell_reviewed(&self, events: Vec<i64>, is_reviewed: bool) {
        self.tell(Update::Reviewed { events, is_reviewed });
    }

    /// A volume was added or changed.
    pub fn set_volume(&self, volume: store::Volume) {
        let mut state = self.lock();
        self.tell(Update::Volume { volume: view::volume(&volume) });
        match state.volumes.iter_mut().find(|it| it.id == volume.id) {
            Some(known) => *known = volume,
            None => state.volumes.push(volume),
        }
    }

    /// A volume was removed, which may have changed plans.
    pub fn remove_volume(&self, id: &str, changed: BTreeMap<StreamId, store::RecordingPlan>) {
        let mut state = self.lock();
        for (stream, plan) in changed {
            self.put_plan(&mut state, stream, plan);
        }
        self.tell(Update::VolumeRemoved { volume: id.to_owned() });
        state.volumes.retain(|volume| volume.id != id);
    }

    /// The camera as viewers see it.
    pub fn camera(&self, id: CameraId) -> Option<protocol::Camera> {
        Some(self.lock().cameras.get(&id)?.view(&self.server))
    }

    /// Volumes, in the order they were added.
    pub fn volumes(&self) -> Vec<store::Volume> {
        self.lock().volumes.clone()
    }

    /// How streams are recorded, but those of which the default is true.
    pub fn plans(&self) -> BTreeMap<StreamId, store::RecordingPlan> {
        self.lock().plans.clone()
    }

    /// How a stream is recorded changed.
    pub fn tell_recording(&self, stream: StreamId, state: StreamRecordingState) {
        let stream = view::stream_address(&self.server, stream);
        self.tell(Update::Recording { stream, state });
    }

    /// How an export is doing changed.
    pub fn tell_export(&self, export: protocol::Export) {
        self.tell(Update::Export { export });
    }

    /// A bookmark was added or changed.
    pub fn tell_bookmark(&self, bookmark: protocol::Bookmark) {
        self.tell(Update::Bookmark { bookmark });
    }

    /// A bookmark is gone.
    pub fn tell_bookmark_removed(&self, bookmark: u32) {
        self.tell(Update::BookmarkRemoved { bookmark });
    }

    /// How a volume is doing changed.
    pub fn tell_volume(&self, volume: &str, state: VolumeState) {
        self.tell(Update::VolumeState { volume: volume.to_owned(), state });
    }

    /// How a stream is doing.
    pub fn stream_state(&self, id: StreamId) -> Option<StreamState> {
        let state = self.lock();
        let streams = &state.cameras.get(&id.camera)?.streams;
        streams.iter().find(|(stream, _)| stream.id == id).map(|(_, state)| state.clone())
    }

    /// Every stream of every camera, with the camera's name.
    pub fn named_streams(&self) -> Vec<(Arc<Stream>, Arc<str>)> {
        let state = self.lock();
        let named = |known: &Known| {
            let name: Arc<str> = known.camera.name.as_str().into();
            known
                .streams
                .iter()
                .map(|(stream, _)| (stream.clone(), name.clone()))
                .collect::<Vec<_>>()
        };
        state.cameras.values().flat_map(named).collect()
    }

    /// Every stream of every camera.
    pub fn streams(&self) -> Vec<Arc<Stream>> {
        let state = self.lock();
        let streams = state.cameras.values().flat_map(|known| &known.streams);
        streams.map(|(stream, _)| stream.clone()).collect()
    }

    /// The stream with this id.
    pub fn stream(&self, id: StreamId) -> Option<Arc<Stream>> {
        let state = self.lock();
        let streams = &state.cameras.get(&id.camera)?.streams;
        streams.iter().map(|(stream, _)| stream).find(|stream| stream.id == id).cloned()
    }

    fn put_settings(&self, state: &mut State, settings: store::Settings) {
        self.tell(Update::Settings { settings: view::settings(&settings) });
        state.settings = settings;
    }

    fn put_plan(&self, state: &mut State, stream: StreamId, plan: store::RecordingPlan) {
        let StreamPlan { stream: address, plan: told } =
            view::stream_plan(&self.server, stream, &plan);
        self.tell(Update::Plan { stream: address, plan: told });
        if plan == store::RecordingPlan::default() {
            state.plans.remove(&stream);
        } else {
            state.plans.insert(stream, plan);
        }
    }

    fn tell(&self, update: Update) {
        // Nobody may be listening.
        self.updates.send(Arc::new(update)).ok();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Of cameras that are watched, or are to be in a way of their own.
    fn all_motion(&self, server: &str) -> Vec<protocol::CameraMotion> {
        let is_own =
            |id: &&CameraId| self.motion.contains_key(*id) || self.watched.contains_key(*id);
        let cameras = self.cameras.keys().filter(is_own);
        cameras.map(|id| self.motion_of(server, *id)).collect()
    }

    fn motion_of(&self, server: &str, camera: CameraId) -> protocol::CameraMotion {
        let settings = self.motion.get(&camera).cloned().unwrap_or_default();
        let state = self.watched.get(&camera).cloned().unwrap_or(MotionState::Off);
        view::camera_motion(server, camera, &settings, state)
    }
}

impl Known {
    fn view(&self, server: &str) -> protocol::Camera {
        let streams: Vec<_> =
            self.streams.iter().map(|(stream, state)| (stream.id.role, state.clone())).collect();
        view::camera(server, &self.camera, &streams)
    }
}

/// Where the streams of a camera come from, the best first. A camera whose
/// address cannot be read has none.
fn origins(camera: &store::Camera, login: &Arc<Login>) -> Vec<(StreamRole, Origin)> {
    match &camera.source {
        store::CameraSource::Demo => {
            let spec = SourceSpec::Demo { number: camera.number, name: camera.name.clone() };
            vec![(StreamRole::Main, Origin::Worker(spec))]
        }
        store::CameraSource::File { path } => {
            let spec = SourceSpec::File { path: path.into() };
            vec![(StreamRole::Main, Origin::Worker(spec))]
        }
        store::CameraSource::Rtsp { main, sub, transport } => {
            let addresses = [(StreamRole::Main, Some(main)), (StreamRole::Sub, sub.as_ref())];
            let origin = |(role, address): (StreamRole, Option<&String>)| {
                let (address, _) = Address::parse(address?).ok()?;
                let transport = view::kept_transport(*transport);
                Some((role, Origin::Camera { address, transport, login: login.clone() }))
            };
            addresses.into_iter().filter_map(origin).collect()
        }
    }
}
