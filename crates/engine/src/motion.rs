//! Motion: which cameras are watched, how that is doing, and what happens.
//!
//! A camera that is watched has a task ([`watching`]) which takes pictures of its
//! smaller stream ([`sight`]), where that is enough only when what comes weighs
//! something ([`waking`], [`hindsight`]), and looks at them, one at a time ([`eye`]). All cameras
//! share a few threads for that; a camera whose turn has not come passes over the
//! pictures that come meanwhile. Where a camera should be watched and is not, for
//! whatever reason, what is recorded at events is recorded all the time.

mod brief;
mod eye;
mod following;
mod hindsight;
mod ledger;
mod observing;
mod recall;
mod rerun;
mod scenes;
mod schedule;
mod sight;
mod traces;
mod trial;
mod waiting;
mod waking;
mod watching;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::{CameraId, Event, EventKind, StreamRole, TrackedEvent, WallTime};
use protocol::{
    CameraAddress, Failure, FailureCode, MAX_EVENTS, MAX_LANES, MotionSettings, MotionState, Reply,
};
use store::{HourMode, MotionMode, RecordingMode, RecordingPlan};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::stream::Stream;
use crate::{Engine, view};
pub use brief::Brief;
pub use ledger::run as write_events;
use ledger::{Ids, Ledger};
pub use observing::Observing;
pub use recall::recall;
pub use scenes::Scene;
use scenes::Scenes;
pub use schedule::Schedule;
pub use traces::{Traces, forget as forget_traces, search};
pub use trial::run as try_out;
pub use waiting::Waiting;
use watching::{Seen, Watching};

/// So many pictures are looked at at once, of all cameras.
const THREADS: usize = 2;

/// So many try settings at once; others wait.
const TRIALS: usize = 1;

/// Every camera that is watched.
pub struct Motion {
    ids: Arc<Ids>,
    ledger: Ledger,
    traces: Traces,
    scenes: Scenes,
    gate: Arc<Semaphore>,
    trials: Semaphore,
    watchers: Mutex<BTreeMap<CameraId, Watcher>>,
}

struct Watcher {
    stream: Arc<Stream>,
    rules: String,
    seen: Arc<Seen>,
    stop: CancellationToken,
}

/// Keeps what is looked for at a camera.
pub fn set(
    engine: &Engine,
    camera: &CameraAddress,
    settings: MotionSettings,
) -> Result<Reply, Failure> {
    let camera = engine.camera_id(camera)?;
    let settings = view::kept_motion(settings)?;
    engine
        .store(|store| {
            store.set_motion(camera, &settings)?;
            engine.board().set_motion(camera, settings);
            Ok(())
        })
        .map_err(|error| view::store_failure(&error))?;
    engine.motion().arrange(engine);
    Ok(Reply::Nothing)
}

/// What happened.
pub fn events(
    engine: &Engine,
    cameras: &[CameraAddress],
    (from, to): (WallTime, WallTime),
    limit: u32,
    is_newest_first: bool,
) -> Result<Reply, Failure> {
    let refuse = |message: String| Err(Failure::new(FailureCode::BadRequest, message));
    if limit > MAX_EVENTS {
        return refuse(format!("At most {MAX_EVENTS} events are sent at once. Ask for fewer."));
    }
    if cameras.len() > MAX_LANES {
        return refuse(format!("Events are of at most {MAX_LANES} cameras. Ask for fewer."));
    }
    let ids = cameras.iter().map(|camera| engine.camera_id(camera));
    let ids: Vec<CameraId> = ids.collect::<Result<_, _>>()?;
    engine.motion().ledger.write(engine);
    let found = engine.store(|store| store.events(&ids, from, to, limit, is_newest_first));
    let found = found.map_err(|error| view::store_failure(&error))?;
    let ids: Vec<i64> = found.iter().map(|event| event.id).collect();
    let reviewed = engine.store(|store| store.reviewed(&ids));
    let reviewed = reviewed.map_err(|error| view::store_failure(&error))?;
    let view = |event: &Event| view::event(engine.server(), event, reviewed.contains(&event.id));
    Ok(Reply::Events { events: found.iter().map(view).collect() })
}

/// Where the thing went that an event is of.
pub fn track(engine: &Engine, event: i64) -> Result<Reply, Failure> {
    // What is told may not be written down yet.
    engine.motion().ledger.write(engine);
    let track = engine.store(|store| store.track(event));
    let track = track.map_err(|error| view::store_failure(&error))?;
    Ok(Reply::Track { places: view::track(&track) })
}

/// Somebody looked through events, or takes that back.
pub fn review(engine: &Engine, events: Vec<i64>, is_reviewed: bool) -> Result<Reply, Failure> {
    if events.len() > MAX_EVENTS as usize {
        let message = format!("At most {MAX_EVENTS} events are looked through at once.");
        return Err(Failure::new(FailureCode::BadRequest, message));
    }
    // What is told may not be written down yet.
    engine.motion().ledger.write(engine);
    let now = engine.clock().wall();
    let kept = engine.store(|store| store.review(&events, is_reviewed, now));
    kept.map_err(|error| view::store_failure(&error))?;
    engine.board().tell_reviewed(events, is_reviewed);
    Ok(Reply::Nothing)
}

