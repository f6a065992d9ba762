//! Which hour of a week it is, for all that goes by those.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use media::WallTime;

/// The hour of the week, from Monday 0:00 by the server's local time.
pub fn hour_of_week(now: WallTime) -> usize {
    hour_in(TimeZone::system(), now)
}

fn hour_in(zone: TimeZone, now: WallTime) -> usize {
    let local = Timestamp::from_microsecond(now.0).unwrap_or_default().to_zoned(zone);
    let day = local.weekday().to_monday_zero_offset().unsigned_abs();
    usize::from(day) * 24 + usize::from(local.hour().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_clock_on_the_wall_when_it_is_set_for_summer_and_back() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let check = |time: &str, day: usize, hour: usize| {
            let now = WallTime(time.parse::<Timestamp>().unwrap().as_microsecond());
            assert_eq!(hour_in(berlin.clone(), now), day * 24 + hour, "{time}");
        };
        check("2026-11-01T22:59:59Z", 6, 23);
        check("2026-11-01T23:00:00Z", 0, 0);
        // There is no 2:30 on the one Sunday, and there are two on the other.
        check("2026-03-29T00:30:00Z", 6, 1);
        check("2026-03-29T01:30:00Z", 6, 3);
        check("2026-10-25T00:30:00Z", 6, 2);
        check("2026-10-25T01:30:00Z", 6, 2);
        check("2026-10-25T02:30:00Z", 6, 3);
    }
}
