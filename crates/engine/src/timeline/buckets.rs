use std::time::Duration;

use media::WallTime;
use protocol::{GapCause, MAX_BUCKETS, TimelineBucket};

/// A span in parts of the same length, to the microsecond.
#[derive(Clone, Copy, Debug)]
pub struct Buckets {
    /// When the first begins.
    pub from: WallTime,
    /// When the last ends.
    pub to: WallTime,
    /// How many there are.
    pub count: u32,
}

impl Buckets {
    /// Nothing where there would be none, too many, or such without length.
    pub fn new(from: WallTime, to: WallTime, count: u32) -> Option<Self> {
        let length = to.0.checked_sub(from.0)?;
        let is_possible = (1..=MAX_BUCKETS).contains(&count) && length >= i64::from(count);
        is_possible.then_some(Self { from, to, count })
    }

    /// Of each, rounded down.
    pub fn length(&self) -> Duration {
        self.to.since(self.from) / self.count
    }

    /// The first moment of a bucket; the end for the one after the last.
    fn begin(&self, bucket: usize) -> i64 {
        let length = i128::from(self.to.0 - self.from.0);
        let way = length * bucket as i128 / i128::from(self.count);
        self.from.0 + i64::try_from(way).unwrap_or(i64::MAX)
    }

    /// The bucket of a moment inside.
    fn bucket(&self, at: i64) -> usize {
        let length = i128::from(self.to.0 - self.from.0);
        let way = i128::from(at - self.from.0) * i128::from(self.count) / length;
        let bucket = usize::try_from(way).unwrap_or(0).min(self.count as usize - 1);
        // Both are rounded down, so that it may be the next one's first moment.
        if self.begin(bucket + 1) <= at { bucket + 1 } else { bucket }
    }

    /// Of what of `from..to` is inside: the bucket in which it begins, and when,
    /// and the one in which it ends.
    fn ends(&self, from: WallTime, to: WallTime) -> Option<((usize, i64), (usize, i64))> {
        let (from, to) = (from.max(self.from).0, to.min(self.to).0);
        (from < to).then(|| ((self.bucket(from), from), (self.bucket(to - 1), to)))
    }

    /// The buckets that have a part of `from..to`, and how many µs of it.
    pub fn parts(&self, from: WallTime, to: WallTime) -> impl Iterator<Item = (usize, i64)> {
        let ends = self.ends(from, to).into_iter();
        let parts = ends.flat_map(move |((first, from), (last, to))| {
            let part = move |i| (i, to.min(self.begin(i + 1)) - from.max(self.begin(i)));
            (first..=last).map(part)
        });
        parts.filter(|(_, part)| *part > 0)
    }
}

/// What is known of one camera's buckets.
pub struct Lane {
    buckets: Buckets,
    /// Of each bucket in µs: divisions are dear, and there are many lanes.
    lengths: Vec<i64>,
    recorded: Vec<i64>,
    missed: Vec<[f32; GapCause::ALL.len()]>,
    has_missed: bool,
    locked: Vec<bool>,
}

impl Lane {
    /// Of which nothing is known yet.
    pub fn new(buckets: Buckets) -> Self {
        let count = buckets.count as usize;
        Self {
            buckets,
            lengths: (0..count).map(|i| buckets.begin(i + 1) - buckets.begin(i)).collect(),
            recorded: vec![0; count],
            missed: vec![[0.0; _]; count],
            has_missed: false,
            locked: vec![false; count],
        }
    }

    /// Something is recorded. No moment may be told twice.
    pub fn record(&mut self, from: WallTime, to: WallTime) {
        let Some((first, last)) = self.buckets.ends(from, to) else { return };
        if first.0 == last.0 {
            self.recorded[first.0] += last.1 - first.1;
            return;
        }
        self.recorded[first.0] += self.buckets.begin(first.0 + 1) - first.1;
        self.recorded[last.0] += last.1 - self.buckets.begin(last.0);
        for (recorded, length) in
            self.recorded[first.0 + 1..last.0].iter_mut().zip(&self.lengths[first.0 + 1..last.0])
        {
            *recorded = *length;
        }
    }

    /// Something is not, for this reason.
    pub fn miss(&mut self, from: WallTime, to: WallTime, cause: GapCause) {
        self.has_missed = true;
        for (i, part) in self.buckets.parts(from, to) {
            self.missed[i][cause as usize] += part as f32;
        }
    }

    /// Something must stay.
    pub fn lock(&mut self, from: WallTime, to: WallTime) {
        for (i, _) in self.buckets.parts(from, to) {
            self.locked[i] = true;
        }
    }

