//! The tables of one segment, and which segments a film begins with.

use std::collections::VecDeque;
use std::io::Seek as _;
use std::path::{Path, PathBuf};

use media::WallTime;

use super::ExportError;
use super::film::{fits, open_source};
use super::stretch::{NEAR, Stretch};
use crate::ArchiveError;
use crate::index::{Index, Segment};
use crate::mp4::{Head, Listed, Picture, Scan};

/// The tables of one segment.
pub struct Strip {
    /// Its row.
    pub segment: Segment,
    /// Its file.
    pub path: PathBuf,
    /// What it is.
    pub head: Head,
    /// What of it is intact.
    pub fragments: Vec<Listed>,
    /// So many of its pictures are not needed, or cannot be decoded.
    pub skipped: usize,
    /// What is only there for others to be decoded is told to be shown by so
    /// much later than it came, in µs: no hole is left before what is shown.
    pub lead: Option<i64>,
    /// Spans in which something is damaged.
    pub damaged: Vec<(WallTime, WallTime)>,
    /// Whether no key frame came after the last damage.
    pub is_broken: bool,
}

/// Where the segments of a stretch are.
pub struct Source<'a> {
    root: &'a Path,
    index: &'a Index,
    stretch: Stretch,
    segments: Vec<Segment>,
}

/// A key frame is looked for in so many segments before: an hour and more.
const MAX_LEAD: usize = 90;

impl<'a> Source<'a> {
    /// Of a stretch on the volume at `root`.
    pub fn new(root: &'a Path, index: &'a Index, stretch: Stretch) -> Result<Self, ArchiveError> {
        let mut segments = index.between(stretch.stream, stretch.from, stretch.to)?;
        segments.retain(|segment| segment.run == stretch.run);
        Ok(Self { root, index, stretch, segments })
    }

    /// The segment after the one that began at `start`.
    pub fn after(&self, start: WallTime) -> Option<Segment> {
        self.segments.iter().find(|it| it.start > start).copied()
    }

    /// Segments from the key frame that what is shown at `from` is decoded
    /// with, and when the film begins: later where nothing before can be
    /// decoded. Nothing where nothing can.
    pub fn lead_in(
        &self,
        from: WallTime,
        to: WallTime,
    ) -> Result<Option<(VecDeque<Strip>, WallTime)>, ExportError> {
        let first = self.segments.iter().rposition(|it| it.start <= from).unwrap_or(0);
        let Some(segment) = self.segments.get(first) else { return Ok(None) };
        let mut strips = VecDeque::from([self.read(*segment)?]);
        let begin = from.max(segment.start);
        let mut key = strips[0].last_key(begin);
        let mut lead = 0;
        while key.is_none() && strips.len() <= MAX_LEAD {
            let (earliest, head) = (strips[0].segment, &strips[0].head);
            // What does not begin with a key frame builds on what came before.
            let before = self.index.preceding(earliest.stream, self.stretch.run, earliest.start)?;
            let Some(before) = before.filter(|_| !earliest.begins_with_key) else { break };
            let mut strip = match self.read(before) {
                Err(ExportError::Removed { .. }) => break,
                read => read?,
            };
            if strip.head.video != head.video || strip.is_broken {
                break;
            }
            let hole = earliest.start.since(before.end);
            lead += if hole > NEAR { hole.as_micros() as i64 } else { 0 };
            strip.lead = Some(lead);
            key = strip.last_key(WallTime(i64::MAX));
            strips.push_front(strip);
        }
        if let Some(key) = key {
            strips[0].skipped = key;
            return Ok(Some((strips, begin)));
        }
        let mut next = Some(*segment);
        while let Some(segment) = next.filter(|it| it.start < to) {
            let mut strip = self.read(segment)?;
            if let Some((key, at)) = strip.first_key(begin).filter(|(_, at)| *at < to) {
                strip.skipped = key;
                return Ok(Some((VecDeque::from([strip]), at)));
            }
            next = self.after(segment.start);
        }
        Ok(None)
    }

    /// Reads a segment's tables.
    pub fn read(&self, segment: Segment) -> Result<Strip, ExportError> {
        let path = self.root.join(segment.place());
        let mut file = open_source(&path)?;
        let head = Head::read(&mut file)?;
        let begin = file.stream_position().map_err(ArchiveError::disk(&path))?;
        let mut scan = Scan::new(&mut file, begin)?;
        let (mut fragments, mut damaged): (Vec<Listed>, Vec<_>) = (Vec::new(), Vec::new());
        let mut is_broken = false;
        while scan.offset() < segment.bytes {
            match scan.next() {
                Ok(None) => break,
                Ok(Some(mut fragment)) if fits(&fragment) => {
                    if is_broken {
                        // What follows a loss builds on what is missing.
                        let key = fragment.pictures.iter().position(|it| it.is_key);
                        let again = key.map(|key| fragment.pictures[key].time);
                        if let (Some(again), Some((_, to))) = (again, damaged.last_mut()) {
                            *to = WallTime(head.start.0.saturating_add(again));
                        }
                        fragment.pictures.drain(..key.unwrap_or(fragment.pictures.len()));
                        is_broken = key.is_none();
                    }
                    fragments.push(fragment);
                }
                Ok(Some(_)) | Err(_) => {
                    let ended = fragments.last().and_then(Listed::end).unwrap_or(0);
                    let ended = WallTime(head.start.0 + ended);
                    if !is_broken {
                        damaged.push((ended, segment.end));
                    }
                    is_broken = true;
                    if !scan.skip()? {
                        break;
                    }
                }
            }
        }
        Ok(Strip { segment, path, head, fragments, skipped: 0, lead: None, damaged, is_broken })
    }
}

impl Strip {
    /// The last key frame that is shown at `from` or before, by its place.
    fn last_key(&self, from: WallTime) -> Option<usize> {
        let is_before =
            |it: &Picture| it.is_key && self.head.start.0.saturating_add(it.time) <= from.0;
        self.pictures().enumerate().filter(|(_, it)| is_before(it)).map(|(at, _)| at).last()
    }

    /// The first key frame that is shown after `from`: its place, and when.
    fn first_key(&self, from: WallTime) -> Option<(usize, WallTime)> {
        let at = |it: &Picture| WallTime(self.head.start.0.saturating_add(it.time));
        let found = self.pictures().position(|it| it.is_key && at(it) >= from)?;
        self.pictures().nth(found).map(|it| (found, at(it)))
    }

    /// Leaves out what is before the first key frame: what it builds on is damaged.
    pub fn skip_to_key(&mut self) {
        let key = self.pictures().position(|it| it.is_key);
        let at = self.pictures().nth(key.unwrap_or(0)).map_or(0, |it| it.time);
        let again = if key.is_some() {
            WallTime(self.head.start.0.saturating_add(at))
        } else {
            self.segment.end
        };
        if key != Some(0) {
            self.damaged.insert(0, (self.segment.start, again));
        }
        self.is_broken |= key.is_none();
        self.skipped = key.unwrap_or_else(|| self.pictures().count());
    }

    fn pictures(&self) -> impl Iterator<Item = &Picture> {
        self.fragments.iter().flat_map(|it| &it.pictures)
    }
}
