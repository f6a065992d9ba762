//! Which seconds of a stream are recorded, and why others are not.

use std::time::Duration;

use archive::Span;
use media::{GapCause, RecordingGap, StreamId, WallTime};

/// A hole that is shorter is none: pictures do not come on the tick.
const LEAST: Duration = Duration::from_millis(500);

/// Nothing on the disk for so long is a gap, whatever comes later. Rounds are
/// a second apart.
const LATE: Duration = Duration::from_millis(3500);

/// A gap that goes on is kept so often.
const KEPT: Duration = Duration::from_secs(10);

/// What is known of one stream.
#[derive(Debug)]
pub struct Coverage {
    stream: StreamId,
    /// Until when it is recorded, or from when it should be.
    until: WallTime,
    /// Since when without a gap.
    begun: WallTime,
    open: Option<Open>,
    /// What was wrong since the last span.
    worst: Option<Why>,
    /// What was wrong between spans of the round.
    between: Option<Why>,
    /// When the machine slept last: a hole around it may show late.
    slept: Option<(WallTime, WallTime)>,
}

#[derive(Clone, Copy, Debug)]
struct Open {
    from: WallTime,
    why: Why,
    kept: WallTime,
}

/// Why nothing is recorded at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Why {
    /// The cause.
    pub cause: GapCause,
    /// Whether a better word may follow: a camera that falls silent may turn
    /// out to be unreachable.
    pub is_guess: bool,
}

/// Nothing told why: pictures did not come.
const UNKNOWN: Why = Why { cause: GapCause::NetworkLoss, is_guess: true };

impl Coverage {
    /// Of a stream that is recorded until `until`, or should be from then on.
    /// `before` is why what is missing until now is missing.
    pub fn new(stream: StreamId, until: WallTime, before: Option<GapCause>) -> Self {
        let worst = before.map(|cause| Why { cause, is_guess: false });
        Self { stream, until, begun: until, open: None, worst, between: None, slept: None }
    }

    /// What is missing between the spans that come next is missing for `cause`.
    pub fn refuse(&mut self, cause: GapCause) {
        self.between = Some(Why { cause, is_guess: false });
    }

    /// The machine slept: whatever was wrong before, nothing came for that.
    pub fn slept(&mut self, from: WallTime, to: WallTime) -> Vec<RecordingGap> {
        let Some(open) = &mut self.open else {
            self.slept = Some((from, to));
            return Vec::new();
        };
        let before = row(self.stream, open, from);
        open.from = to;
        open.kept = WallTime(i64::MIN);
        let cause = GapCause::MachineAsleep;
        vec![before, RecordingGap { stream: self.stream, from, to, cause }]
    }

    /// Takes what was recorded in a round of the run `run` that ended at `now`,
    /// and `why` more did not come, where that is known. The rows to be kept.
    pub fn advance(
        &mut self,
        spans: &[Span],
        why: Option<Why>,
        run: i64,
        now: WallTime,
    ) -> Vec<RecordingGap> {
        let mut rows = Vec::new();
        for span in spans {
            if span.run == run {
                self.recorded(span, &mut rows);
            } else {
                // By a clock that was set since.
                self.until = now;
            }
        }
        if !spans.is_empty() {
            self.between = None;
        }
        if let Some(why) = why {
            let is_news = self.worst.is_none_or(|worst| worst.is_guess && !why.is_guess);
            if is_news || self.open.is_some() {
                self.blame(why, now, &mut rows);
            }
        }
        if spans.is_empty() && self.open.is_none() && now.since(self.until) >= LATE {
            let why = self.asleep(now).or(self.worst).unwrap_or(UNKNOWN);
            self.open = Some(Open { from: self.until, why, kept: WallTime(i64::MIN) });
        }
        if let Some(open) = &mut self.open
            && now.since(open.kept) >= KEPT
        {
            open.kept = now;
            rows.push(row(self.stream, open, now));
        }
        rows
    }

    /// What must be kept when the engine stops at `now`.
    pub fn end(&self, now: WallTime) -> Option<RecordingGap> {
        self.open.as_ref().map(|open| row(self.stream, open, now))
    }

