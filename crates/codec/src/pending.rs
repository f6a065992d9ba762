//! Units on their way through a decoder.

use std::collections::VecDeque;

use workers::wire::UnitHeader;

/// Units whose pictures have not come out, in the order of decoding.
#[derive(Default)]
pub struct Pending {
    units: VecDeque<UnitHeader>,
    /// So many of the oldest were overtaken by a picture that came out.
    overtaken: usize,
    in_order: u32,
}

impl Pending {
    /// More pictures than any codec holds back.
    const MAX: usize = 64;

    /// A unit goes in.
    pub fn push(&mut self, unit: UnitHeader) {
        if self.units.len() == Self::MAX {
            self.units.pop_front();
            self.overtaken = self.overtaken.saturating_sub(1);
        }
        self.units.push_back(unit);
    }

    /// The unit that a picture came of, by its time: the newest such, since
    /// damaged ones wait in vain and a GOP may be handed over twice.
    pub fn take(&mut self, time: i64) -> Option<UnitHeader> {
        let index = self.units.iter().rposition(|unit| unit.time.0 == time)?;
        if index < self.overtaken {
            self.overtaken -= 1;
            self.in_order = 0;
        } else {
            self.overtaken = index;
            self.in_order = self.in_order.saturating_add(1);
        }
        self.units.remove(index)
    }

    /// How many pictures in a row came in the order of their units.
    pub fn in_order(&self) -> u32 {
        self.in_order
    }
}

#[cfg(test)]
mod tests {
    use media::{MediaTime, WallTime};

    use super::*;

    #[test]
    fn counts_pictures_that_overtake_none() {
        let mut pending = Pending::default();
        // The second row is decoded in this order and shown in another.
        for (times, in_order) in [([0, 1, 2, 3], 4), ([10, 13, 11, 12], 0), ([20, 21, 22, 23], 4)] {
            for time in times {
                pending.push(unit(time));
            }
            let damaged = unit(99);
            pending.push(damaged);
            let mut shown = times;
            shown.sort_unstable();
            for time in shown {
                assert_eq!(pending.take(time).map(|unit| unit.time.0), Some(time));
            }
            assert_eq!(pending.in_order(), in_order);
        }
    }

    #[test]
    fn forgets_what_never_comes() {
        let mut pending = Pending::default();
        for time in 0..1000 {
            pending.push(unit(time));
        }
        assert!(pending.take(0).is_none());
        assert!(pending.take(999 - Pending::MAX as i64).is_none());
        assert!(pending.take(1000 - Pending::MAX as i64).is_some());
    }

    fn unit(time: i64) -> UnitHeader {
        UnitHeader {
            time: MediaTime(time),
            arrived: WallTime(0),
            is_key: false,
            shown: true,
            awaited: false,
        }
    }
}
