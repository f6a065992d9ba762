//! Pictures as JPEG files, for where one is kept or shown as such.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use media::{Matrix, Picture, Range};

/// Of a hundred: what small pictures need.
const QUALITY: u8 = 82;

/// A picture as a JPEG file; nothing where it is empty. Takes some
/// milliseconds.
pub fn jpeg(picture: &Picture) -> Option<Vec<u8>> {
    let format = &picture.format;
    let (width, height) = (format.size.width, format.size.height);
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    encoder.encode(&rgb(picture)?, width, height, ExtendedColorType::Rgb8).ok()?;
    Some(file)
}

/// R′G′B′ by the weights of red and blue in luma (ITU-T H.273).
fn rgb(picture: &Picture) -> Option<Vec<u8>> {
    let format = &picture.format;
    let (red, blue) = match format.matrix {
        Matrix::Bt601 => (0.299, 0.114),
        Matrix::Bt709 => (0.2126, 0.0722),
        Matrix::Fcc => (0.30, 0.11),
        Matrix::Smpte240m => (0.212, 0.087),
        Matrix::Bt2020 => (0.2627, 0.0593),
    };
    let green = 1.0_f32 - red - blue;
    let (black, luma_span, chroma_span) = match format.range {
        Range::Limited => (16.0, 219.0, 224.0),
        Range::Full => (0.0, 255.0, 255.0),
    };
    let (width, height) = (format.size.width as usize, format.size.height as usize);
    let chroma_width = width.div_ceil(2);
    let (luma, chroma) = picture.planes.split_at_checked(width * height)?;
    let (u, v) = chroma.split_at_checked(chroma_width * height.div_ceil(2))?;
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            let at = y / 2 * chroma_width + x / 2;
            let luma = (f32::from(luma[y * width + x]) - black) / luma_span;
            let from_blue = (f32::from(*u.get(at)?) - 128.0) / chroma_span;
            let from_red = (f32::from(*v.get(at)?) - 128.0) / chroma_span;
            let r = luma + 2.0 * (1.0 - red) * from_red;
            let b = luma + 2.0 * (1.0 - blue) * from_blue;
            let g = (luma - red * r - blue * b) / green;
            pixels.extend([r, g, b].map(|part| (part * 255.0).round().clamp(0.0, 255.0) as u8));
        }
    }
    Some(pixels)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use media::{MediaTime, PictureFormat, Ratio, Rotation, Size, WallTime};

    use super::*;

    #[test]
    fn colours_are_those_of_the_picture() {
        let size = Size { width: 16, height: 16 };
        let format = PictureFormat {
            size,
            source: size,
            display_aspect: Ratio::ONE,
            rotation: Rotation::None,
            matrix: Matrix::Bt601,
            range: Range::Limited,
            is_field: false,
        };
        // Red by BT.601.
        let planes = [vec![81; 256], vec![90; 64], vec![240; 64]].concat();
        let picture = Picture {
            format: Arc::new(format),
            time: MediaTime(0),
            arrived: WallTime(0),
            ready: WallTime(0),
            planes: planes.into(),
        };
        assert!(jpeg(&picture).unwrap().starts_with(&[0xff, 0xd8, 0xff]));
        let rgb = rgb(&picture).unwrap();
        let off = rgb.chunks(3).flat_map(|it| [it[0].abs_diff(255), it[1], it[2]]).max();
        assert!(off.unwrap() <= 2, "{:?}", &rgb[..3]);
    }
}
