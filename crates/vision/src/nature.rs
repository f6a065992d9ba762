//! What a shape is: a thing, or only another light on what was there.
//!
//! Things have edges of their own. Shadows, clouds and lamps begin softly and
//! fall on what is there, and what a thing left behind has the edges of the
//! background, not of the picture.

use crate::blob::Shape;
use crate::mask::Run;
use crate::plane::Plane;

/// An edge is where pixels so many apart on either side differ.
const ASIDE: usize = 2;

/// By so much more than one and a half times what they differ in the background,
/// in a picture that is well exposed.
const SHARP: f32 = 20.0;

/// As many edge pixels as a square of that size has around it make a thing.
const OUTLINE: f32 = 4.0;

/// By how much `shape` stands out of `background` in `picture`, on average.
pub(crate) fn contrast(shape: &Shape, picture: &Plane, background: &Plane) -> u8 {
    let apart = |(a, b): (&u8, &u8)| u32::from(a.abs_diff(*b));
    let sums = shape.runs.iter().map(|run| {
        let seen = &picture.row(run.y)[run.start..run.end];
        let level = &background.row(run.y)[run.start..run.end];
        seen.iter().zip(level).map(apart).sum::<u32>()
    });
    (sums.sum::<u32>() / shape.pixels.max(1)) as u8
}

/// Whether `shape` is a thing in `picture`, which lies on `background` and is
/// as light. In a dark picture, of low `exposure`, edges are fainter.
pub(crate) fn is_thing(shape: &Shape, picture: &Plane, background: &Plane, exposure: f32) -> bool {
    let sharp = (SHARP * exposure) as u8;
    let needed = OUTLINE * (shape.pixels as f32).sqrt();
    let mut edges = 0;
    for run in &shape.runs {
        edges += own_edges(*run, picture, background, sharp);
        if edges as f32 >= needed {
            return !is_left(shape, picture, background);
        }
    }
    false
}

/// Whether it is the background that changes where `shape` ends, not the picture.
fn is_left(shape: &Shape, picture: &Plane, background: &Plane) -> bool {
    let (mut seen, mut level) = (0, 0);
    for run in &shape.runs {
        for end in [run.start, run.end] {
            // Nothing is known beyond the picture.
            if end >= ASIDE && end + ASIDE <= picture.width {
                let step = |row: &[u8]| u32::from(row[end - ASIDE].abs_diff(row[end + ASIDE - 1]));
                seen += step(picture.row(run.y));
                level += step(background.row(run.y));
            }
        }
    }
    level > seen + seen / 2
}

/// How many pixels of row `y` lie on an edge that the background does not have.
fn own_edges(run: Run, picture: &Plane, background: &Plane, sharp: u8) -> usize {
    let y = run.y;
    let (above, below) = (-(ASIDE as isize), ASIDE as isize);
    let (seen, level) = (picture.row(y), background.row(y));
    let (seen_above, seen_below) = (picture.near(y, above), picture.near(y, below));
    let (level_above, level_below) = (background.near(y, above), background.near(y, below));
    let is_own = |seen: u8, level: u8| seen > level.saturating_add(level / 2).saturating_add(sharp);
    (run.start..run.end)
        .filter(|&x| {
            let (left, right) = (x.saturating_sub(ASIDE), (x + ASIDE).min(picture.width - 1));
            is_own(seen[left].abs_diff(seen[right]), level[left].abs_diff(level[right]))
                || is_own(
                    seen_above[x].abs_diff(seen_below[x]),
                    level_above[x].abs_diff(level_below[x]),
                )
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Scene;

    /// Whether what covers 24×24 pixels is a thing where each pixel there
    /// becomes what `change` makes of it; it is told how far from the middle.
    fn check(change: impl Fn(u8, f32) -> u8) -> bool {
        let background = Scene::textured(64, 64).plane();
        let mut picture = background.clone();
        for y in 0..64 {
            for x in 0..64 {
                let far = (x as f32 - 31.5).abs().max((y as f32 - 31.5).abs());
                let value = &mut picture.row_mut(y)[x];
                *value = change(*value, far);
            }
        }
        let runs = (20..44).map(|y| Run { y, start: 20, end: 44 }).collect();
        is_thing(&Shape { pixels: 24 * 24, runs }, &picture, &background, 1.0)
    }

    #[test]
    fn things_have_edges() {
        assert!(check(|value, far| if far < 12.0 { 20 } else { value }));
        assert!(check(|value, far| if far < 12.0 { value.saturating_add(50) } else { value }));
        assert!(!check(|value, _| value));
    }

    #[test]
    fn light_has_none() {
        let soft = |far: f32| (1.5 - far / 16.0).clamp(0.0, 1.0);
        assert!(!check(|value, far| (f32::from(value) * (1.0 - 0.5 * soft(far))) as u8));
        assert!(!check(|value, far| (f32::from(value) * (1.0 + 0.4 * soft(far))) as u8));
        assert!(!check(|value, far| (f32::from(value) - 40.0 * soft(far)) as u8));
    }

    #[test]
    fn what_a_thing_left_is_none() {
        // The background has the thing, the picture does not.
        let picture = Scene::textured(64, 64).plane();
        let mut background = picture.clone();
        for y in 20..44 {
            background.row_mut(y)[20..44].fill(20);
        }
        let runs = (20..44).map(|y| Run { y, start: 20, end: 44 }).collect();
        let shape = Shape { pixels: 24 * 24, runs };
        assert!(!is_thing(&shape, &picture, &background, 1.0));
        assert!(is_thing(&shape, &background, &picture, 1.0));
    }
}
