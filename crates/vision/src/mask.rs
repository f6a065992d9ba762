//! Yes or no for each pixel, sixty-four to a word: what is done to the shape of
//! what stands out.

use crate::plane::Plane;

/// Bits in rows of whole words. Those beyond the width are always zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    pub width: usize,
    pub height: usize,
    words: usize,
    bits: Vec<u64>,
}

/// Pixels next to each other in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub y: usize,
    pub start: usize,
    pub end: usize,
}

impl Mask {
    pub fn new(width: usize, height: usize) -> Self {
        let words = width.div_ceil(64);
        Self { width, height, words, bits: vec![0; words * height] }
    }

    pub fn row(&self, y: usize) -> &[u64] {
        &self.bits[y * self.words..][..self.words]
    }

    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }

    /// Makes this yes where at least `votes` of the 5×5 pixels around say yes:
    /// noise stands alone. Beyond the edge is what is at the edge.
    pub fn vote(&mut self, says: &Plane, votes: u8) {
        const REACH: usize = 2;
        let width = self.width;
        let is_blank = |row: &[u8]| row.iter().fold(0, |all, says| all | says) == 0;
        let blank: Vec<bool> = (0..self.height).map(|y| is_blank(says.row(y))).collect();
        let mut sums = vec![0_u8; width + 2 * REACH];
        let mut row = vec![0_u8; self.words * 64];
        for y in 0..self.height {
            let words = &mut self.bits[y * self.words..][..self.words];
            let rows = y.saturating_sub(REACH)..self.height.min(y + REACH + 1);
            if blank[rows].iter().all(|is_blank| *is_blank) {
                words.fill(0);
                continue;
            }
            let inner = &mut sums[REACH..][..width];
            let near = |by: isize| says.near(y, by);
            add_rows([near(-2), near(-1), near(0), near(1), near(2)], inner);
            let (first, last) = (inner[0], inner[width - 1]);
            sums[..REACH].fill(first);
            sums[REACH + width..].fill(last);
            elect(&sums, votes, &mut row[..width]);
            for (word, bytes) in words.iter_mut().zip(row.chunks_exact(64)) {
                *word = pack(bytes);
            }
        }
    }

    /// Closes gaps of up to twice `reach` pixels, and those to the edge.
    pub fn close(&mut self, reach: usize) {
        if self.is_empty() {
            return;
        }
        self.grow(reach);
        self.invert();
        self.grow(reach);
        self.invert();
    }

    /// Adds all that is up to `reach` pixels away, across, down and in between.
    pub fn grow(&mut self, reach: usize) {
        for row in self.bits.chunks_exact_mut(self.words.max(1)) {
            if row.iter().any(|word| *word != 0) {
                for _ in 0..reach {
                    grow_row(row);
                }
            }
        }
        let before = self.bits.clone();
        for rows in 1..=reach.min(self.height.saturating_sub(1)) {
            let by = rows * self.words;
            unite(&mut self.bits[by..], &before);
            unite(&mut self.bits, &before[by..]);
        }
        self.trim();
    }

    pub fn invert(&mut self) {
        for word in &mut self.bits {
            *word = !*word;
        }
        self.trim();
    }

    /// Sets or clears all pixels of `run`.
    pub fn set(&mut self, run: Run, to: bool) {
        let row = &mut self.bits[run.y * self.words..][..self.words];
        for (index, word) in row.iter_mut().enumerate() {
            let (from, end) = (run.start.max(index * 64), run.end.min(index * 64 + 64));
            if from < end {
                let ones = u64::MAX >> (64 - (end - from)) << (from - index * 64);
                *word = if to { *word | ones } else { *word & !ones };
            }
        }
    }

    /// All runs, row after row.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for y in 0..self.height {
            let row = self.row(y);
            let mut x = 0;
            while let Some(start) = next(row, x, false) {
                let end = next(row, start, true).unwrap_or(self.width).min(self.width);
                runs.push(Run { y, start, end });
                x = end;
            }
        }
        runs
    }

    /// Writes 1 for yes and 0 for no into `out`, moved by so many pixels.
    pub fn unpack(&self, out: &mut Plane) {
        for y in 0..self.height {
            let row = out.row_mut(y);
            row.fill(0);
            for (word, bytes) in self.row(y).iter().zip(row.chunks_mut(64)) {
                if *word == 0 {
                    continue;
                }
                for (eight, bits) in bytes.chunks_mut(8).zip(word.to_le_bytes()) {
                    eight.copy_from_slice(&spread(bits)[..eight.len()]);
                }
            }
        }
    }

    fn trim(&mut self) {
        let beyond = self.words * 64 - self.width;
        if beyond > 0 {
            for row in self.bits.chunks_exact_mut(self.words) {
                if let Some(last) = row.last_mut() {
                    *last &= u64::MAX >> beyond;
                }
            }
        }
    }
}

