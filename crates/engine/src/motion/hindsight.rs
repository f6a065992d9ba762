//! What came since the key frame that was looked at last: kept, so that whoever
//! wakes sees it all, and nothing of it is decoded where nobody does.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, MediaTime};

use super::sight::{LEAST_APART, is_early};
use crate::hub::MAX_GOP_BYTES;

/// Key frames that come faster than this are not all looked at while nothing moves.
const GLIMPSES_APART: Duration = Duration::from_millis(1900);

/// So many pictures are on their way: what waits, waits here.
const AT_ONCE: usize = 4;

/// What waits for longer comes too late. A GOP that is relied on is shorter.
const MAX_BEHIND: Duration = Duration::from_secs(6);

/// The units of one stream on their way to a decoder that passes over nothing.
#[derive(Default)]
pub struct Hindsight {
    /// What is not handed over, each building on those before it.
    held: VecDeque<Arc<AccessUnit>>,
    bytes: usize,
    /// Whether what comes builds on what was handed over or is held.
    has_base: bool,
    /// Pictures that are on their way.
    awaited: VecDeque<Awaited>,
    /// Whether a picture came since the last key frame did.
    is_heard: bool,
    /// The last picture that was asked for.
    asked: Option<MediaTime>,
}

struct Awaited {
    time: MediaTime,
    is_glimpse: bool,
}

impl Hindsight {
    /// Takes the next unit. What is before a key frame is of no use to who is asleep.
    pub fn take(&mut self, unit: Arc<AccessUnit>, is_asleep: bool) {
        let is_late = |first: &Arc<AccessUnit>| unit.time.since(first.time) > MAX_BEHIND;
        if self.held.front().is_some_and(is_late) || self.bytes > MAX_GOP_BYTES {
            self.let_go();
        }
        if unit.is_key {
            // A decoder that fails at all of a GOP makes no picture of it.
            let is_stuck = !std::mem::take(&mut self.is_heard) && self.awaited.len() >= AT_ONCE;
            if is_stuck {
                self.awaited.clear();
            }
            if is_asleep || is_stuck {
                self.let_go();
            }
            self.has_base = true;
        }
        if self.has_base {
            self.bytes += unit.payload.len();
            self.held.push_back(unit);
        }
    }

    /// The next unit that is to be decoded now, and whether its picture is
    /// looked at; of who is asleep, key frames alone.
    pub fn next(&mut self, is_asleep: bool) -> Option<(Arc<AccessUnit>, bool)> {
        let unit = self.held.front()?;
        let apart = if is_asleep { GLIMPSES_APART } else { LEAST_APART };
        let is_due = !is_early(self.asked, unit.time, apart);
        let must_wait = is_due && self.awaited.len() >= AT_ONCE;
        if must_wait || is_asleep && !(is_due && unit.is_key) {
            return None;
        }
        if is_due {
            self.asked = Some(unit.time);
            self.awaited.push_back(Awaited { time: unit.time, is_glimpse: is_asleep });
        }
        let unit = self.held.pop_front()?;
        self.bytes -= unit.payload.len();
        Some((unit, is_due))
    }

    /// The picture of this time came: whether it stands for many. Nothing of
    /// one that is not awaited any more.
    pub fn came(&mut self, time: MediaTime) -> Option<bool> {
        self.is_heard = true;
        // Those before it never will: their units are damaged.
        let mut known = None;
        while let Some(awaited) = self.awaited.pop_front_if(|it| it.time <= time) {
            known = Some(awaited.is_glimpse);
        }
        known
    }

    /// What is held is of no use: the next key frame is.
    pub fn let_go(&mut self) {
        self.held.clear();
        self.bytes = 0;
        self.has_base = false;
    }
}

#[cfg(test)]
mod tests {
    use media::WallTime;

    use super::*;
    use crate::testing::unit;

    /// What comes of a camera.
    struct Stream {
        hindsight: Hindsight,
        sequence: u64,
    }

    impl Stream {
        fn new() -> Self {
            Self { hindsight: Hindsight::default(), sequence: 0 }
        }

        /// Takes `K` and `p`, `step_us` apart, each followed by what is to be
        /// decoded: in brackets where its picture is not looked at. A picture
        /// that is asked for comes at once where `is_quick`.
        fn go_on(&mut self, units: &str, step_us: i64, is_asleep: bool, is_quick: bool) -> String {
            let mut told = Vec::new();
            for letter in units.chars() {
                let mut unit =
                    AccessUnit::clone(&unit(self.sequence, WallTime::default(), letter == 'K', 10));
                unit.time = MediaTime(self.sequence as i64 * step_us);
                self.hindsight.take(Arc::new(unit), is_asleep);
                self.sequence += 1;
                while let Some((unit, is_shown)) = self.hindsight.next(is_asleep) {
                    let number = unit.sequence;
                    told.push(if is_shown { number.to_string() } else { format!("({number})") });
                    if is_shown && is_quick {
                        assert_eq!(self.hindsight.came(unit.time), Some(is_asleep));
                    }
                }
            }
            told.join(" ")
        }
    }

    #[test]
    fn who_wakes_sees_what_came_since_the_last_key_frame() {
        let mut stream = Stream::new();
        assert_eq!(stream.go_on("ppKpppKppp", 1_000_000, true, true), "2 6");
        assert_eq!(stream.go_on("pKp", 1_000_000, false, true), "7 8 9 10 11 12");
        // A key frame that came too early to be looked at is built on.
        assert_eq!(stream.go_on("KpK", 1_000_000, true, true), "15");
        assert_eq!(stream.go_on("Kp", 1_000_000, true, true), "");
        assert_eq!(stream.go_on("p", 1_000_000, false, true), "16 17 18");
    }

    #[test]
    fn pictures_are_asked_for_no_faster_than_they_are_made() {
        let mut stream = Stream::new();
        let told = stream.go_on("Kppppppppp", 40_000, false, true);
        assert_eq!(told, "0 (1) (2) (3) 4 (5) (6) (7) 8 (9)");
        // However fast a camera is, what is not looked at hinders nothing.
        let mut stream = Stream::new();
        let told = stream.go_on(&format!("K{}", "p".repeat(60)), 16_667, false, true);
        assert!(told.ends_with("56 (57) (58) (59) (60)"), "{told}");
    }

    #[test]
    fn what_does_not_come_is_waited_for_until_another_picture_or_key_frame() {
        let mut stream = Stream::new();
        assert_eq!(stream.go_on("Kpppppp", 200_000, false, false), "0 1 2 3");
        assert_eq!(stream.hindsight.came(MediaTime(400_000)), Some(false));
        assert_eq!(stream.go_on("p", 200_000, false, false), "4 5 6");
        assert_eq!(stream.go_on("Kp", 200_000, false, false), "");
        assert_eq!(stream.go_on("Kp", 200_000, false, true), "10 11");
        assert_eq!(stream.hindsight.came(MediaTime(600_000)), None);
    }

    #[test]
    fn what_waits_too_long_is_let_go() {
        let mut stream = Stream::new();
        let told = stream.go_on(&format!("K{}", "p".repeat(50)), 200_000, false, false);
        assert_eq!(told, "0 1 2 3");
        assert!(stream.hindsight.held.is_empty() && !stream.hindsight.has_base);
        stream.hindsight.came(MediaTime(600_000));
        assert_eq!(stream.go_on("pKp", 200_000, false, true), "52 53");
    }
}
