//! One volume's thread: it takes what its streams brought, round by round.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use archive::{ArchiveError, Batch, Difference, Limits, Round, Span, Volume};
use media::{GapCause, RecordingGap, StreamId, WallTime};
use protocol::{StreamRecordingState, VolumeState};
use tokio::time::Instant;

use super::chronicle::Chronicle;
use super::coverage::{Coverage, Why};
use super::follower::{Assigned, Demand, Follower};
use super::lock;
use super::status::Status;
use super::ticks::{Tick, Ticks};
use super::trouble::{Trouble, sentence};
use crate::week::hour_of_week;
use crate::{Engine, motion};

/// What a volume's thread is told.
pub enum Orders {
    /// What to record, all of it, and what to keep.
    Follow {
        /// Streams.
        streams: Vec<Assigned>,
        /// What is kept.
        limits: Limits,
    },
    /// Rows and files of the volume differ.
    Repair(Difference),
    /// The index is damaged.
    Distrust,
    /// Put on the disk what there is, and end.
    Stop,
}

/// Writes to one volume.
pub struct Writing {
    engine: Engine,
    place: store::Volume,
    status: Arc<Mutex<Status>>,
    volume: Option<Volume>,
    /// Looks at index and files behind the recording; whether it was done,
    /// and how long it took.
    examination: Option<JoinHandle<(bool, Duration)>>,
    /// When the next one is due.
    due: Instant,
    /// Whether the index was compared with the files.
    is_compared: bool,
    /// How often the index was made anew.
    renewed: u32,
    /// Whether files may tell of events that the store lost.
    lacks_events: bool,
    chronicle: Chronicle,
    found: (mpsc::Sender<Orders>, mpsc::Receiver<Orders>),
    followers: BTreeMap<StreamId, Follower>,
    limits: Limits,
    ticks: Ticks,
    /// What is wrong with it, where something is.
    trouble: Option<Trouble>,
    /// Streams that cannot be written, though the volume is there.
    failing: BTreeSet<StreamId>,
    /// What the disk did wrong last, and in which round.
    error: Option<(VolumeState, u64)>,
    /// What was removed of each stream, as one gap.
    removed: BTreeMap<StreamId, (WallTime, WallTime)>,
    /// Streams that were to be recorded when the engine started.
    is_first: bool,
    rounds: u64,
}

/// How often the volume's size is looked at, in rounds.
const LOOK: u64 = 5;

/// How often a volume that is not there is looked for, in rounds.
const RETRY: u64 = 2;

/// A round that takes longer is told.
pub const SLOW: Duration = Duration::from_secs(3);

/// An error of the disk is told for so many rounds, though it takes what comes.
const ALARM: u64 = 60;

/// How often the index is looked at, at most.
const EXAMINED: Duration = Duration::from_secs(60);

/// How soon it is looked at again where that could not be done.
const AGAIN: Duration = Duration::from_secs(1);

impl Writing {
    /// For the volume that `place` names. `lacks_events`: what its files tell to
    /// have happened is to be taken back into the store.
    pub fn new(
        engine: Engine,
        place: store::Volume,
        status: Arc<Mutex<Status>>,
        chronicle: Chronicle,
        lacks_events: bool,
    ) -> Self {
        let ticks = Ticks::new(engine.clock().clone());
        Self {
            engine,
            place,
            status,
            volume: None,
            examination: None,
            due: ticks.instant(),
            is_compared: false,
            renewed: 0,
            lacks_events,
            chronicle,
            found: mpsc::channel(),
            followers: BTreeMap::new(),
            limits: Limits::default(),
            ticks,
            trouble: None,
            failing: BTreeSet::new(),
            error: None,
            removed: BTreeMap::new(),
            is_first: true,
            rounds: 0,
        }
    }

