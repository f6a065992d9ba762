//! Recording: which stream goes to which volume, one thread a volume.

mod chronicle;
mod coverage;
mod follower;
mod preroll;
mod status;
mod ticks;
mod trouble;
mod watch;
mod writing;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use archive::{Limit, Limits};
use media::{CameraId, StreamId, WallTime};
use protocol::StreamRecordingState;
use store::{RecordingMode, RecordingPlan};

use crate::Engine;
use crate::motion::Waiting;
use chronicle::Chronicle;
use follower::Assigned;
pub use status::Status;
use watch::Watch;
use writing::{Orders, Writing};

/// Every volume's thread.
#[derive(Default)]
pub struct Recorder {
    threads: Mutex<BTreeMap<String, VolumeThread>>,
    events: Mutex<HashMap<CameraId, Event>>,
    states: Mutex<BTreeMap<StreamId, StreamRecordingState>>,
    /// Whether the volumes that were known at the start have their threads.
    has_begun: AtomicBool,
}

/// What happened last at a camera; it may go on.
#[derive(Clone, Copy, Debug)]
struct Event {
    from: WallTime,
    to: WallTime,
}

struct VolumeThread {
    orders: mpsc::Sender<Orders>,
    status: Arc<Mutex<Status>>,
    events: Arc<Waiting>,
    thread: JoinHandle<()>,
    watch: Watch,
}

impl Recorder {
    /// Sees that every volume's thread knows what it is to record: to be
    /// called whenever cameras, plans, volumes, evidence or
    /// exports changed. Blocks
    /// while a volume that was removed is closed.
    pub fn arrange(&self, engine: &Engine) {
        let board = engine.board();
        // First, so that what was changed last is said last.
        let mut threads = lock(&self.threads);
        let (volumes, plans) = (board.volumes(), board.plans());
        let mut assigned: BTreeMap<String, Vec<Assigned>> = BTreeMap::new();
        let first = volumes.first().map(|volume| volume.id.clone());
        for (stream, camera_name) in board.named_streams() {
            let plan = plans.get(&stream.id).cloned().unwrap_or_default();
            let chosen = plan.volume.clone().or_else(|| first.clone());
            if let Some(volume) = chosen.filter(|_| plan.mode != RecordingMode::Off) {
                assigned.entry(volume).or_default().push(Assigned { stream, camera_name, plan });
            } else {
                self.set_state(engine, stream.id, StreamRecordingState::Off);
            }
        }
        let locked = engine.store(|store| store.evidence()).unwrap_or_default();
        let locked = locked.iter().map(|it| (it.camera, it.from, it.to));
        // What is being read stays until it was.
        let locked: Vec<_> = locked.chain(engine.exports().spans()).collect();
        // Of a volume that is added it is not known whether it was here before.
        let lacks_events = self.has_begun.swap(true, Ordering::Relaxed)
            || engine.store(|store| Ok(store.is_anew())).unwrap_or(false);
        for volume in &volumes {
            let streams = assigned.remove(&volume.id).unwrap_or_default();
            let limits = Limits {
                volume: limit(volume.max_bytes, volume.max_days),
                streams: streams.iter().map(|it| (it.stream.id, limit_of(&it.plan))).collect(),
                locked: locked.clone(),
            };
            let thread = threads
                .entry(volume.id.clone())
                .or_insert_with(|| VolumeThread::start(engine, volume, lacks_events));
            // It ends only when it is told to.
            thread.orders.send(Orders::Follow { streams, limits }).ok();
        }
        let is_gone = |id: &String| volumes.iter().all(|volume| volume.id != *id);
        let gone: Vec<String> = threads.keys().filter(|id| is_gone(id)).cloned().collect();
        let gone: Vec<_> = gone.iter().filter_map(|id| threads.remove(id)).collect();
        drop(threads);
        gone.into_iter().for_each(VolumeThread::stop);
        let here: Vec<StreamId> = board.streams().iter().map(|stream| stream.id).collect();
        lock(&self.states).retain(|stream, _| here.contains(stream));
    }

