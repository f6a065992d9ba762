//! How much is kept, and what is never removed.

use std::collections::BTreeMap;
use std::time::Duration;

use media::{CameraId, StreamId, WallTime};

use crate::ArchiveError;
use crate::index::{Held, Index, Segment};
use crate::root::Space;

/// How much of something is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limit {
    /// Of all its files.
    pub bytes: Option<u64>,
    /// Since its units came.
    pub age: Option<Duration>,
}

/// What is kept on a volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of the volume.
    pub volume: Limit,
    /// Of streams.
    pub streams: BTreeMap<StreamId, Limit>,
    /// Nothing in these spans is removed, however full it gets.
    pub locked: Vec<(CameraId, WallTime, WallTime)>,
}

/// A forecast needs so much footage.
const MEASURED: Duration = Duration::from_secs(3600);

/// For how long footage stays on a volume with this `limit`, as fast as what
/// it `held` at `now` came; nothing in the first hour.
pub fn forecast(held: &[Held], space: Space, limit: Limit, now: WallTime) -> Option<Duration> {
    let oldest = held.iter().map(|held| held.oldest).min()?;
    let recorded: u64 = held.iter().map(|held| held.bytes).sum();
    let span = now.since(oldest);
    if span < MEASURED || recorded == 0 {
        return None;
    }
    let room = space.usable(recorded).min(limit.bytes.unwrap_or(u64::MAX));
    let fits = span.mul_f64(room as f64 / recorded as f64);
    Some(limit.age.map_or(fits, |age| fits.min(age)))
}

/// Left free for files of others.
const FILES: u64 = 8;

/// Segments that are being written cannot be removed: together they have no
/// more than one part in so many of what there is.
const OPEN: u64 = 8;

/// At most so many segments are removed at once: removing takes time, too.
const MAX_AT_ONCE: usize = 256;

/// Segments that are to be removed, the oldest first, so that all limits hold
/// and `needed` bytes can be written. Fewer where what is there is locked.
pub fn excess(
    index: &Index,
    limits: &Limits,
    space: Space,
    needed: u64,
    now: WallTime,
) -> Result<Vec<Segment>, ArchiveError> {
    let held = index.held()?;
    let mut chosen: Vec<Segment> = Vec::new();
    for of in &held {
        let limit = limits.streams.get(&of.stream).copied().unwrap_or_default();
        let age = [limit.age, limits.volume.age].into_iter().flatten().min();
        let over = limit.bytes.map_or(0, |limit| of.bytes.saturating_sub(limit));
        choose(index, limits, std::slice::from_ref(of), &mut chosen, |segment, freed| {
            age.is_some_and(|age| segment.end + age < now) || freed < over
        })?;
    }
    let total: u64 = held.iter().map(|of| of.bytes).sum();
    let over_limit = limits.volume.bytes.map_or(0, |limit| (total + needed).saturating_sub(limit));
    let reserve = space.reserve() + needed;
    let over = over_limit.max(reserve.saturating_sub(space.free));
    let freed: u64 = chosen.iter().map(|segment| segment.bytes).sum();
    let is_out_of_files = space.free_files < FILES + held.len() as u64;
    let count = chosen.len();
    let mut more = 0;
    if over > freed || is_out_of_files && count < held.len() {
        choose(index, limits, &held, &mut chosen, |_, since| {
            more += 1;
            freed + since < over || is_out_of_files && count + more <= held.len()
        })?;
    }
    Ok(chosen)
}

/// Goes through the segments of `streams` from the oldest on and chooses them
/// as long as `is_over`, which is told the bytes chosen so far, says so.
fn choose(
    index: &Index,
    limits: &Limits,
    streams: &[Held],
    chosen: &mut Vec<Segment>,
    mut is_over: impl FnMut(&Segment, u64) -> bool,
) -> Result<(), ArchiveError> {
    const BATCH: usize = 16;
    let mut freed = 0;
    // The next of each stream, the oldest last.
    let mut queues: Vec<(StreamId, Vec<Segment>)> = Vec::new();
    for held in streams {
        let mut next = index.oldest(held.stream, held.oldest, BATCH)?;
        next.reverse();
        queues.push((held.stream, next));
    }
    while chosen.len() < MAX_AT_ONCE {
        let oldest = queues
            .iter_mut()
            .filter(|(_, queue)| !queue.is_empty())
            .min_by_key(|(_, queue)| queue.last().map(|segment| segment.start));
        let Some((stream, queue)) = oldest else { return Ok(()) };
        let Some(segment) = queue.pop() else { return Ok(()) };
        if queue.is_empty() {
            let from = segment.start + Duration::from_micros(1);
            *queue = index.oldest(*stream, from, BATCH)?;
            queue.reverse();
        }
        if limits.is_locked(&segment) || chosen.contains(&segment) {
            continue;
        }
        if !is_over(&segment, freed) {
            return Ok(());
        }
        freed += segment.bytes;
        chosen.push(segment);
    }
    Ok(())
}

