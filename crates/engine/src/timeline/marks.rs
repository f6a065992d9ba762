//! What happened, on a timeline.

use std::time::Duration;

use media::{EventKind, WallTime};
use protocol::EventMark;

use super::buckets::{Buckets, runs};

/// What happened in each of one camera's buckets.
pub struct Marks {
    buckets: Buckets,
    marks: Vec<u8>,
}

impl Marks {
    /// Nothing happened yet.
    pub fn new(buckets: Buckets) -> Self {
        Self { buckets, marks: vec![0; buckets.count as usize] }
    }

    /// Something happened, and was seen last at `to`.
    pub fn add(&mut self, kind: EventKind, from: WallTime, to: WallTime) {
        for (i, _) in self.buckets.parts(from, to + Duration::from_micros(1)) {
            self.marks[i] |= mark(kind);
        }
    }

    /// The runs, as [`protocol::TimelineLane`] says.
    pub fn runs(self) -> Vec<u8> {
        runs(self.marks.into_iter())
    }
}

fn mark(kind: EventKind) -> u8 {
    match kind {
        EventKind::Motion => EventMark::MOTION,
        EventKind::Loitering => EventMark::LOITERING,
        EventKind::Crossing => EventMark::CROSSING,
        EventKind::Covered
        | EventKind::Black
        | EventKind::Defocused
        | EventKind::Frozen
        | EventKind::Shifted => EventMark::TAMPER,
        EventKind::Reported => EventMark::REPORTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bucket_says_what_happened_in_it() {
        let mut marks = Marks::new(Buckets::new(WallTime(0), WallTime(1000), 10).unwrap());
        for (kind, from, to) in [
            (EventKind::Motion, -50, 150),
            (EventKind::Crossing, 120, 120),
            (EventKind::Reported, 400, 400),
            (EventKind::Black, 899, 900),
            (EventKind::Loitering, 1000, 1200),
        ] {
            marks.add(kind, WallTime(from), WallTime(to));
        }
        assert_eq!(marks.runs(), [1, 1, 1, 3, 2, 0, 1, 16, 3, 0, 2, 8]);
    }
}
