//! What JPEG files take for granted of their samples: BT.601 and full range.

use media::{Matrix, PictureFormat, Range};

/// The matrix of JPEG files.
pub const MATRIX: Matrix = Matrix::Bt601;

/// The range of JPEG files.
pub const RANGE: Range = Range::Full;

/// Gives planes of `format` the matrix and range of JPEG files.
///
/// Grey stays grey whatever the matrix. So new chroma depends on chroma alone,
/// and luma moves by what its chroma says.
pub fn convert(planes: &mut [u8], format: &PictureFormat) {
    if (format.matrix, format.range) == (MATRIX, RANGE) {
        return;
    }
    let (width, height) = (format.size.width as usize, format.size.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let Some((luma, chroma)) = planes.split_at_mut_checked(width * height) else { return };
    let Some((us, vs)) = chroma.split_at_mut_checked(half_width * half_height) else { return };
    let by = Conversion::of(format.matrix, format.range);
    let mut shifts = vec![0; half_width];
    let chroma_rows = us.chunks_exact_mut(half_width).zip(vs.chunks_exact_mut(half_width));
    for (lines, (us, vs)) in luma.chunks_mut(2 * width).zip(chroma_rows) {
        for ((shift, u), v) in shifts.iter_mut().zip(us).zip(vs) {
            let (blue, red) = (i32::from(*u) - 128, i32::from(*v) - 128);
            *shift = by.luma_of_blue * blue + by.luma_of_red * red;
            *u = code(by.blue_of_blue * blue + by.blue_of_red * red + (128 << BITS));
            *v = code(by.red_of_blue * blue + by.red_of_red * red + (128 << BITS));
        }
        for line in lines.chunks_exact_mut(width) {
            for (pair, shift) in line.chunks_mut(2).zip(&shifts) {
                for luma in pair {
                    *luma = code(by.luma * (i32::from(*luma) - by.black) + shift);
                }
            }
        }
    }
}

/// Of the numbers of a conversion, those after the point.
const BITS: u32 = 14;

fn code(value: i32) -> u8 {
    ((value + (1 << (BITS - 1))) >> BITS).clamp(0, 255) as u8
}

/// How codes become codes: what of luma and of the differences of blue and red
/// goes into which.
struct Conversion {
    black: i32,
    luma: i32,
    luma_of_blue: i32,
    luma_of_red: i32,
    blue_of_blue: i32,
    blue_of_red: i32,
    red_of_blue: i32,
    red_of_red: i32,
}

impl Conversion {
    /// By the definition of luma and of the differences (ITU-T H.273).
    fn of(matrix: Matrix, range: Range) -> Self {
        let (black, luma_span, chroma_span) = match range {
            Range::Limited => (16, 219.0, 224.0),
            Range::Full => (0, 255.0, 255.0),
        };
        let (luma, chroma) = (255.0 / luma_span, 255.0 / chroma_span);
        let [from, to] = [matrix, MATRIX].map(Weights::of);
        // Red and blue less luma, by the old definition.
        let (red, blue) = (2.0 * (1.0 - from.red) * chroma, 2.0 * (1.0 - from.blue) * chroma);
        // Green less luma.
        let (green_red, green_blue) =
            (-from.red * red / from.green(), -from.blue * blue / from.green());
        // How far luma moves.
        let luma_of_red = to.red * red + to.green() * green_red;
        let luma_of_blue = to.blue * blue + to.green() * green_blue;
        let (red_span, blue_span) = (2.0 * (1.0 - to.red), 2.0 * (1.0 - to.blue));
        let fixed = |value: f64| (value * f64::from(1 << BITS)).round() as i32;
        Self {
            black,
            luma: fixed(luma),
            luma_of_blue: fixed(luma_of_blue),
            luma_of_red: fixed(luma_of_red),
            blue_of_blue: fixed((blue - luma_of_blue) / blue_span),
            blue_of_red: fixed(-luma_of_red / blue_span),
            red_of_blue: fixed(-luma_of_blue / red_span),
            red_of_red: fixed((red - luma_of_red) / red_span),
        }
    }
}

/// The share of red and of blue in luma.
struct Weights {
    red: f64,
    blue: f64,
}

impl Weights {
    fn of(matrix: Matrix) -> Self {
        let (red, blue) = matrix.weights();
        Self { red, blue }
    }

    fn green(&self) -> f64 {
        1.0 - self.red - self.blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{Packing, Ratio, Rotation, Size};

    /// A plain picture of odd size, and what its samples become.
    #[track_caller]
    fn check(matrix: Matrix, range: Range, from: [u8; 3], expected: [u8; 3]) {
        let size = Size { width: 5, height: 3 };
        let format = PictureFormat {
            packing: Packing::Planes,
            size,
            source: size,
            display_aspect: Ratio::ONE,
            rotation: Rotation::None,
            matrix,
            range,
            is_field: false,
        };
        let mut planes = [vec![from[0]; 15], vec![from[1]; 6], vec![from[2]; 6]].concat();
        convert(&mut planes, &format);
        let (luma, chroma) = planes.split_at(15);
        for (part, expected) in [luma, &chroma[..6], &chroma[6..]].into_iter().zip(expected) {
            let off = part.iter().map(|it| it.abs_diff(expected)).max();
            assert!(off.unwrap() <= 1, "{matrix:?} {range:?} {from:?}: {planes:?}");
        }
    }

    #[test]
    fn colours_stay_what_they_are() {
        // White, black, red, green and blue, by hand from ITU-T H.273.
        for (matrix, range, from, expected) in [
            (Matrix::Bt601, Range::Full, [76, 85, 255], [76, 85, 255]),
            (Matrix::Bt601, Range::Limited, [235, 128, 128], [255, 128, 128]),
            (Matrix::Bt601, Range::Limited, [16, 128, 128], [0, 128, 128]),
            (Matrix::Bt601, Range::Limited, [81, 90, 240], [76, 85, 255]),
            (Matrix::Bt709, Range::Limited, [63, 102, 240], [76, 85, 255]),
            (Matrix::Bt709, Range::Limited, [173, 42, 26], [150, 44, 21]),
            (Matrix::Bt709, Range::Limited, [32, 240, 118], [29, 255, 107]),
            (Matrix::Bt709, Range::Full, [54, 99, 255], [76, 85, 255]),
            (Matrix::Bt2020, Range::Limited, [74, 97, 240], [76, 85, 255]),
            (Matrix::Smpte240m, Range::Limited, [126, 128, 128], [128, 128, 128]),
        ] {
            check(matrix, range, from, expected);
        }
    }
}
