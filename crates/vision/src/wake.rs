//! When the pictures of a camera have to be looked at, told by what they weigh.
//!
//! What an encoder spends on a picture where nothing moves is learned of this
//! camera alone, beside what was seen in the pictures meanwhile. Where that is
//! so even that whatever moves must show, key frames are enough until a picture
//! weighs something else. What is seen without having weighed anything is a
//! miss, and a camera that misses is looked at all the time again.

use std::collections::VecDeque;
use std::time::Duration;

use media::MediaTime;

use crate::weight::{Weight, Window};

/// Windows in which nothing moved, of the last minutes.
const QUIET: usize = 600;

/// So many of them must be known.
const KNOWN: usize = 240;

/// Limits are drawn anew after so many.
const DRAWN: usize = 20;

/// One of so many quiet windows may weigh more than the limit, or less than the other.
const OUTSIDE: usize = 100;

/// Limits lie beyond that by so much of the way from the middle, and of a key frame.
const BEYOND: f32 = 0.25;
const FLOOR: f32 = 0.001;

/// What moves shows where a picture need not weigh more than this to be looked
/// at, as a share of a key frame.
const EVEN: f32 = 0.02;

/// An encoder that spends next to nothing while nothing moves is believed at
/// once, another one when so many beginnings have shown. Of so many, one may not.
const EMPTY: f32 = 0.08;
const SHOWN: u32 = 10;
const OF_SO_MANY: u32 = 50;

/// Beginnings of which it is remembered whether they showed.
const REMEMBERED: u32 = 100;

/// Key frames that lie further apart are too few to rely on.
const LONGEST_GOP: Duration = Duration::from_millis(4500);

/// What begins is to show from this long before it was seen to this long after.
const BEFORE: Duration = Duration::from_millis(700);
const AFTER: Duration = Duration::from_secs(1);

/// Where nothing is seen for so long after a window, nothing moved in it.
const SETTLES: Duration = Duration::from_secs(2);

/// Nothing must have moved for so long to rely on weights again.
const STAYS: Duration = Duration::from_secs(4);

/// What is not known after this is not worth waiting for.
const LEARNS: Duration = Duration::from_secs(300);

/// After a miss nothing is relied on for so long.
const REFUSED: Duration = Duration::from_secs(2 * 3600);

/// All pictures are looked at for so long, about so often, to see what is missed.
const SAMPLE: Duration = Duration::from_secs(10);
const SAMPLED: Duration = Duration::from_secs(240);

/// Between two pictures, more than this is a loss.
const MAX_STEP: Duration = Duration::from_secs(5);

/// Windows that wait for what is seen in them.
const MAX_WINDOWS: usize = 64;

/// Says when the pictures of one camera have to be looked at.
#[derive(Debug, Default)]
pub struct Wake {
    weight: Weight,
    /// The last ones.
    windows: VecDeque<Window>,
    /// Of those that end before this it is known whether something moved.
    known_to: Option<MediaTime>,
    /// By how much windows weighed more than usual in which nothing moved.
    quiet: VecDeque<f32>,
    learned: usize,
    limits: Option<Limits>,
    /// When something began of which it is to be judged whether it showed.
    onset: Option<MediaTime>,
    begun: Option<MediaTime>,
    shown: u32,
    missed: u32,
    checks: u32,
    now: MediaTime,
    awake_until: Option<MediaTime>,
    /// For how long pictures were weighed, over all sessions.
    age: Duration,
    refused_until: Option<Duration>,
    sample_at: Duration,
    is_trusted: bool,
}

/// What weights are good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// It is not known yet.
    Learning,
    /// They say when to look.
    Trusted,
    /// They say nothing.
    None,
}

/// Where weights of quiet pictures lie.
#[derive(Clone, Copy, Debug)]
struct Limits {
    low: f32,
    high: f32,
}

impl Wake {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next picture as it comes, in the order of decoding, with what
    /// it weighs. Whether it is to be looked at is [`Wake::is_asleep`].
    pub fn weigh(&mut self, bytes: usize, is_key: bool, time: MediaTime) {
        if time < self.now {
            self.begin_anew(time);
        }
        self.age += time.since(self.now).min(MAX_STEP);
        self.now = time;
        if let Some(window) = self.weight.add(bytes, is_key, time) {
            if self.is_outside(&window) {
                self.stay_awake(time + STAYS);
            }
            if self.windows.len() >= MAX_WINDOWS {
                self.windows.pop_front();
            }
            self.windows.push_back(window);
        }
        self.judge_onset();
        self.rely();
        self.sample();
    }

