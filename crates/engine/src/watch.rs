//! Whether a session is alive, and how well: judged by when its units came.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// The least time without a picture after which a stream is stale.
const STALE: Duration = Duration::from_secs(2);

/// The least time without a unit after which a session is over.
const SILENT: Duration = Duration::from_secs(5);

/// Both grow with the distance of pictures.
const INTERVALS: u32 = 3;

/// Over how long losses are remembered.
const REMEMBERED: Duration = Duration::from_secs(10);

/// A timer that fires this much too late was held up by this machine, which
/// says nothing about the camera.
const HELD_UP: Duration = Duration::from_secs(1);

/// How much of a new distance goes into the mean.
const WEIGHT: f64 = 1.0 / 8.0;

/// What is known of one session's liveness.
#[derive(Debug)]
pub struct Watch {
    may_fall_silent: bool,
    /// The last sign of life, or when the session began.
    sign: Instant,
    /// The last unit passed on.
    passed: Option<Instant>,
    interval: Option<Duration>,
    /// When units came, and whether they were dropped.
    units: VecDeque<(Instant, bool)>,
    gap: Option<Instant>,
    /// How long the first unit may take, until something comes.
    first: Option<Duration>,
}

/// How a session is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was passed on yet.
    Awaited,
    /// All is well.
    Live,
    /// Something was lost within the last seconds.
    Degraded {
        /// Units of a hundred that could not be passed on.
        dropped_percent: u32,
    },
    /// A picture should have come.
    Stale {
        /// When the last one came.
        since: Instant,
    },
    /// Nothing comes any more.
    Silent,
}

impl Watch {
    /// Of a session that begins now, and of which the first unit may take so long.
    pub fn new(now: Instant, may_fall_silent: bool, first: Duration) -> Self {
        Self {
            may_fall_silent,
            sign: now,
            passed: None,
            interval: None,
            units: VecDeque::new(),
            gap: None,
            first: Some(first),
        }
    }

    /// Whether anything came.
    pub fn is_begun(&self) -> bool {
        self.first.is_none()
    }

    /// A unit was passed on.
    pub fn unit(&mut self, now: Instant) {
        if let Some(last) = self.passed {
            let passed = now.duration_since(last);
            self.interval = Some(match self.interval {
                Some(mean) => mean.mul_f64(1.0 - WEIGHT) + passed.mul_f64(WEIGHT),
                None => passed,
            });
        }
        self.passed = Some(now);
        self.came(now, false);
    }

    /// A unit came and was dropped.
    pub fn dropped(&mut self, now: Instant) {
        self.came(now, true);
    }

    /// Something was lost.
    pub fn gap(&mut self, now: Instant) {
        self.gap = Some(now);
    }

    /// How it is doing. To be called by [`Watch::due`], and after each unit.
    pub fn judge(&mut self, now: Instant) -> Verdict {
        let due = self.silent_at();
        if due.is_some_and(|due| now > due + HELD_UP) {
            self.sign = now;
            self.passed = self.passed.map(|_| now);
        } else if due.is_some_and(|due| now >= due) {
            return Verdict::Silent;
        }
        let Some(passed) = self.passed else { return Verdict::Awaited };
        if now >= passed + self.patience(STALE) {
            return Verdict::Stale { since: passed };
        }
        self.forget(now);
        match self.gap {
            None => Verdict::Live,
            Some(_) => {
                let dropped = self.units.iter().filter(|(_, is_dropped)| *is_dropped).count();
                let percent = (dropped * 100).div_ceil(self.units.len().max(1));
                Verdict::Degraded { dropped_percent: percent as u32 }
            }
        }
    }

    /// When the verdict may change without anything coming.
    pub fn due(&self, now: Instant) -> Instant {
        let stale = self.passed.map(|passed| passed + self.patience(STALE));
        let recovered = self.gap.map(|gap| (gap + REMEMBERED).min(now + Duration::from_secs(1)));
        [stale, self.silent_at(), recovered]
            .into_iter()
            .flatten()
            .filter(|due| *due > now)
            .min()
            .unwrap_or(now + SILENT)
    }

