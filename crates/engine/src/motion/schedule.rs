//! When a zone tells of things.

use serde::{Deserialize, Serialize};
use store::Week;

use crate::view::hours_of_week;

/// The hours of a week in which a zone tells of things, from Monday 0:00 by the
/// server's local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule(pub [bool; Week::HOURS]);

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.0.iter().map(|is_on| if *is_on { '1' } else { '0' }).collect()
    }
}

impl TryFrom<String> for Schedule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hours = text.chars().map(|digit| match digit {
            '0' => Ok(false),
            '1' => Ok(true),
            other => Err(format!("an hour is 0 or 1, not {other:?}")),
        });
        Ok(Self(hours_of_week(hours.collect::<Result<_, _>>()?)?))
    }
}
