//! How far a picture is from where the background is: cameras shake on poles
//! and in the wind.
//!
//! The structure of both is compared at an eighth of their size over all
//! shifts, then more finely around the best one. What lies far apart, such as
//! what moves, counts no more than what differs a little.

use crate::light::Light;
use crate::plane::Plane;

/// Pixels that the picture lies right of and below the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Right, or left where it is negative.
    pub x: i32,
    /// Down, or up where it is negative.
    pub y: i32,
}

/// How far is looked, in eighths of the size: 32 pixels.
const REACH: i32 = 4;

/// Differences are counted up to here.
const CLIP: u8 = 30;

/// A shift must explain a tenth of what differs, or there is none.
const GAIN: f32 = 0.9;

/// Sides shorter than this are not compared at an eighth of their size.
const MIN_SIDE: usize = 64;

/// Of the rows of the whole picture, one in so many is looked at.
const ROWS: usize = 16;

/// A picture has so many parts.
pub(crate) const PARTS: usize = ACROSS * DOWN;
const ACROSS: usize = 6;
const DOWN: usize = 4;

/// What one part of a picture is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// How much structure there is.
    pub sharpness: f32,
    /// How far it is the expected one: 1 where it is the same, 0 where it is another.
    pub alike: f32,
}

/// A picture in the sizes that are compared.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sketch {
    /// A quarter of the size, as light as it is.
    pub quarter: Plane,
    /// Structure of that.
    fine: Plane,
    eighth: Plane,
    /// Structure at an eighth of the size.
    coarse: Plane,
}

impl Sketch {
    pub fn new(width: usize, height: usize) -> Self {
        let quarter = Plane::new(width / 4, height / 4, 0);
        let eighth = Plane::new(quarter.width / 2, quarter.height / 2, 0);
        Self { fine: quarter.clone(), coarse: eighth.clone(), quarter, eighth }
    }

    pub fn draw(&mut self, plane: &Plane) {
        if self.is_blank() {
            return;
        }
        self.quarter.quarter(plane);
        self.complete();
    }

    /// Whether the picture is too small for a sketch.
    pub fn is_blank(&self) -> bool {
        self.eighth.bytes.is_empty()
    }

    /// Draws what a quarter of the size looks like.
    pub fn redraw(&mut self, quarter: &[f32]) {
        for (to, from) in self.quarter.bytes.iter_mut().zip(quarter) {
            *to = (*from + 0.5) as u8;
        }
        self.complete();
    }

    fn complete(&mut self) {
        self.fine.structure(&self.quarter);
        self.eighth.halve(&self.quarter);
        self.coarse.structure(&self.eighth);
    }

    /// How far the rough structure of `other`, which lies `shift` away, is that
    /// of this: 1 where it is the same, 0 where it is another.
    pub fn alike(&self, other: &Self, shift: Shift) -> f32 {
        let pair = Pair { one: &self.coarse, other: &other.coarse, every: 1 };
        let all = (0, 0, self.coarse.width, self.coarse.height);
        pair.compare(Shift { x: shift.x / 8, y: shift.y / 8 }, all).alike
    }

    /// How much of what tells light from dark here is left in `other`: less
    /// where there is less light, and as much where it is not sharp.
    pub fn left(&self, other: &Self) -> f32 {
        let (ours, theirs) = (&self.eighth.bytes, &other.eighth.bytes);
        let mean = |bytes: &[u8]| {
            bytes.iter().map(|it| f32::from(*it)).sum::<f32>() / bytes.len().max(1) as f32
        };
        let (our_mean, their_mean) = (mean(ours), mean(theirs));
        let (mut both, mut all) = (0.0, 1.0);
        for (a, b) in ours.iter().zip(theirs) {
            let a = f32::from(*a) - our_mean;
            both += a * (f32::from(*b) - their_mean);
            all += a * a;
        }
        both / all
    }

    /// For each part of the picture, how much structure `other`, which lies
    /// `shift` away, has there, and how far it is that of this.
    pub fn parts(&self, other: &Self, shift: Shift) -> [Part; PARTS] {
        let pair = Pair { one: &self.fine, other: &other.fine, every: 1 };
        let shift = Shift { x: shift.x / 4, y: shift.y / 4 };
        let (width, height) = (self.fine.width, self.fine.height);
        std::array::from_fn(|part| {
            let (x, y) = (part % ACROSS, part / ACROSS);
            let from = (width * x / ACROSS, height * y / DOWN);
            let to = (width * (x + 1) / ACROSS, height * (y + 1) / DOWN);
            pair.compare(shift, (from.0, from.1, to.0, to.1))
        })
    }

    /// How far `other` lies from this, to the next four pixels.
    pub fn find(&self, other: &Self) -> Shift {
        if self.quarter.width.min(self.quarter.height) * 4 < MIN_SIDE {
            return Shift::default();
        }
        let fine = Pair { one: &self.fine, other: &other.fine, every: 1 };
        let coarse = Pair { one: &self.coarse, other: &other.coarse, every: 1 };
        let about = coarse.best(Shift::default(), REACH, 2);
        let best = coarse.best(about, 1, 1);
        let best = Shift { x: best.x * 2, y: best.y * 2 };
        let best = fine.best(best, 1, 1);
        Shift { x: best.x * 4, y: best.y * 4 }
    }
}

