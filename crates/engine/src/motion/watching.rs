//! The task that watches one camera.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::{Clock, StreamRole, TrackedEvent, WallTime};
use protocol::{MotionAttention, MotionState, StreamState};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::brief::Brief;
use super::eye::{Eye, Happening};
use super::lock;
use super::sight::{Sight, Sighting};
use crate::Engine;
use crate::stream::Stream;

/// So long without a picture, and something may happen unseen.
const PATIENCE: Duration = Duration::from_secs(3);

/// So long where pictures weigh what they do while nothing moves: key frames that
/// are relied on are 4.5 s apart at most.
const ASLEEP: Duration = Duration::from_secs(6);

/// The most that is waited for a key frame.
const MAX_PATIENCE: Duration = Duration::from_secs(60);

/// So many times the distance of pictures is waited for the next.
const INTERVALS: u32 = 3;

/// How often it is looked whether pictures come again.
const LOOK: Duration = Duration::from_secs(1);

/// How soon a stream that could not be decoded is tried again.
const AGAIN: Duration = Duration::from_secs(10);

/// Viewers hear of what goes on so often.
const TOLD: Duration = Duration::from_secs(2);

/// Watches one camera.
pub struct Watching {
    engine: Engine,
    stream: Arc<Stream>,
    seen: Arc<Seen>,
    stop: CancellationToken,
    eye: Arc<Mutex<Eye>>,
    /// When viewers heard of what goes on.
    told: Mutex<HashMap<i64, Instant>>,
}

/// When a camera was looked at last, and how soon it is to be again.
pub struct Seen(Mutex<Look>);

struct Look {
    at: Instant,
    wall: WallTime,
    patience: Duration,
    /// Until when it is not trusted that pictures come again, and since when none did.
    doubt: Option<(Instant, WallTime)>,
}

impl Watching {
    /// Of `stream`, for what `brief` says.
    pub fn new(
        engine: &Engine,
        stream: Arc<Stream>,
        brief: Brief,
        stop: CancellationToken,
    ) -> Result<Self, vision::RulesError> {
        let eye = Eye::new(stream.id.camera, brief, engine.motion().ids().clone())?;
        let engine = engine.clone();
        let seen = Arc::new(Seen::new(engine.clock()));
        let (eye, told) = (Arc::new(Mutex::new(eye)), Mutex::default());
        Ok(Self { engine, stream, seen, stop, eye, told })
    }

    /// How it is doing.
    pub fn seen(&self) -> &Arc<Seen> {
        &self.seen
    }

    /// Looks at pictures until it is stopped.
    pub async fn run(self) {
        let work = async {
            loop {
                let failure = self.follow().await;
                self.tell(lock(&self.eye).close());
                let since = self.seen.last().0;
                self.set_state(MotionState::Blind { message: failure.message, since });
                self.engine.clock().sleep(AGAIN).await;
            }
        };
        self.stop.run_until_cancelled(work).await;
        self.tell(lock(&self.eye).close());
    }

    /// Until there will be no more pictures: why.
    async fn follow(&self) -> protocol::Failure {
        let mut sight = self.patiently(Sight::open(&self.engine, &self.stream)).await;
        loop {
            match self.patiently(sight.next()).await {
                Ok(sighting) => self.look(sighting, &mut sight).await,
                Err(failure) => return failure,
            }
        }
    }

