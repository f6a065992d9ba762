//! One stream on its way into segments.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{
    AccessUnit, AudioUnit, Codec, MediaTime, StreamId, TrackedEvent, VideoFormat, WallTime,
};

use crate::index::{self, Segment};
use crate::mp4::{Head, Sample, Samples};
use crate::root::Root;
use crate::segment::{Folders, OpenSegment};
use crate::untold::Untold;
use crate::{ArchiveError, annexb};

/// What a stream brings.
#[derive(Clone, Debug)]
pub enum Item {
    /// The next unit.
    Unit(Arc<AccessUnit>),
    /// Something is missing here, or another session follows.
    Break,
    /// The wall clock was set, which began this run: what follows the next key
    /// frame is another recording.
    ClockSet(i64),
}

/// What came of one stream.
#[derive(Debug)]
pub struct Batch {
    /// Which stream.
    pub stream: StreamId,
    /// What the camera is called.
    pub camera_name: Arc<str>,
    /// Pictures.
    pub items: Vec<Item>,
    /// Sound, where it is recorded.
    pub audio: Vec<Arc<AudioUnit>>,
}

impl Batch {
    /// What it takes on a disk at most, in bytes: where each unit is a fragment
    /// of its own, and a file begins.
    pub fn size_on_disk(&self) -> u64 {
        const HEAD: usize = 4096;
        const FRAGMENT: usize = 300;
        let pictures = self.items.iter().map(|item| match item {
            Item::Unit(unit) => unit.payload.len() + FRAGMENT,
            Item::Break | Item::ClockSet(_) => 0,
        });
        let sound = self.audio.iter().map(|unit| unit.payload.len());
        (HEAD + pictures.chain(sound).sum::<usize>()) as u64
    }
}

/// What was recorded of a stream and is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When its first unit came.
    pub from: WallTime,
    /// When its last unit ended.
    pub to: WallTime,
    /// Whether it goes on where the span before it ended, without a hole.
    pub continues: bool,
    /// See [`Segment::run`].
    pub run: i64,
}

/// Writes one stream.
pub struct StreamWriter {
    stream: StreamId,
    camera_name: Arc<str>,
    run: i64,
    /// Until when the run is recorded.
    ended: WallTime,
    /// The source's format, and what files have instead.
    format: Option<(Arc<VideoFormat>, Arc<VideoFormat>)>,
    recording: Option<Recording>,
    segment: Option<OpenSegment>,
    /// Whole, and perhaps not on the disk yet.
    closed: Vec<OpenSegment>,
    pending: Vec<Sample>,
    sound: VecDeque<Arc<AudioUnit>>,
    spans: Vec<Span>,
    untold: Untold,
    /// How large a segment becomes before the next key frame begins another.
    largest: u64,
}

struct Recording {
    start: WallTime,
    run: i64,
    sequence: u64,
    /// The latest time of a unit.
    newest: MediaTime,
    /// How far units are apart, where they do not say.
    distance: Duration,
    /// Time of the last key frame.
    key: MediaTime,
    /// Whether its first span was told.
    is_told: bool,
}

/// A segment is never longer.
const MAX_SEGMENT: Duration = Duration::from_secs(60);

/// A fragment is never longer, but where one unit is.
const MAX_FRAGMENT: Duration = Duration::from_secs(1);

/// Times go back so far where pictures are stored in another order than shown.
const MAX_BACK: Duration = Duration::from_secs(1);

/// How far the start of a segment is moved for a camera's clock that is fast or slow.
const MAX_SLEW: i64 = 20_000;

/// A camera's clock that is off so much more begins another recording.
const MAX_DRIFT: i64 = 2_000_000;

/// What a unit is taken to last where nothing tells.
const DISTANCE: Duration = Duration::from_millis(40);

/// A pause that is longer, and longer than so many distances of pictures, is a
/// hole: what is around it are two recordings.
const MIN_HOLE: Duration = Duration::from_secs(1);
const INTERVALS: u32 = 3;

/// Sound that waits for its picture, in units.
const MAX_SOUND: usize = 1024;

