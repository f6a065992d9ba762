//! What is there when nothing moves: how light each pixel is on average, and
//! how much it varies.
//!
//! A pixel stands out where it is farther from its mean than it ever is, and
//! also from all that is around it in the background: leaves and a camera that
//! shakes move what is there by a pixel or two, and nothing else.

use crate::light::Light;
use crate::plane::Plane;
use crate::shift::Shift;

/// Differences up to this are noise wherever they are, in a picture that is well exposed.
const TOLERANCE: f32 = 14.0;

/// A picture this light on average is well exposed.
const EXPOSED: f32 = 96.0;

/// However dark a picture is, its noise is not less than this part.
const DARKEST: f32 = 0.3;

/// Where pixels vary much, only so much more stands out.
const MAX_TOLERANCE: i16 = 60;

/// How many times its mean variation a pixel may be away from its mean.
const SPREADS: i16 = 3;

/// Each picture teaches one row in so many, by turns.
pub(crate) const LEARNED: usize = 2;

/// Means are kept in 128ths.
const ONE: i16 = 128;

/// Where the picture and the background overlap, in the background's rows and columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overlap {
    pub left: usize,
    pub right: usize,
    pub top: usize,
    pub bottom: usize,
}

/// The background of one camera.
#[derive(Clone, Debug)]
pub(crate) struct Background {
    /// Means, rounded.
    pub level: Plane,
    mean: Vec<i16>,
    spread: Vec<i16>,
    tolerance: Plane,
    /// 1 where it is light enough, less where all differences are small.
    pub exposure: f32,
}

impl Background {
    /// Nothing but `picture`.
    pub fn new(picture: &Plane) -> Self {
        let (width, height) = (picture.width, picture.height);
        Self {
            level: picture.clone(),
            mean: picture.bytes.iter().map(|value| i16::from(*value) * ONE).collect(),
            spread: vec![2 * ONE; width * height],
            tolerance: Plane::new(width, height, TOLERANCE as u8),
            exposure: 1.0,
        }
    }

    /// Says in `out`, 1 for yes, where `picture` stands out; what is up to
    /// `reach` pixels away counts as around a pixel.
    pub fn compare(&self, picture: &Plane, reach: usize, out: &mut Plane) {
        let around = self.noise() / 2;
        let width = picture.width;
        let (mut low, mut high) = (vec![0; width], vec![0; width]);
        let (mut lowest, mut highest) = (vec![0; width], vec![0; width]);
        for y in 0..picture.height {
            low.copy_from_slice(self.level.row(y));
            high.copy_from_slice(self.level.row(y));
            for by in 1..=reach as isize {
                for row in [self.level.near(y, -by), self.level.near(y, by)] {
                    least(&mut low, row);
                    most(&mut high, row);
                }
            }
            lowest.copy_from_slice(&low);
            highest.copy_from_slice(&high);
            for by in (1..=reach).filter(|by| *by < width) {
                least(&mut lowest[by..], &low[..width - by]);
                least(&mut lowest[..width - by], &low[by..]);
                most(&mut highest[by..], &high[..width - by]);
                most(&mut highest[..width - by], &high[by..]);
            }
            let values = picture.row(y).iter().zip(self.level.row(y)).zip(self.tolerance.row(y));
            let bounds = lowest.iter().zip(&highest);
            for ((out, ((value, level), tolerance)), (low, high)) in
                out.row_mut(y).iter_mut().zip(values).zip(bounds)
            {
                let is_far = value.abs_diff(*level) > *tolerance;
                let is_outside =
                    (*value > high.saturating_add(around)) | (*value < low.saturating_sub(around));
                *out = u8::from(is_far & is_outside);
            }
        }
    }

    /// Learns from `picture` where `overlap` says that there is one, in the
    /// rows whose turn it is. Nothing is
    /// learned where something is (`covered`); what merely stands out changes
    /// how much a pixel may vary.
    pub fn learn(
        &mut self,
        picture: &Plane,
        overlap: Overlap,
        covered: &Plane,
        stands_out: &Plane,
        rates: Rates,
        turn: usize,
    ) {
        let noise = self.noise();
        let columns = overlap.left..overlap.right;
        let rows = (overlap.top..overlap.bottom).filter(|y| y % LEARNED == turn % LEARNED);
        for y in rows {
            let row = y * picture.width;
            let span = row + columns.start..row + columns.end;
            let seen = Seen {
                values: &picture.bytes[span.clone()],
                covered: &covered.bytes[span.clone()],
                stands_out: &stands_out.bytes[span.clone()],
            };
            learn_row(
                &mut self.mean[span.clone()],
                &mut self.spread[span.clone()],
                &mut self.level.bytes[span.clone()],
                &mut self.tolerance.bytes[span],
                seen,
                rates,
                noise,
            );
        }
    }

