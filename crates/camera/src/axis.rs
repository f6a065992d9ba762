//! Camera times that can be relied on.

use std::time::Duration;

use media::MediaTime;

/// Longest time back that pictures out of display order explain.
const MAX_BACK: i64 = 1_000_000;

/// Longest step ahead that is believed beyond what really passed.
const MAX_AHEAD: i64 = 10_000_000;

/// The axis of one session: camera times, freed of jumps and standstills,
/// which are bridged by the time that really passed.
#[derive(Debug)]
pub struct Axis {
    clock_rate: u32,
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    /// Where the present stretch without jumps began, by the camera and on the axis.
    from: (i64, i64),
    stamp: i64,
    time: i64,
    /// Since the session began.
    arrived: Duration,
}

impl Axis {
    /// Of a camera that counts `clock_rate` a second.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate: clock_rate.max(1), last: None }
    }

    /// Places what bears `stamp`, in units of the clock rate and unwrapped, and
    /// arrived `arrived` after the session began. Says whether the camera's
    /// time jumped.
    pub fn place(&mut self, stamp: i64, arrived: Duration) -> (MediaTime, bool) {
        let Some(last) = &mut self.last else {
            self.last = Some(Last { from: (stamp, 0), stamp, time: 0, arrived });
            return (MediaTime(0), false);
        };
        let micros = |units: i64| {
            let micros = i128::from(units) * 1_000_000 / i128::from(self.clock_rate);
            i64::try_from(micros).unwrap_or(i64::MAX)
        };
        let passed = i64::try_from(arrived.saturating_sub(last.arrived).as_micros());
        let passed = passed.unwrap_or(i64::MAX).max(1);
        let step = micros(stamp.saturating_sub(last.stamp));
        let stands_still = step == 0 && passed > MAX_BACK / 1000;
        let jumped = step < -MAX_BACK || step > passed.saturating_add(MAX_AHEAD);
        if jumped || stands_still {
            last.time = last.time.saturating_add(passed);
            last.from = (stamp, last.time);
        } else {
            last.time = last.from.1.saturating_add(micros(stamp.saturating_sub(last.from.0)));
        }
        last.stamp = stamp;
        last.arrived = arrived;
        (MediaTime(last.time), jumped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stamps at 90 kHz that arrive 40 ms apart, and the times expected, in ms.
    fn check(stamps: &[i64], expected: &[i64], jumps: usize) {
        let mut axis = Axis::new(90_000);
        let placed: Vec<_> = (0..)
            .zip(stamps)
            .map(|(n, stamp)| axis.place(*stamp, Duration::from_millis(40 * n)))
            .collect();
        let times: Vec<i64> = placed.iter().map(|(time, _)| time.0 / 1000).collect();
        assert_eq!(times, expected, "{stamps:?}");
        assert_eq!(placed.iter().filter(|(_, jumped)| *jumped).count(), jumps, "{stamps:?}");
    }

    #[test]
    fn times_follow_the_camera() {
        check(&[7000, 10_600, 14_200], &[0, 40, 80], 0);
        // Out of display order, as with B pictures.
        check(&[0, 10_800, 3600, 7200], &[0, 120, 40, 80], 0);
    }

    #[test]
    fn jumps_are_bridged_by_what_really_passed() {
        check(&[0, 3600, 3600 - 900_000, 7200 - 900_000], &[0, 40, 80, 120], 1);
        check(&[0, 3600, 324_000_000, 324_003_600], &[0, 40, 80, 120], 1);
        check(&[i64::MIN, i64::MAX, i64::MIN], &[0, 40, 80], 2);
    }

    #[test]
    fn a_time_that_stands_still_goes_on() {
        check(&[500, 500, 500, 500], &[0, 40, 80, 120], 0);
    }
}