impl StreamWriter {
    /// Of a stream of which nothing is being written in the run `run`.
    pub fn new(stream: StreamId, run: i64) -> Self {
        Self {
            stream,
            camera_name: "".into(),
            run,
            ended: WallTime(i64::MIN),
            format: None,
            recording: None,
            segment: None,
            closed: Vec::new(),
            pending: Vec::new(),
            sound: VecDeque::new(),
            spans: Vec::new(),
            untold: Untold::default(),
            largest: u64::MAX,
        }
    }

    /// Takes what happened at the camera, for the segment that is closed next.
    pub fn note(&mut self, events: Vec<TrackedEvent>) {
        self.untold.note(events);
    }

    /// Writes what came, into segments that become hardly larger than `largest`
    /// bytes. After an error nothing is written before the next key frame.
    pub fn write(
        &mut self,
        root: &Root,
        folders: &mut Folders,
        batch: Batch,
        largest: u64,
    ) -> Result<(), ArchiveError> {
        self.largest = largest;
        self.camera_name = batch.camera_name;
        self.sound.extend(batch.audio);
        let excess = self.sound.len().saturating_sub(MAX_SOUND);
        self.sound.drain(..excess);
        let mut outcome = Ok(());
        for item in batch.items {
            let written = match item {
                Item::Unit(unit) => self.unit(root, folders, &unit),
                Item::Break => self.end(root),
                Item::ClockSet(run) => {
                    (self.run, self.ended) = (run, WallTime(i64::MIN));
                    Ok(())
                }
            };
            if let Err(error) = written {
                self.fail(root);
                outcome = Err(error);
            }
        }
        let flushed = self.flush(root);
        if flushed.is_err() {
            self.fail(root);
        }
        outcome.and(flushed)
    }

    /// Puts on the disk what was written. After an error nothing is tried
    /// again on that file: what it holds is not known any more.
    pub fn sync(&mut self, root: &Root) -> Result<(), ArchiveError> {
        let mut outcome = Ok(());
        let mut has_failed = false;
        for segment in self.closed.iter_mut().chain(&mut self.segment) {
            if !segment.is_dirty() {
                continue;
            }
            let from = segment.row(true).end;
            if let Err(error) = segment.sync() {
                outcome = Err(ArchiveError::disk(&root.path().join(segment.path()))(error));
                has_failed = true;
                continue;
            }
            let to = segment.end();
            if to == from {
                // Nothing but events came.
                continue;
            }
            let recording =
                self.recording.as_mut().filter(|it| it.start == segment.head().recording);
            let continues = recording.is_some_and(|it| std::mem::replace(&mut it.is_told, true));
            let run = segment.head().run;
            self.spans.push(Span { from, to, continues, run });
        }
        if has_failed {
            self.fail(root);
        }
        outcome
    }

    /// The rows of what is on the disk, and its spans since the last time.
    pub fn advance(&mut self, rows: &mut Vec<Segment>) -> Vec<Span> {
        let is_kept = |row: &Segment| row.bytes > 0;
        rows.extend(self.closed.drain(..).map(|it| it.row(false)).filter(is_kept));
        rows.extend(self.segment.iter().map(|it| it.row(true)).filter(is_kept));
        std::mem::take(&mut self.spans)
    }

    /// Ends the recording; what follows begins another one.
    pub fn end(&mut self, root: &Root) -> Result<(), ArchiveError> {
        let flushed = self.flush(root);
        if flushed.is_ok() {
            self.tell(root);
        }
        self.close();
        self.recording = None;
        self.sound.clear();
        flushed
    }