    /// Since when, and why, nothing is recorded.
    pub fn gap(&self) -> Option<(WallTime, GapCause)> {
        self.open.map(|open| (open.from, open.why.cause))
    }

    /// Until when it is recorded.
    pub fn until(&self) -> WallTime {
        self.until
    }

    /// When what is being recorded without a gap began.
    pub fn begun(&self) -> WallTime {
        self.begun
    }

    /// What is missing ends at `end`; from `now` on, all of it is to be
    /// recorded again. The two differ where the clock was set.
    pub fn excuse(&mut self, end: WallTime, now: WallTime) -> Option<RecordingGap> {
        let row = self.end(end);
        (self.open, self.worst, self.until) = (None, None, now);
        row
    }

    fn recorded(&mut self, span: &Span, rows: &mut Vec<RecordingGap>) {
        if let Some(open) = self.open.take() {
            rows.push(row(self.stream, &open, span.from));
        } else if !span.continues && span.from.since(self.until) >= LEAST {
            let why = self.asleep(span.from).or(self.worst).or(self.between).unwrap_or(UNKNOWN);
            let open = Open { from: self.until, why, kept: self.until };
            rows.push(row(self.stream, &open, span.from));
        }
        if !span.continues {
            self.begun = span.from;
        }
        self.worst = None;
        self.until = span.to;
    }

    /// Why nothing was recorded until `to`, where the machine slept for most of that.
    fn asleep(&self, to: WallTime) -> Option<Why> {
        let (from, until) = self.slept?;
        let asleep = until.min(to).since(from.max(self.until));
        let is_most = asleep * 2 > to.since(self.until);
        is_most.then_some(Why { cause: GapCause::MachineAsleep, is_guess: false })
    }

    /// Another reason than so far: the gap so far was for the old one, or that
    /// was a guess.
    fn blame(&mut self, why: Why, now: WallTime, rows: &mut Vec<RecordingGap>) {
        let Some(open) = &mut self.open else {
            self.worst = Some(why);
            return;
        };
        if open.why == why || why.is_guess {
            return;
        }
        if !open.why.is_guess && open.why.cause != why.cause {
            rows.push(row(self.stream, open, now));
            open.from = now;
        }
        open.why = why;
        open.kept = WallTime(i64::MIN);
        self.worst = Some(why);
    }
}

fn row(stream: StreamId, open: &Open, to: WallTime) -> RecordingGap {
    RecordingGap { stream, from: open.from, to, cause: open.why.cause }
}

#[cfg(test)]
mod tests {
    use media::{CameraId, StreamRole};

    use super::*;

    const STREAM: StreamId = StreamId { camera: CameraId(1), role: StreamRole::Main };

    fn at(second: i64) -> WallTime {
        WallTime(second * 1_000_000)
    }

    /// A letter a second: `r` recorded, `b` recorded after a break, `n` a
    /// network loss that is a guess, `u` unreachable, `f` the disk is full,
    /// `.` nothing is known.
    fn check(notation: &str, before: Option<GapCause>, expected: &[(i64, i64, GapCause)]) {
        let mut coverage = Coverage::new(STREAM, at(0), before);
        let mut rows: Vec<RecordingGap> = Vec::new();
        for (second, letter) in (1..).zip(notation.chars()) {
            let span = |continues| Span { from: at(second - 1), to: at(second), continues, run: 1 };
            let why = |cause, is_guess| Some(Why { cause, is_guess });
            let (spans, why) = match letter {
                'r' => (vec![span(true)], None),
                'b' => (vec![span(false)], None),
                'n' => (vec![], why(GapCause::NetworkLoss, true)),
                'u' => (vec![], why(GapCause::Unreachable, false)),
                'f' => (vec![], why(GapCause::DiskFull, false)),
                '.' => (vec![], None),
                other => panic!("unknown letter {other}"),
            };
            for row in coverage.advance(&spans, why, 1, at(second)) {
                rows.retain(|known| known.from != row.from);
                rows.push(row);
            }
        }
        if let Some(row) = coverage.end(at(notation.len() as i64)) {
            rows.retain(|known| known.from != row.from);
            rows.push(row);
        }
        rows.retain(|row| row.from < row.to);
        let found: Vec<_> =
            rows.iter().map(|it| (it.from.0 / 1_000_000, it.to.0 / 1_000_000, it.cause)).collect();
        assert_eq!(found, expected, "{notation}");
    }

