//! What a machine reads off the demonstration's pictures: which camera, which
//! picture.
//!
//! A strip along the very top, an eighteenth of the height, in 40 equal cells:
//! white, black, six bits of number, 24 bits of picture, six bits of checksum,
//! black, white. Most significant bits first; a one is white. It survives
//! scaling, any codec and either range.

/// What a strip says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Which demonstration, modulo 64.
    pub number: u32,
    /// Which picture of it, modulo 2²⁴.
    pub picture: u32,
}

/// Luma of a one.
pub const WHITE: u8 = 235;
/// Luma of a zero.
pub const BLACK: u8 = 16;

const CELLS: usize = 40;
const NUMBER_BITS: u32 = 6;
const PICTURE_BITS: u32 = 24;

impl Stamp {
    /// The stamp of a picture; both wrap.
    pub fn new(number: u32, picture: u32) -> Self {
        Self { number: number % (1 << NUMBER_BITS), picture: picture % (1 << PICTURE_BITS) }
    }

    /// How many of `height` lines the strip takes.
    pub fn lines(height: usize) -> usize {
        height / 18
    }

    /// Draws the strip into a luma plane. Chroma must be neutral there.
    pub fn draw(self, luma: &mut [u8], stride: usize, width: usize, height: usize) {
        let cells = self.cells();
        for line in luma.chunks_mut(stride).take(Self::lines(height)) {
            for (x, sample) in line.iter_mut().take(width).enumerate() {
                *sample = if cells[x * CELLS / width] { WHITE } else { BLACK };
            }
        }
    }

    /// Reads the strip of a picture; nothing where there is none, or it is
    /// damaged.
    pub fn read(luma: &[u8], stride: usize, width: usize, height: usize) -> Option<Self> {
        if width < CELLS || stride < width {
            return None;
        }
        // A line in the middle, away from what scaling mixed in.
        let line = luma.get(Self::lines(height) / 2 * stride..)?.get(..width)?;
        let sample = |cell: usize| u32::from(line[(2 * cell + 1) * width / (2 * CELLS)]);
        let (white, black) = (sample(0), sample(1));
        // Codecs blur; half of full contrast is still no accident.
        if white < black + u32::from(WHITE - BLACK) / 2 {
            return None;
        }
        let threshold = white.midpoint(black);
        let bits =
            (2..CELLS - 2).fold(0u64, |bits, cell| bits << 1 | u64::from(sample(cell) > threshold));
        let code = (bits >> NUMBER_BITS) as u32;
        let stamp = Self::new(code >> PICTURE_BITS, code);
        let is_whole = sample(CELLS - 2) < threshold
            && sample(CELLS - 1) > threshold
            && (bits & 0x3f) as u32 == checksum(code);
        is_whole.then_some(stamp)
    }

    fn cells(self) -> [bool; CELLS] {
        let code = self.number << PICTURE_BITS | self.picture;
        let bits = u64::from(code) << NUMBER_BITS | u64::from(checksum(code));
        let mut cells = [false; CELLS];
        for (place, cell) in cells[2..CELLS - 2].iter_mut().rev().enumerate() {
            *cell = bits >> place & 1 == 1;
        }
        cells[0] = true;
        cells[CELLS - 1] = true;
        cells
    }
}

fn checksum(code: u32) -> u32 {
    (0..5).fold(0, |sum, group| sum ^ code >> (6 * group) & 0x3f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_comes_back_at_every_size() {
        for (width, height) in
            [(640, 360), (480, 272), (320, 192), (1920, 1080), (177, 99), (40, 18)]
        {
            for (number, picture) in
                [(0, 0), (1, 1), (5, 123_456), (63, (1 << 24) - 1), (64, 1 << 24)]
            {
                let stride = width + 7;
                let mut luma = vec![90; stride * height];
                let stamp = Stamp::new(number, picture);
                stamp.draw(&mut luma, stride, width, height);
                let read = Stamp::read(&luma, stride, width, height);
                assert_eq!(read, Some(stamp), "{width}×{height}");
            }
        }
    }

    #[test]
    fn the_cells_are_where_they_are_said_to_be() {
        let mut luma = vec![0; 40 * 18];
        Stamp::new(0b100001, 0b101).draw(&mut luma, 40, 40, 18);
        let drawn: String =
            luma[..40].iter().map(|it| if *it == WHITE { '1' } else { '0' }).collect();
        assert_eq!(
            drawn,
            "10".to_owned() + "100001" + "000000000000000000000101" + "100100" + "01"
        );
        assert!(luma[40..].iter().all(|it| *it == 0));
    }

    #[test]
    fn damage_and_absence_are_noticed() {
        let (width, height) = (640, 360);
        let grey = vec![128; width * height];
        assert_eq!(Stamp::read(&grey, width, width, height), None);
        assert_eq!(Stamp::read(&grey[..100], width, width, height), None);
        assert_eq!(Stamp::read(&[], 0, 0, 0), None);
        let mut luma = grey;
        Stamp::new(3, 77).draw(&mut luma, width, width, height);
        for line in luma.chunks_mut(width).take(20) {
            let other = if line[16 * 20] == WHITE { BLACK } else { WHITE };
            line[16 * 20..16 * 21].fill(other);
        }
        assert_eq!(Stamp::read(&luma, width, width, height), None);
    }
}
