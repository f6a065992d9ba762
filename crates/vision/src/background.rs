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

/// So many rows are near one: itself and two on either side.
const NEAR: usize = 5;

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
    /// `reach` pixels away, two at most, counts as around a pixel.
    pub fn compare(&self, picture: &Plane, reach: usize, out: &mut Plane) {
        let around = self.noise() / 2;
        let (width, last) = (picture.width, picture.height - 1);
        // Of the rows in reach, each in its turn.
        let mut bounds = [(); NEAR].map(|()| Bounds::new(width));
        let mut known = 0;
        for y in 0..=last {
            while known <= last.min(y + reach) {
                bounds[known % NEAR].measure(self.level.row(known), reach);
                known += 1;
            }
            let above = |by: usize| &bounds[y.saturating_sub(by.min(reach)) % NEAR];
            let below = |by: usize| &bounds[last.min(y + by.min(reach)) % NEAR];
            let near = [above(2), above(1), above(0), below(1), below(2)];
            let (level, tolerance) = (self.level.row(y), self.tolerance.row(y));
            compare_row(picture.row(y), level, tolerance, near, around, out.row_mut(y));
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
            let lit = mean.saturating_add(part(*mean, slope)).saturating_add(step);
            *mean = lit.clamp(0, 255 * ONE);
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

/// The lightest and the darkest of what is around each pixel of a row, in that row.
struct Bounds {
    low: Vec<u8>,
    high: Vec<u8>,
    between: Vec<u8>,
}

impl Bounds {
    fn new(width: usize) -> Self {
        Self { low: vec![0; width], high: vec![0; width], between: vec![0; width] }
    }

    /// Of a row, up to `reach` pixels away.
    fn measure(&mut self, row: &[u8], reach: usize) {
        if reach == 1 {
            around(row, &mut self.low, u8::min);
            around(row, &mut self.high, u8::max);
        } else {
            around(row, &mut self.between, u8::min);
            around(&self.between, &mut self.low, u8::min);
            around(row, &mut self.between, u8::max);
            around(&self.between, &mut self.high, u8::max);
        }
    }
}

/// What `of` makes of each pixel of a row and its neighbours.
#[inline(always)]
fn around(row: &[u8], to: &mut [u8], of: impl Fn(u8, u8) -> u8) {
    let (width, to) = (row.len(), &mut to[..row.len()]);
    if width < 3 {
        let all = row.iter().copied().reduce(&of);
        to.fill(all.unwrap_or_default());
        return;
    }
    to[0] = of(row[0], row[1]);
    to[width - 1] = of(row[width - 2], row[width - 1]);
    let (before, after) = (&row[..width - 2], &row[2..]);
    for (((to, it), before), after) in
        to[1..width - 1].iter_mut().zip(&row[1..]).zip(before).zip(after)
    {
        *to = of(of(*before, *it), *after);
    }
}

/// Says where a row stands out of what is `near` it; the slices are of one length.
#[inline(never)]
fn compare_row(
    row: &[u8],
    level: &[u8],
    tolerance: &[u8],
    near: [&Bounds; NEAR],
    around: u8,
    out: &mut [u8],
) {
    let width = out.len();
    let (row, level, tolerance) = (&row[..width], &level[..width], &tolerance[..width]);
    let [low_a, low_b, low_c, low_d, low_e] = near.map(|it| &it.low[..width]);
    let [high_a, high_b, high_c, high_d, high_e] = near.map(|it| &it.high[..width]);
    for x in 0..width {
        let low = low_a[x].min(low_b[x]).min(low_c[x]).min(low_d[x]).min(low_e[x]);
        let high = high_a[x].max(high_b[x]).max(high_c[x]).max(high_d[x]).max(high_e[x]);
        let is_far = row[x].abs_diff(level[x]) > tolerance[x];
        let is_outside =
            (row[x] > high.saturating_add(around)) | (row[x] < low.saturating_sub(around));
        out[x] = u8::from(is_far & is_outside);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_light_and_becomes_lighter_is_white() {
        let follows = |level: u8, light: Light, rate: i16| {
            let mut background = Background::new(&Plane::new(4, 4, level));
            background.follow(light, rate);
            background.level.bytes[0]
        };
        assert_eq!(follows(250, Light { gain: 1.0, offset: 200.0 }, i16::MAX), 255);
        assert_eq!(follows(250, Light { gain: 2.0, offset: 0.0 }, i16::MAX), 255);
        assert_eq!(follows(5, Light { gain: 1.0, offset: -200.0 }, i16::MAX), 0);
        assert_eq!(follows(100, Light { gain: 1.0, offset: 50.0 }, i16::MAX), 125);
    }
}
