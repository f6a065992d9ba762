//! Words as pixels: a camera's name, and the time below it.

use bytes::Bytes;
use cosmic_text::fontdb::Database;
use cosmic_text::{
    Align, Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics,
    Shaping, SwashCache, Wrap,
};
use media::Size;

/// Draws words. Whatever script a name is in, fonts of this machine help where
/// ours has no letters for it.
pub struct Words {
    fonts: FontSystem,
    glyphs: SwashCache,
}

/// Words as they lie in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Left edge, in pixels.
    pub left: u32,
    /// Upper edge, in pixels.
    pub top: u32,
    /// In pixels.
    pub size: Size,
    /// How much of each pixel is covered, line by line.
    pub ink: Bytes,
}

/// Digits are of one width in it: what lies around them does not waver.
const FONT: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf");
const FAMILY: &str = "DejaVu Sans";

/// Of the picture's height; and a time fits its width.
const LETTER: f32 = 1.0 / 26.0;
const NARROW: f32 = 1.0 / 20.0;
/// Less cannot be read, in pixels.
const MIN_LETTER: f32 = 9.0;

/// Of a letter's height.
const LINE: f32 = 1.3;
const EDGE: f32 = 0.4;

impl Words {
    /// Looks which fonts there are, which takes a moment.
    pub fn new() -> Self {
        let mut known = Database::new();
        known.load_font_data(FONT.to_vec());
        known.load_system_fonts();
        known.set_sans_serif_family(FAMILY);
        Self {
            fonts: FontSystem::new_with_locale_and_db("en-US".to_owned(), known),
            glyphs: SwashCache::new(),
        }
    }

    /// Lines for a picture of `size`, at its lower left. What is too long ends
    /// in an ellipsis.
    pub fn draw(&mut self, lines: [&str; 2], size: Size) -> Drawn {
        let (width, height) = (size.width as f32, size.height as f32);
        let letter = (height * LETTER).min(width * NARROW).max(MIN_LETTER);
        let edge = (letter * EDGE).ceil();
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(letter, letter * LINE));
        buffer.set_wrap(Wrap::None);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(1)));
        buffer.set_size(Some((width - 2.0 * edge).max(1.0)), None);
        let attributes = Attrs::new().family(Family::SansSerif);
        // A name is one line, whatever is in it.
        let lines = lines.map(|line| line.replace(char::is_control, " "));
        buffer.set_text(&lines.join("\n"), &attributes, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let widest = buffer.layout_runs().map(|run| run.line_w).fold(0.0, f32::max);
        // Chroma has a sample for two pixels.
        let even = |length: f32, most: u32| ((length.ceil() as u32).div_ceil(2) * 2).min(most);
        let drawn = Size {
            width: even(widest + 2.0 * edge, size.width),
            height: even(letter * LINE * 2.0 + edge, size.height),
        };
        let mut ink = vec![0; drawn.width as usize * drawn.height as usize];
        let (right, down) = (edge as i32, (edge / 2.0) as i32);
        let white = Color::rgb(255, 255, 255);
        buffer.draw(&mut self.fonts, &mut self.glyphs, white, |x, y, w, h, colour| {
            for (y, x) in (y..y + h as i32).flat_map(|y| (x..x + w as i32).map(move |x| (y, x))) {
                let (x, y) = (u32::try_from(x + right), u32::try_from(y + down));
                if let (Ok(x), Ok(y)) = (x, y)
                    && x < drawn.width
                    && y < drawn.height
                {
                    let covered: &mut u8 = &mut ink[(y * drawn.width + x) as usize];
                    *covered = (*covered).max(colour.a());
                }
            }
        });
        let top = (size.height - drawn.height) / 2 * 2;
        Drawn { left: 0, top, size: drawn, ink: ink.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_whatever_the_picture() {
        let mut words = Words::new();
        let long = "Loading bay ".repeat(30);
        for (width, height) in [(1920, 1080), (640, 360), (360, 640), (160, 120), (16, 8)] {
            for name in ["Gate", "Ворота", "", "two\nlines", &*long] {
                let size = Size { width, height };
                let drawn = words.draw([name, "2026-11-22 11:15:00 +01:00"], size);
                let Size { width: wide, height: high } = drawn.size;
                assert!(drawn.left + wide <= width && drawn.top + high <= height, "{drawn:?}");
                assert_eq!(drawn.ink.len() as u32, wide * high);
                assert!(drawn.top.is_multiple_of(2));
            }
        }
    }

    #[test]
    fn another_second_is_another_picture_of_the_same_size() {
        let mut words = Words::new();
        let size = Size { width: 1280, height: 720 };
        let mut draw = |time| words.draw(["Gate", time], size);
        let (one, two) = (draw("2026-11-22 11:15:01 +01:00"), draw("2026-11-22 11:15:02 +01:00"));
        assert_eq!(one.size, two.size);
        assert_ne!(one.ink, two.ink);
        assert_eq!(one, draw("2026-11-22 11:15:01 +01:00"));
        let covered = one.ink.iter().filter(|it| **it > 128).count();
        assert!((500..20_000).contains(&covered), "{covered} pixels");
    }
}
