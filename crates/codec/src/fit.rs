//! How large a picture's texture is.

use media::{Ratio, Rotation, Size};

/// Texture sizes are multiples of this: chroma has half as many samples.
const STEP: f64 = 2.0;

/// Samples further from square than this are a mistake or an attack.
const MAX_SAMPLE_ASPECT: f64 = 16.0;

/// Width to height of a picture of `visible` samples, before it is turned.
pub fn display_aspect(visible: Size, sample_aspect: Option<Ratio>) -> Ratio {
    let sample = sample_aspect
        .filter(|it| (1.0 / MAX_SAMPLE_ASPECT..=MAX_SAMPLE_ASPECT).contains(&it.value()))
        .unwrap_or(Ratio::ONE);
    let mut num = u64::from(visible.width) * u64::from(sample.num);
    let mut den = u64::from(visible.height) * u64::from(sample.den);
    let common = greatest_common_divisor(num, den).max(1);
    (num, den) = (num / common, den / common);
    while num.max(den) > u64::from(u32::MAX) {
        (num, den) = (num / 2, den / 2);
    }
    Ratio::new(num as u32, den as u32).unwrap_or(Ratio::ONE)
}

/// The texture for a tile of `tile` device pixels: what the upright picture
/// covers in it, before turning, to a pixel, so that viewers need not scale it
/// again, and never more than `source`, the samples there are.
pub fn texture(aspect: Ratio, rotation: Rotation, source: Size, tile: Size) -> Size {
    let (across, down) = match rotation.is_sideways() {
        true => (f64::from(tile.height), f64::from(tile.width)),
        false => (f64::from(tile.width), f64::from(tile.height)),
    };
    let width = across.min(down * aspect.value());
    let height = width / aspect.value();
    Size { width: rounded(width, source.width), height: rounded(height, source.height) }
}

fn rounded(length: f64, most: u32) -> u32 {
    let steps = (length / STEP).round().max(1.0);
    ((steps * STEP) as u32).min(most)
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `visible sample-aspect turn tile` to `texture`.
    #[track_caller]
    fn check(
        visible: (u32, u32),
        sample: (u32, u32),
        degrees: u32,
        tile: (u32, u32),
        texture: (u32, u32),
    ) {
        let size = |(width, height)| Size { width, height };
        let aspect = display_aspect(size(visible), Ratio::new(sample.0, sample.1));
        let rotation = Rotation::from_degrees(degrees.into());
        let answer = super::texture(aspect, rotation, size(visible), size(tile));
        assert_eq!((answer.width, answer.height), texture);
    }

    #[test]
    fn a_texture_fits_its_tile_to_a_pixel() {
        check((640, 360), (1, 1), 0, (480, 270), (480, 270));
        check((1920, 1080), (1, 1), 0, (320, 180), (320, 180));
        check((1920, 1080), (1, 1), 0, (300, 300), (300, 168));
        check((1920, 1080), (1, 1), 0, (479, 268), (476, 268));
        check((1920, 1080), (1, 1), 0, (1000, 100), (178, 100));
        // Too small to be anything, and yet something.
        check((1920, 1080), (1, 1), 0, (1, 1), (2, 2));
    }

    #[test]
    fn a_texture_is_never_larger_than_its_source() {
        check((640, 360), (1, 1), 0, (640, 360), (640, 360));
        check((640, 360), (1, 1), 0, (3840, 2160), (640, 360));
        check((177, 99), (1, 1), 0, (177, 99), (177, 99));
        check((5, 3), (1, 1), 0, (100, 100), (5, 3));
    }

    #[test]
    fn sample_aspect_counts() {
        // PAL at 16:9: 1024×576 displayed.
        check((720, 576), (64, 45), 0, (512, 288), (512, 288));
        check((720, 576), (64, 45), 0, (1024, 576), (720, 576));
        check((352, 288), (0, 1), 0, (176, 144), (176, 144));
        check((352, 288), (1, 4000), 0, (176, 144), (176, 144));
    }

    #[test]
    fn a_turned_picture_fits_the_turned_tile() {
        check((1920, 1080), (1, 1), 90, (180, 320), (320, 180));
        check((1920, 1080), (1, 1), 270, (320, 180), (180, 102));
        check((1920, 1080), (1, 1), 180, (320, 180), (320, 180));
    }

    #[test]
    fn aspects_are_reduced() {
        let size = |width, height| Size { width, height };
        assert_eq!(display_aspect(size(1920, 1080), None), Ratio { num: 16, den: 9 });
        assert_eq!(display_aspect(size(720, 576), Ratio::new(64, 45)), Ratio { num: 16, den: 9 });
        let odd = display_aspect(size(16_383, 16_381), Ratio::new(4_000_000_007, 4_000_000_009));
        assert!((odd.value() - 16_383.0 / 16_381.0).abs() < 1e-6);
    }
}
