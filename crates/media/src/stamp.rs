//! Times in file names.

use crate::WallTime;

const SECOND_US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

impl WallTime {
    /// `20261122T101500Z`: sorts as it happened, and is a file name everywhere.
    pub fn stamp(self) -> String {
        let (year, month, day, second) = self.civil();
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }

    /// The time a [`WallTime::stamp`] says, or nothing where it is none.
    pub fn from_stamp(stamp: &str) -> Option<Self> {
        let digits = |from: usize, to: usize| -> Option<i64> {
            let digits = stamp.get(from..to)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let days = days(digits(0, 4)?, digits(4, 6)?, digits(6, 8)?);
        let second = digits(9, 11)? * 3600 + digits(11, 13)? * 60 + digits(13, 15)?;
        let time = Self((days * DAY_S + second) * SECOND_US);
        // Refuses the thirteenth month and all else that does not come out as it went in.
        (time.stamp() == stamp).then_some(time)
    }

    /// Year, month, day and second of the day, in UTC.
    pub fn civil(self) -> (i64, i64, i64, i64) {
        // Days are counted from 1 March of the year 0, so that the leap day is a year's last
        // (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let seconds = self.0.div_euclid(SECOND_US);
        let days = seconds.div_euclid(DAY_S) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day, seconds.rem_euclid(DAY_S))
    }
}

/// Days since 1970: the inverse of [`WallTime::civil`].
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        let check = |second: i64, expected: &str| {
            let time = WallTime(second * SECOND_US);
            assert_eq!(time.stamp(), expected);
            assert_eq!(WallTime::from_stamp(expected), Some(time));
        };
        check(0, "19700101T000000Z");
        check(951_782_399, "20000228T235959Z");
        check(951_782_400, "20000229T000000Z");
        check(1_795_342_500, "20261122T101500Z");
        check(4_107_542_400, "21000301T000000Z");
    }

    #[test]
    fn every_day_comes_back() {
        for day in -1000..100_000 {
            let time = WallTime(day * DAY_S * SECOND_US);
            assert_eq!(WallTime::from_stamp(&time.stamp()), Some(time), "{day}");
        }
    }

    #[test]
    fn other_names_are_no_stamps() {
        for name in [
            "",
            "20261322T101500Z",
            "20261122T101560Z",
            "2026112T1015000Z",
            "20261122T101500",
            "+0261122T101500Z",
            "20261122T101500Zé",
        ] {
            assert_eq!(WallTime::from_stamp(name), None, "{name}");
        }
    }
}