impl Motion {
    /// Nothing is watched yet; `last` is the last id of an event.
    pub fn new(last: i64, traces: Traces) -> Self {
        Self {
            ids: Arc::new(Ids::after(last)),
            ledger: Ledger::default(),
            traces,
            scenes: Scenes::default(),
            gate: Arc::new(Semaphore::new(THREADS)),
            trials: Semaphore::new(TRIALS),
            watchers: Mutex::default(),
        }
    }

    /// Sees that every camera is watched that is to be, and no other: to be
    /// called whenever cameras, plans or settings changed.
    pub fn arrange(&self, engine: &Engine) {
        let mut watchers = self.lock();
        let mut left = std::mem::take(&mut *watchers);
        for (stream, rules) in wanted(engine) {
            let camera = stream.id.camera;
            let is_same = |it: &Watcher| Arc::ptr_eq(&it.stream, &stream) && it.rules == rules;
            if left.get(&camera).is_some_and(is_same) {
                watchers.extend(left.remove_entry(&camera));
                continue;
            }
            left.remove(&camera).inspect(|old| old.stop.cancel());
            let stop = stream.stop.child_token();
            let brief = Brief::of_text(&rules);
            let watching = Watching::new(engine, stream.clone(), brief, stop.clone());
            match watching {
                Ok(watching) => {
                    let seen = watching.seen().clone();
                    engine.board().set_motion_state(camera, MotionState::Starting);
                    engine.spawn_stopped(watching.run());
                    watchers.insert(camera, Watcher { stream, rules, seen, stop });
                }
                Err(error) => tracing::error!(%camera, "not watched: {error}"),
            }
        }
        for (camera, watcher) in left {
            watcher.stop.cancel();
            engine.board().set_motion_state(camera, MotionState::Off);
        }
    }

    /// Something happens at a camera, goes on or is over. Viewers hear of it
    /// where `is_told`.
    fn happened(&self, engine: &Engine, it: TrackedEvent, is_over: bool, is_told: bool) {
        let event = &it.event;
        let now = if is_over { event.to } else { engine.clock().wall() };
        engine.recorder().event(event.camera, event.from, now);
        if is_told {
            engine.board().tell_event(event, is_over);
        }
        self.ledger.note(it);
    }

    /// Somebody says that something happens at a camera now.
    pub fn report(&self, engine: &Engine, camera: CameraId, label: &str) {
        let (id, now) = (self.ids.next(), engine.clock().wall());
        let (kind, label) = (EventKind::Reported, label.to_owned());
        let event = Event { id, camera, kind, label, from: now, to: now, best: now };
        self.happened(engine, event.into(), true, true);
    }

    /// Whether a camera is to be watched.
    pub fn is_watched(&self, camera: CameraId) -> bool {
        self.lock().contains_key(&camera)
    }

    /// Since when something may have happened unseen at a camera that is to be
    /// watched.
    pub fn blind_since(&self, engine: &Engine, camera: CameraId) -> Option<WallTime> {
        self.lock().get(&camera)?.seen.blind_since(engine.clock())
    }

    /// What is to be written down.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Where something moved.
    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    /// What is seen, for those who want to see that.
    fn scenes(&self) -> &Scenes {
        &self.scenes
    }

    fn ids(&self) -> &Arc<Ids> {
        &self.ids
    }

    /// Through which whoever looks at a picture goes.
    fn gate(&self) -> &Arc<Semaphore> {
        &self.gate
    }

    /// Through which whoever tries settings goes.
    fn trials(&self) -> &Semaphore {
        &self.trials
    }

    /// How a watcher is doing; of no account where another took its place.
    fn set_state(&self, engine: &Engine, camera: CameraId, seen: &Arc<Seen>, state: MotionState) {
        let watchers = self.lock();
        if watchers.get(&camera).is_some_and(|it| Arc::ptr_eq(&it.seen, seen)) {
            engine.board().set_motion_state(camera, state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<CameraId, Watcher>> {
        lock(&self.watchers)
    }
}

/// The stream that is looked at of each camera that is to be watched, and the rules.
fn wanted(engine: &Engine) -> Vec<(Arc<Stream>, String)> {
    let board = engine.board();
    let plans = board.plans();
    let at_events = plans.iter().filter(|(_, plan)| is_at_events(plan));
    let at_events: BTreeSet<CameraId> = at_events.map(|(stream, _)| stream.camera).collect();
    let wanted = looked_at(engine).into_iter().filter_map(|(camera, stream)| {
        let settings = board.motion(camera);
        let is_on = match settings.mode {
            MotionMode::On => true,
            MotionMode::Off => false,
            MotionMode::Auto => at_events.contains(&camera),
        };
        is_on.then_some((stream, settings.rules))
    });
    wanted.collect()
}

/// The stream of each camera that is looked at where it is to be watched.
fn looked_at(engine: &Engine) -> BTreeMap<CameraId, Arc<Stream>> {
    let mut chosen: BTreeMap<CameraId, Arc<Stream>> = BTreeMap::new();
    for stream in engine.board().streams() {
        let camera = stream.id.camera;
        if stream.id.role == StreamRole::Sub || !chosen.contains_key(&camera) {
            chosen.insert(camera, stream);
        }
    }
    chosen
}

/// Whether something is recorded at events.
fn is_at_events(plan: &RecordingPlan) -> bool {
    match plan.mode {
        RecordingMode::Event => true,
        RecordingMode::Schedule => plan.week.0.contains(&HourMode::Event),
        RecordingMode::Off | RecordingMode::Continuous => false,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
