use std::time::Duration;

use media::WallTime;

/// Five seconds: how exactly it is kept when something moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(
    /// How many came before it since 1970.
    pub i64,
);

impl Slot {
    /// Its length.
    pub const LENGTH: Duration = Duration::from_secs(5);
    /// So many are a minute, and an hour.
    pub(crate) const OF_MINUTE: i64 = 12;
    pub(crate) const OF_HOUR: i64 = 60 * Self::OF_MINUTE;

    const LENGTH_US: i64 = Self::LENGTH.as_micros() as i64;

    /// The one that has this moment.
    pub fn of(at: WallTime) -> Self {
        Self(at.0.div_euclid(Self::LENGTH_US))
    }

    /// When it begins.
    pub fn from(self) -> WallTime {
        WallTime(self.0.saturating_mul(Self::LENGTH_US))
    }

    /// When the next one begins.
    pub fn to(self) -> WallTime {
        Self(self.0.saturating_add(1)).from()
    }

    /// Hours since 1970.
    pub(crate) fn hour(self) -> i64 {
        self.0.div_euclid(Self::OF_HOUR)
    }

    /// Minutes since 1970.
    pub(crate) fn minute(self) -> i64 {
        self.0.div_euclid(Self::OF_MINUTE)
    }

    /// Whether its minute fits into the number of a row: from 1970 on, for
    /// thousands of years.
    pub(crate) fn is_kept(self) -> bool {
        u32::try_from(self.minute()).is_ok()
    }

    /// The nearest one that is kept.
    pub(crate) fn clamp_kept(self) -> Self {
        Self(self.0.clamp(0, i64::from(u32::MAX) * Self::OF_MINUTE))
    }
}