    /// What was seen in the picture of this time: whether anything stands out,
    /// and when that began which happens now.
    pub fn see(&mut self, time: MediaTime, is_moving: bool, since: Option<MediaTime>) {
        if time.since(self.now) > MAX_STEP {
            // The last picture of a session that is over.
            return;
        }
        if is_moving || since.is_some() {
            self.known_to = Some(time);
            self.stay_awake(time + STAYS);
        }
        if since.is_some() && since > self.begun && self.onset.is_none() {
            self.onset = since;
        }
        self.begun = since.max(self.begun);
        let is_settled = |window: &Window| window.to + SETTLES <= time;
        while let Some(window) =
            self.windows.iter().find(|it| Some(it.from) > self.known_to).copied()
            && is_settled(&window)
        {
            self.known_to = Some(window.to);
            self.learn(&window);
        }
    }

    /// Whether key frames are enough for now.
    pub fn is_asleep(&self) -> bool {
        self.is_trusted && self.awake_until.is_none_or(|until| self.now > until)
    }

    /// What weights are good for.
    pub fn trust(&self) -> Trust {
        if self.is_trusted {
            Trust::Trusted
        } else if self.age < LEARNS && self.refused_until.is_none() {
            Trust::Learning
        } else {
            Trust::None
        }
    }

    /// How often all pictures were looked at to see what is missed.
    pub fn checks(&self) -> u32 {
        self.checks
    }

    /// Another session: its times are others, and what was learned holds.
    fn begin_anew(&mut self, time: MediaTime) {
        self.windows.clear();
        self.weight.begin_anew();
        (self.known_to, self.onset, self.begun) = (None, None, None);
        self.now = time;
        self.awake_until = Some(time + STAYS);
    }

    fn is_outside(&self, window: &Window) -> bool {
        let Some((limits, excess)) = self.limits.zip(window.excess) else { return true };
        !(limits.low..=limits.high).contains(&excess)
    }

    fn stay_awake(&mut self, until: MediaTime) {
        self.awake_until = self.awake_until.max(Some(until));
    }

    fn learn(&mut self, window: &Window) {
        self.weight.learn(window);
        let Some(excess) = window.excess else { return };
        if self.quiet.len() >= QUIET {
            self.quiet.pop_front();
        }
        self.quiet.push_back(excess);
        self.learned += 1;
        if self.learned.is_multiple_of(DRAWN) && self.quiet.len() >= KNOWN {
            self.limits = Some(Limits::of(self.quiet.iter().copied().collect()));
        }
    }

    /// Once all windows have come in which what began may show.
    fn judge_onset(&mut self) {
        let Some(onset) = self.onset.filter(|onset| self.now > *onset + AFTER + SETTLES / 2) else {
            return;
        };
        self.onset = None;
        if self.limits.is_none() {
            return;
        }
        let (from, to) = (onset - BEFORE, onset + AFTER);
        let mut near = self.windows.iter().filter(|it| it.to >= from && it.from <= to);
        if near.any(|window| self.is_outside(window)) {
            self.shown += 1;
        } else {
            self.missed += 1;
        }
        let count = self.shown + self.missed;
        if self.missed > 0 && self.missed * OF_SO_MANY > count {
            (self.shown, self.missed) = (0, 0);
            self.refused_until = Some(self.age + REFUSED);
        } else if count >= REMEMBERED {
            (self.shown, self.missed) = (self.shown / 2, self.missed / 2);
        }
    }

    fn rely(&mut self) {
        self.refused_until = self.refused_until.filter(|until| self.age < *until);
        let is_even = self.limits.is_some_and(|limits| limits.high <= EVEN);
        let is_empty = self.weight.usual().is_some_and(|usual| usual <= EMPTY);
        let gop = self.weight.gop(self.now);
        let was_trusted = self.is_trusted;
        self.is_trusted = self.refused_until.is_none()
            && !gop.is_zero()
            && gop <= LONGEST_GOP
            && is_even
            && (is_empty || self.shown >= SHOWN);
        if self.is_trusted && !was_trusted {
            self.stay_awake(self.now + STAYS);
            self.sample_at = self.age + SAMPLED;
        }
    }

