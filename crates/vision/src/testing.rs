//! Small pictures for the tests of this crate.

use crate::mask::{Mask, Run};
use crate::plane::Plane;

/// A scene without anything in it.
pub(crate) struct Scene {
    width: usize,
    height: usize,
}

impl Scene {
    /// Soft spots of many sizes, and noise that stays where it is.
    pub fn textured(width: usize, height: usize) -> Self {
        Self { width, height }
    }

    pub fn plane(&self) -> Plane {
        let mut plane = Plane::new(self.width, self.height, 0);
        for y in 0..self.height {
            for x in 0..self.width {
                let (u, v) = (x as f32, y as f32);
                let soft = (u * 0.11 + (v * 0.07).sin() * 3.0).sin() + (v * 0.13 + u * 0.021).cos();
                let fine = (u * 0.53).sin() * (v * 0.61 + (u * 0.1).cos()).sin();
                let grain = f32::from(noise((y * self.width + x) as u32)) / 16.0;
                plane.row_mut(y)[x] = (120.0 + 35.0 * soft + 20.0 * fine + grain) as u8;
            }
        }
        plane
    }
}

/// A number from 0 to 255 that looks like chance, for each `seed` the same.
pub(crate) fn noise(seed: u32) -> u8 {
    let mut x = seed.wrapping_mul(0x9E37_79B9) ^ 0x5bd1_e995;
    x = (x ^ x >> 15).wrapping_mul(0x85EB_CA6B);
    x = (x ^ x >> 13).wrapping_mul(0xC2B2_AE35);
    (x ^ x >> 16) as u8
}

/// `plane`, with each pixel so many further right and down.
pub(crate) fn shifted(plane: &Plane, x: i32, y: i32) -> Plane {
    let mut out = plane.clone();
    for row in 0..plane.height {
        for column in 0..plane.width {
            let from_x = (column as i32 - x).clamp(0, plane.width as i32 - 1) as usize;
            let from_y = (row as i32 - y).clamp(0, plane.height as i32 - 1) as usize;
            out.row_mut(row)[column] = plane.row(from_y)[from_x];
        }
    }
    out
}

/// Rows of `#` and `.`, parted by spaces.
pub(crate) fn drawn(picture: &str) -> Mask {
    let rows: Vec<&str> = picture.split(' ').collect();
    let mut mask = Mask::new(rows[0].len(), rows.len());
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.match_indices('#') {
            mask.set(Run { y, start: x, end: x + 1 }, true);
        }
    }
    mask
}

/// The inverse of [`drawn`].
pub(crate) fn draw(mask: &Mask) -> String {
    let mut plane = Plane::new(mask.width, mask.height, 0);
    mask.unpack(&mut plane);
    let rows = plane.bytes.chunks(mask.width);
    let row = |row: &[u8]| row.iter().map(|it| if *it == 1 { '#' } else { '.' }).collect();
    rows.map(row).collect::<Vec<String>>().join(" ")
}
