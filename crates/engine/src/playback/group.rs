//! A picture that decoding begins with, and all that build on it.

use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, WallTime};

/// Pictures that are decoded together.
#[derive(Debug)]
pub struct Group {
    /// In the order of decoding.
    pub units: Vec<Arc<AccessUnit>>,
    /// Indices of the units, in the order in which they are shown.
    shown: Vec<usize>,
    /// When the last picture ends.
    pub to: WallTime,
    /// How many more units a decoder must have seen before a picture comes out.
    pub delay: usize,
    /// Whether it may become longer: it is being recorded.
    is_open: bool,
}

/// What belongs together lies no further apart.
pub const SEAM: Duration = Duration::from_secs(1);

impl Group {
    /// Of units in the order of decoding, whose times of arrival are those at
    /// which they are shown.
    pub fn new(units: Vec<Arc<AccessUnit>>, is_open: bool) -> Self {
        let mut shown: Vec<usize> = (0..units.len()).collect();
        shown.sort_by_key(|index| units[*index].arrived);
        let to = shown.last().map_or(WallTime(0), |last| {
            let unit = &units[*last];
            unit.arrived + unit.duration.max(Duration::from_micros(1))
        });
        let overtaken = |index: usize| {
            let it = units[index].arrived;
            units[..index].iter().filter(|earlier| earlier.arrived > it).count()
        };
        // No codec holds back more.
        let delay = (0..units.len().min(64)).map(overtaken).max();
        Self { shown, to, delay: delay.unwrap_or(0), is_open, units }
    }

    /// Whether both begin with the same picture.
    pub fn is(&self, other: &Self) -> bool {
        match (self.units.first(), other.units.first()) {
            (Some(this), Some(other)) => {
                let apart = this.arrived.0.abs_diff(other.arrived.0);
                this.time == other.time && u128::from(apart) < SEAM.as_micros()
            }
            _ => false,
        }
    }

    /// When its first picture is shown.
    pub fn from(&self) -> WallTime {
        self.shown.first().map_or(self.to, |first| self.units[*first].arrived)
    }

    /// When its last picture is shown.
    pub fn last(&self) -> WallTime {
        self.shown.last().map_or(self.to, |last| self.units[*last].arrived)
    }

    /// Whether it may become longer.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Indices of its units, from the one shown last to the one shown first.
    pub fn backwards(&self) -> impl Iterator<Item = usize> {
        self.shown.iter().rev().copied()
    }

    /// The unit, by its index, whose picture is shown at `at`.
    pub fn shown_at(&self, at: WallTime) -> usize {
        let after = self.shown.partition_point(|index| self.units[*index].arrived <= at);
        self.shown[after.saturating_sub(1)]
    }

    /// The time of the picture that is `steps` behind or before the one shown
    /// at `at`; where there is none, how many steps are left.
    pub fn step(&self, at: WallTime, steps: i64) -> Result<WallTime, i64> {
        let here = self.shown.partition_point(|index| self.units[*index].arrived <= at);
        let there = here.saturating_sub(1) as i64 + steps;
        match usize::try_from(there).ok().and_then(|there| self.shown.get(there)) {
            Some(index) => Ok(self.units[*index].arrived),
            None if steps > 0 => Err(there - self.shown.len() as i64),
            None => Err(there + 1),
        }
    }
}
