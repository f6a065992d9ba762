//! What came of a stream lately, to be played: the end of it is on no disk yet.

use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, WallTime};

use super::group::{Group, SEAM};
use crate::memory::Lately;
use crate::stream::{Stream, Wanted};

/// What one stream has in memory.
pub struct Recent {
    stream: Arc<Stream>,
    /// Keeps open what is: whoever goes back a little comes back soon.
    _wanted: Option<Wanted>,
}

/// Groups of one moment, by the time at which they are found.
pub struct Groups(Vec<Lately>);

/// How long a picture is shown where nothing tells.
const DISTANCE: Duration = Duration::from_millis(40);

/// Groups that follow each other are no further apart.
const SLACK: Duration = Duration::from_millis(50);

/// Files and memory are never so far apart, in µs.
const MAX_APART: u64 = 3_000_000;

impl Recent {
    /// Of a stream.
    pub fn new(stream: Arc<Stream>) -> Self {
        Self { _wanted: stream.want_on(), stream }
    }

    /// What there is, where files have what came at a time of the stream at
    /// that time and `shift` µs.
    pub fn groups(&self, shift: Option<i64>) -> Groups {
        let mut groups = self.stream.hub.lately();
        let newest = groups.last().and_then(|group| group.units.last());
        let shift = shift.filter(|shift| {
            newest.is_some_and(|it| it.arrived.0.abs_diff(it.time.0 + shift) < MAX_APART)
        });
        for group in &mut groups {
            if let (Some(shift), Some(key)) = (shift, group.units.first()) {
                group.begin = WallTime(key.time.0 + shift);
            }
        }
        Groups(groups)
    }
}

impl Groups {
    /// The one that is shown at `at`.
    pub fn at(&self, at: WallTime) -> Option<Group> {
        let place = self.0.partition_point(|group| group.begin <= at).checked_sub(1)?;
        Some(self.group(place)).filter(|group| at < group.to)
    }

    /// The one that follows `group` without a hole.
    pub fn after(&self, group: &Group) -> Option<Group> {
        let last = group.units.iter().map(|unit| unit.time).max()?;
        let is_later = |it: &Lately| it.units.first().is_some_and(|key| key.time > last);
        let next = self.group(self.0.iter().position(is_later)?);
        let hole = next.from().since(group.to).max(group.to.since(next.from()));
        // In a longer one something may be missing that files have a moment later.
        let picture = group.to.since(group.last());
        Some(next).filter(|_| hole < picture.max(SLACK))
    }

    /// When the oldest begins and the newest ends.
    pub fn span(&self) -> Option<(WallTime, WallTime)> {
        let last = self.0.len().checked_sub(1)?;
        Some((self.0.first()?.begin, self.group(last).to))
    }

    fn group(&self, place: usize) -> Group {
        let Lately { begin, units, is_open } = &self.0[place];
        let key = units.first().map_or(0, |key| key.time.0);
        let wall = |unit: &AccessUnit| WallTime(begin.0 + unit.time.0 - key);
        let from = units.iter().map(|it| wall(it)).min().unwrap_or(*begin);
        let until = units.iter().map(|it| wall(it)).max().unwrap_or(*begin);
        let steps = units.len().saturating_sub(1) as u32;
        let distance = until.since(from).checked_div(steps).unwrap_or(DISTANCE);
        let shown = |unit: &Arc<AccessUnit>| {
            let duration = Some(unit.duration).filter(|it| !it.is_zero()).unwrap_or(distance);
            Arc::new(AccessUnit { arrived: wall(unit), duration, ..AccessUnit::clone(unit) })
        };
        let mut group = Group::new(units.iter().map(shown).collect(), *is_open);
        match self.0.get(place + 1) {
            Some(next) if next.begin > until && next.begin.since(until) < SEAM => {
                group.to = next.begin;
            }
            // The newest picture is shown until the next one comes.
            None if *is_open => group.to = until + SEAM,
            _ => {}
        }
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unit;

    const SECOND: i64 = 1_000_000;

    /// Groups of two units from 100 s on, of which the last is open.
    fn groups(count: u64) -> Groups {
        let group = |number: u64| {
            let first = number * 2;
            let begin = WallTime((100 + first as i64) * SECOND);
            let units = vec![unit(first, begin, true, 10), unit(first + 1, begin, false, 10)];
            Lately { begin, units, is_open: number + 1 == count }
        };
        Groups((0..count).map(group).collect())
    }

    fn second(at: i64) -> WallTime {
        WallTime(at * SECOND)
    }

    #[test]
    fn groups_are_found_by_time_and_follow_each_other() {
        let groups = groups(3);
        assert!(groups.at(second(99)).is_none());
        let first = groups.at(second(101)).unwrap();
        assert_eq!((first.from(), first.to), (second(100), second(102)));
        let newest = groups.after(&groups.after(&first).unwrap()).unwrap();
        assert!(newest.is_open());
        assert_eq!((newest.from(), newest.last()), (second(104), second(105)));
        assert!(groups.after(&newest).is_none());
        assert_eq!(groups.span(), Some((second(100), second(106))));
        assert!(groups.at(second(106)).is_none());
    }

    #[test]
    fn what_was_forgotten_is_not_skipped_over() {
        let mut groups = groups(4);
        let first = groups.at(second(100)).unwrap();
        groups.0.remove(1);
        assert!(groups.after(&first).is_none());
    }
}
