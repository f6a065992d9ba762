//! How much lighter a picture is than the background: cameras set their
//! exposure anew when something dark passes, lamps go on, clouds come.
//!
//! Of the pixels that are about as light in the background, the middle one says
//! how much lighter they are now: what moves covers less than half of them. A
//! line through those is gain and offset.

use crate::plane::Plane;
use crate::shift::Shift;

/// What makes the background as light as the picture: gain and offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// What each value is multiplied by.
    pub gain: f32,
    /// What is added then.
    pub offset: f32,
}

/// Values of the background are told apart by so many groups.
const GROUPS: usize = 16;

/// Groups of fewer pixels say nothing.
const MIN_PIXELS: u32 = 40;

/// Differences of -255 to 255.
const SPAN: usize = 511;

impl Light {
    /// Nothing is lighter or darker.
    pub const SAME: Self = Self { gain: 1.0, offset: 0.0 };

    /// What the light does to `background` in `picture`, which lies `shift` away.
    pub(crate) fn between(background: &Plane, picture: &Plane, shift: Shift) -> Self {
        let mut counts = vec![0_u16; GROUPS * SPAN];
        let (width, height) = (background.width as i32, background.height as i32);
        let (left, right) = (0.max(-shift.x), width.min(width - shift.x));
        for y in 0.max(-shift.y)..height.min(height - shift.y) {
            if right <= left {
                break;
            }
            let one = &background.row(y as usize)[left as usize..right as usize];
            let other = &picture.row((y + shift.y) as usize)[(left + shift.x) as usize..];
            for (before, now) in one.iter().zip(other) {
                let group = usize::from(before / 16);
                let count =
                    &mut counts[group * SPAN + 255 + usize::from(*now) - usize::from(*before)];
                *count = count.saturating_add(1);
            }
        }
        Self::through(counts.chunks_exact(SPAN).map(middle).enumerate())
    }

    /// The line through groups with how many pixels they have and how much
    /// lighter their middle one is.
    fn through(groups: impl Iterator<Item = (usize, (u32, f32))>) -> Self {
        let (mut weights, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (group, (pixels, lighter)) in groups {
            if pixels < MIN_PIXELS {
                continue;
            }
            let (weight, value) = (pixels as f32, group as f32 * 16.0 + 8.0);
            weights += weight;
            x += weight * value;
            y += weight * lighter;
            xx += weight * value * value;
            xy += weight * value * lighter;
        }
        if weights == 0.0 {
            return Self::SAME;
        }
        let (x, y) = (x / weights, y / weights);
        let spread = xx / weights - x * x;
        // Where all is about as light, a gain cannot be told from an offset.
        let slope = (xy / weights - x * y) / (spread + 200.0);
        let slope = if spread > 100.0 { slope.clamp(-0.5, 1.0) } else { 0.0 };
        Self { gain: 1.0 + slope, offset: y - slope * x }
    }

    /// Whether this changes next to nothing.
    pub fn is_same(self) -> bool {
        (self.gain - 1.0).abs() < 0.004 && self.offset.abs() < 0.75
    }

    /// How much lighter a pixel in the middle becomes.
    pub fn lighter(self) -> f32 {
        128.0 * (self.gain - 1.0) + self.offset
    }

    /// What undoes this.
    pub(crate) fn inverse(self) -> Self {
        Self { gain: 1.0 / self.gain, offset: -self.offset / self.gain }
    }

    /// Makes `values` as light as this says.
    pub(crate) fn apply(self, values: &mut [u8]) {
        if self.is_same() {
            return;
        }
        // 128ths of at most 511 keep within 16 bits, which are done eight at a time.
        let gain = (self.gain * 128.0).round().clamp(0.0, 256.0) as u16;
        let rest = self.gain - f32::from(gain) / 128.0;
        let offset = (self.offset + rest * 128.0).round().clamp(-255.0, 255.0) as i16;
        for value in values {
            let gained = ((u16::from(*value) * gain) >> 7) as i16;
            *value = (gained + offset).clamp(0, 255) as u8;
        }
    }
}

/// How many differences there are, and the middle one.
fn middle(counts: &[u16]) -> (u32, f32) {
    let total: u32 = counts.iter().map(|count| u32::from(*count)).sum();
    let mut below = 0;
    for (difference, count) in (-255..).zip(counts) {
        below += u32::from(*count);
        if below * 2 > total {
            return (total, difference as f32);
        }
    }
    (total, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scene;

    /// What is found where a picture is a scene in another light.
    fn check(light: Light) -> Light {
        let background = Scene::textured(80, 60).plane();
        let mut picture = background.clone();
        light.apply(&mut picture.bytes);
        // A third is covered by something.
        for y in 0..20 {
            picture.row_mut(y).fill(10);
        }
        Light::between(&background, &picture, Shift::default())
    }

    #[test]
    fn finds_gain_and_offset_behind_what_covers_a_third() {
        for expected in [
            Light::SAME,
            Light { gain: 1.0, offset: 20.0 },
            Light { gain: 0.75, offset: 0.0 },
            Light { gain: 1.25, offset: -12.0 },
        ] {
            let found = check(expected);
            for value in [60.0, 120.0, 180.0] {
                let error =
                    found.gain * value + found.offset - expected.gain * value - expected.offset;
                assert!(error.abs() < 6.0, "{expected:?} is taken for {found:?}");
            }
        }
    }

    #[test]
    fn what_was_made_lighter_is_made_darker_again() {
        let light = Light { gain: 1.5, offset: -20.0 };
        let mut values = [40, 80, 120];
        light.apply(&mut values);
        assert_eq!(values, [40, 100, 160]);
        light.inverse().apply(&mut values);
        assert!(values.iter().zip([40_u8, 80, 120]).all(|(a, b)| a.abs_diff(b) <= 1), "{values:?}");
    }
}
