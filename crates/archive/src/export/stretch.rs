//! What there is to export, as the index has it.

use std::collections::BTreeMap;
use std::time::Duration;

use media::{StreamId, WallTime};

use crate::ArchiveError;
use crate::index::{Index, Segment};

/// Segments of a stream that follow each other without a hole, of which no
/// file becomes larger or longer than it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Of which stream.
    pub stream: StreamId,
    /// Which of the volumes it is on.
    pub volume: usize,
    /// See [`Segment::run`].
    pub run: i64,
    /// When it begins, and not before what was asked for.
    pub from: WallTime,
    /// When it ends.
    pub to: WallTime,
    /// About what it takes, in bytes.
    pub bytes: u64,
}

/// Files are never larger, in bytes: more does not fit on sticks with FAT.
const MAX_BYTES: u64 = 3_500 << 20;

/// Nor longer: what is known of each picture is kept in memory.
const MAX_LENGTH: Duration = Duration::from_secs(6 * 3600);

/// What is farther apart has a hole between.
pub const NEAR: Duration = Duration::from_millis(100);

/// Rows are read for so long a span at once.
const WINDOW: Duration = Duration::from_secs(24 * 3600);

/// The stretches of a stream on one volume, in the order in which they were
/// recorded. Two overlap only where their runs differ: a clock was set.
pub fn stretches(
    index: &Index,
    volume: usize,
    stream: StreamId,
    from: WallTime,
    to: WallTime,
) -> Result<Vec<Stretch>, ArchiveError> {
    let held = index.held()?;
    let Some(held) = held.iter().find(|it| it.stream == stream) else { return Ok(Vec::new()) };
    let newest = index.newest(stream)?.map_or(held.oldest, |it| it.end);
    let last = to.min(newest);
    let mut runs: BTreeMap<i64, Run> = BTreeMap::new();
    let mut begin = from.max(held.oldest);
    while begin < last {
        let end = (begin + WINDOW).min(last);
        for segment in index.between(stream, begin, end)? {
            let run = runs.entry(segment.run).or_default();
            // Both windows may have it.
            if run.newest.is_none_or(|newest| newest < segment.start) {
                run.newest = Some(segment.start);
                run.add(&segment, volume, from, to);
            }
        }
        begin = end;
    }
    Ok(runs.into_values().flat_map(|run| run.stretches).collect())
}

#[derive(Default)]
struct Run {
    newest: Option<WallTime>,
    /// End of the last segment.
    ended: Option<WallTime>,
    stretches: Vec<Stretch>,
}

impl Run {
    fn add(&mut self, segment: &Segment, volume: usize, from: WallTime, to: WallTime) {
        let (begin, end) = (segment.start.max(from), segment.end.min(to));
        if begin >= end {
            return;
        }
        let whole = segment.end.since(segment.start).as_micros().max(1);
        let part = end.since(begin).as_micros();
        let bytes = (u128::from(segment.bytes) * part / whole) as u64;
        let ended = self.ended.replace(segment.end);
        let is_near = ended.is_some_and(|ended| segment.start.since(ended) <= NEAR);
        if let Some(last) = self.stretches.last_mut().filter(|_| is_near) {
            let is_full =
                last.bytes + segment.bytes > MAX_BYTES || segment.end.since(last.from) > MAX_LENGTH;
            if !is_full {
                last.to = end;
                last.bytes += bytes;
                return;
            }
            // What is between the two belongs to the first.
            last.to = begin;
        }
        let (stream, run) = (segment.stream, segment.run);
        self.stretches.push(Stretch { stream, volume, run, from: begin, to: end, bytes });
    }
}

#[cfg(test)]
mod tests {
    use media::{CameraId, StreamRole};

    use super::*;

    const STREAM: StreamId = StreamId { camera: CameraId(1), role: StreamRole::Main };

    /// Segments of a minute, by run and start in minutes.
    #[track_caller]
    fn check(segments: &[(i64, i64)], asked: (i64, i64), expected: &[(i64, i64, i64)]) {
        const MINUTE: i64 = 60_000_000;
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open(folder.path(), "v").unwrap();
        let rows: Vec<Segment> = segments
            .iter()
            .map(|(run, minute)| Segment {
                stream: STREAM,
                start: WallTime(minute * MINUTE + run),
                end: WallTime((minute + 1) * MINUTE + run),
                bytes: 1 << 20,
                recording: WallTime(minute * MINUTE + run),
                run: *run,
                begins_with_key: true,
                is_open: false,
            })
            .collect();
        index.advance(&rows, &[]).unwrap();
        let (from, to) = (WallTime(asked.0 * MINUTE), WallTime(asked.1 * MINUTE));
        let found = stretches(&index, 0, STREAM, from, to).unwrap();
        let found: Vec<_> =
            found.iter().map(|it| (it.run, it.from.0 / MINUTE, it.to.0 / MINUTE)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn holes_and_runs_divide() {
        check(&[(1, 0), (1, 1), (1, 3)], (0, 10), &[(1, 0, 2), (1, 3, 4)]);
        // A clock that was set back: neither is mixed into the other.
        check(&[(1, 10), (1, 11), (2, 10), (2, 11)], (10, 20), &[(1, 10, 12), (2, 10, 12)]);
        check(&[(1, 0)], (2, 10), &[]);
        check(&[], (0, 10), &[]);
    }

    #[test]
    fn no_file_is_longer_than_six_hours() {
        let minutes: Vec<(i64, i64)> = (0..1500).map(|minute| (1, minute)).collect();
        let expected =
            [(1, 0, 360), (1, 360, 720), (1, 720, 1080), (1, 1080, 1440), (1, 1440, 1500)];
        check(&minutes, (0, 3000), &expected);
    }
}