/// How far `picture` lies from `background` seen in `light`, being about `shift`.
pub(crate) fn refine(background: &Plane, picture: &Plane, light: Light, shift: Shift) -> Shift {
    if background.width.min(background.height) < MIN_SIDE {
        return Shift::default();
    }
    // The background is made as light as the picture, in the rows that count.
    let rows: Vec<usize> = (ROWS / 2..background.height).step_by(ROWS).collect();
    let mut lit = Plane::new(background.width, rows.len(), 0);
    for (to, from) in rows.iter().enumerate() {
        lit.row_mut(to).copy_from_slice(background.row(*from));
        light.apply(lit.row_mut(to));
    }
    let pair = Pair { one: &lit, other: picture, every: ROWS };
    let near = pair.best(shift, 2, 2);
    pair.best(near, 1, 1)
}

/// Two pictures that are compared. Of `one`, only rows `every` apart are there.
struct Pair<'a> {
    one: &'a Plane,
    other: &'a Plane,
    every: usize,
}

impl Pair<'_> {
    /// The best shift up to `reach` from `start`, in steps; none where that is
    /// hardly worse.
    fn best(&self, start: Shift, reach: i32, step: usize) -> Shift {
        let mut best = (f32::MAX, start);
        for y in (-reach..=reach).step_by(step) {
            for x in (-reach..=reach).step_by(step) {
                let shift = Shift { x: start.x + x, y: start.y + y };
                let apart = self.apart(shift);
                if apart < best.0 {
                    best = (apart, shift);
                }
            }
        }
        let still = self.apart(Shift::default());
        if best.0 < still * GAIN { best.1 } else { Shift::default() }
    }

    /// Mean difference where both are, with `shift` between them.
    fn apart(&self, shift: Shift) -> f32 {
        let (mut sum, mut count) = (0_u32, 0_u32);
        for (one, other) in self.rows(shift) {
            sum += difference(one, other);
            count += one.len() as u32;
        }
        if count == 0 { f32::MAX } else { sum as f32 / count as f32 }
    }

    /// Compares both within left, top, right and bottom of `one`; 128 is the
    /// middle of each.
    fn compare(&self, shift: Shift, within: (usize, usize, usize, usize)) -> Part {
        let (left, top, right, bottom) = within;
        let (mut both, mut one, mut other, mut count) = (0_i32, 1_i32, 1_i32, 1_i32);
        for y in top..bottom {
            let to_y = y as i32 + shift.y;
            if !(0..self.other.height as i32).contains(&to_y) {
                continue;
            }
            let others = self.other.row(to_y as usize);
            for (x, a) in (left..right).zip(&self.one.row(y)[left..right]) {
                let Ok(to_x) = usize::try_from(x as i32 + shift.x) else { continue };
                let Some(b) = others.get(to_x) else { continue };
                let (a, b) = (i32::from(*a) - 128, i32::from(*b) - 128);
                both += a * b;
                one += a * a;
                other += b * b;
                count += 1;
            }
        }
        let [both, one, other] = [both, one, other].map(|sum| sum as f32);
        Part { sharpness: (other / count as f32).sqrt(), alike: both / (one * other).sqrt() }
    }

    /// Rows of both where both are, with `shift` between them.
    fn rows(&self, shift: Shift) -> impl Iterator<Item = (&[u8], &[u8])> {
        let (width, height) = (self.other.width as i32, self.other.height as i32);
        let (left, right) = (0.max(-shift.x), width.min(width - shift.x));
        let length = usize::try_from(right - left).unwrap_or(0);
        (0..self.one.height).filter(move |_| length > 0).filter_map(move |row| {
            let y = (row * self.every + self.every / 2) as i32 + shift.y;
            (0..height).contains(&y).then(|| {
                let one = &self.one.row(row)[left as usize..][..length];
                let other = &self.other.row(y as usize)[(left + shift.x) as usize..][..length];
                (one, other)
            })
        })
    }
}

/// Sum of what differs between two rows of one length.
fn difference(one: &[u8], other: &[u8]) -> u32 {
    // Arrays of these lengths are added up in the fewest instructions.
    let (ones, one) = one.as_chunks::<32>();
    let (others, other) = other.as_chunks::<32>();
    let (fours, one) = one.as_chunks::<4>();
    let (other_fours, other) = other.as_chunks::<4>();
    let long: u32 = ones.iter().zip(others).map(|(a, b)| clipped(a, b)).sum();
    let short: u32 = fours.iter().zip(other_fours).map(|(a, b)| clipped(a, b)).sum();
    let rest: u32 = one.iter().zip(other).map(|(a, b)| clipped(&[*a], &[*b])).sum();
    long + short + rest
}

#[inline(always)]
fn clipped<const N: usize>(one: &[u8; N], other: &[u8; N]) -> u32 {
    let mut apart = [0; N];
    for ((apart, a), b) in apart.iter_mut().zip(one).zip(other) {
        *apart = a.abs_diff(*b).min(CLIP);
    }
    apart.into_iter().map(u32::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scene, shifted};

    #[test]
    fn finds_how_far_a_picture_lies() {
        let scene = Scene::textured(160, 120);
        let background = scene.plane();
        let check = |x: i32, y: i32| {
            let picture = shifted(&background, x, y);
            let mut sketches = [Sketch::new(160, 120), Sketch::new(160, 120)];
            sketches[0].draw(&background);
            sketches[1].draw(&picture);
            let about = sketches[0].find(&sketches[1]);
            assert_eq!(refine(&background, &picture, Light::SAME, about), Shift { x, y });
        };
        check(0, 0);
        check(1, 0);
        check(0, -1);
        check(-7, 5);
        check(18, -13);
        check(-30, -20);
    }

    #[test]
    fn a_flat_picture_lies_where_it_was() {
        let (one, other) = (Plane::new(160, 120, 90), Plane::new(160, 120, 140));
        let mut sketches = [Sketch::new(160, 120), Sketch::new(160, 120)];
        sketches[0].draw(&one);
        sketches[1].draw(&other);
        assert_eq!(sketches[0].find(&sketches[1]), Shift::default());
    }
}
