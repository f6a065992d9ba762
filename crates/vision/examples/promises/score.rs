//! How good masks are: pixels, parts of pictures and whole pictures that say
//! yes where somebody labelled them so.

use crate::sequence::Sequence;

const MOVING: u8 = 255;
const SHADOW: u8 = 50;
const OUTSIDE: u8 = 85;
const STILL: u8 = 0;

/// Side of the parts, and how many pixels make one of them moving.
const PART: usize = 80;
const PART_MOVES: usize = 20;

/// In a window, so many pixels make the picture moving.
const WINDOW_MOVES: usize = 30;

/// Answers that were right and wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers {
    hit: u64,
    false_alarm: u64,
    miss: u64,
    quiet: u64,
}

impl Answers {
    pub fn precision(&self) -> f64 {
        self.hit as f64 / (self.hit + self.false_alarm).max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.hit as f64 / (self.hit + self.miss).max(1) as f64
    }

    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        2.0 * precision * recall / (precision + recall).max(1e-9)
    }

    pub fn false_rate(&self) -> f64 {
        self.false_alarm as f64 / (self.false_alarm + self.quiet).max(1) as f64
    }

    fn add(&mut self, is: bool, said: bool) {
        *match (is, said) {
            (true, true) => &mut self.hit,
            (true, false) => &mut self.miss,
            (false, true) => &mut self.false_alarm,
            (false, false) => &mut self.quiet,
        } += 1;
    }
}

/// Pixels and parts of all pictures of a sequence; `mask` gives that of a number.
pub fn pixels<'a>(sequence: &Sequence, mask: impl Fn(usize) -> &'a [bool]) -> (Answers, Answers) {
    let (mut pixels, mut parts) = (Answers::default(), Answers::default());
    let (width, height) = sequence.size;
    for number in sequence.first..sequence.first + sequence.count {
        let Some(labels) = sequence.label(number) else { continue };
        let mask = mask(number);
        for (index, (label, said)) in labels.iter().zip(mask).enumerate() {
            let counts = sequence.region.as_ref().is_none_or(|region| region[index] > 0);
            if counts && (*label == MOVING || *label <= SHADOW) {
                pixels.add(*label == MOVING, *said);
            }
        }
        for top in (0..height.saturating_sub(PART - 1)).step_by(PART) {
            for left in (0..width.saturating_sub(PART - 1)).step_by(PART) {
                let places = || {
                    (top..top + PART)
                        .flat_map(move |y| (left..left + PART).map(move |x| y * width + x))
                };
                let count = |is: &dyn Fn(usize) -> bool| places().filter(|at| is(*at)).count();
                let said = count(&|at| mask[at]) >= PART_MOVES;
                let moving = count(&|at| labels[at] == MOVING);
                let still = count(&|at| labels[at] == STILL);
                let outside = count(&|at| labels[at] == OUTSIDE);
                if moving >= PART_MOVES {
                    parts.add(true, said);
                } else if still + outside == PART * PART && still > PART * PART / 4 {
                    parts.add(false, said);
                }
            }
        }
    }
    (pixels, parts)
}

/// Whole pictures of a window; `verdict` is that of a number.
pub fn pictures(
    sequence: &Sequence,
    [x, y, width, height]: [usize; 4],
    verdict: impl Fn(usize) -> bool,
) -> Answers {
    let mut pictures = Answers::default();
    for number in sequence.first..sequence.first + sequence.count {
        let Some(labels) = sequence.label(number) else { continue };
        let rows = (y..y + height).map(|row| &labels[row * sequence.size.0 + x..][..width]);
        let (mut moving, mut unknown) = (0, 0);
        for label in rows.flatten() {
            moving += usize::from(*label == MOVING);
            unknown += usize::from(*label == 170);
        }
        if moving >= WINDOW_MOVES || moving == 0 && unknown == 0 {
            pictures.add(moving > 0, verdict(number));
        }
    }
    pictures
}