    /// Looks at all pictures now and then, at times that nothing else keeps.
    fn sample(&mut self) {
        if self.is_trusted && self.age >= self.sample_at {
            self.checks += 1;
            self.stay_awake(self.now + SAMPLE);
            let odd = (self.now.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let more = SAMPLED.mul_f32(odd as f32 / u32::MAX as f32 / 2.0);
            self.sample_at = self.age + SAMPLED * 3 / 4 + more;
        }
    }
}

impl Limits {
    fn of(mut quiet: Vec<f32>) -> Self {
        quiet.sort_by(f32::total_cmp);
        let (last, outside) = (quiet.len() - 1, quiet.len() / OUTSIDE);
        let (middle, low, high) = (quiet[last / 2], quiet[outside], quiet[last - outside]);
        Self {
            low: low - (middle - low) * BEYOND - FLOOR,
            high: high + (high - middle) * BEYOND + FLOOR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A camera of ten pictures a second and a GOP of two seconds, and what of
    /// it was looked at.
    struct Camera {
        wake: Wake,
        picture: i64,
        asleep: u32,
    }

    impl Camera {
        fn new() -> Self {
            Self { wake: Wake::new(), picture: 0, asleep: 0 }
        }

        /// Goes on for so many seconds, of pictures of so many bytes with noise.
        fn go_on(&mut self, seconds: i64, bytes: usize, is_moving: bool) {
            self.asleep = 0;
            let begin = MediaTime(self.picture * 100_000);
            for _ in 0..seconds * 10 {
                let time = MediaTime(self.picture * 100_000);
                let is_key = self.picture % 20 == 0;
                let noise = (self.picture.unsigned_abs() as usize).wrapping_mul(2_654_435_761) >> 7;
                let bytes = if is_key { 20_000 } else { bytes + noise % 100 };
                self.wake.weigh(bytes, is_key, time);
                self.asleep += u32::from(self.wake.is_asleep());
                if !self.wake.is_asleep() || is_key {
                    self.wake.see(time, is_moving, is_moving.then_some(begin));
                }
                self.picture += 1;
            }
        }
    }

    #[test]
    fn a_camera_that_is_quiet_sleeps_and_wakes_for_what_weighs_more() {
        let mut camera = Camera::new();
        camera.go_on(100, 300, false);
        assert_eq!((camera.wake.trust(), camera.asleep), (Trust::Learning, 0));
        camera.go_on(100, 300, false);
        assert_eq!(camera.wake.trust(), Trust::Trusted);
        camera.go_on(600, 300, false);
        assert!((5400..5900).contains(&camera.asleep) && camera.wake.checks() > 1);
        camera.go_on(1, 1200, false);
        assert!(!camera.wake.is_asleep());
        camera.go_on(10, 300, false);
        assert!(camera.wake.is_asleep());
        // Fewer bytes than usual are something else, too: a camera that stands still.
        camera.go_on(1, 50, false);
        assert!(!camera.wake.is_asleep());
    }

    #[test]
    fn what_was_seen_and_weighed_nothing_is_a_miss_and_remembered_for_hours() {
        let mut camera = Camera::new();
        camera.go_on(300, 300, false);
        assert_eq!(camera.wake.trust(), Trust::Trusted);
        camera.go_on(10, 300, true);
        assert_eq!(camera.wake.trust(), Trust::None);
        camera.go_on(3600, 300, false);
        assert_eq!((camera.wake.trust(), camera.asleep), (Trust::None, 0));
        camera.go_on(2 * 3600, 300, false);
        assert_eq!(camera.wake.trust(), Trust::Trusted);
    }

    #[test]
    fn who_spends_the_same_on_everything_is_not_relied_on_before_it_showed_often() {
        let mut camera = Camera::new();
        camera.go_on(400, 8000, false);
        assert_eq!(camera.wake.trust(), Trust::None);
        for _ in 0..SHOWN {
            camera.go_on(6, 12_000, true);
            camera.go_on(30, 8000, false);
        }
        assert_eq!(camera.wake.trust(), Trust::Trusted);
        let mut camera = Camera::new();
        camera.go_on(400, 8000, false);
        for _ in 0..SHOWN {
            camera.go_on(6, 8000, true);
            camera.go_on(30, 8000, false);
        }
        assert_eq!(camera.wake.trust(), Trust::None);
    }

    #[test]
    fn another_session_is_looked_at_and_relied_on_again() {
        let mut camera = Camera::new();
        camera.go_on(300, 300, false);
        let last = camera.wake.now;
        camera.picture = 0;
        camera.go_on(1, 300, false);
        // One picture was on its way still.
        camera.wake.see(last, true, Some(last));
        assert_eq!((camera.wake.trust(), camera.asleep), (Trust::Trusted, 0));
        camera.go_on(10, 300, false);
        assert!(camera.wake.is_asleep());
    }

    #[test]
    fn key_frames_that_lie_far_apart_are_not_enough() {
        let mut wake = Wake::new();
        for picture in 0..6000 {
            let time = MediaTime(picture * 100_000);
            wake.weigh(if picture % 100 == 0 { 20_000 } else { 300 }, picture % 100 == 0, time);
            wake.see(time, false, None);
        }
        assert_eq!(wake.trust(), Trust::None);
    }
}
