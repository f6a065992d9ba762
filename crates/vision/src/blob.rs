//! What stands out together: pixels that touch are one blob.

use crate::mask::{Mask, Run};

/// A rectangle of pixels, `right` and `bottom` beyond its last ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Behind the last column.
    pub right: u32,
    /// Behind the last row.
    pub bottom: u32,
}

/// Pixels that stand out and touch each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blob {
    /// What it lies within.
    pub area: Area,
    /// How many they are.
    pub pixels: u32,
    /// Their mean column and row.
    pub centre: (f32, f32),
    /// By how much they stand out, on average.
    pub contrast: u8,
}

/// A blob and its runs, row after row.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub pixels: u32,
    pub runs: Vec<Run>,
}

/// All shapes of `mask` that touch, corners counting.
pub(crate) fn shapes(mask: &Mask) -> Vec<Shape> {
    group(mask.runs(), true)
}

/// Closes holes of up to `most` pixels.
pub(crate) fn fill(mask: &mut Mask, most: u32) {
    if mask.is_empty() {
        return;
    }
    let mut outside = mask.clone();
    outside.invert();
    let (width, height) = (mask.width, mask.height);
    // What lies beyond a corner alone is not reached from outside.
    for shape in group(outside.runs(), false) {
        let is_at_edge =
            |run: &Run| run.start == 0 || run.end == width || run.y == 0 || run.y + 1 == height;
        if shape.pixels <= most && !shape.runs.iter().any(is_at_edge) {
            for run in shape.runs {
                mask.set(run, true);
            }
        }
    }
}

fn group(runs: Vec<Run>, corners: bool) -> Vec<Shape> {
    let mut parents: Vec<usize> = (0..runs.len()).collect();
    let reach = usize::from(corners);
    let mut above = 0;
    for (index, run) in runs.iter().enumerate() {
        // Those above that end before this begins touch no later one of its row either.
        while above < index
            && (runs[above].y + 1 < run.y
                || runs[above].y + 1 == run.y && runs[above].end + reach <= run.start)
        {
            above += 1;
        }
        let mut other = above;
        while other < index && runs[other].y + 1 == run.y && runs[other].start < run.end + reach {
            let (a, b) = (root(&mut parents, index), root(&mut parents, other));
            parents[a.max(b)] = a.min(b);
            other += 1;
        }
    }
    let mut shapes: Vec<Shape> = Vec::new();
    let mut places = vec![usize::MAX; runs.len()];
    for (index, run) in runs.into_iter().enumerate() {
        let root = root(&mut parents, index);
        if places[root] == usize::MAX {
            places[root] = shapes.len();
            shapes.push(Shape { pixels: 0, runs: Vec::new() });
        }
        let shape = &mut shapes[places[root]];
        shape.pixels += (run.end - run.start) as u32;
        shape.runs.push(run);
    }
    shapes
}

/// The first run of what `index` belongs to.
fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

impl Area {
    /// Columns.
    pub fn width(&self) -> u32 {
        self.right.saturating_sub(self.left)
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.bottom.saturating_sub(self.top)
    }
}

impl Shape {
    /// This as others see it, standing out by `contrast`.
    pub fn blob(&self, contrast: u8) -> Blob {
        let mut area = Area { left: u32::MAX, top: u32::MAX, right: 0, bottom: 0 };
        let (mut across, mut down) = (0.0, 0.0);
        for run in &self.runs {
            area.left = area.left.min(run.start as u32);
            area.right = area.right.max(run.end as u32);
            area.top = area.top.min(run.y as u32);
            area.bottom = area.bottom.max(run.y as u32 + 1);
            let length = (run.end - run.start) as f64;
            across += length * (run.start + run.end) as f64 / 2.0;
            down += length * (run.y as f64 + 0.5);
        }
        let pixels = f64::from(self.pixels.max(1));
        let centre = ((across / pixels) as f32, (down / pixels) as f32);
        Blob { area, pixels: self.pixels, centre, contrast }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{draw, drawn};

    /// Pixels and places of what touches.
    fn check(picture: &str, expected: &[(u32, [u32; 4])]) {
        let found: Vec<(u32, [u32; 4])> = shapes(&drawn(picture))
            .iter()
            .map(|shape| shape.blob(0))
            .map(|blob| {
                (blob.pixels, [blob.area.left, blob.area.top, blob.area.right, blob.area.bottom])
            })
            .collect();
        assert_eq!(found, expected, "{picture}");
    }

    #[test]
    fn what_touches_is_one() {
        check("..... .....", &[]);
        check("##..# ##..#", &[(4, [0, 0, 2, 2]), (2, [4, 0, 5, 2])]);
        check("#.... .#... ..###", &[(5, [0, 0, 5, 3])]);
        check("#.#.# #.#.# #####", &[(11, [0, 0, 5, 3])]);
        check("##### #...# #.#.# #...# #####", &[(16, [0, 0, 5, 5]), (1, [2, 2, 3, 3])]);
        check(
            "#.#.# ..... #.#.#",
            &[
                (1, [0, 0, 1, 1]),
                (1, [2, 0, 3, 1]),
                (1, [4, 0, 5, 1]),
                (1, [0, 2, 1, 3]),
                (1, [2, 2, 3, 3]),
                (1, [4, 2, 5, 3]),
            ],
        );
    }

    #[test]
    fn small_holes_are_filled() {
        let check = |most, before: &str, after: &str| {
            let mut mask = drawn(before);
            fill(&mut mask, most);
            assert_eq!(draw(&mask), after);
        };
        check(1, "..... .###. .#.#. .###. .....", "..... .###. .###. .###. .....");
        check(0, "##### #...# #####", "##### #...# #####");
        check(3, "##### #...# #####", "##### ##### #####");
        // Open to the side, and closed by corners alone.
        check(9, "##### #.... #####", "##### #.... #####");
        check(9, "..#.. .#.#. ..#..", "..#.. .###. ..#..");
    }
}
