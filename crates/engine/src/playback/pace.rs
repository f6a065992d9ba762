//! How the time of a playback goes.

use std::time::Duration;

use media::WallTime;
use tokio::time::Instant;

/// A line through a moment: where playback was, when, and how fast it goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Where it was.
    pub at: WallTime,
    /// When it was there.
    pub since: Instant,
    /// How many times as fast as the clock; 0 stands, negative goes backwards.
    pub speed: f64,
}

impl Pace {
    /// Where it is.
    pub fn position(&self, now: Instant) -> WallTime {
        let way = now.duration_since(self.since).as_secs_f64() * self.speed;
        WallTime(self.at.0.saturating_add((way * 1e6) as i64))
    }

    /// When it is at `at`, or was; nothing where it never comes there.
    pub fn due(&self, at: WallTime) -> Option<Instant> {
        let way = at.0.saturating_sub(self.at.0) as f64 / 1e6;
        let wait = way / self.speed;
        if way == 0.0 || wait < 0.0 {
            return Some(self.since);
        }
        // So far away nobody waits for it.
        let wait = Duration::try_from_secs_f64(wait).ok()?;
        self.since.checked_add(wait)
    }

    /// When it has caught up with what is at `live` now and goes on as fast as
    /// the clock; nothing where it is no faster.
    pub fn catches_up(&self, now: Instant, live: WallTime) -> Option<Instant> {
        let left = live.0.saturating_sub(self.position(now).0) as f64 / 1e6;
        let wait = left.max(0.0) / (self.speed - 1.0);
        now.checked_add(Duration::try_from_secs_f64(wait).ok().filter(|_| self.speed > 1.0)?)
    }

    /// How much is passed over between two pictures where `rate` a second are shown.
    pub fn distance(&self, rate: f64) -> Duration {
        Duration::from_secs_f64(self.speed.abs() / rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn goes_on_as_fast_as_it_is_told() {
        let since = Instant::now();
        let after = |seconds| since + Duration::from_secs(seconds);
        let pace = |speed| Pace { at: WallTime(100_000_000), since, speed };
        for (speed, seconds, expected) in
            [(1.0, 5, 105), (0.0, 5, 100), (-4.0, 5, 80), (16.0, 2, 132)]
        {
            let pace = pace(speed);
            let there = WallTime(expected * 1_000_000);
            assert_eq!(pace.position(after(seconds)), there, "{speed}");
            if speed != 0.0 {
                assert_eq!(pace.due(there), Some(after(seconds)), "{speed}");
            }
        }
        assert_eq!(pace(0.0).due(WallTime(100_000_001)), None);
        // What it passed is due.
        assert_eq!(pace(2.0).due(WallTime(90_000_000)), Some(since));
        assert_eq!(pace(-2.0).due(WallTime(110_000_000)), Some(since));
        assert_eq!(pace(-4.0).distance(20.0), Duration::from_millis(200));
        let live = WallTime(112_000_000);
        assert_eq!(pace(4.0).catches_up(since, live), Some(after(4)));
        assert_eq!(pace(4.0).catches_up(after(5), live), Some(after(5)));
        assert_eq!(pace(1.0).catches_up(since, live), None);
    }
}