    #[test]
    fn what_is_recorded_has_no_gap() {
        check("rrrrrr", None, &[]);
        check("brrbrr", None, &[]);
    }

    #[test]
    fn what_was_missed_asleep_is_told_when_it_shows() {
        let span = |from, to, continues| Span { from: at(from), to: at(to), continues, run: 1 };
        let mut coverage = Coverage::new(STREAM, at(0), None);
        coverage.advance(&[span(0, 9, true)], None, 1, at(10));
        assert_eq!(coverage.slept(at(10), at(610)), []);
        // What came before it slept.
        assert_eq!(coverage.advance(&[span(9, 10, true)], None, 1, at(611)), []);
        let rows = coverage.advance(&[span(612, 613, false)], None, 1, at(613));
        let rows: Vec<_> = rows.iter().map(|it| (it.from, it.to, it.cause)).collect();
        assert_eq!(rows, [(at(10), at(612), GapCause::MachineAsleep)]);
        let why = Some(Why { cause: GapCause::Unreachable, is_guess: false });
        coverage.advance(&[], why, 1, at(620));
        let rows = coverage.slept(at(700), at(900));
        let rows: Vec<_> = rows.iter().map(|it| (it.from, it.to, it.cause)).collect();
        let expected = [
            (at(613), at(700), GapCause::Unreachable),
            (at(700), at(900), GapCause::MachineAsleep),
        ];
        assert_eq!(rows, expected);
        let rows = coverage.advance(&[span(950, 951, false)], None, 1, at(951));
        assert_eq!((rows[0].from, rows[0].cause), (at(900), GapCause::Unreachable));
    }

    #[test]
    fn what_a_slow_disk_refused_is_missing_between_two_spans_of_a_round() {
        let mut coverage = Coverage::new(STREAM, at(0), None);
        let span = |from, to, continues| Span { from: at(from), to: at(to), continues, run: 1 };
        coverage.refuse(GapCause::DiskSlow);
        let rows = coverage.advance(&[span(0, 9, true), span(12, 20, false)], None, 1, at(20));
        let rows: Vec<_> = rows.iter().map(|it| (it.from, it.to, it.cause)).collect();
        assert_eq!(rows, [(at(9), at(12), GapCause::DiskSlow)]);
        let rows = coverage.advance(&[span(25, 26, false)], None, 1, at(26));
        assert_eq!(rows[0].cause, GapCause::NetworkLoss);
    }

    #[test]
    fn a_short_hole_is_told_when_it_ends() {
        check("rrnnbr", None, &[(2, 4, GapCause::NetworkLoss)]);
        check("rrufbr", None, &[(2, 4, GapCause::Unreachable)]);
        check("rr..br", None, &[(2, 4, GapCause::NetworkLoss)]);
    }

    #[test]
    fn a_guess_is_corrected_and_a_new_cause_begins_another_gap() {
        use GapCause::{DiskFull, EngineStopped, NetworkLoss, Unreachable};
        check("rrnnnnnnn", None, &[(2, 9, NetworkLoss)]);
        check("rrnnnnnuuuubr", None, &[(2, 11, Unreachable)]);
        check("rruuuuuunnnff", None, &[(2, 12, Unreachable), (12, 13, DiskFull)]);
        check("rruuuuffffffbr", None, &[(2, 7, Unreachable), (7, 12, DiskFull)]);
        check("....br", Some(EngineStopped), &[(0, 4, EngineStopped)]);
        check("nnnnnnbr", Some(EngineStopped), &[(0, 6, EngineStopped)]);
        check("nnnnnuuu", Some(EngineStopped), &[(0, 6, EngineStopped), (6, 8, Unreachable)]);
    }
}
