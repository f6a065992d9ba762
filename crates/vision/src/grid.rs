//! Shapes by the cells of a picture that they touch, to be kept and searched.

use media::Grid;

use crate::blob::Shape;
use crate::{Point, Polygon};

/// A cell is looked at in so many places across, and down.
const PLACES: usize = 4;

/// The cells that have a pixel of `shapes`, of a picture of `size`.
pub(crate) fn of<'a>(shapes: impl Iterator<Item = &'a Shape>, size: (u32, u32)) -> Grid {
    let (width, height) = (size.0.max(1) as usize, size.1.max(1) as usize);
    let mut grid = Grid::default();
    for run in shapes.flat_map(|shape| &shape.runs) {
        let rows = run.y * Grid::ROWS / height..((run.y + 1) * Grid::ROWS).div_ceil(height);
        for row in rows {
            let last = (run.end * Grid::COLUMNS).div_ceil(width);
            for column in run.start * Grid::COLUMNS / width..last {
                grid.add(column, row);
            }
        }
    }
    grid
}

impl Polygon {
    /// The cells that it covers at least half of.
    pub fn covers(&self) -> Grid {
        self.cells(PLACES * PLACES / 2)
    }

    /// The cells that it reaches into: never none.
    pub fn reaches(&self) -> Grid {
        let mut grid = self.cells(1);
        if grid.is_empty() {
            for corner in self.corners() {
                let cell = |at: f32, count: usize| ((at * count as f32) as usize).min(count - 1);
                grid.add(cell(corner.x, Grid::COLUMNS), cell(corner.y, Grid::ROWS));
            }
        }
        grid
    }

    /// The cells of which it has so many places.
    fn cells(&self, places: usize) -> Grid {
        let mut grid = Grid::default();
        for row in 0..Grid::ROWS {
            for column in 0..Grid::COLUMNS {
                let place = |cell: usize, place: usize, count: usize| {
                    (cell as f32 + (place as f32 + 0.5) / PLACES as f32) / count as f32
                };
                let is_inside = |at: &usize| {
                    let x = place(column, at % PLACES, Grid::COLUMNS);
                    self.contains(Point { x, y: place(row, at / PLACES, Grid::ROWS) })
                };
                if (0..PLACES * PLACES).filter(is_inside).count() >= places {
                    grid.add(column, row);
                }
            }
        }
        grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob;
    use crate::testing::drawn;

    fn polygon(corners: &[(f32, f32)]) -> Polygon {
        Polygon::new(corners.iter().map(|&(x, y)| Point { x, y }).collect()).unwrap()
    }

    #[test]
    fn shapes_are_where_their_pixels_are() {
        let check = |picture: &str, expected: &[usize]| {
            let mask = drawn(picture);
            let size = (mask.width as u32, mask.height as u32);
            let grid = of(blob::shapes(&mask).iter(), size);
            assert_eq!(grid.cells().collect::<Vec<_>>(), expected, "{picture}");
        };
        let nothing = ".".repeat(64);
        let row = |at: usize, length: usize| {
            format!("{}{}{}", ".".repeat(at), "#".repeat(length), ".".repeat(64 - at - length))
        };
        let rows = |row: &str| [&nothing, row, &nothing].repeat(6).join(" ");
        check(&rows(&nothing), &[]);
        let first: Vec<usize> = (0..6).map(|at| (3 * at + 1) * 32 + 31).collect();
        check(&rows(&row(62, 2)), &first);
        let two: Vec<usize> = first.iter().flat_map(|at| [at - 1, *at]).collect();
        check(&rows(&row(61, 2)), &two);
        // A pixel that is larger than a cell.
        check(
            &[&row(0, 1); 9].map(String::as_str).join(" "),
            &(0..18).map(|at| at * 32).collect::<Vec<_>>(),
        );
    }

    #[test]
    fn an_area_reaches_into_cells_and_covers_fewer() {
        let half = polygon(&[(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)]);
        assert_eq!((half.reaches().len(), half.covers().len()), (288, 288));
        let aslant = polygon(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]);
        assert!(aslant.reaches().len() > aslant.covers().len());
        let tiny = polygon(&[(0.5, 0.5), (0.507, 0.5), (0.507, 0.506)]);
        assert_eq!(tiny.reaches().cells().collect::<Vec<_>>(), [9 * 32 + 16]);
        assert!(tiny.covers().is_empty());
        let corner = polygon(&[(1.0, 1.0), (0.998, 1.0), (1.0, 0.98)]);
        assert_eq!(corner.reaches().cells().collect::<Vec<_>>(), [575]);
    }
}