    /// Sees how well the picture is exposed, from one of its `sketch`es.
    pub fn expose(&mut self, sketch: &Plane) {
        let sum: u32 = sketch.bytes.iter().map(|value| u32::from(*value)).sum();
        let mean = sum as f32 / sketch.bytes.len().max(1) as f32;
        self.exposure = (mean / EXPOSED).clamp(DARKEST, 1.0);
    }

    fn noise(&self) -> u8 {
        // Noise shrinks less than what is seen.
        (TOLERANCE * (self.exposure * 1.4).min(1.0)) as u8
    }

    /// Becomes as light as `light` says, by `rate`: what is lighter for good is
    /// so for what is covered, too.
    pub fn follow(&mut self, light: Light, rate: i16) {
        if light.is_same() {
            return;
        }
        let slope = ((light.gain - 1.0) * f32::from(rate)) as i16;
        let step = (light.offset * f32::from(rate) * f32::from(ONE) / 65536.0) as i16;
        for (mean, level) in self.mean.iter_mut().zip(&mut self.level.bytes) {
            *mean = (*mean + part(*mean, slope) + step).clamp(0, 255 * ONE);
            *level = ((*mean + ONE / 2) >> 7) as u8;
        }
    }
}

/// How fast the background learns, in 65,536ths a picture, at most 32,767.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    pub mean: i16,
    pub spread: i16,
}

/// What is learned from, pixel by pixel.
struct Seen<'a> {
    values: &'a [u8],
    covered: &'a [u8],
    stands_out: &'a [u8],
}

/// Slices that are known to lie apart and to be of one length, as arguments
/// are: only then does the compiler do eight pixels at once.
#[inline(never)]
fn learn_row(
    mean: &mut [i16],
    spread: &mut [i16],
    level: &mut [u8],
    tolerance: &mut [u8],
    seen: Seen<'_>,
    rates: Rates,
    noise: u8,
) {
    let length = seen.values.len();
    let (mean, spread) = (&mut mean[..length], &mut spread[..length]);
    let (level, tolerance) = (&mut level[..length], &mut tolerance[..length]);
    let (covered, stands_out) = (&seen.covered[..length], &seen.stands_out[..length]);
    for x in 0..length {
        let apart = i16::from(seen.values[x]) * ONE - mean[x];
        let is_uncovered = i16::from(covered[x]) - 1;
        let is_still = i16::from(covered[x] | stands_out[x]) - 1;
        mean[x] += part(apart, rates.mean & is_still);
        spread[x] += part(apart.wrapping_abs() - spread[x], rates.spread & is_uncovered);
        level[x] = ((mean[x] + ONE / 2) >> 7) as u8;
        let varies = ((spread[x] >> 3) * SPREADS) >> 4;
        tolerance[x] = (varies.min(MAX_TOLERANCE) as u8).max(noise);
    }
}

/// `of` times `rate`: the upper half of a product, which is one instruction.
fn part(of: i16, rate: i16) -> i16 {
    ((i32::from(of) * i32::from(rate)) >> 16) as i16
}

fn least(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = (*to).min(*from);
    }
}

fn most(to: &mut [u8], from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = (*to).max(*from);
    }
}

impl Overlap {
    /// What pictures of `width`×`height` have in common with a background that
    /// they lie `shift` away from.
    pub fn new(width: usize, height: usize, shift: Shift) -> Self {
        let along = |length: usize, by: i32| {
            let length = length as i32;
            let from = (-by).clamp(0, length);
            (from as usize, (length - by).clamp(from, length) as usize)
        };
        let ((left, right), (top, bottom)) = (along(width, shift.x), along(height, shift.y));
        Self { left, right, top, bottom }
    }
}
