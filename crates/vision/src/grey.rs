//! One grey picture as it comes, borrowed from whoever decoded it.

/// More pixels than this are refused: analysis wants small pictures.
pub const MAX_PIXELS: usize = 1 << 20;

/// The size that analysis is made for: about so many pixels across.
pub const GOOD_WIDTH: u32 = 320;

/// 8-bit luma, row after row.
#[derive(Clone, Copy, Debug)]
pub struct Grey<'a> {
    width: usize,
    height: usize,
    stride: usize,
    luma: &'a [u8],
}

/// Why bytes are no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GreyError {
    /// There is nothing to look at.
    #[error("a picture of {width}×{height} pixels has none")]
    Empty {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// It was not made smaller for analysis.
    #[error("a picture of {width}×{height} pixels is too large to analyse: at most {MAX_PIXELS}")]
    TooLarge {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// The bytes end before the picture does, or rows overlap.
    #[error("{bytes} bytes in rows of {stride} hold no picture of {width}×{height} pixels")]
    TooShort {
        /// How many there are.
        bytes: usize,
        /// From one row to the next.
        stride: usize,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
}

impl<'a> Grey<'a> {
    /// The picture in `luma`, whose rows begin `stride` bytes after one another.
    pub fn new(
        luma: &'a [u8],
        width: usize,
        height: usize,
        stride: usize,
    ) -> Result<Self, GreyError> {
        if width == 0 || height == 0 {
            return Err(GreyError::Empty { width, height });
        }
        if width.checked_mul(height).is_none_or(|pixels| pixels > MAX_PIXELS) {
            return Err(GreyError::TooLarge { width, height });
        }
        let needed = stride.checked_mul(height - 1).and_then(|rows| rows.checked_add(width));
        if stride < width || needed.is_none_or(|needed| luma.len() < needed) {
            return Err(GreyError::TooShort { bytes: luma.len(), stride, width, height });
        }
        Ok(Self { width, height, stride, luma })
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels of row `y`, which must be one of the picture's.
    pub fn row(&self, y: usize) -> &'a [u8] {
        &self.luma[y * self.stride..][..self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_picture_are_refused() {
        let bytes = [0; 12];
        let check = |width, height, stride| Grey::new(&bytes, width, height, stride).err();
        assert_eq!(check(4, 3, 4), None);
        assert_eq!(check(3, 3, 4), None);
        // The last row need not have what comes after its pixels.
        assert_eq!(check(2, 3, 5), None);
        assert_eq!(check(0, 3, 4), Some(GreyError::Empty { width: 0, height: 3 }));
        assert_eq!(check(1, 0, 4), Some(GreyError::Empty { width: 1, height: 0 }));
        let short =
            |width, height, stride| Some(GreyError::TooShort { bytes: 12, stride, width, height });
        assert_eq!(check(5, 3, 4), short(5, 3, 4));
        assert_eq!(check(4, 4, 4), short(4, 4, 4));
        assert_eq!(check(4, 2, usize::MAX), short(4, 2, usize::MAX));
        let huge = usize::MAX;
        assert_eq!(check(huge, 2, huge), Some(GreyError::TooLarge { width: huge, height: 2 }));
    }

    #[test]
    fn rows_are_found_by_the_stride() {
        let bytes: Vec<u8> = (0..12).collect();
        let picture = Grey::new(&bytes, 2, 3, 5).unwrap();
        assert_eq!(picture.row(2), [10, 11]);
    }
}