    fn unit(
        &mut self,
        root: &Root,
        folders: &mut Folders,
        unit: &Arc<AccessUnit>,
    ) -> Result<(), ArchiveError> {
        if self.is_another(unit) {
            self.end(root)?;
        } else if self.is_after_hole(unit) {
            // It builds on what came before, of which nothing is missing.
            self.end(root)?;
            self.begin(root, folders, unit)?;
            self.push(unit);
            return Ok(());
        }
        let Some(recording) = &mut self.recording else {
            if unit.is_key {
                self.begin(root, folders, unit)?;
                self.push(unit);
            }
            return Ok(());
        };
        let so_far = unit.time.since(recording.newest);
        if !so_far.is_zero() {
            recording.distance = so_far.min(MAX_FRAGMENT);
        }
        recording.sequence = unit.sequence;
        recording.newest = recording.newest.max(unit.time);
        let group = unit.time.since(recording.key);
        if unit.is_key {
            recording.key = unit.time;
        }
        let Some(segment) = &self.segment else { return Ok(()) };
        let length = unit.time.since(segment.head().media_start);
        // At a key frame where the next one would come too late, else where it must be.
        let has_other_sound =
            self.sound.front().is_some_and(|it| segment.head().audio.as_ref() != Some(&*it.format));
        let is_large = segment.bytes() >= self.largest;
        if length >= MAX_SEGMENT
            || unit.is_key && (length + group > MAX_SEGMENT || has_other_sound || is_large)
        {
            self.next_segment(root, folders, unit)?;
        } else if self.pending.first().is_some_and(|first| {
            let segment_start = segment.head().media_start;
            unit.time.since(segment_start).as_micros() as i64 - first.time
                >= MAX_FRAGMENT.as_micros() as i64
        }) {
            self.flush(root)?;
        }
        self.push(unit);
        Ok(())
    }

    /// Whether a unit cannot follow what was written.
    fn is_another(&self, unit: &AccessUnit) -> bool {
        let Some(recording) = &self.recording else { return false };
        let is_known = self
            .format
            .as_ref()
            .is_some_and(|(known, _)| Arc::ptr_eq(known, &unit.format) || **known == *unit.format);
        !is_known
            || unit.sequence != recording.sequence + 1
            || unit.time + MAX_BACK < recording.newest
            || recording.run != self.run && unit.is_key
    }

    /// Whether the camera made a pause before `unit`.
    fn is_after_hole(&self, unit: &AccessUnit) -> bool {
        self.recording.as_ref().is_some_and(|recording| {
            unit.time.since(recording.newest) > MIN_HOLE + recording.distance * INTERVALS
        })
    }

    /// Begins a recording.
    fn begin(
        &mut self,
        root: &Root,
        folders: &mut Folders,
        unit: &Arc<AccessUnit>,
    ) -> Result<(), ArchiveError> {
        let Some(format) = in_files(unit) else {
            let codec = unit.format.codec.name().to_owned();
            return Err(ArchiveError::Unsupported { codec });
        };
        self.format = Some((unit.format.clone(), format));
        let distance = Some(unit.duration).filter(|it| !it.is_zero()).unwrap_or(DISTANCE);
        // A camera's clock that is fast must not make two recordings overlap.
        let start = unit.arrived.max(self.ended);
        let head = self.head(unit, start, start, self.run);
        let segment = OpenSegment::create(root, head, folders)?;
        self.recording = Some(Recording {
            start: segment.head().recording,
            run: self.run,
            sequence: unit.sequence,
            newest: unit.time,
            distance,
            key: unit.time,
            is_told: false,
        });
        self.segment = Some(segment);
        Ok(())
    }

    /// Goes on in another file.
    fn next_segment(
        &mut self,
        root: &Root,
        folders: &mut Folders,
        unit: &Arc<AccessUnit>,
    ) -> Result<(), ArchiveError> {
        self.flush(root)?;
        self.tell(root);
        let (Some(recording), Some(last)) = (&self.recording, self.segment.take()) else {
            return Ok(());
        };
        let due = last.head().start + unit.time.since(last.head().media_start);
        let off = unit.arrived.0.saturating_sub(due.0);
        let start = WallTime(due.0 + off.clamp(-MAX_SLEW, MAX_SLEW)).max(last.end());
        let (mut recording, run) = (recording.start, recording.run);
        self.segment = Some(last);
        self.close();
        if off.abs() > MAX_DRIFT && unit.is_key {
            self.end(root)?;
            return self.begin(root, folders, unit);
        }
        if start.since(recording) > index::MAX_RECORDING {
            // Goes on without a hole, as another one.
            recording = start;
        }
        let segment = OpenSegment::create(root, self.head(unit, start, recording, run), folders)?;
        self.recording.iter_mut().for_each(|it| it.start = segment.head().recording);
        self.segment = Some(segment);
        Ok(())
    }

