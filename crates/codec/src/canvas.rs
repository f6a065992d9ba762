//! An I420 picture to draw on.

use font8x8::{BASIC_FONTS, GREEK_FONTS, LATIN_FONTS, UnicodeFonts};

/// A colour as it is coded.
#[derive(Clone, Copy, Debug)]
pub struct Colour {
    pub luma: u8,
    pub u: u8,
    pub v: u8,
}

impl Colour {
    /// A muted colour: `hue` turns round the colour circle, `strength` is how
    /// far from grey.
    pub fn tint(luma: u8, hue: f32, strength: f32) -> Self {
        let (v, u) = (hue * std::f32::consts::TAU).sin_cos();
        let code = |part: f32| (128.0 + strength * part).round() as u8;
        Self { luma, u: code(u), v: code(v) }
    }
}

/// The planes; sides are even.
#[derive(Clone)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub planes: [Vec<u8>; 3],
}

/// A form by its signed distance in pixels, and what it can reach.
pub trait Form {
    /// Below zero inside.
    fn distance(&self, x: f32, y: f32) -> f32;
    /// Left, top, right, bottom.
    fn bounds(&self) -> [f32; 4];
}

/// A thick line with round ends; a disc where both ends are one.
pub struct Capsule {
    pub from: (f32, f32),
    pub to: (f32, f32),
    pub radius: f32,
}

impl Form for Capsule {
    fn distance(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        let (px, py) = (x - self.from.0, y - self.from.1);
        let length = dx * dx + dy * dy;
        let along =
            if length == 0.0 { 0.0 } else { ((px * dx + py * dy) / length).clamp(0.0, 1.0) };
        (px - along * dx).hypot(py - along * dy) - self.radius
    }

    fn bounds(&self) -> [f32; 4] {
        let reach = self.radius + 1.0;
        [
            self.from.0.min(self.to.0) - reach,
            self.from.1.min(self.to.1) - reach,
            self.from.0.max(self.to.0) + reach,
            self.from.1.max(self.to.1) + reach,
        ]
    }
}

impl Canvas {
    /// All grey.
    pub fn new(width: usize, height: usize) -> Self {
        let chroma = vec![128; width / 2 * (height / 2)];
        Self { width, height, planes: [vec![128; width * height], chroma.clone(), chroma] }
    }

    /// Takes another canvas' samples; both have one size.
    pub fn copy_from(&mut self, other: &Self) {
        for (plane, from) in self.planes.iter_mut().zip(&other.planes) {
            plane.copy_from_slice(from);
        }
    }

    /// Fills whole lines.
    pub fn fill_lines(&mut self, lines: std::ops::Range<usize>, colour: Colour) {
        let (width, half) = (self.width, self.width / 2);
        self.planes[0][lines.start * width..lines.end * width].fill(colour.luma);
        let chroma = lines.start / 2 * half..lines.end.div_ceil(2) * half;
        self.planes[1][chroma.clone()].fill(colour.u);
        self.planes[2][chroma].fill(colour.v);
    }

    /// Draws a form with a soft edge; `alpha` is how much of it covers.
    pub fn draw(&mut self, form: &impl Form, colour: Colour, alpha: f32) {
        let cover = |x: f32, y: f32| (0.5 - form.distance(x, y)).clamp(0.0, 1.0) * alpha;
        let Colour { luma, u, v } = colour;
        let bounds = form.bounds();
        blend(&mut self.planes[0], self.width, self.height, 1.0, bounds, luma, cover);
        let (width, height) = (self.width / 2, self.height / 2);
        blend(&mut self.planes[1], width, height, 2.0, bounds, u, cover);
        blend(&mut self.planes[2], width, height, 2.0, bounds, v, cover);
    }

    /// Writes a line of text in luma, `scale` pixels a dot. What is not in the
    /// font becomes a box; what does not fit is left out.
    pub fn write(&mut self, text: &str, left: usize, top: usize, scale: usize, luma: u8) {
        const UNKNOWN: [u8; 8] = [0x7f, 0x41, 0x41, 0x41, 0x41, 0x41, 0x7f, 0];
        for (index, letter) in text.chars().enumerate() {
            let glyph = BASIC_FONTS
                .get(letter)
                .or_else(|| LATIN_FONTS.get(letter))
                .or_else(|| GREEK_FONTS.get(letter))
                .unwrap_or(UNKNOWN);
            for (row, dots) in glyph.iter().enumerate() {
                for column in (0..8).filter(|column| dots >> column & 1 == 1) {
                    let x = left + (8 * index + column) * scale;
                    self.dot(x, top + row * scale, scale, luma);
                }
            }
        }
    }

    fn dot(&mut self, left: usize, top: usize, scale: usize, luma: u8) {
        if left + scale > self.width || top + scale > self.height {
            return;
        }
        for y in top..top + scale {
            self.planes[0][y * self.width + left..][..scale].fill(luma);
        }
    }
}

/// Blends `value` into one plane, whose samples are `step` pixels apart.
fn blend(
    plane: &mut [u8],
    width: usize,
    height: usize,
    step: f32,
    bounds: [f32; 4],
    value: u8,
    cover: impl Fn(f32, f32) -> f32,
) {
    let [left, top, right, bottom] = bounds.map(|edge| (edge / step).max(0.0) as usize);
    for y in top..(bottom + 1).min(height) {
        for x in left..(right + 1).min(width) {
            let cover = cover((x as f32 + 0.5) * step, (y as f32 + 0.5) * step);
            if cover > 0.0 {
                let sample = &mut plane[y * width + x];
                let old = f32::from(*sample);
                *sample = (old + (f32::from(value) - old) * cover).round() as u8;
            }
        }
    }
}
