//! Bytes in rows, one a pixel, and the few things that are done to all of them.
//!
//! The loops run over slices of one length without a branch inside, which is
//! what the compiler needs to do sixteen pixels at once.

use crate::Grey;

/// A picture of our own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plane {
    pub width: usize,
    pub height: usize,
    pub bytes: Vec<u8>,
}

impl Plane {
    pub fn new(width: usize, height: usize, value: u8) -> Self {
        Self { width, height, bytes: vec![value; width * height] }
    }

    pub fn row(&self, y: usize) -> &[u8] {
        &self.bytes[y * self.width..][..self.width]
    }

    pub fn row_mut(&mut self, y: usize) -> &mut [u8] {
        &mut self.bytes[y * self.width..][..self.width]
    }

    /// The row `y + by`, or the nearest one there is.
    pub fn near(&self, y: usize, by: isize) -> &[u8] {
        self.row(y.saturating_add_signed(by).min(self.height - 1))
    }

    /// Makes this `picture`, weighed 1 2 1 across and down: sensors make noise
    /// of single pixels, things do not.
    pub fn smooth(&mut self, picture: Grey<'_>) {
        let (width, height) = (picture.width(), picture.height());
        let mut down = vec![0; width];
        for y in 0..height {
            let above = picture.row(y.saturating_sub(1));
            let below = picture.row((y + 1).min(height - 1));
            weigh(above, picture.row(y), below, &mut down);
            let row = self.row_mut(y);
            (row[0], row[width - 1]) = (down[0], down[width - 1]);
            if width > 2 {
                let inner = &mut row[1..width - 1];
                weigh(&down[..width - 2], &down[1..width - 1], &down[2..], inner);
            }
        }
    }

    /// Makes this the means of squares of 4×4 pixels of `plane`.
    pub fn quarter(&mut self, plane: &Self) {
        for y in 0..self.height {
            let rows = |by: usize| plane.row(y * 4 + by).as_chunks::<4>().0;
            mean_of_16([rows(0), rows(1), rows(2), rows(3)], self.row_mut(y));
        }
    }

    /// Makes this the means of squares of 2×2 pixels of `plane`.
    pub fn halve(&mut self, plane: &Self) {
        for y in 0..self.height {
            let rows = |by: usize| plane.row(y * 2 + by).as_chunks::<2>().0;
            for ((out, a), b) in self.row_mut(y).iter_mut().zip(rows(0)).zip(rows(1)) {
                let sum: u16 = a.iter().chain(b).map(|value| u16::from(*value)).sum();
                *out = ((sum + 2) / 4) as u8;
            }
        }
    }

    /// Makes this what `plane` has beyond the mean of the 5×5 pixels around
    /// each, about 128: structure without light.
    pub fn structure(&mut self, plane: &Self) {
        const REACH: usize = 2;
        let width = plane.width;
        let mut sums = vec![0_u16; width + 2 * REACH];
        for y in 0..plane.height {
            let inner = &mut sums[REACH..][..width];
            let near = |by: isize| plane.near(y, by);
            add_rows([near(-2), near(-1), near(0), near(1), near(2)], inner);
            let (first, last) = (inner[0], inner[width - 1]);
            sums[..REACH].fill(first);
            sums[REACH + width..].fill(last);
            beyond_mean(plane.row(y), &sums, &mut self.bytes[y * width..][..width]);
        }
    }
}

/// Rows of squares to the mean of each.
#[inline(never)]
fn mean_of_16(rows: [&[[u8; 4]]; 4], out: &mut [u8]) {
    const EVERY_OTHER: u32 = 0x00ff_00ff;
    let [a, b, c, d] = rows.map(|row| &row[..out.len()]);
    for (x, out) in out.iter_mut().enumerate() {
        // Two sums of eight pixels each, side by side in a word.
        let mut sums = 0;
        for four in [a[x], b[x], c[x], d[x]].map(u32::from_le_bytes) {
            sums += (four & EVERY_OTHER) + (four >> 8 & EVERY_OTHER);
        }
        *out = ((((sums + (sums >> 16)) & 0xffff) + 8) / 16) as u8;
    }
}

/// The sums of five rows, column by column.
#[inline(never)]
fn add_rows(rows: [&[u8]; 5], out: &mut [u16]) {
    let [a, b, c, d, e] = rows.map(|row| &row[..out.len()]);
    for (x, out) in out.iter_mut().enumerate() {
        *out = [a[x], b[x], c[x], d[x], e[x]].into_iter().map(u16::from).sum();
    }
}

/// What a row has beyond the mean of 25 pixels, of which `sums` are those of each column,
/// two more on either side.
#[inline(never)]
fn beyond_mean(row: &[u8], sums: &[u16], out: &mut [u8]) {
    let near = |by: usize| &sums[by..][..out.len()];
    let (row, [a, b, c, d, e]) = (&row[..out.len()], [near(0), near(1), near(2), near(3), near(4)]);
    for (x, out) in out.iter_mut().enumerate() {
        // One 25th, of which the upper half of a product is one instruction.
        let mean = (u32::from(a[x] + b[x] + c[x] + d[x] + e[x]) * 2624) >> 16;
        *out = (128 + i16::from(row[x]) - mean as i16).clamp(0, 255) as u8;
    }
}

/// `(a + 2b + c) / 4`, rounded up once or twice.
fn weigh(a: &[u8], b: &[u8], c: &[u8], out: &mut [u8]) {
    for (((out, a), b), c) in out.iter_mut().zip(a).zip(b).zip(c) {
        *out = mean(mean(*a, *c), *b);
    }
}

fn mean(a: u8, b: u8) -> u8 {
    // One instruction on every processor we know.
    ((u16::from(a) + u16::from(b) + 1) >> 1) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, bytes: &[u8]) -> Plane {
        Plane { width, height: bytes.len() / width, bytes: bytes.to_vec() }
    }

    #[test]
    fn smoothing_spreads_a_pixel_and_keeps_what_is_flat() {
        let mut bytes = [100; 25];
        bytes[12] = 164;
        let mut smooth = Plane::new(5, 5, 0);
        smooth.smooth(Grey::new(&bytes, 5, 5, 5).unwrap());
        assert_eq!(smooth.row(1), [100, 104, 108, 104, 100]);
        assert_eq!(smooth.row(2), [100, 108, 116, 108, 100]);
        assert_eq!(smooth.row(4), [100; 5]);
    }

    #[test]
    fn shrinking_takes_means_and_drops_what_is_left_over() {
        let mut small = Plane::new(2, 1, 0);
        small.halve(&plane(5, &[0, 4, 10, 10, 99, 4, 0, 10, 11, 99]));
        assert_eq!(small.bytes, [2, 10]);
    }

    #[test]
    fn structure_does_not_know_how_light_it_is() {
        let step = |low: u8| {
            let row: Vec<u8> = (0..10).map(|x| if x < 5 { low } else { low + 50 }).collect();
            let light = plane(10, &row.repeat(3));
            let mut structure = Plane::new(10, 3, 0);
            structure.structure(&light);
            structure.bytes
        };
        assert_eq!(step(20), step(150));
        assert_eq!(step(20)[0], 128);
        assert!(step(20)[4] < 120 && step(20)[5] > 136);
    }
}
