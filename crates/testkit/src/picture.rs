use std::fs::{self, File};
use std::io::{BufReader, Cursor};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// A picture in memory, 8-bit RGB.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    /// Of `width` × `height` pixels, row by row.
    ///
    /// # Panics
    ///
    /// Where `rgb` is not three bytes a pixel.
    pub fn new(width: usize, height: usize, rgb: Vec<u8>) -> Self {
        assert_eq!(rgb.len(), width * height * 3, "three bytes a pixel");
        Self { width, height, rgb }
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Row `y`, three bytes a pixel.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.rgb[y * self.width * 3..][..self.width * 3]
    }

    /// The part of `width` × `height` pixels whose upper left corner is at `x`, `y`.
    ///
    /// # Panics
    ///
    /// Where it is not inside.
    pub fn part(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        assert!(x + width <= self.width && y + height <= self.height, "a part of the picture");
        let rows = (y..y + height).flat_map(|y| &self.row(y)[x * 3..(x + width) * 3]);
        Self::new(width, height, rows.copied().collect())
    }

    /// All of `pictures`, one below the other; the rest is black.
    pub fn stack(pictures: &[Self]) -> Self {
        let width = pictures.iter().map(Self::width).max().unwrap_or(0);
        let height = pictures.iter().map(Self::height).sum();
        let mut rgb = Vec::with_capacity(width * height * 3);
        for picture in pictures {
            for y in 0..picture.height {
                rgb.extend_from_slice(picture.row(y));
                rgb.resize(rgb.len() + (width - picture.width) * 3, 0);
            }
        }
        Self::new(width, height, rgb)
    }

    /// The share of pixels that differ from `other`'s by more than `tolerance`
    /// in any colour; 1 where the sizes differ.
    pub fn difference(&self, other: &Self, tolerance: u8) -> f64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 1.0;
        }
        let pairs = self.rgb.chunks_exact(3).zip(other.rgb.chunks_exact(3));
        let differ = pairs
            .filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > tolerance))
            .count();
        differ as f64 / (self.width * self.height).max(1) as f64
    }

    /// From the bytes of a PNG file.
    pub fn from_png(png: &[u8]) -> Result<Self> {
        Self::decode(png::Decoder::new(Cursor::new(png)))
    }

    /// From a PNG file.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
        Self::decode(png::Decoder::new(BufReader::new(file)))
    }

    /// Into a PNG file.
    pub fn save(&self, path: &Path) -> Result<()> {
        // What is smaller depends on whether there is video in it.
        let unfiltered = self.encode(png::Filter::NoFilter)?;
        let filtered = self.encode(png::Filter::Adaptive)?;
        let png = if unfiltered.len() < filtered.len() { unfiltered } else { filtered };
        fs::write(path, png).with_context(|| format!("writing {}", path.display()))
    }

    fn encode(&self, filter: png::Filter) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.height)?);
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(filter);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(bytes)
    }

    fn decode<R: std::io::BufRead + std::io::Seek>(mut decoder: png::Decoder<R>) -> Result<Self> {
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("a picture this large")?];
        let frame = reader.next_frame(&mut bytes)?;
        bytes.truncate(frame.buffer_size());
        let rgb = match frame.color_type {
            png::ColorType::Rgb => bytes,
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
            }
            other => bail!("a PNG of {other:?} pixels"),
        };
        Ok(Self::new(usize::try_from(frame.width)?, usize::try_from(frame.height)?, rgb))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_opened() {
        let picture = Picture::new(2, 1, vec![1, 2, 3, 250, 251, 252]);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.png");
        picture.save(&path).unwrap();
        assert!(Picture::open(&path).unwrap() == picture);
    }

    #[test]
    fn parts_are_stacked() {
        let column = Picture::new(1, 2, vec![1, 1, 1, 2, 2, 2]);
        let row = Picture::new(2, 1, vec![3, 3, 3, 4, 4, 4]);
        let stack = Picture::stack(&[column.clone(), row.clone()]);
        assert!(stack.part(0, 0, 1, 2) == column);
        assert!(stack.part(0, 2, 2, 1) == row);
        assert_eq!(stack.row(1), [2, 2, 2, 0, 0, 0]);
    }

    #[test]
    fn differences_are_counted_in_pixels() {
        let black = Picture::new(2, 1, vec![0; 6]);
        let half = Picture::new(2, 1, vec![0, 0, 0, 0, 30, 0]);
        assert!((black.difference(&half, 24) - 0.5).abs() < 1e-9);
        assert!(black.difference(&half, 30) < 1e-9);
    }
}
