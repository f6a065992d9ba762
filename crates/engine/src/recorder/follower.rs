//! One stream on its way to a volume.

use std::sync::Arc;
use std::time::Duration;

use archive::{Batch, Item};
use media::{AudioUnit, GapCause, StreamId, WallTime};
use protocol::{FailureCode, StreamState};
use store::{HourMode, RecordingMode, RecordingPlan};
use tokio::sync::broadcast;

use super::Event;
use super::coverage::{Coverage, Why};
use super::preroll::Preroll;
use crate::hub::{self, Policy, Subscription};
use crate::stream::{Stream, Wanted};

/// A stream that is to be recorded, and how.
#[derive(Clone)]
pub struct Assigned {
    /// The stream.
    pub stream: Arc<Stream>,
    /// What its camera is called.
    pub camera_name: Arc<str>,
    /// How it is recorded.
    pub plan: RecordingPlan,
}

/// Follows one stream.
pub struct Follower {
    assigned: Assigned,
    units: Subscription,
    audio: broadcast::Receiver<Arc<AudioUnit>>,
    preroll: Preroll,
    /// Which of its seconds are recorded.
    pub coverage: Coverage,
    /// What it is to record at the moment.
    pub demand: Demand,
    _wanted: Wanted,
}

/// What is to be recorded at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Everything.
    All,
    /// An event, as one goes on.
    Event,
    /// An event, and none goes on.
    Awaited,
    /// Nothing at this hour.
    Nothing,
}

/// All streams together may have so much waiting for a slow volume, in bytes.
const MAX_WAITING: usize = 256 << 20;

/// An event that goes on was seen within this: rounds are a second apart.
const GOES_ON: Duration = Duration::from_secs(2);

/// An event that is seen in pictures is told so long after its begin, at most.
const TOLD: Duration = Duration::from_secs(8);

impl Follower {
    /// Joins a stream, of which `count` in all go to its volume.
    pub fn new(assigned: Assigned, coverage: Coverage, count: usize) -> Self {
        let max_bytes = (MAX_WAITING / count.max(1)).clamp(2 << 20, 16 << 20);
        let stream = &assigned.stream;
        Self {
            units: stream.hub.subscribe(Policy::Push { max_bytes }),
            audio: stream.hub.listen(),
            preroll: Preroll::default(),
            coverage,
            demand: Demand::Nothing,
            _wanted: stream.want_unwatched(),
            assigned,
        }
    }

    /// Which stream.
    pub fn stream(&self) -> StreamId {
        self.assigned.stream.id
    }

    /// Whether it follows the same stream, not another of the same id.
    pub fn is_of(&self, assigned: &Assigned) -> bool {
        Arc::ptr_eq(&self.assigned.stream, &assigned.stream)
    }

    /// Goes on with another plan.
    pub fn change(&mut self, assigned: Assigned) {
        self.assigned = assigned;
    }

    /// What came and is to be recorded. `event` is what happened last,
    /// `is_watched` whether it is looked for in pictures, `hour` the hour of the
    /// week, `clock_set` the run that a setting of the clock began.
    pub fn take(
        &mut self,
        event: Option<Event>,
        is_watched: bool,
        hour: usize,
        clock_set: Option<i64>,
        now: WallTime,
    ) -> Batch {
        let plan = &self.assigned.plan;
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let after = seconds(plan.post_seconds).max(GOES_ON);
        let event = event.filter(|event| now < event.to + after);
        self.demand = demand(plan, hour, event.is_some());
        let mut items: Vec<Item> = clock_set.map(Item::ClockSet).into_iter().collect();
        for item in self.units.drain() {
            items.push(match item {
                hub::Item::Unit { unit, .. } => Item::Unit(unit),
                hub::Item::Missed(_) | hub::Item::Lost => Item::Break,
                hub::Item::Refused(units) => {
                    tracing::warn!(stream = %self.stream(), units, "the volume is too slow");
                    self.coverage.refuse(GapCause::DiskSlow);
                    Item::Break
                }
            });
        }
        let is_on = matches!(self.demand, Demand::All | Demand::Event);
        let before = match self.demand {
            Demand::Nothing => Duration::ZERO,
            _ => seconds(plan.pre_seconds),
        };
        let wanted = event.map_or(now, |event| event.from) - before;
        let kept = if is_watched { before + TOLD } else { before };
        let items = self.preroll.pass(items, is_on.then_some(wanted), now - kept);
        let is_heard = is_on && plan.audio;
        let audio = self.sound();
        Batch {
            stream: self.stream(),
            camera_name: self.assigned.camera_name.clone(),
            items,
            audio: if is_heard { audio } else { Vec::new() },
        }
    }

    /// Why nothing came, by the state of its stream, which is `state`.
    pub fn why(&self, state: Option<&StreamState>) -> Option<Why> {
        let is = |cause, is_guess| Some(Why { cause, is_guess });
        match state? {
            StreamState::AuthFailed { .. } => is(GapCause::Auth, false),
            StreamState::Unsupported { .. } => is(GapCause::Unsupported, false),
            StreamState::Lost { failure, .. } => match failure.code {
                FailureCode::LoginRefused => is(GapCause::Auth, false),
                FailureCode::Slept => is(GapCause::MachineAsleep, false),
                // The next try tells more.
                FailureCode::Silent | FailureCode::BadAnswer | FailureCode::Ended => {
                    is(GapCause::NetworkLoss, true)
                }
                FailureCode::Unsupported | FailureCode::NotVideo => {
                    is(GapCause::Unsupported, false)
                }
                _ => is(GapCause::Unreachable, false),
            },
            StreamState::Stale { .. } | StreamState::Degraded { .. } => {
                is(GapCause::NetworkLoss, true)
            }
            StreamState::Closed
            | StreamState::Connecting { .. }
            | StreamState::Live { .. }
            | StreamState::Removed => None,
        }
    }

    fn sound(&mut self) -> Vec<Arc<AudioUnit>> {
        let mut audio = Vec::new();
        loop {
            match self.audio.try_recv() {
                Ok(unit) => audio.push(unit),
                Err(broadcast::error::TryRecvError::Lagged(_)) => {}
                Err(_) => return audio,
            }
        }
    }
}

fn demand(plan: &RecordingPlan, hour: usize, is_event: bool) -> Demand {
    let around_events = if is_event { Demand::Event } else { Demand::Awaited };
    match plan.mode {
        RecordingMode::Off => Demand::Nothing,
        RecordingMode::Continuous => Demand::All,
        RecordingMode::Event => around_events,
        RecordingMode::Schedule => match plan.week.0[hour] {
            HourMode::Off => Demand::Nothing,
            HourMode::Event => around_events,
            HourMode::Continuous => Demand::All,
        },
    }
}
