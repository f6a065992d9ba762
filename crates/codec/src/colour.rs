//! Which matrix and range a decoded picture has, and which way up it is.

use ffmpeg_next::format::Pixel;
use media::{Codec, Matrix, Range, Rotation, VideoFormat};

/// The matrix that FFmpeg calls `space`.
pub fn matrix(space: i32) -> Option<Matrix> {
    Matrix::from_code(u8::try_from(space).ok()?)
}

/// The range that FFmpeg calls `range`.
pub fn range(range: i32) -> Option<Range> {
    match range {
        1 => Some(Range::Limited),
        2 => Some(Range::Full),
        _ => None,
    }
}

/// What a picture was decoded to, and what its decoder said of it.
pub struct Told {
    /// Samples.
    pub pixel: Pixel,
    /// Whether they are red, green and blue, if only through a palette.
    pub is_rgb: bool,
    /// FFmpeg's number.
    pub space: i32,
    /// FFmpeg's number.
    pub range: i32,
    /// Visible lines.
    pub lines: u32,
}

/// What the samples will mean once they are I420. The decoder's word wins over
/// the container's, and both over custom.
pub fn meaning(told: &Told, format: &VideoFormat) -> (Matrix, Range) {
    if told.is_rgb {
        return RGB_BECOMES;
    }
    let said_matrix = matrix(told.space);
    let said_range = range(told.range).or(is_full_by_name(told.pixel).then_some(Range::Full));
    if format.codec == Codec::MJPEG {
        // Here the decoder only repeats the custom, so the container's word wins.
        return (
            format.matrix.or(said_matrix).unwrap_or(Matrix::Bt601),
            format.range.or(said_range).unwrap_or(Range::Full),
        );
    }
    (
        said_matrix.or(format.matrix).unwrap_or_else(|| Matrix::of_unlabelled(told.lines)),
        said_range.or(format.range).unwrap_or(Range::Limited),
    )
}

/// What swscale makes of red, green and blue.
pub const RGB_BECOMES: (Matrix, Range) = (Matrix::Bt601, Range::Limited);

/// The same samples without the range in the name, which would make swscale
/// convert them.
pub fn without_range(pixel: Pixel) -> Pixel {
    match pixel {
        Pixel::YUVJ420P => Pixel::YUV420P,
        Pixel::YUVJ422P => Pixel::YUV422P,
        Pixel::YUVJ444P => Pixel::YUV444P,
        Pixel::YUVJ440P => Pixel::YUV440P,
        Pixel::YUVJ411P => Pixel::YUV411P,
        other => other,
    }
}

fn is_full_by_name(pixel: Pixel) -> bool {
    without_range(pixel) != pixel || matches!(pixel, Pixel::MonoBlack | Pixel::MonoWhite)
}

/// The turn a display matrix asks for: nine native 16.16 numbers, as FFmpeg
/// hands them over. Mirroring is undone first; nothing here can show it.
pub fn rotation(matrix: &[u8]) -> Option<Rotation> {
    let mut numbers = [0.0; 9];
    let (words, _) = matrix.as_chunks::<4>();
    for (number, word) in numbers.iter_mut().zip(words.get(..9)?) {
        *number = f64::from(i32::from_ne_bytes(*word));
    }
    let [mut a, b, _, mut c, d, ..] = numbers;
    if a * d - b * c < 0.0 {
        (a, c) = (-a, -c);
    }
    let (across, down) = (a.hypot(c), b.hypot(d));
    if across == 0.0 || down == 0.0 {
        return None;
    }
    // FFmpeg's `av_display_rotation_get` answers the same, counter-clockwise.
    Some(Rotation::from_degrees((b / down).atan2(a / across).to_degrees()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use media::Size;

    fn format(codec: Codec, matrix: Option<Matrix>, range: Option<Range>) -> VideoFormat {
        VideoFormat {
            codec,
            extradata: Bytes::new(),
            size: Size::default(),
            sample_aspect: None,
            rotation: Rotation::None,
            matrix,
            range,
            field_order: None,
        }
    }

    #[test]
    fn the_streams_word_wins_then_the_containers_then_custom() {
        let told = |space, range, lines| Told {
            pixel: Pixel::YUV420P,
            is_rgb: false,
            space,
            range,
            lines,
        };
        let silent = format(Codec::H264, None, None);
        let labelled = format(Codec::H264, Some(Matrix::Bt2020), Some(Range::Full));
        for (told, format, expected) in [
            (told(2, 0, 360), &silent, (Matrix::Bt601, Range::Limited)),
            (told(2, 0, 1080), &silent, (Matrix::Bt709, Range::Limited)),
            (told(2, 0, 1080), &labelled, (Matrix::Bt2020, Range::Full)),
            (told(5, 1, 1080), &labelled, (Matrix::Bt601, Range::Limited)),
            (told(6, 2, 1080), &silent, (Matrix::Bt601, Range::Full)),
            (told(7, 0, 1080), &silent, (Matrix::Smpte240m, Range::Limited)),
            (told(4, 0, 1080), &silent, (Matrix::Fcc, Range::Limited)),
            (told(9, 0, 360), &silent, (Matrix::Bt2020, Range::Limited)),
            // YCgCo: no matrix of ours.
            (told(8, 0, 720), &silent, (Matrix::Bt709, Range::Limited)),
        ] {
            assert_eq!(meaning(&told, format), expected, "{} {}", told.space, told.lines);
        }
    }

    #[test]
    fn motion_jpeg_is_full_range_bt601_unless_the_file_says_otherwise() {
        let told = |space, range| Told {
            pixel: Pixel::YUVJ420P,
            is_rgb: false,
            space,
            range,
            lines: 1080,
        };
        let silent = format(Codec::MJPEG, None, None);
        assert_eq!(meaning(&told(5, 2), &silent), (Matrix::Bt601, Range::Full));
        assert_eq!(meaning(&told(2, 0), &silent), (Matrix::Bt601, Range::Full));
        let labelled = format(Codec::MJPEG, Some(Matrix::Bt709), Some(Range::Limited));
        assert_eq!(meaning(&told(5, 2), &labelled), (Matrix::Bt709, Range::Limited));
    }

    #[test]
    fn full_range_may_be_in_the_name_of_the_samples() {
        let told = Told { pixel: Pixel::YUVJ422P, is_rgb: false, space: 2, range: 0, lines: 360 };
        let silent = format(Codec::H264, None, None);
        assert_eq!(meaning(&told, &silent), (Matrix::Bt601, Range::Full));
    }

    #[test]
    fn a_display_matrix_says_how_far_to_turn_clockwise() {
        let one = 1 << 16;
        for (matrix, expected) in [
            ([one, 0, 0, one], Some(Rotation::None)),
            // What a telephone writes that was held upright (`rotate=90`).
            ([0, one, -one, 0], Some(Rotation::Quarter)),
            ([-one, 0, 0, -one], Some(Rotation::Half)),
            ([0, -one, one, 0], Some(Rotation::ThreeQuarters)),
            // Mirrored left to right, and top to bottom.
            ([-one, 0, 0, one], Some(Rotation::None)),
            ([one, 0, 0, -one], Some(Rotation::Half)),
            ([0, 0, 0, 0], None),
        ] {
            let [a, b, c, d] = matrix;
            let bytes: Vec<u8> = [a, b, 0, c, d, 0, 0, 0, 1 << 30]
                .iter()
                .flat_map(|it: &i32| it.to_ne_bytes())
                .collect();
            assert_eq!(rotation(&bytes), expected, "{matrix:?}");
        }
        assert_eq!(rotation(&[0; 12]), None);
    }
}