    /// Something happened at a camera from `from` on, and was seen last at `to`.
    pub fn event(&self, camera: CameraId, from: WallTime, to: WallTime) {
        let mut events = lock(&self.events);
        let event = events.entry(camera).or_insert(Event { from, to });
        *event = match from <= event.to {
            true => Event { from: event.from.min(from), to: event.to.max(to) },
            false => Event { from, to },
        };
    }

    /// Hands what happened to the files of its cameras.
    pub fn note(&self, events: &[media::TrackedEvent]) {
        for thread in lock(&self.threads).values() {
            events.iter().for_each(|event| thread.events.note(event.clone()));
        }
    }

    /// What happened last at a camera. Where it is to be watched and is not,
    /// something may be happening.
    fn last_event(&self, engine: &Engine, camera: CameraId) -> Option<Event> {
        if let Some(since) = engine.motion().blind_since(engine, camera) {
            self.event(camera, since, engine.clock().wall());
        }
        lock(&self.events).get(&camera).copied()
    }

    /// How each volume is doing.
    pub fn statuses(&self) -> BTreeMap<String, Status> {
        let threads = lock(&self.threads);
        threads.iter().map(|(id, thread)| (id.clone(), lock(&thread.status).clone())).collect()
    }

    /// How each stream is recorded.
    pub fn states(&self) -> BTreeMap<StreamId, StreamRecordingState> {
        lock(&self.states).clone()
    }

    /// Whether anything is to be recorded at the moment, or when something happens.
    pub fn is_recording(&self) -> bool {
        let is_on = |state: &StreamRecordingState| {
            !matches!(state, StreamRecordingState::Off | StreamRecordingState::NotYet)
        };
        !lock(&self.threads).is_empty() && lock(&self.states).values().any(is_on)
    }

    /// Ends every recording and awaits that all of it is on the disk. Blocks.
    pub fn stop(&self) {
        let threads = std::mem::take(&mut *lock(&self.threads));
        // All at once: each may have to wait for its disk.
        for thread in threads.values() {
            thread.orders.send(Orders::Stop).ok();
        }
        threads.into_values().for_each(VolumeThread::stop);
    }

    /// Tells viewers where that is news.
    fn set_state(&self, engine: &Engine, stream: StreamId, state: StreamRecordingState) {
        let mut states = lock(&self.states);
        if states.get(&stream) != Some(&state) {
            engine.board().tell_recording(stream, state.clone());
            states.insert(stream, state);
        }
    }
}

impl VolumeThread {
    fn start(engine: &Engine, volume: &store::Volume, lacks_events: bool) -> Self {
        let (orders, received) = mpsc::channel();
        let status = Arc::new(Mutex::new(Status::default()));
        let watch = Watch::start(engine.clone(), volume.id.clone(), status.clone());
        let events = Arc::new(Waiting::default());
        let chronicle = Chronicle::new(events.clone());
        let place = volume.clone();
        let writing = Writing::new(engine.clone(), place, status.clone(), chronicle, lacks_events);
        let thread = std::thread::Builder::new()
            .name("volume".into())
            .spawn(move || writing.run(&received))
            .expect("a machine that cannot start a thread cannot record");
        Self { orders, status, events, thread, watch }
    }

    fn stop(self) {
        self.orders.send(Orders::Stop).ok();
        if self.thread.join().is_err() {
            tracing::error!("a volume's thread ended in a panic");
        }
        self.watch.stop();
    }
}

fn limit_of(plan: &RecordingPlan) -> Limit {
    limit(plan.max_bytes, plan.max_days)
}

fn limit(bytes: Option<u64>, days: Option<u32>) -> Limit {
    let day = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
    Limit { bytes, age: days.map(day) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