    /// The runs, as [`protocol::TimelineLane`] says. Nothing is known then.
    pub fn take(&mut self) -> Vec<u8> {
        let runs = runs((0..self.recorded.len()).map(|i| self.byte(i)));
        self.recorded.fill(0);
        self.locked.fill(false);
        if self.has_missed {
            self.missed.fill([0.0; _]);
        }
        self.has_missed = false;
        runs
    }

    fn byte(&self, i: usize) -> u8 {
        let (length, recorded) = (self.lengths[i], self.recorded[i]);
        let level = match recorded {
            0 => 0,
            _ if recorded >= length => TimelineBucket::WHOLE,
            // Sixths, rounded up: a little is not nothing.
            _ => u8::try_from((recorded * 6 + length - 1) / length).unwrap_or(6).clamp(1, 6),
        };
        let is_whole = level == TimelineBucket::WHOLE;
        let cause = if is_whole || !self.has_missed { 0 } else { self.cause(i) };
        let locked = if self.locked[i] { TimelineBucket::LOCKED } else { 0 };
        level | cause << TimelineBucket::CAUSE_SHIFT | locked
    }

    /// The number of the one that most is missed for.
    fn cause(&self, i: usize) -> u8 {
        let causes = (1u8..).zip(self.missed[i]).filter(|(_, missed)| *missed > 0.0);
        causes.max_by(|one, other| one.1.total_cmp(&other.1)).map_or(0, |(number, _)| number)
    }
}

/// Bytes as two for 1 to 255 in turn that are the same: their number, and one of them.
pub fn runs(bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let mut runs: Vec<u8> = Vec::new();
    for byte in bytes {
        match runs.as_mut_slice() {
            [.., count, last] if *last == byte && *count < u8::MAX => *count += 1,
            _ => runs.extend([1, byte]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten buckets of 100 µs.
    fn lane() -> Lane {
        Lane::new(Buckets::new(WallTime(1000), WallTime(2000), 10).unwrap())
    }

    fn buckets(mut lane: Lane) -> Vec<u8> {
        let runs = lane.take();
        runs.chunks(2).flat_map(|run| vec![run[1]; usize::from(run[0])]).collect()
    }

    #[test]
    fn a_bucket_says_how_much_is_recorded() {
        let mut lane = lane();
        for (from, to) in [(0, 1101), (1250, 1300), (1499, 1500), (1600, 1699), (1900, 9000)] {
            lane.record(WallTime(from), WallTime(to));
        }
        assert_eq!(buckets(lane), [7, 1, 3, 0, 1, 0, 6, 0, 0, 7]);
    }

    #[test]
    fn the_cause_that_most_is_missed_for_is_told_where_something_is_missed() {
        let mut lane = lane();
        lane.record(WallTime(1000), WallTime(1150));
        lane.miss(WallTime(1090), WallTime(1170), GapCause::Auth);
        lane.miss(WallTime(1170), WallTime(1200), GapCause::NoVolume);
        lane.miss(WallTime(1200), WallTime(1300), GapCause::NoVolume);
        assert_eq!(buckets(lane), [7, 2 << 3 | 3, 13 << 3, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn evidence_is_told_in_every_bucket_it_touches() {
        let mut lane = lane();
        lane.lock(WallTime(1199), WallTime(1201));
        assert_eq!(buckets(lane), [0, 0x80, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn runs_are_no_longer_than_a_byte_counts() {
        let buckets = Buckets::new(WallTime(0), WallTime(4096), 600).unwrap();
        let mut lane = Lane::new(buckets);
        lane.record(WallTime(0), WallTime(4096));
        assert_eq!(lane.take(), [255, 7, 255, 7, 90, 7]);
        assert_eq!(lane.take(), [255, 0, 255, 0, 90, 0]);
    }

    #[test]
    fn a_moment_is_found_in_the_bucket_that_has_it() {
        let buckets = Buckets::new(WallTime(0), WallTime(1000), 7).unwrap();
        for at in 0..1000 {
            let bucket = buckets.bucket(at);
            assert!(buckets.begin(bucket) <= at && at < buckets.begin(bucket + 1), "{at}");
        }
    }

    #[test]
    fn every_moment_is_in_one_bucket_whatever_the_span() {
        for (from, to, count) in [(0, 7, 7), (-5, 1_000_003, 4096), (0, i64::MAX / 2, 1000)] {
            let buckets = Buckets::new(WallTime(from), WallTime(to), count).unwrap();
            let parts: i64 =
                buckets.parts(WallTime(i64::MIN), WallTime(i64::MAX)).map(|it| it.1).sum();
            assert_eq!(parts, to - from);
        }
        for (from, to, count) in
            [(0, 10, 0), (0, 10, 11), (10, 0, 1), (0, 1 << 40, 4097), (i64::MIN, i64::MAX, 9)]
        {
            assert!(Buckets::new(WallTime(from), WallTime(to), count).is_none());
        }
    }
}
