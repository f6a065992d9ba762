//! The hours of a week.

use crate::plan::HourMode;

/// What is recorded at each hour of a week, from Monday 0:00 by the server's
/// local time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week(pub [HourMode; Self::HOURS]);

impl Week {
    /// How many there are.
    pub const HOURS: usize = 7 * 24;

    /// As it lies in the database.
    pub(crate) fn text(&self) -> String {
        self.0.iter().map(|hour| hour.letter()).collect()
    }

    /// From what lies in the database.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let hours = text.chars().map(HourMode::from_letter).collect::<Option<Vec<_>>>()?;
        Some(Self(hours.try_into().ok()?))
    }
}

impl Default for Week {
    /// Always.
    fn default() -> Self {
        Self([HourMode::Continuous; Self::HOURS])
    }
}