    /// Until it is told to stop.
    pub fn run(mut self, orders: &mpsc::Receiver<Orders>) {
        self.open();
        loop {
            match orders.recv_timeout(self.ticks.wait()) {
                Ok(Orders::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Ok(order) => self.obey(order),
                Err(mpsc::RecvTimeoutError::Timeout) => self.round(),
            }
        }
        self.round();
        let mut gaps = Vec::new();
        if let Some(volume) = self.volume.take() {
            self.settle(volume.close(), &mut gaps);
        }
        let now = self.engine.clock().wall();
        gaps.extend(self.followers.values().filter_map(|it| it.coverage.end(now)));
        self.keep(&gaps);
        drop(self.found);
        if let Some(examination) = self.examination {
            examination.join().ok();
        }
    }

    fn obey(&mut self, order: Orders) {
        match order {
            Orders::Follow { streams, limits } => {
                self.limits = limits;
                self.follow(streams);
            }
            Orders::Repair(difference) => {
                let Some(volume) = &mut self.volume else { return };
                let repaired = match &difference {
                    Difference::Unlisted(rows) => volume.adopt(rows),
                    Difference::Missing(rows) => volume.forget(rows),
                };
                if let Err(error) = repaired {
                    tracing::warn!(volume = self.place.path, "{error}");
                    self.is_compared = false;
                }
            }
            Orders::Distrust => self.renew(),
            Orders::Stop => {}
        }
    }

    fn follow(&mut self, streams: Vec<Assigned>) {
        let count = streams.len();
        let mut left = std::mem::take(&mut self.followers);
        let (is_first, now) = (std::mem::take(&mut self.is_first), self.engine.clock().wall());
        let recorded = self.volume.as_ref().and_then(|it| it.recorded_until().ok());
        let recorded: BTreeMap<_, _> = recorded.unwrap_or_default().into_iter().collect();
        for assigned in streams {
            let id = assigned.stream.id;
            let follower = match left.remove(&id).filter(|known| known.is_of(&assigned)) {
                Some(mut known) => {
                    known.change(assigned);
                    known
                }
                None => {
                    let until = if is_first { self.until(id, &recorded) } else { None };
                    let until = until.filter(|until| *until < now);
                    let before = until.map(|_| GapCause::EngineStopped);
                    let coverage = Coverage::new(id, until.unwrap_or(now), before);
                    Follower::new(assigned, coverage, count)
                }
            };
            self.followers.insert(id, follower);
        }
        let mut gaps = Vec::new();
        for (id, follower) in left {
            gaps.extend(follower.coverage.end(now));
            if let Some(volume) = &mut self.volume
                && let Err(error) = volume.end(id)
            {
                tracing::warn!("{error}");
            }
        }
        self.keep(&gaps);
    }

    /// Until when it is known what became of a stream.
    fn until(&self, stream: StreamId, recorded: &BTreeMap<StreamId, WallTime>) -> Option<WallTime> {
        let gap = self.engine.store(|store| store.last_gap(stream)).ok().flatten();
        recorded.get(&stream).copied().max(gap.map(|gap| gap.to))
    }

    fn round(&mut self) {
        lock(&self.status).busy_since = Some(self.engine.clock().instant());
        self.work();
        lock(&self.status).busy_since = None;
    }

    fn work(&mut self) {
        let found: Vec<Orders> = self.found.1.try_iter().collect();
        found.into_iter().for_each(|order| self.obey(order));
        self.examine();
        self.rounds += 1;
        if self.volume.is_none() && self.rounds.is_multiple_of(RETRY) {
            self.open();
        }
        let tick = self.ticks.tick();
        let hour = hour_of_week(tick.now);
        let mut batches = Vec::with_capacity(self.followers.len());
        let mut gaps = Vec::new();
        let clock_set = tick.clock_set.and_then(|by| {
            lock(&self.status).clock_set = Some((tick.now, by));
            self.volume.as_mut().map(Volume::begin_run)
        });
        for follower in self.followers.values_mut() {
            let camera = follower.stream().camera;
            let event = self.engine.recorder().last_event(&self.engine, camera);
            let is_watched = self.engine.motion().is_watched(camera);
            if let Some((from, to)) = tick.slept {
                gaps.extend(follower.coverage.slept(from, to));
            }
            if tick.clock_set.is_some() {
                gaps.extend(follower.coverage.excuse(tick.due, tick.now));
            }
            batches.push(follower.take(event, is_watched, hour, clock_set, tick.now));
        }
        let oldest = batches.iter().filter_map(first_arrival).min();
        let streams: Vec<StreamId> = self.followers.keys().copied().collect();
        if let Some(volume) = &mut self.volume {
            self.chronicle.tell(&self.engine, volume, &streams);
        }
        let round = match &mut self.volume {
            Some(volume) => volume.round(batches, &self.limits, tick.age_now),
            // What came is lost, and told.
            None => Round::default(),
        };
        let done = self.engine.clock().wall();
        if !round.recorded.is_empty()
            && let Some(oldest) = oldest
        {
            lock(&self.status).wrote(done.since(oldest));
        }
        let spans = self.settle(round, &mut gaps);
        self.account(&spans, &tick, &mut gaps);
        self.keep(&gaps);
        self.look(done.since(tick.now) > SLOW);
    }

    /// Takes what a round says: what was removed becomes gaps; what failed,
    /// trouble. What was recorded of each stream.
    fn settle(
        &mut self,
        round: Round,
        gaps: &mut Vec<RecordingGap>,
    ) -> BTreeMap<StreamId, Vec<Span>> {
        for segment in &round.removed {
            let known = self.removed.entry(segment.stream).or_insert((segment.start, segment.end));
            known.0 = known.0.min(segment.start);
            known.1 = known.1.max(segment.end);
            let ((from, to), stream) = (*known, segment.stream);
            gaps.retain(|gap| gap.stream != stream || gap.cause != GapCause::Retention);
            gaps.push(RecordingGap { stream, from, to, cause: GapCause::Retention });
        }
        if self.volume.is_some() {
            self.trouble = None;
            self.failing.clear();
        }
        for (stream, error) in &round.failures {
            if let ArchiveError::Unsupported { .. } = error {
                tracing::warn!(%stream, "{error}");
                continue;
            }
            if self.trouble.is_none() {
                tracing::error!(volume = self.place.path, %stream, "{error}");
            }
            if let ArchiveError::Disk { .. } = error {
                self.error = Some((Trouble::of(error).state, self.rounds));
            }
            self.trouble = Some(Trouble::of(error));
            self.failing.insert(*stream);
        }
        if let Some(error) = &round.index {
            tracing::warn!(volume = self.place.path, "{error}");
            if error.is_damaged_index() {
                self.renew();
            }
        }
        let is_gone = |(_, error): &(_, ArchiveError)| {
            matches!(error, ArchiveError::Missing { .. }) || error.is_read_only()
        };
        if round.failures.iter().any(is_gone) {
            // Closing it lets go of a disk that is being unmounted, or has to be for a repair.
            self.volume = None;
        }
        let mut spans: BTreeMap<StreamId, Vec<Span>> = BTreeMap::new();
        for (stream, span) in round.recorded {
            spans.entry(stream).or_default().push(span);
        }
        spans
    }

    /// Which seconds are recorded and why others are not.
    fn account(
        &mut self,
        spans: &BTreeMap<StreamId, Vec<Span>>,
        tick: &Tick,
        gaps: &mut Vec<RecordingGap>,
    ) {
        let board = self.engine.board();
        let run = self.volume.as_ref().map_or(0, Volume::run);
        for (id, follower) in &mut self.followers {
            let spans = spans.get(id).map_or(&[][..], Vec::as_slice);
            let state = board.stream_state(*id);
            let is_failing = self.volume.is_none() || self.failing.contains(id);
            let trouble = self.trouble.as_ref().filter(|_| is_failing);
            let of_stream = follower.why(state.as_ref());
            let failed = trouble.map(|it| Why { cause: it.cause, is_guess: false });
            let why = failed.or(of_stream);
            let state = match follower.demand {
                Demand::All | Demand::Event => {
                    gaps.extend(follower.coverage.advance(spans, why, run, tick.now));
                    trouble.map_or_else(
                        || recording_state(&follower.coverage, spans),
                        |it| Some(self::failed(&follower.coverage, it.cause, it.message.clone())),
                    )
                }
                Demand::Awaited => {
                    gaps.extend(follower.coverage.excuse(tick.now, tick.now));
                    Some(StreamRecordingState::Waiting)
                }
                Demand::Nothing => {
                    let off = Why { cause: GapCause::Schedule, is_guess: false };
                    gaps.extend(follower.coverage.advance(spans, Some(off), run, tick.now));
                    Some(StreamRecordingState::Waiting)
                }
            };
            if let Some(state) = state {
                self.engine.recorder().set_state(&self.engine, *id, state);
            }
        }
    }

    fn keep(&self, gaps: &[RecordingGap]) {
        if !gaps.is_empty()
            && let Err(error) = self.engine.store(|store| store.record_gaps(gaps))
        {
            tracing::error!("recording gaps cannot be kept: {error}");
        }
    }

    fn look(&mut self, is_slow: bool) {
        let error = self.error.as_ref().filter(|(_, round)| self.rounds - round < ALARM);
        let state = match (&self.trouble, error) {
            (Some(trouble), _) => trouble.state.clone(),
            (None, _) if is_slow => VolumeState::Slow,
            (None, Some((error, _))) => error.clone(),
            (None, None) => VolumeState::Ready,
        };
        let mut status = lock(&self.status);
        if self.rounds % LOOK == 1
            && let Some(volume) = &self.volume
        {
            status.space = volume.space().ok();
            status.held = volume.held().unwrap_or_default();
        }
        if status.state != state {
            status.state = state.clone();
            drop(status);
            self.engine.board().tell_volume(&self.place.id, state);
        }
    }

    fn open(&mut self) {
        self.reopen(Volume::open);
    }

    fn reopen(&mut self, open: fn(&Path, &str) -> Result<Volume, ArchiveError>) {
        self.volume = None;
        match open(Path::new(&self.place.path), &self.place.id) {
            Ok(volume) => {
                tracing::info!(volume = self.place.path, "recording to");
                self.trouble = None;
                self.is_compared = false;
                self.due = self.ticks.instant();
                self.lacks_events |= volume.lacks_rows();
                self.chronicle.begin();
                self.volume = Some(volume);
            }
            Err(error) => {
                if self.trouble.is_none() {
                    tracing::error!(volume = self.place.path, "{error}");
                }
                self.trouble = Some(Trouble::of(&error));
            }
        }
    }

    /// Makes the index anew, as recording goes on.
    fn renew(&mut self) {
        let Some(volume) = &mut self.volume else { return };
        tracing::error!(volume = self.place.path, "the index is damaged; it is made anew");
        self.renewed += 1;
        match volume.renew_index() {
            Ok(()) => {
                self.is_compared = false;
                self.lacks_events = true;
                self.due = self.ticks.instant();
            }
            Err(error) => {
                tracing::error!(volume = self.place.path, "{error}");
                self.reopen(Volume::open_anew);
            }
        }
    }

    /// Looks at the index behind the recording: at once where it was opened,
    /// and then from time to time.
    fn examine(&mut self) {
        let now = self.ticks.instant();
        if let Some(done) = self.examination.take_if(|it| it.is_finished()) {
            let (is_done, took) = done.join().unwrap_or_default();
            self.lacks_events &= !(is_done && self.is_compared);
            // No more than a hundredth of a core; seldom where it does not help.
            let pause = if is_done && self.is_compared { EXAMINED.max(took * 100) } else { AGAIN };
            self.due = now + pause * 2_u32.pow(self.renewed.min(10));
        }
        if self.examination.is_some() || self.volume.is_none() || now < self.due {
            return;
        }
        let is_compared = std::mem::replace(&mut self.is_compared, true);
        let (path, found) = (self.place.path.clone(), self.found.0.clone());
        let (engine, lacks_events) = (self.engine.clone(), self.lacks_events);
        let look = move |path: &Path| {
            match archive::open_index(path).and_then(|index| index.is_sound()) {
                Ok(true) => {}
                Err(error) if !error.is_damaged_index() => return false,
                Ok(false) | Err(_) => {
                    // Nobody listens any more where the engine stops.
                    found.send(Orders::Distrust).ok();
                    return false;
                }
            }
            let tell = |difference| found.send(Orders::Repair(difference)).is_ok();
            (is_compared || archive::compare(path, tell).is_ok())
                && (!lacks_events || motion::recall(&engine, path))
        };
        let clock = self.engine.clock().clone();
        let examine = move || {
            let is_done = look(Path::new(&path));
            (is_done, clock.instant().duration_since(now))
        };
        let thread = std::thread::Builder::new().name("examine".into()).spawn(examine);
        self.examination = thread.ok();
    }
}

fn first_arrival(batch: &Batch) -> Option<WallTime> {
    batch.items.iter().find_map(|item| match item {
        archive::Item::Unit(unit) => Some(unit.arrived),
        archive::Item::Break | archive::Item::ClockSet(_) => None,
    })
}

/// How a stream is recorded; nothing while that is not known yet.
fn recording_state(coverage: &Coverage, spans: &[Span]) -> Option<StreamRecordingState> {
    match (coverage.gap(), spans.first()) {
        (Some((_, cause)), _) => Some(failed(coverage, cause, sentence(cause).to_owned())),
        (None, Some(_)) => Some(StreamRecordingState::Recording { since: coverage.begun().0 }),
        (None, None) => None,
    }
}

fn failed(coverage: &Coverage, cause: GapCause, message: String) -> StreamRecordingState {
    let since = coverage.gap().map_or(coverage.until(), |(since, _)| since).0;
    StreamRecordingState::Failed { cause: crate::view::gap_cause(cause), message, since }
}
