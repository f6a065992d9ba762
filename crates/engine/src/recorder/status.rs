//! How a volume is doing, for those who ask.

use std::collections::VecDeque;
use std::time::Duration;

use archive::{Held, Space};
use media::WallTime;
use protocol::VolumeState;
use tokio::time::Instant;

/// How one volume is doing.
#[derive(Clone, Debug)]
pub struct Status {
    /// In a word.
    pub state: VolumeState,
    /// Of its file system.
    pub space: Option<Space>,
    /// What each stream has.
    pub held: Vec<Held>,
    /// When the clock was set last, and by how many µs.
    pub clock_set: Option<(WallTime, i64)>,
    /// Since when a round goes on.
    pub busy_since: Option<Instant>,
    /// How old the oldest unit of each round was when it was on the disk.
    lags: VecDeque<Duration>,
}

/// Lags are remembered over so many rounds: ten minutes.
const MAX_LAGS: usize = 600;

impl Default for Status {
    fn default() -> Self {
        Self {
            state: VolumeState::Ready,
            space: None,
            held: Vec::new(),
            clock_set: None,
            busy_since: None,
            lags: VecDeque::new(),
        }
    }
}

impl Status {
    /// A round put something on the disk.
    pub fn wrote(&mut self, lag: Duration) {
        if self.lags.len() == MAX_LAGS {
            self.lags.pop_front();
        }
        self.lags.push_back(lag);
    }

    /// Of a hundred rounds, 99 had no more lag.
    pub fn lag(&self) -> Option<Duration> {
        let mut lags: Vec<Duration> = self.lags.iter().copied().collect();
        lags.sort_unstable();
        lags.get((lags.len() * 99).div_ceil(100).saturating_sub(1)).copied()
    }

    /// Of all recordings, in bytes.
    pub fn recorded(&self) -> u64 {
        self.held.iter().map(|held| held.bytes).sum()
    }

    /// The oldest footage.
    pub fn oldest(&self) -> Option<WallTime> {
        self.held.iter().map(|held| held.oldest).min()
    }

    /// How many days footage stays, as fast as it comes; nothing in the first hour.
    pub fn forecast(&self, limit: archive::Limit, now: WallTime) -> Option<f64> {
        let stays = archive::forecast(&self.held, self.space?, limit, now)?;
        Some(stays.as_secs_f64() / 86_400.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lags_are_those_of_the_slowest_hundredth() {
        let mut status = Status::default();
        assert_eq!(status.lag(), None);
        (1..=700).for_each(|ms| status.wrote(Duration::from_millis(ms)));
        assert_eq!(status.lag(), Some(Duration::from_millis(694)));
    }
}