    /// Looks at a picture, on one of the few threads that do.
    async fn look(&self, sighting: Sighting, sight: &mut Sight) {
        let motion = self.engine.motion();
        let permit = motion.gate().clone().acquire_owned().await.expect("it is never closed");
        let (eye, camera) = (self.eye.clone(), self.stream.id.camera);
        let is_observed = motion.scenes().is_wanted(camera);
        let Sighting { picture, is_glimpse } = sighting;
        let time = picture.time;
        let looked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut eye = lock(&eye);
            let looked = if is_glimpse { eye.glimpse(&picture) } else { eye.look(&picture) };
            let scene = is_observed.then(|| eye.scene()).flatten();
            (looked, eye.is_coarse(), eye.moved(), scene)
        });
        // Where it fails, the engine is ending.
        let Ok((looked, is_coarse, moved, scene)) = looked.await else { return };
        if let Some(scene) = scene {
            motion.scenes().show(camera, scene);
        }
        if let Some((at, cells)) = moved {
            motion.traces().note(camera, at, cells);
        }
        sight.saw(time, looked.is_moving, looked.since);
        let attention = sight.attention();
        let may_sleep = matches!(attention, MotionAttention::BySize { .. });
        self.seen.now(self.engine.clock(), may_sleep);
        self.stream.count(|counts| counts.looked_at += 1);
        self.set_state(MotionState::Watching { is_coarse, attention });
        self.tell(looked.told);
    }

    /// Does `work`, and tells where it takes too long.
    async fn patiently<T>(&self, work: impl Future<Output = T>) -> T {
        let clock = self.engine.clock();
        let mut work = pin!(work);
        loop {
            let due = self.seen.due().max(clock.instant() + LOOK);
            tokio::select! {
                done = &mut work => return done,
                () = clock.sleep_until(due) => self.miss(),
            }
        }
    }

    /// Nothing was seen for too long.
    fn miss(&self) {
        self.tell(lock(&self.eye).close());
        let state = match self.engine.board().stream_state(self.stream.id) {
            Some(StreamState::Live { .. } | StreamState::Degraded { .. }) => {
                let message = match self.stream.id.role {
                    StreamRole::Sub => "The camera’s smaller stream is not decoded.",
                    StreamRole::Main => "The camera’s stream is not decoded.",
                };
                let next = "Set it to H.264, or give this machine less to do.";
                let since = self.seen.last().0;
                MotionState::Blind { message: format!("{message} {next}"), since }
            }
            _ => MotionState::Waiting,
        };
        self.set_state(state);
    }

    fn set_state(&self, state: MotionState) {
        let camera = self.stream.id.camera;
        self.engine.motion().set_state(&self.engine, camera, &self.seen, state);
    }

    fn tell(&self, happened: Vec<Happening>) {
        let now = self.engine.clock().instant();
        for Happening { event, track, is_over } in happened {
            let mut told = lock(&self.told);
            let known = told.get(&event.id);
            let is_due = known.is_none_or(|last| now.duration_since(*last) >= TOLD);
            if is_over {
                told.remove(&event.id);
            } else if is_due {
                told.insert(event.id, now);
            }
            drop(told);
            let it = TrackedEvent { event, track };
            self.engine.motion().happened(&self.engine, it, is_over, is_due || is_over);
        }
    }
}

impl Seen {
    /// Of a camera that is to be looked at from now on.
    fn new(clock: &Clock) -> Self {
        let (at, wall, patience) = (clock.instant(), clock.wall(), PATIENCE);
        Self(Mutex::new(Look { at, wall, patience, doubt: None }))
    }

    /// A picture was looked at; key frames may be enough from now on.
    fn now(&self, clock: &Clock, may_sleep: bool) {
        let mut last = lock(&self.0);
        let (at, wall) = (clock.instant(), clock.wall());
        let patience = match may_sleep {
            true => ASLEEP,
            false => (at.duration_since(last.at) * INTERVALS).clamp(PATIENCE, MAX_PATIENCE),
        };
        let doubt = last.blind_since(at).map(|since| match last.doubt {
            Some(doubt) if last.due() > at => doubt,
            _ => (at + PATIENCE, since),
        });
        *last = Look { at, wall, patience, doubt };
    }

    /// When the last one was.
    fn last(&self) -> WallTime {
        lock(&self.0).wall
    }

    fn due(&self) -> Instant {
        lock(&self.0).due()
    }

    /// Since when something may have happened unseen; nothing where pictures are
    /// looked at as they should be, and have been for a while.
    pub fn blind_since(&self, clock: &Clock) -> Option<WallTime> {
        lock(&self.0).blind_since(clock.instant())
    }
}

impl Look {
    fn due(&self) -> Instant {
        self.at + self.patience
    }

    fn blind_since(&self, now: Instant) -> Option<WallTime> {
        let is_overdue = self.due() <= now;
        let came_until = if is_overdue { self.at } else { now };
        let doubted = self.doubt.filter(|(until, _)| *until > came_until);
        doubted.map(|(_, since)| since).or(is_overdue.then_some(self.wall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_picture_does_not_end_blindness() {
        let clock = Clock::simulated(WallTime(0));
        let seen = Seen::new(&clock);
        let begin = seen.last();
        let pass = async |seconds: u64| tokio::time::advance(Duration::from_secs(seconds)).await;
        assert_eq!(seen.blind_since(&clock), None);
        pass(4).await;
        assert_eq!(seen.blind_since(&clock), Some(begin));
        // One picture gets through.
        seen.now(&clock, false);
        assert_eq!(seen.blind_since(&clock), Some(begin));
        pass(2).await;
        assert_eq!(seen.blind_since(&clock), Some(begin));
        // It could be relied on after another second; but nothing comes.
        pass(20).await;
        assert_eq!(seen.blind_since(&clock), Some(begin));
        for _ in 0..3 {
            seen.now(&clock, false);
            assert_eq!(seen.blind_since(&clock), Some(begin));
            pass(1).await;
        }
        seen.now(&clock, false);
        assert_eq!(seen.blind_since(&clock), None);
        // From then on it is another blindness.
        let last = seen.last();
        pass(4).await;
        assert_eq!(seen.blind_since(&clock), Some(last));
    }
}
