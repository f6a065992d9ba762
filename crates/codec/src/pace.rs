//! When a clip's next unit is due, whatever its timestamps say.
//!
//! Files come with timestamps that are missing, repeated, or an hour away.
//! None of it may make a reader spin or stand still.

/// A clip's own time, in microseconds since it was opened, through any number
/// of passes.
pub struct Pace {
    /// The interval where the timestamps name none.
    usual: i64,
    decoded: i64,
    last: Option<Stamps>,
    is_first: bool,
}

/// What a container says of a unit, in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stamps {
    pub decoded: Option<i64>,
    pub shown: Option<i64>,
    pub duration: i64,
}

/// What is made of it, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When the unit is to be handed over.
    pub handed: i64,
    /// When it is to be shown; not before.
    pub shown: i64,
    pub duration: i64,
}

impl Pace {
    /// A 240th of a second.
    const MIN: i64 = 1_000_000 / 240;
    const MAX: i64 = 10_000_000;
    /// Between the last unit of a pass and the first of the next: a clip of one
    /// picture gives at least one a second.
    const MAX_BETWEEN_PASSES: i64 = 1_000_000;

    /// `usual` is the interval where timestamps name none; 40 ms where the
    /// container names none either.
    pub fn new(usual: Option<i64>) -> Self {
        let usual = usual.map_or(40_000, |it| it.clamp(Self::MIN, Self::MAX_BETWEEN_PASSES));
        Self { usual, decoded: 0, last: None, is_first: true }
    }

    /// The next unit of this pass.
    pub fn next(&mut self, stamps: Stamps) -> Due {
        let (decoded, shown) = (stamps.decoded.or(stamps.shown), stamps.shown.or(stamps.decoded));
        if !std::mem::take(&mut self.is_first) {
            self.decoded += self.interval(decoded);
        }
        self.last = Some(Stamps { decoded, ..stamps });
        let delay = match (decoded, shown) {
            (Some(decoded), Some(shown)) => shown.saturating_sub(decoded).clamp(0, Self::MAX),
            _ => 0,
        };
        let handed = self.decoded;
        let duration = self.or_usual(stamps.duration);
        Due { handed, shown: handed + delay, duration }
    }

    /// The clip begins again.
    pub fn begin_pass(&mut self) {
        let last = self.last.take().unwrap_or_default();
        let duration = self.or_usual(last.duration).min(Self::MAX_BETWEEN_PASSES);
        self.last = Some(Stamps { decoded: None, shown: None, duration });
    }

    /// Nobody took units for so long: all that follows is later by that.
    pub fn stall(&mut self, span: i64) {
        self.decoded += span.max(0);
    }

    fn interval(&self, decoded: Option<i64>) -> i64 {
        let last = self.last.unwrap_or_default();
        match (last.decoded, decoded) {
            (Some(last), Some(now)) => self.or_usual(now.saturating_sub(last)),
            _ => self.or_usual(last.duration),
        }
    }

    /// Nothing, or time running backwards, is no interval.
    fn or_usual(&self, interval: i64) -> i64 {
        if interval <= 0 { self.usual } else { interval.clamp(Self::MIN, Self::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Timestamps in milliseconds, `-` for none, `|` for a new pass; answers
    /// when the units are handed over.
    #[track_caller]
    fn check(notation: &str, expected: &[i64]) {
        let mut pace = Pace::new(Some(40_000));
        let mut handed = Vec::new();
        for word in notation.split(' ') {
            if word == "|" {
                pace.begin_pass();
                continue;
            }
            let decoded = word.parse::<i64>().ok().map(|it| it * 1000);
            let due = pace.next(Stamps { decoded, shown: decoded, duration: 0 });
            handed.push(due.handed / 1000);
        }
        assert_eq!(handed, expected, "{notation}");
    }

    #[test]
    fn good_timestamps_are_followed() {
        check("0 40 80 120", &[0, 40, 80, 120]);
        check("5000 5100 5200", &[0, 100, 200]);
        check("-80 -40 0", &[0, 40, 80]);
    }

    #[test]
    fn bad_timestamps_neither_spin_nor_stall() {
        check("0 0 0 0", &[0, 40, 80, 120]);
        check("- - -", &[0, 40, 80]);
        check("0 40 - 120", &[0, 40, 80, 120]);
        check("0 40 3600000 3600040", &[0, 40, 10_040, 10_080]);
        check("9000000 40 80", &[0, 40, 80]);
        check("0 1 2 3", &[0, 4, 8, 12]);
        check("-9223372036854775 9223372036854775", &[0, 10_000]);
    }

    #[test]
    fn passes_follow_each_other_without_a_gap() {
        check("0 40 80 | 0 40 80 | 0", &[0, 40, 80, 120, 160, 200, 240]);
        check("7 | 7 | 7", &[0, 40, 80]);
    }

    #[test]
    fn a_long_last_picture_does_not_hold_the_next_pass_up() {
        let mut pace = Pace::new(None);
        let only = Stamps { decoded: Some(0), shown: Some(0), duration: 60_000_000 };
        assert_eq!(pace.next(only).duration, 10_000_000);
        pace.begin_pass();
        assert_eq!(pace.next(only).handed, 1_000_000);
    }

    #[test]
    fn pictures_are_shown_after_their_reordering() {
        let mut pace = Pace::new(None);
        let unit =
            |decoded, shown| Stamps { decoded: Some(decoded), shown: Some(shown), duration: 0 };
        assert_eq!(pace.next(unit(-40_000, 0)).shown, 40_000);
        assert_eq!(pace.next(unit(0, 120_000)).shown, 160_000);
        assert_eq!(pace.next(unit(40_000, 40_000)).shown, 80_000);
        pace.stall(1_000_000);
        assert_eq!(pace.next(unit(80_000, 80_000)).shown, 1_120_000);
    }
}
