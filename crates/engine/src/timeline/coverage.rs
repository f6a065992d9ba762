use std::time::Duration;

use archive::Index;
use media::{CameraId, WallTime};
use protocol::Neighbours;

use super::streams;

/// A hole that is shorter is none: the ledger of gaps has none of them either.
const LEAST: Duration = Duration::from_millis(500);

/// When anything of a camera is recorded, on any volume: spans in time order
/// that do not touch.
#[derive(Default)]
pub struct Coverage(Vec<(WallTime, WallTime)>);

impl Coverage {
    /// Of what overlaps `from..to`. Volumes that cannot be read are left out.
    pub fn of(indexes: &[Index], camera: CameraId, from: WallTime, to: WallTime) -> Self {
        let mut found = Vec::new();
        let mut ordered = 0;
        for index in indexes {
            for stream in streams(camera) {
                let each = |from, to| found.push((from, to));
                if let Err(error) = index.recorded(stream, from, to, each) {
                    tracing::warn!(%camera, "not on the timeline: {error}");
                }
                ordered += usize::from(!found.is_empty());
            }
        }
        Self::merged(found, ordered > 1)
    }

    pub fn spans(self) -> impl Iterator<Item = (WallTime, WallTime)> {
        self.0.into_iter()
    }

    /// The ends nearest to `at`, of those within `from..to`: further out
    /// something may be missing here.
    pub fn neighbours(&self, at: WallTime, from: WallTime, to: WallTime) -> Neighbours {
        let is_known = |it: &WallTime| from < *it && *it < to;
        let begins = || self.0.iter().map(|it| it.0).filter(is_known);
        let ends = || self.0.iter().map(|it| it.1).filter(is_known);
        Neighbours {
            begin_before: begins().take_while(|it| *it < at).last().map(|it| it.0),
            end_before: ends().take_while(|it| *it <= at).last().map(|it| it.0),
            begin_after: begins().find(|it| *it > at).map(|it| it.0),
            end_after: ends().find(|it| *it > at).map(|it| it.0),
        }
    }

    fn merged(mut found: Vec<(WallTime, WallTime)>, is_mixed: bool) -> Self {
        if is_mixed || !found.is_sorted() {
            found.sort();
        }
        let mut spans: Vec<(WallTime, WallTime)> = Vec::new();
        for (from, to) in found {
            match spans.last_mut() {
                Some(last) if from <= last.1 + LEAST => last.1 = last.1.max(to),
                _ => spans.push((from, to)),
            }
        }
        Self(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    fn coverage(spans: &[(i64, i64)]) -> Coverage {
        let spans = spans.iter().map(|it| (WallTime(it.0 * SECOND), WallTime(it.1 * SECOND)));
        Coverage::merged(spans.collect(), false)
    }

    #[test]
    fn what_touches_or_overlaps_is_one() {
        let mut coverage = coverage(&[(0, 10), (30, 40), (5, 20), (20, 25)]);
        coverage = Coverage::merged(
            [coverage.0, vec![(WallTime(40_400_000), WallTime(50_000_000))]].concat(),
            true,
        );
        let spans: Vec<_> = coverage.spans().map(|(from, to)| (from.0, to.0)).collect();
        assert_eq!(spans, [(0, 25 * SECOND), (30 * SECOND, 50 * SECOND)]);
    }

    #[test]
    fn neighbours_are_the_nearest_ends_that_are_surely_such() {
        let check = |at: i64, expected: [Option<i64>; 4]| {
            let (from, to) = (WallTime(0), WallTime(100 * SECOND));
            let coverage = coverage(&[(-5, 10), (20, 30), (40, 50), (90, 120)]);
            let found = coverage.neighbours(WallTime(at * SECOND), from, to);
            let Neighbours { begin_before, end_before, begin_after, end_after } = found;
            let found = [begin_before, end_before, begin_after, end_after];
            assert_eq!(found.map(|it| it.map(|it| it / SECOND)), expected, "{at}");
        };
        check(5, [None, None, Some(20), Some(10)]);
        check(20, [None, Some(10), Some(40), Some(30)]);
        check(35, [Some(20), Some(30), Some(40), Some(50)]);
        check(95, [Some(90), Some(50), None, None]);
    }
}