    /// Lets the segment that is open tell what happened, where anything did. Its
    /// pictures are as good without.
    fn tell(&mut self, root: &Root) {
        let Some(segment) = &mut self.segment else { return };
        let events = self.untold.tell(segment.end());
        if !events.is_empty()
            && let Err((events, error)) = segment.tell(events)
        {
            let error = ArchiveError::disk(&root.path().join(segment.path()))(error);
            tracing::warn!("events are told by a later file: {error}");
            self.untold.note(events);
        }
    }

    /// Nothing more goes into the segment that is open.
    fn close(&mut self) {
        let Some(segment) = self.segment.take() else { return };
        if segment.head().run == self.run {
            self.ended = self.ended.max(segment.end());
        }
        self.closed.push(segment);
    }

    fn head(&self, unit: &AccessUnit, start: WallTime, recording: WallTime, run: i64) -> Head {
        let format = self.format.as_ref().map_or(&unit.format, |(_, in_files)| in_files);
        Head {
            camera: self.stream.camera,
            camera_name: self.camera_name.to_string(),
            role: self.stream.role,
            recording,
            run,
            start,
            media_start: unit.time,
            begins_with_key: unit.is_key,
            video: VideoFormat::clone(format),
            audio: self.sound.front().map(|it| (*it.format).clone()),
        }
    }

    fn push(&mut self, unit: &AccessUnit) {
        let (Some(segment), Some(recording)) = (&self.segment, &self.recording) else { return };
        let duration = if unit.duration.is_zero() { recording.distance } else { unit.duration };
        let is_bare = unit.format.codec == Codec::H264 && unit.format.extradata.is_empty();
        self.pending.push(Sample {
            time: unit.time.0.saturating_sub(segment.head().media_start.0),
            duration: u32::try_from(duration.as_micros()).unwrap_or(u32::MAX),
            is_key: unit.is_key,
            pieces: if is_bare {
                annexb::pieces(&unit.payload)
            } else {
                vec![unit.payload.clone()]
            },
        });
    }

    /// Writes what is pending as a fragment.
    fn flush(&mut self, root: &Root) -> Result<(), ArchiveError> {
        let video = std::mem::take(&mut self.pending);
        let Some(segment) = &mut self.segment else { return Ok(()) };
        let Some(end) = video.iter().map(Sample::end).max() else { return Ok(()) };
        let begin = segment.head().media_start;
        let mut audio: Vec<(i64, Bytes)> = Vec::new();
        while let Some(unit) = self.sound.front() {
            let time = unit.time.0.saturating_sub(begin.0);
            if time >= end || segment.head().audio.as_ref() != Some(&*unit.format) {
                break;
            }
            if time >= 0 {
                audio.push((time, unit.payload.clone()));
            }
            self.sound.pop_front();
        }
        let error = ArchiveError::disk(&root.path().join(segment.path()));
        segment.write(Samples { video, audio }).map_err(error)
    }

    /// Nothing more goes into what is open; what is on the disk of it stays.
    fn fail(&mut self, root: &Root) {
        self.pending.clear();
        self.close();
        for segment in &mut self.closed {
            self.untold.note(segment.give_up(root));
        }
        self.recording = None;
        self.sound.clear();
    }
}

/// The format of a unit in files; nothing where that cannot be told.
fn in_files(unit: &AccessUnit) -> Option<Arc<VideoFormat>> {
    let is_whole = !unit.format.extradata.is_empty() || unit.format.codec == Codec::MJPEG;
    if is_whole { Some(unit.format.clone()) } else { annexb::format(&unit.format, &unit.payload) }
}
