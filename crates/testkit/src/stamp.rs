//! The strip along the top of every demo picture that says which picture it is.
//!
//! Rows [0, height/18), 40 equal cells over the full width; white is one: cell
//! 0 white, 1 black, 2–7 the camera's number, 8–31 the picture's number, 32–37
//! the XOR of the five groups of six bits before, 38 black, 39 white; the
//! highest bit first. `wall.js` reads the same from a canvas.

use crate::Picture;

/// Cells of a strip.
pub const CELLS: usize = 40;

/// Rows in a row that must say the same: text elsewhere on the screen may look
/// like a strip in one row.
const ROWS: usize = 3;

/// Luma that only the white of a strip has.
const WHITE: u32 = 232;

/// What a strip says, and where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Number of the camera.
    pub camera: u32,
    /// Number of the picture, modulo 2²⁴.
    pub number: u32,
    /// Left end of the strip.
    pub x: usize,
    /// Upper end of the strip.
    pub y: usize,
    /// Width of the strip.
    pub width: usize,
}

/// All strips in `picture`, at whatever size, from top to bottom.
pub fn find(picture: &Picture) -> Vec<Stamp> {
    let mut found: Vec<Stamp> = Vec::new();
    let mut above: Vec<(Stamp, usize)> = Vec::new();
    for y in 0..picture.height() {
        let mut here = Vec::new();
        for stamp in in_row(picture.row(y), y) {
            let same = |(other, _): &&(Stamp, usize)| {
                (other.camera, other.number) == (stamp.camera, stamp.number)
                    && other.x.abs_diff(stamp.x) <= 2
                    && other.width.abs_diff(stamp.width) <= 4
            };
            let (first, rows) = above.iter().find(same).map_or((stamp, 1), |&(s, n)| (s, n + 1));
            if rows == ROWS {
                found.push(first);
            }
            here.push((first, rows));
        }
        above = here;
    }
    found
}

/// The strips that row `y` is part of.
fn in_row(row: &[u8], y: usize) -> Vec<Stamp> {
    let luma: Vec<u32> = row
        .chunks_exact(3)
        .map(|pixel| pixel.iter().map(|&c| u32::from(c)).sum::<u32>() / 3)
        .collect();
    // The ground beside a picture is light grey in the light theme, and no white.
    let white: Vec<bool> = luma.iter().map(|luma| *luma > WHITE).collect();
    let bright: Vec<bool> = luma.iter().map(|luma| *luma > 128).collect();
    let runs = runs(&white);
    let mut stamps: Vec<Stamp> = Vec::new();
    for &(start, end) in &runs {
        // The first cell is white and the second black: the run is one cell.
        let cell = end - start;
        if cell < 2 || stamps.last().is_some_and(|last| start < last.x + last.width) {
            continue;
        }
        // Scaling greys the edges of a run, so it is measured up to two pixels short.
        let (least, most) = (CELLS * (cell - 1), CELLS * (cell + 2));
        let ends = runs.iter().map(|&(_, end)| end);
        let mut widths = ends.filter(|end| *end > start + least).map(|end| end - start);
        let decoded = widths.by_ref().take_while(|width| *width < most).find_map(|width| {
            let (camera, number) = decode(&bright[start..start + width])?;
            Some(Stamp { camera, number, x: start, y, width })
        });
        stamps.extend(decoded);
    }
    stamps
}

/// Camera and picture number by one row of a strip that is as wide as the
/// picture, as luma.
pub fn read(row: &[u8]) -> Option<(u32, u32)> {
    const GREY: u8 = 128;
    decode(&row.iter().map(|&luma| luma > GREY).collect::<Vec<_>>())
}

/// Starts and ends of the runs of white pixels.
fn runs(white: &[bool]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for (x, &is_white) in white.iter().chain([&false]).enumerate() {
        match (is_white, start) {
            (true, None) => start = Some(x),
            (false, Some(first)) => {
                runs.push((first, x));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

/// Camera and picture number of a strip as wide as `bright`.
fn decode(bright: &[bool]) -> Option<(u32, u32)> {
    let cell = |i: usize| bright[(2 * i + 1) * bright.len() / (2 * CELLS)];
    let bits =
        |from: usize, to: usize| (from..to).fold(0, |value, i| value << 1 | u32::from(cell(i)));
    if !cell(0) || cell(1) || cell(38) || !cell(39) {
        return None;
    }
    let check = (0..5).fold(0, |check, group| check ^ bits(2 + 6 * group, 8 + 6 * group));
    (bits(32, 38) == check).then(|| (bits(2, 8), bits(8, 32)))
}

/// The cells of a strip, for pages and pictures of our own.
pub fn cells(camera: u32, number: u32) -> [bool; CELLS] {
    let groups =
        [camera, number >> 18, number >> 12, number >> 6, number].map(|group| group & 0x3f);
    let check = groups.iter().fold(0, |check, group| check ^ group);
    let mut cells = [false; CELLS];
    cells[0] = true;
    cells[39] = true;
    for (group, value) in groups.into_iter().chain([check]).enumerate() {
        for bit in 0..6 {
            cells[2 + 6 * group + bit] = value >> (5 - bit) & 1 == 1;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A screen with strips of the given (camera, number, x, y, width).
    fn screen(ground: u8, strips: &[(u32, u32, usize, usize, usize)]) -> Picture {
        let (width, height) = (1000, 100);
        let mut rgb = vec![ground; width * height * 3];
        for &(camera, number, x, y, strip) in strips {
            let cells = cells(camera, number);
            for row in y..y + 8 {
                for i in 0..strip {
                    let value = if cells[i * CELLS / strip] { 250 } else { 4 };
                    rgb[(row * width + x + i) * 3..][..3].fill(value);
                }
            }
        }
        Picture::new(width, height, rgb)
    }

    #[test]
    fn strips_are_found_at_any_size() {
        for width in [100, 203, 399, 480, 889, 999] {
            for ground in [20, 214] {
                let seen = find(&screen(ground, &[(5, 0x00ab_cdef, 1, 10, width)]));
                let seen: Vec<_> = seen.iter().map(|s| (s.camera, s.number, s.x)).collect();
                assert_eq!(seen, [(5, 0x00ab_cdef, 1)], "{width} pixels on {ground}");
            }
        }
    }

    #[test]
    fn strips_side_by_side_and_below_each_other_are_told_apart() {
        let seen = find(&screen(
            20,
            &[
                (1, 7, 3, 10, 480),
                (2, 0, 500, 10, 480),
                (3, 0x00ff_ffff, 3, 60, 480),
                (63, 1, 500, 60, 480),
            ],
        ));
        let seen: Vec<_> = seen.iter().map(|s| (s.camera, s.number)).collect();
        assert_eq!(seen, [(1, 7), (2, 0), (3, 0x00ff_ffff), (63, 1)]);
    }

    #[test]
    fn a_damaged_strip_says_nothing() {
        let mut bright = cells(9, 1234).to_vec();
        assert_eq!(decode(&bright), Some((9, 1234)));
        for bit in 2..38 {
            bright[bit] = !bright[bit];
            assert_eq!(decode(&bright), None, "cell {bit}");
            bright[bit] = !bright[bit];
        }
    }
}
