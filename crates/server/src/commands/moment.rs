//! Moments as people type them.

use anyhow::{Context as _, bail};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use media::WallTime;

/// A moment as typed: as on the wall in `zone`, with its distance from UTC, or
/// so long before `now`.
pub fn moment(typed: &str, zone: &TimeZone, now: WallTime) -> anyhow::Result<WallTime> {
    let wall = |at: Timestamp| WallTime(at.as_microsecond());
    if typed == "now" {
        return Ok(now);
    }
    if let Ok(at) = typed.parse::<Timestamp>() {
        return Ok(wall(at));
    }
    if let Ok(local) = typed.parse::<DateTime>() {
        let found = zone.to_ambiguous_timestamp(local);
        return match found.offset() {
            AmbiguousOffset::Unambiguous { .. } => Ok(wall(found.compatible()?)),
            AmbiguousOffset::Fold { before, after } => bail!(
                "{typed} happened twice: the clocks were set back. Say which: {local}{before} or \
                 {local}{after}"
            ),
            AmbiguousOffset::Gap { .. } => {
                bail!("{typed} did not happen: the clocks were set forward. Choose another time")
            }
        };
    }
    let ago: Span = typed.parse().with_context(|| {
        format!("{typed:?} is no time. Type one such as 2026-11-22 10:15, or 2h for two hours ago")
    })?;
    let ago = ago.to_duration(jiff::SpanRelativeTo::days_are_24_hours())?;
    let micros = i64::try_from(ago.as_micros()).context("too long ago")?;
    Ok(WallTime(now.0.saturating_sub(micros)))
}

/// As it can be typed.
pub fn text(time: WallTime) -> String {
    Timestamp::from_microsecond(time.0).map_or_else(|_| time.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22, 10:15 UTC.
    const NOW: WallTime = WallTime(1_795_342_500_000_000);

    #[track_caller]
    fn check(typed: &str, expected: Result<&str, &str>) {
        let zone = TimeZone::get("Europe/Berlin").expect("it is there");
        let found = moment(typed, &zone, NOW).map(WallTime::stamp);
        match (found, expected) {
            (Ok(found), expected) => assert_eq!(Ok(&*found), expected),
            (Err(error), Err(part)) => {
                let said = format!("{error:#}");
                assert!(said.contains(part), "{said}");
            }
            (Err(error), Ok(_)) => panic!("{typed}: {error:#}"),
        }
    }

    #[test]
    fn moments_as_people_type_them() {
        check("2026-11-22 10:15", Ok("20261122T091500Z"));
        check("2026-11-22T10:15:30Z", Ok("20261122T101530Z"));
        check("2026-11-22T10:15+05:00", Ok("20261122T051500Z"));
        check("2h", Ok("20261122T081500Z"));
        check("1d", Ok("20261121T101500Z"));
        check("now", Ok("20261122T101500Z"));
        check("2026-07-01 12:00", Ok("20260701T100000Z"));
        check("yesterday", Err("is no time"));
    }

    #[test]
    fn an_hour_that_happened_twice_is_asked_about() {
        check("2026-10-25 02:30", Err("2026-10-25T02:30:00+02 or 2026-10-25T02:30:00+01"));
        check("2026-10-25T02:30:00+02", Ok("20261025T003000Z"));
        check("2026-03-29 02:30", Err("did not happen"));
    }
}