impl Limits {
    /// How large a segment may become where `streams` are written, in bytes.
    pub(crate) fn largest(&self, space: Space, streams: usize) -> u64 {
        let room = self.volume.bytes.unwrap_or(u64::MAX).min(space.total);
        room / OPEN / (streams as u64).max(1)
    }

    fn is_locked(&self, segment: &Segment) -> bool {
        self.locked.iter().any(|(camera, from, to)| {
            *camera == segment.stream.camera && *from < segment.end && segment.start < *to
        })
    }
}

#[cfg(test)]
mod tests {
    use media::StreamRole;

    use super::*;

    const PLENTY: Space = Space { total: 1 << 40, free: 1 << 40, free_files: 1 << 20 };

    fn stream(camera: u32) -> StreamId {
        StreamId { camera: CameraId(camera), role: StreamRole::Main }
    }

    /// Cameras 1 and 2 have six segments each, of ten seconds and 100 bytes,
    /// those of camera 2 five seconds later.
    fn index(folder: &std::path::Path) -> Index {
        let mut index = Index::open(folder, "v").unwrap();
        let rows: Vec<Segment> = (0..12)
            .map(|n| {
                let start = WallTime(1_000_000_000 + n / 2 * 10_000_000 + n % 2 * 5_000_000);
                Segment {
                    stream: stream(1 + n as u32 % 2),
                    start,
                    end: start + Duration::from_secs(10),
                    bytes: 100,
                    recording: WallTime(0),
                    run: 1,
                    begins_with_key: true,
                    is_open: n >= 10,
                }
            })
            .collect();
        index.advance(&rows, &[]).unwrap();
        index
    }

    /// Whose segments, and how many seconds after the first.
    fn check(limits: Limits, space: Space, needed: u64, expected: &[(u32, i64)]) {
        let folder = tempfile::tempdir().unwrap();
        let index = index(folder.path());
        let now = WallTime(1_070_000_000);
        let chosen = excess(&index, &limits, space, needed, now).unwrap();
        let chosen: Vec<(u32, i64)> =
            chosen.iter().map(|it| (it.stream.camera.0, it.start.0 / 1_000_000 - 1000)).collect();
        assert_eq!(chosen, expected, "{limits:?}");
    }

    #[test]
    fn a_forecast_is_what_fits_at_this_rate() {
        const DAY: Duration = Duration::from_secs(86_400);
        let held = Held { stream: stream(1), bytes: 10 << 30, segments: 1, oldest: WallTime(0) };
        let space = Space { total: 1 << 40, free: 92 << 30, free_files: 1000 };
        let days = |limit, hours: i64| {
            let forecast = forecast(&[held], space, limit, WallTime(hours * 3_600_000_000));
            forecast.map(|span| span.as_secs_f64() / DAY.as_secs_f64())
        };
        assert_eq!(days(Limit::default(), 0), None);
        // 10 GiB a day, 90 more beside what is kept free.
        assert!((days(Limit::default(), 24).unwrap() - 10.0).abs() < 0.01);
        assert_eq!(days(Limit { bytes: Some(20 << 30), age: None }, 24), Some(2.0));
        assert_eq!(days(Limit { bytes: None, age: Some(DAY) }, 24), Some(1.0));
    }

    #[test]
    fn the_oldest_goes_first() {
        let bytes = |bytes| Limit { bytes: Some(bytes), age: None };
        let age = |seconds| Limit { bytes: None, age: Some(Duration::from_secs(seconds)) };
        let volume = |volume| Limits { volume, ..Limits::default() };
        check(Limits::default(), PLENTY, 0, &[]);
        check(volume(bytes(1200)), PLENTY, 0, &[]);
        check(volume(bytes(950)), PLENTY, 0, &[(1, 0), (2, 5), (1, 10)]);
        check(volume(age(46)), PLENTY, 0, &[(1, 0), (1, 10), (2, 5)]);
        let streams = [(stream(2), bytes(400))].into();
        let limits = Limits { streams, ..Limits::default() };
        check(limits, PLENTY, 0, &[(2, 5), (2, 15)]);
    }

    #[test]
    fn a_full_disk_frees_what_is_needed() {
        let space = Space { total: 2000, free: 150, free_files: 1000 };
        check(Limits::default(), space, 50, &[]);
        check(Limits::default(), space, 200, &[(1, 0), (2, 5)]);
        let space = Space { total: 2000, free: 2000, free_files: 9 };
        check(Limits::default(), space, 0, &[(1, 0), (2, 5)]);
    }

    #[test]
    fn what_is_locked_or_open_stays() {
        let lock = |from: i64, to: i64| {
            let time = |second| WallTime((1000 + second) * 1_000_000);
            (CameraId(1), time(from), time(to))
        };
        let volume = Limit { bytes: Some(0), age: None };
        let limits = Limits { volume, locked: vec![lock(5, 31)], ..Limits::default() };
        let others = [(2, 5), (2, 15), (2, 25), (2, 35), (1, 40), (2, 45)];
        check(limits, PLENTY, 0, &others);
    }
}
