//! How long to wait before the next attempt.

use std::time::Duration;

/// Doubles from one second to thirty, each a little different so that many
/// cameras of one failed switch don't come back in step.
#[derive(Debug, Default)]
pub struct Backoff {
    attempt: u32,
}

impl Backoff {
    const LONGEST: Duration = Duration::from_secs(30);

    /// Attempts since the last success.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The wait before the next attempt.
    pub fn next(&mut self) -> Duration {
        let base = Duration::from_secs(1 << self.attempt.min(5)).min(Self::LONGEST);
        self.attempt += 1;
        // Without random numbers the waits are merely in step.
        let random = getrandom::u32().map_or(0.5, |bits| f64::from(bits) / f64::from(u32::MAX));
        base.mul_f64(0.8 + 0.2 * random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_thirty_seconds() {
        let mut backoff = Backoff::default();
        for longest in [1, 2, 4, 8, 16, 30, 30, 30] {
            let wait = backoff.next().as_secs_f64();
            let longest = f64::from(longest);
            assert!(0.8 * longest <= wait && wait <= longest, "{wait} of {longest}");
        }
    }
}
