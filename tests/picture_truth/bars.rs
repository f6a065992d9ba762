//! Colour bars, and how the standards make codes of them.

/// Eight bars at 75 %, inside the gamut of every matrix; black is not at an
/// edge, where it could be taken for the ground beside the picture.
pub const BARS: [[f64; 3]; 8] = [
    [191.0, 191.0, 191.0],
    [191.0, 191.0, 0.0],
    [0.0, 191.0, 191.0],
    [0.0, 0.0, 0.0],
    [0.0, 191.0, 0.0],
    [191.0, 0.0, 191.0],
    [191.0, 0.0, 0.0],
    [0.0, 0.0, 191.0],
];

/// The lower half of the picture has the bars in another order, so that no
/// turn and no mirroring of the picture looks like another.
const LOWER: usize = 5;

/// The colour at a place of the picture, in shares of its width and height.
pub fn colour(u: f64, v: f64) -> [f64; 3] {
    let bar = ((u * 8.0) as usize).min(7);
    if v < 0.5 { BARS[bar] } else { BARS[(bar + LOWER) % 8] }
}

/// A colour matrix, by the shares of red and blue in luma (ITU-T H.273, table 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matrix {
    /// FFmpeg's name.
    pub name: &'static str,
    red: f64,
    blue: f64,
}

pub const BT601: Matrix = Matrix { name: "bt470bg", red: 0.299, blue: 0.114 };
pub const BT709: Matrix = Matrix { name: "bt709", red: 0.2126, blue: 0.0722 };

/// All that can be stated.
pub const MATRICES: [Matrix; 6] = [
    BT601,
    BT709,
    Matrix { name: "smpte170m", red: 0.299, blue: 0.114 },
    Matrix { name: "fcc", red: 0.30, blue: 0.11 },
    Matrix { name: "smpte240m", red: 0.212, blue: 0.087 },
    Matrix { name: "bt2020nc", red: 0.2627, blue: 0.0593 },
];

/// A layout of samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples {
    /// Planes of luma and chroma; chroma has every `x`-th column and `y`-th row.
    Planar { bits: u32, x: usize, y: usize },
    /// Red, green and blue planes in FFmpeg's order: green, blue, red.
    Gbr { bits: u32 },
    /// Bytes blue, green, red, nothing.
    Bgr0,
    /// Bytes red, green, blue.
    Rgb24,
}

impl Samples {
    /// By FFmpeg's name of the pixel format.
    pub fn named(name: &str) -> Option<Self> {
        let planar = |bits, x, y| Some(Self::Planar { bits, x, y });
        match name {
            "yuv420p" | "yuvj420p" => planar(8, 2, 2),
            "yuv422p" | "yuvj422p" => planar(8, 2, 1),
            "yuv444p" | "yuvj444p" => planar(8, 1, 1),
            "yuv420p10le" => planar(10, 2, 2),
            "yuv422p10le" => planar(10, 2, 1),
            "yuv444p10le" => planar(10, 1, 1),
            "gbrp" => Some(Self::Gbr { bits: 8 }),
            "gbrp10le" => Some(Self::Gbr { bits: 10 }),
            "bgr0" => Some(Self::Bgr0),
            "rgb24" => Some(Self::Rgb24),
            _ => None,
        }
    }

    /// Whether it holds red, green and blue, so that no matrix is about it.
    pub fn is_rgb(self) -> bool {
        !matches!(self, Self::Planar { .. })
    }
}

/// One raw picture of bars.
pub fn picture(
    samples: Samples,
    matrix: Matrix,
    is_full: bool,
    width: usize,
    height: usize,
) -> Vec<u8> {
    let at = |x: usize, y: usize| {
        colour((x as f64 + 0.5) / width as f64, (y as f64 + 0.5) / height as f64)
    };
    let mut bytes = Vec::new();
    let mut plane = |x_step: usize, y_step: usize, bits: u32, code: &dyn Fn([f64; 3]) -> f64| {
        for y in (0..height).step_by(y_step) {
            for x in (0..width).step_by(x_step) {
                let largest = f64::from((1_u32 << bits) - 1);
                let value = code(at(x, y)).round().clamp(0.0, largest) as u16;
                if bits > 8 {
                    bytes.extend(value.to_le_bytes());
                } else {
                    bytes.push(value as u8);
                }
            }
        }
    };
    match samples {
        Samples::Planar { bits, x, y } => {
            let codes = Codes { bits, is_full };
            plane(1, 1, bits, &|rgb| codes.luma(matrix.luma(rgb)));
            plane(x, y, bits, &|rgb| codes.chroma(matrix.blue_difference(rgb)));
            plane(x, y, bits, &|rgb| codes.chroma(matrix.red_difference(rgb)));
        }
        Samples::Gbr { bits } => {
            let largest = f64::from((1_u32 << bits) - 1);
            for channel in [1, 2, 0] {
                plane(1, 1, bits, &|rgb| rgb[channel] / 255.0 * largest);
            }
        }
        Samples::Bgr0 | Samples::Rgb24 => {
            let order: &[Option<usize>] = if samples == Samples::Rgb24 {
                &[Some(0), Some(1), Some(2)]
            } else {
                &[Some(2), Some(1), Some(0), None]
            };
            for y in 0..height {
                for x in 0..width {
                    let rgb = at(x, y);
                    let byte = |channel: &Option<usize>| channel.map_or(0, |it| rgb[it] as u8);
                    bytes.extend(order.iter().map(byte));
                }
            }
        }
    }
    bytes
}

impl Matrix {
    fn luma(self, [red, green, blue]: [f64; 3]) -> f64 {
        (self.red * red + (1.0 - self.red - self.blue) * green + self.blue * blue) / 255.0
    }

    fn blue_difference(self, rgb: [f64; 3]) -> f64 {
        (rgb[2] / 255.0 - self.luma(rgb)) / (2.0 * (1.0 - self.blue))
    }

    fn red_difference(self, rgb: [f64; 3]) -> f64 {
        (rgb[0] / 255.0 - self.luma(rgb)) / (2.0 * (1.0 - self.red))
    }
}

/// From shares to codes (ITU-T H.273, 8.3).
struct Codes {
    bits: u32,
    is_full: bool,
}

impl Codes {
    fn luma(&self, share: f64) -> f64 {
        if self.is_full {
            share * f64::from((1_u32 << self.bits) - 1)
        } else {
            (219.0 * share + 16.0) * f64::from(1_u32 << (self.bits - 8))
        }
    }

    fn chroma(&self, share: f64) -> f64 {
        if self.is_full {
            share * f64::from((1_u32 << self.bits) - 1) + f64::from(1_u32 << (self.bits - 1))
        } else {
            (224.0 * share + 128.0) * f64::from(1_u32 << (self.bits - 8))
        }
    }
}
