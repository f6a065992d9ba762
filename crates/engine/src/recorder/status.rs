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
    /// Since when a round goes on.
    pub busy_since: Option<Instant>,
    /// How old the oldest unit of each round was when it was on the disk.
    lags: VecDeque<Duration>,
}

/// Lags are remembered over so many rounds: ten minutes.
const MAX_LAGS: usize = 600;

/// A forecast needs so much footage.
const MEASURED: Duration = Duration::from_secs(3600);

impl Default for Status {
    fn default() -> Self {
        let state = VolumeState::Ready;
        Self { state, space: None, held: Vec::new(), busy_since: None, lags: VecDeque::new() }
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

    /// How many days of footage fit, as fast as it comes; nothing in the first hour.
    pub fn forecast(&self, limit: archive::Limit, now: WallTime) -> Option<f64> {
        let span = now.since(self.oldest()?);
        let recorded = self.recorded();
        if span < MEASURED || recorded == 0 {
            return None;
        }
        let room = self.space?.usable(recorded).min(limit.bytes.unwrap_or(u64::MAX));
        let days = |span: Duration| span.as_secs_f64() / 86_400.0;
        let fits = days(span) * room as f64 / recorded as f64;
        Some(limit.age.map_or(fits, |age| fits.min(days(age))))
    }
}

#[cfg(test)]
mod tests {
    use archive::Limit;
    use media::{CameraId, StreamId, StreamRole};

    use super::*;

    #[test]
    fn a_forecast_is_what_fits_at_this_rate() {
        let stream = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let held = vec![Held { stream, bytes: 10 << 30, segments: 1, oldest: WallTime(0) }];
        let space = Space { total: 1 << 40, free: 92 << 30, free_files: 1000 };
        let status = Status { space: Some(space), held, ..Status::default() };
        let after = |hours: i64| WallTime(hours * 3_600_000_000);
        assert_eq!(status.forecast(Limit::default(), WallTime(1)), None);
        // 10 GiB a day, 90 more beside what is kept free.
        let days = status.forecast(Limit::default(), after(24));
        assert!((days.unwrap_or(0.0) - 10.0).abs() < 0.01, "{days:?}");
        let limit = Limit { bytes: Some(20 << 30), age: None };
        assert_eq!(status.forecast(limit, after(24)), Some(2.0));
        let limit = Limit { bytes: None, age: Some(Duration::from_secs(86_400)) };
        assert_eq!(status.forecast(limit, after(24)), Some(1.0));
    }

    #[test]
    fn lags_are_those_of_the_slowest_hundredth() {
        let mut status = Status::default();
        assert_eq!(status.lag(), None);
        (1..=700).for_each(|ms| status.wrote(Duration::from_millis(ms)));
        assert_eq!(status.lag(), Some(Duration::from_millis(694)));
    }
}