    fn came(&mut self, now: Instant, is_dropped: bool) {
        self.sign = now;
        self.first = None;
        self.units.push_back((now, is_dropped));
        self.forget(now);
    }

    fn forget(&mut self, now: Instant) {
        let is_old = |at: Instant| now.duration_since(at) > REMEMBERED;
        while self.units.front().is_some_and(|(at, _)| is_old(*at)) {
            self.units.pop_front();
        }
        self.gap = self.gap.filter(|at| !is_old(*at));
    }

    fn silent_at(&self) -> Option<Instant> {
        let patience = self.first.unwrap_or_else(|| self.patience(SILENT));
        self.may_fall_silent.then(|| self.sign + patience)
    }

    fn patience(&self, least: Duration) -> Duration {
        self.interval.map_or(least, |interval| least.max(interval * INTERVALS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Duration = Duration::from_millis(40);

    /// A session that got 50 units, 40 ms apart, and when the last one came.
    fn live() -> (Watch, Instant) {
        let begin = Instant::now();
        let mut watch = Watch::new(begin, true, Duration::from_secs(10));
        assert_eq!(watch.judge(begin), Verdict::Awaited);
        for n in 0..50 {
            watch.unit(begin + STEP * n);
        }
        (watch, begin + STEP * 49)
    }

    #[test]
    fn stale_after_two_seconds_and_over_after_five() {
        let (mut watch, last) = live();
        let seconds = |s: u64| last + Duration::from_secs(s);
        assert_eq!(watch.judge(last), Verdict::Live);
        assert_eq!(watch.due(last), seconds(2));
        assert_eq!(watch.judge(seconds(2)), Verdict::Stale { since: last });
        assert_eq!(watch.due(seconds(2)), seconds(5));
        assert_eq!(watch.judge(seconds(5)), Verdict::Silent);
    }

    #[test]
    fn slow_cameras_have_more_time() {
        let begin = Instant::now();
        let mut watch = Watch::new(begin, true, Duration::from_secs(10));
        for n in 0..4 {
            watch.unit(begin + Duration::from_secs(4) * n);
        }
        let last = begin + Duration::from_secs(12);
        assert_eq!(watch.judge(last + Duration::from_secs(11)), Verdict::Live);
        assert_eq!(watch.judge(last + Duration::from_secs(12)), Verdict::Silent);
    }

    #[test]
    fn units_that_are_dropped_keep_a_session_and_not_a_picture() {
        let (mut watch, last) = live();
        let mut now = last;
        for _ in 0..200 {
            now += STEP;
            watch.dropped(now);
        }
        assert_eq!(watch.judge(now), Verdict::Stale { since: last });
    }

    #[test]
    fn a_loss_is_told_for_ten_seconds() {
        let (mut watch, mut now) = live();
        watch.gap(now);
        for _ in 0..50 {
            now += STEP;
            watch.dropped(now);
        }
        now += STEP;
        watch.unit(now);
        assert_eq!(watch.judge(now), Verdict::Degraded { dropped_percent: 50 });
        for _ in 0..300 {
            now += STEP;
            watch.unit(now);
        }
        assert_eq!(watch.judge(now), Verdict::Live);
    }

    #[test]
    fn a_machine_that_stood_still_does_not_blame_the_camera() {
        let (mut watch, last) = live();
        assert_eq!(watch.judge(last + Duration::from_secs(60)), Verdict::Live);
    }

    #[test]
    fn a_worker_is_never_silent() {
        let begin = Instant::now();
        let mut watch = Watch::new(begin, false, Duration::from_secs(10));
        assert_eq!(watch.judge(begin + Duration::from_secs(60)), Verdict::Awaited);
    }
}
