//! When rounds are, and whether the clock was set between two of them.

use std::time::Duration;

use media::{Clock, WallTime};
use tokio::time::Instant;

/// Rounds are so far apart: what is recorded is on the disk soon after.
pub const EVERY: Duration = Duration::from_secs(1);

/// A clock that is off by less was not set, but kept right.
const LEAST: Duration = Duration::from_secs(1);

/// Watches the engine's clock.
pub struct Ticks {
    clock: Clock,
    wall: WallTime,
    instant: Instant,
    suspended: Duration,
    /// By how much the clock was set forward since the start.
    ahead: Duration,
}

/// A round begins.
#[derive(Clone, Copy, Debug)]
pub struct Tick {
    /// The time.
    pub now: WallTime,
    /// The time by which the age of footage is judged: a clock that is set
    /// forward makes nothing old.
    pub age_now: WallTime,
    /// What time it would be by the clock as it went until the last one.
    pub due: WallTime,
    /// By how much the clock was set since the last one, in µs, where it was.
    pub clock_set: Option<i64>,
    /// From when until when the machine slept since the last one, where it did.
    pub slept: Option<(WallTime, WallTime)>,
}

impl Ticks {
    /// By `clock`.
    pub fn new(clock: Clock) -> Self {
        let (wall, instant, suspended) = (clock.wall(), clock.instant(), clock.suspended());
        Self { clock, wall, instant, suspended, ahead: Duration::ZERO }
    }

    /// How long until the next.
    pub fn wait(&self) -> Duration {
        (self.instant + EVERY).saturating_duration_since(self.clock.instant())
    }

    /// By the clock that nobody sets.
    pub fn instant(&self) -> Instant {
        self.clock.instant()
    }

    /// Now.
    pub fn tick(&mut self) -> Tick {
        let (now, instant, suspended) =
            (self.clock.wall(), self.clock.instant(), self.clock.suspended());
        let slept = suspended.saturating_sub(self.suspended);
        let due = self.wall + instant.duration_since(self.instant) + slept;
        let (ahead, behind) = (now.since(due), due.since(now));
        if ahead >= LEAST {
            self.ahead += ahead;
        }
        let clock_set = (ahead.max(behind) >= LEAST).then(|| now.0.saturating_sub(due.0));
        if clock_set.is_some() {
            tracing::warn!(?ahead, ?behind, "the clock was set; recordings begin anew");
        }
        (self.wall, self.instant, self.suspended) = (now, instant, suspended);
        let slept = (slept >= LEAST).then(|| (now - slept, now));
        Tick { now, age_now: now - self.ahead, due, clock_set, slept }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_sleeps_did_not_set_its_clock() {
        let clock = Clock::simulated(WallTime(1_000_000_000));
        let mut ticks = Ticks::new(clock.clone());
        for _ in 0..3 {
            clock.sleep(ticks.wait()).await;
            let tick = ticks.tick();
            assert!(tick.clock_set.is_none() && tick.slept.is_none());
        }
        clock.suspend(Duration::from_secs(3600));
        let tick = ticks.tick();
        assert!(tick.clock_set.is_none());
        assert_eq!(tick.slept, Some((WallTime(1_003_000_000), WallTime(4_603_000_000))));
        assert_eq!((tick.now, tick.age_now), (WallTime(4_603_000_000), WallTime(4_603_000_000)));
    }
}
