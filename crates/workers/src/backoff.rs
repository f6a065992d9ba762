//! When a worker that died is replaced.

use std::time::Duration;

/// How long to wait before the next worker: not at all at first, ever longer
/// where they die young.
#[derive(Default)]
pub struct Backoff {
    early_deaths: u32,
}

impl Backoff {
    const YOUNG: Duration = Duration::from_secs(2);
    const STEP: Duration = Duration::from_millis(100);
    const MAX: Duration = Duration::from_secs(5);

    /// After a worker that lived so long.
    pub fn after(&mut self, lived: Duration) -> Duration {
        if lived >= Self::YOUNG {
            self.early_deaths = 0;
        }
        let delay = match self.early_deaths {
            0 => Duration::ZERO,
            deaths => (Self::STEP * (1 << (deaths - 1).min(16))).min(Self::MAX),
        };
        self.early_deaths += 1;
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_replacement_comes_at_once_and_later_ones_ever_later() {
        let mut backoff = Backoff::default();
        let delays: Vec<_> =
            (0..9).map(|_| backoff.after(Duration::from_millis(30)).as_millis()).collect();
        assert_eq!(delays, [0, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(backoff.after(Duration::from_secs(11)), Duration::ZERO);
    }
}
