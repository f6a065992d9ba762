//! Planes to red, green and blue, as the wall's shader makes them: between the
//! samples of chroma is what lies between them.

use image::RgbImage;
use media::{Matrix, PictureFormat, Range};

/// The colours of planes that are laid out as `format` says; nothing where some
/// are missing.
pub fn rgb(planes: &[u8], format: &PictureFormat) -> Option<RgbImage> {
    let (width, height) = (format.size.width as usize, format.size.height as usize);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    let (luma, chroma) = planes.split_at_checked(width * height)?;
    let (blues, reds) = chroma.split_at_checked(half_width * half_height)?;
    if reds.len() < half_width * half_height {
        return None;
    }
    let by = Conversion::of(format.matrix, format.range);
    let mut pixels = Vec::with_capacity(3 * width * height);
    let (mut blue_line, mut red_line) = (vec![0; half_width], vec![0; half_width]);
    for (y, line) in luma.chunks_exact(width).enumerate() {
        let near = y / 2;
        let far = neighbour(y, half_height);
        mix(&mut blue_line, blues, near, far);
        mix(&mut red_line, reds, near, far);
        for (x, luma) in line.iter().enumerate() {
            let (near, far) = (x / 2, neighbour(x, half_width));
            let at = |line: &[u16]| f32::from(3 * line[near] + line[far]) / 16.0 - 128.0;
            pixels.extend(by.pixel(*luma, at(&blue_line), at(&red_line)));
        }
    }
    RgbImage::from_raw(format.size.width, format.size.height, pixels)
}

/// The sample of chroma on the other side of `place` than its own.
fn neighbour(place: usize, count: usize) -> usize {
    let own = place / 2;
    if place.is_multiple_of(2) { own.saturating_sub(1) } else { (own + 1).min(count - 1) }
}

/// Four times what lies between two lines of a plane, a quarter of the way to
/// the far one.
fn mix(line: &mut [u16], plane: &[u8], near: usize, far: usize) {
    let (near, far) = (&plane[near * line.len()..], &plane[far * line.len()..]);
    for ((sample, near), far) in line.iter_mut().zip(near).zip(far) {
        *sample = 3 * u16::from(*near) + u16::from(*far);
    }
}

/// What of luma, blue and red difference goes into each colour (ITU-T H.273).
struct Conversion {
    black: f32,
    luma: f32,
    red_of_red: f32,
    green_of_red: f32,
    green_of_blue: f32,
    blue_of_blue: f32,
}

impl Conversion {
    fn of(matrix: Matrix, range: Range) -> Self {
        let (red, blue) = matrix.weights();
        let (red, blue) = (red as f32, blue as f32);
        let green = 1.0 - red - blue;
        let (black, luma, chroma) = match range {
            Range::Limited => (16.0, 255.0 / 219.0, 255.0 / 224.0),
            Range::Full => (0.0, 1.0, 1.0),
        };
        let red_of_red = 2.0 * (1.0 - red) * chroma;
        let blue_of_blue = 2.0 * (1.0 - blue) * chroma;
        Self {
            black,
            luma,
            red_of_red,
            green_of_red: -red / green * red_of_red,
            green_of_blue: -blue / green * blue_of_blue,
            blue_of_blue,
        }
    }

    fn pixel(&self, luma: u8, blue: f32, red: f32) -> [u8; 3] {
        let grey = self.luma * (f32::from(luma) - self.black);
        // Numbers outside become the nearest that a byte holds.
        [
            (grey + self.red_of_red * red).round() as u8,
            (grey + self.green_of_red * red + self.green_of_blue * blue).round() as u8,
            (grey + self.blue_of_blue * blue).round() as u8,
        ]
    }
}

#[cfg(test)]
mod tests {
    use media::{Packing, Ratio, Rotation, Size};

    use super::*;

    fn format(width: u32, height: u32, matrix: Matrix, range: Range) -> PictureFormat {
        let size = Size { width, height };
        PictureFormat {
            packing: Packing::Planes,
            size,
            source: size,
            display_aspect: Ratio::ONE,
            rotation: Rotation::None,
            matrix,
            range,
            is_field: false,
        }
    }

    /// A plain picture of odd size.
    #[track_caller]
    fn check(matrix: Matrix, range: Range, from: [u8; 3], expected: [u8; 3]) {
        let planes = [vec![from[0]; 15], vec![from[1]; 6], vec![from[2]; 6]].concat();
        let image = rgb(&planes, &format(5, 3, matrix, range)).unwrap();
        for pixel in image.pixels() {
            let off = pixel.0.iter().zip(expected).map(|(it, wanted)| it.abs_diff(wanted)).max();
            assert!(off <= Some(1), "{matrix:?} {range:?} {from:?}: {pixel:?}");
        }
    }

    #[test]
    fn colours_are_what_they_were_said_to_be() {
        // White, black, red and green, by hand from ITU-T H.273.
        for (matrix, range, from, expected) in [
            (Matrix::Bt601, Range::Limited, [235, 128, 128], [255, 255, 255]),
            (Matrix::Bt601, Range::Limited, [16, 128, 128], [0, 0, 0]),
            (Matrix::Bt601, Range::Limited, [81, 90, 240], [254, 0, 0]),
            (Matrix::Bt601, Range::Full, [76, 85, 255], [254, 0, 0]),
            (Matrix::Bt709, Range::Limited, [63, 102, 240], [255, 1, 0]),
            (Matrix::Bt709, Range::Limited, [173, 42, 26], [0, 255, 1]),
            (Matrix::Bt2020, Range::Limited, [74, 97, 240], [255, 0, 0]),
        ] {
            check(matrix, range, from, expected);
        }
    }

    #[test]
    fn chroma_lies_between_its_samples() {
        // Luma grey; red difference 128, then 228.
        let planes = [vec![128; 4], vec![128; 2], vec![128, 228]].concat();
        let image = rgb(&planes, &format(4, 1, Matrix::Bt601, Range::Full)).unwrap();
        let reds: Vec<u8> = image.pixels().map(|pixel| pixel.0[0]).collect();
        assert_eq!(reds, [128, 163, 233, 255]);
        assert!(rgb(&planes[..7], &format(4, 1, Matrix::Bt601, Range::Full)).is_none());
    }
}
