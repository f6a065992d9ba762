//! Parts of a picture, whatever its size.

/// Some of the cells of a picture, which has 32 across and 18 down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Grid([u64; WORDS]);

/// Two rows each.
const WORDS: usize = Grid::CELLS / 64;

impl Grid {
    /// Cells from left to right.
    pub const COLUMNS: usize = 32;
    /// Cells from top to bottom.
    pub const ROWS: usize = 18;
    /// All of them: row after row, each from the left, they are counted from 0.
    pub const CELLS: usize = Self::COLUMNS * Self::ROWS;
    /// As long as [`Grid::to_bytes`].
    pub const BYTES: usize = Self::CELLS / 8;

    /// Adds a cell. One that there is not is passed over.
    pub fn add(&mut self, column: usize, row: usize) {
        if column < Self::COLUMNS && row < Self::ROWS {
            let cell = row * Self::COLUMNS + column;
            self.0[cell / 64] |= 1 << (cell % 64);
        }
    }

    /// Adds all cells of `other`.
    pub fn unite(&mut self, other: Self) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
    }

    /// Those that `other` has not.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word &= !other;
        }
        self
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0 == [0; WORDS]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether a cell is in both.
    pub fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).any(|(word, other)| word & other != 0)
    }

    /// The numbers of its cells, in order.
    pub fn cells(self) -> impl Iterator<Item = usize> {
        (0..WORDS).flat_map(move |at| ones(self.0[at]).map(move |bit| at * 64 + bit))
    }

    /// The how manieth of its cells, counted from 0, are also in `other`.
    pub fn ranks_in(self, other: Self) -> impl Iterator<Item = usize> {
        let mut before = 0;
        (0..WORDS).flat_map(move |at| {
            let (word, first) = (self.0[at], before);
            before += word.count_ones() as usize;
            let rank =
                move |bit: usize| first + (word & ((1_u64 << bit) - 1)).count_ones() as usize;
            ones(word & other.0[at]).map(rank)
        })
    }

    /// A bit each cell, the first cell in the lowest bit of the first byte.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// What [`Grid::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let (words, _) = bytes.as_chunks();
        let mut grid = Self::default();
        for (word, bytes) in grid.0.iter_mut().zip(words) {
            *word = u64::from_le_bytes(*bytes);
        }
        grid
    }
}

/// The numbers of the bits that are set, the lowest first.
fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: &[(usize, usize)]) -> Grid {
        let mut grid = Grid::default();
        cells.iter().for_each(|&(column, row)| grid.add(column, row));
        grid
    }

    #[test]
    fn cells_are_counted_row_by_row() {
        let some = grid(&[(31, 17), (0, 0), (5, 2), (31, 1), (32, 0), (0, 18)]);
        assert_eq!(some.cells().collect::<Vec<_>>(), [0, 63, 69, 575]);
        assert_eq!((some.len(), some.is_empty(), grid(&[]).is_empty()), (4, false, true));
        assert_eq!(Grid::from_bytes(&some.to_bytes()), some);
        assert_eq!(some.to_bytes()[71], 0x80);
    }

    #[test]
    fn two_grids_meet_in_the_cells_that_both_have() {
        let some = grid(&[(0, 0), (3, 0), (5, 2), (9, 9), (31, 17)]);
        let other = grid(&[(3, 0), (4, 4), (9, 9), (31, 17)]);
        assert!(some.meets(&other) && !some.meets(&grid(&[(4, 4)])));
        assert_eq!(some.ranks_in(other).collect::<Vec<_>>(), [1, 3, 4]);
        assert_eq!(some.without(other), grid(&[(0, 0), (5, 2)]));
        let mut both = some;
        both.unite(other);
        assert_eq!(both.len(), 6);
    }
}