/// The first bit from `x` on that is one, or zero where `is_zero`.
fn next(row: &[u64], x: usize, is_zero: bool) -> Option<usize> {
    let flip = if is_zero { u64::MAX } else { 0 };
    let mut index = x / 64;
    let mut word = (row.get(index)? ^ flip) & (u64::MAX << (x % 64));
    while word == 0 {
        index += 1;
        word = row.get(index)? ^ flip;
    }
    Some(index * 64 + word.trailing_zeros() as usize)
}

/// Adds what `other` has, as far as both go.
fn unite(words: &mut [u64], other: &[u64]) {
    for (word, other) in words.iter_mut().zip(other) {
        *word |= *other;
    }
}

/// Adds the neighbours left and right.
fn grow_row(row: &mut [u64]) {
    let mut before = 0;
    for index in 0..row.len() {
        let (word, after) = (row[index], row.get(index + 1).copied().unwrap_or(0));
        row[index] = word | word << 1 | word >> 1 | before >> 63 | after << 63;
        before = word;
    }
}

/// The sums of five rows, column by column.
#[inline(never)]
fn add_rows(rows: [&[u8]; 5], out: &mut [u8]) {
    let [a, b, c, d, e] = rows.map(|row| &row[..out.len()]);
    for (x, out) in out.iter_mut().enumerate() {
        *out = a[x] + b[x] + c[x] + d[x] + e[x];
    }
}

/// 1 where five `sums` come to so many `votes`, 0 elsewhere; there are two more on
/// either side.
#[inline(never)]
fn elect(sums: &[u8], votes: u8, out: &mut [u8]) {
    let near = |by: usize| &sums[by..][..out.len()];
    let [a, b, c, d, e] = [near(0), near(1), near(2), near(3), near(4)];
    for (x, out) in out.iter_mut().enumerate() {
        *out = u8::from(a[x] + b[x] + c[x] + d[x] + e[x] >= votes);
    }
}

/// Eight bits into as many zeros and ones.
fn spread(bits: u8) -> [u8; 8] {
    // One bit is left in each byte, which carries into the byte's highest.
    let ones = (u64::from(bits) * 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
    ((ones + 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101).to_le_bytes()
}

/// Sixty-four zeros and ones into a word.
fn pack(bytes: &[u8]) -> u64 {
    let mut word = 0;
    for (index, eight) in bytes.chunks_exact(8).enumerate() {
        let mut ones = [0; 8];
        ones.copy_from_slice(eight);
        // Each product brings one more of the eight to the top byte.
        let byte = u64::from_le_bytes(ones).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= byte << (index * 8);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{draw, drawn};

    fn check(reach: usize, before: &str, after: &str, change: impl Fn(&mut Mask, usize)) {
        let mut mask = drawn(before);
        change(&mut mask, reach);
        assert_eq!(draw(&mask), after, "{before}");
    }

    #[test]
    fn grows_within_the_picture() {
        check(1, "..... ..#.. .....", ".###. .###. .###.", Mask::grow);
        check(2, "#.... ..... .....", "###.. ###.. ###..", Mask::grow);
    }

    #[test]
    fn closes_gaps_and_keeps_shapes() {
        let rows = |row: &str| format!("{0} {0} {row} {0} {0}", ".".repeat(row.len()));
        check(1, &rows("..#.#.."), &rows("..###.."), Mask::close);
        check(1, &rows("..#..#.."), &rows("..####.."), Mask::close);
        check(1, &rows("..#...#.."), &rows("..#...#.."), Mask::close);
        // What is nearly at the edge reaches it.
        check(1, ".#... .#... .....", "##... ##... ##...", Mask::close);
    }

    #[test]
    fn noise_is_voted_down() {
        let mut says = Plane::new(70, 9, 0);
        says.row_mut(4)[10] = 1;
        for y in 2..7 {
            says.row_mut(y)[60..68].fill(1);
        }
        let mut mask = Mask::new(70, 9);
        mask.vote(&says, 12);
        let runs = mask.runs();
        assert_eq!(runs[0], Run { y: 2, start: 61, end: 67 });
        assert_eq!(runs[2], Run { y: 4, start: 60, end: 68 });
        assert_eq!(runs.len(), 5);
    }

    #[test]
    fn runs_go_across_words_and_come_back() {
        let runs = [(0, 0, 1), (0, 60, 130), (2, 64, 128), (2, 129, 131)];
        let runs = runs.map(|(y, start, end)| Run { y, start, end });
        let mut mask = Mask::new(131, 3);
        for run in runs {
            mask.set(run, true);
        }
        assert_eq!(mask.runs(), runs);
        let mut plane = Plane::new(131, 3, 7);
        mask.unpack(&mut plane);
        assert_eq!(plane.bytes.iter().map(|it| usize::from(*it)).sum::<usize>(), 1 + 70 + 64 + 2);
        mask.set(Run { y: 0, start: 1, end: 131 }, false);
        assert_eq!(mask.runs()[1], runs[2]);
    }
}
