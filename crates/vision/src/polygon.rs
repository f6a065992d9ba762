//! Shapes that people draw over a picture.

use serde::{Deserialize, Serialize};

use crate::Point;

/// Nobody draws more corners.
pub const MAX_CORNERS: usize = 64;

/// What is smaller, as a share of the picture, was drawn by mistake.
const SMALLEST: f32 = 1e-5;

/// A shape without holes whose sides do not cross.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Point>", into = "Vec<Point>")]
pub struct Polygon {
    corners: Vec<Point>,
}

/// Why points are no polygon.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PolygonError {
    /// Two points are a line.
    #[error("A shape needs three corners or more; this has {0}.")]
    TooFew(usize),
    /// It would cost too much to look at.
    #[error("A shape has {MAX_CORNERS} corners at most; this has {0}.")]
    TooMany(usize),
    /// A corner is not in the picture.
    #[error("Corner {0} lies outside the picture.")]
    Outside(usize),
    /// What is inside cannot be told.
    #[error("The sides that begin at the corners {0} and {1} cross.")]
    Crossing(usize, usize),
    /// Nothing fits into it.
    #[error("The shape is too small for anything to be in it.")]
    Empty,
}

impl Polygon {
    /// The shape with these corners, one after the other. Corners are counted from 1 in errors.
    pub fn new(corners: Vec<Point>) -> Result<Self, PolygonError> {
        let count = corners.len();
        if count < 3 {
            return Err(PolygonError::TooFew(count));
        }
        if count > MAX_CORNERS {
            return Err(PolygonError::TooMany(count));
        }
        let is_outside = |it: &Point| !((0.0..=1.0).contains(&it.x) && (0.0..=1.0).contains(&it.y));
        if let Some(index) = corners.iter().position(is_outside) {
            return Err(PolygonError::Outside(index + 1));
        }
        let side = |index: usize| (corners[index], corners[(index + 1) % count]);
        for first in 0..count {
            for second in first + 1..count {
                let are_neighbours = second == first + 1 || first == 0 && second == count - 1;
                if !are_neighbours && do_meet(side(first), side(second)) {
                    return Err(PolygonError::Crossing(first + 1, second + 1));
                }
            }
        }
        let twice: f32 = (0..count).map(side).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
        if twice.abs() / 2.0 < SMALLEST {
            return Err(PolygonError::Empty);
        }
        Ok(Self { corners })
    }

    /// The corners, one after the other.
    pub fn corners(&self) -> &[Point] {
        &self.corners
    }

    /// Whether `point` lies inside.
    pub fn contains(&self, point: Point) -> bool {
        // A ray to the right leaves it once more than it enters.
        let mut is_inside = false;
        for (index, a) in self.corners.iter().enumerate() {
            let b = self.corners[(index + 1) % self.corners.len()];
            if (a.y > point.y) != (b.y > point.y) {
                let x = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x);
                is_inside ^= point.x < x;
            }
        }
        is_inside
    }
}

impl TryFrom<Vec<Point>> for Polygon {
    type Error = PolygonError;

    fn try_from(corners: Vec<Point>) -> Result<Self, PolygonError> {
        Self::new(corners)
    }
}

impl From<Polygon> for Vec<Point> {
    fn from(polygon: Polygon) -> Self {
        polygon.corners
    }
}

/// On which side of the line through `a` and `b` lies `point`: more than zero
/// where it is to the right of who walks from `a` to `b`.
pub(crate) fn side_of(a: Point, b: Point, point: Point) -> f32 {
    (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
}

/// Whether two sides have a point in common.
pub(crate) fn do_meet(one: (Point, Point), other: (Point, Point)) -> bool {
    let (a, b) = (side_of(one.0, one.1, other.0), side_of(one.0, one.1, other.1));
    let (c, d) = (side_of(other.0, other.1, one.0), side_of(other.0, other.1, one.1));
    if a == 0.0 && b == 0.0 {
        // All on one line.
        let is_apart = |a: f32, b: f32, c: f32, d: f32| a.max(b) < c.min(d) || c.max(d) < a.min(b);
        return !is_apart(one.0.x, one.1.x, other.0.x, other.1.x)
            && !is_apart(one.0.y, one.1.y, other.0.y, other.1.y);
    }
    a * b <= 0.0 && c * d <= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(corners: &[(f32, f32)]) -> Vec<Point> {
        corners.iter().map(|&(x, y)| Point { x, y }).collect()
    }

    fn check(corners: &[(f32, f32)], expected: Option<PolygonError>) {
        assert_eq!(Polygon::new(points(corners)).err(), expected, "{corners:?}");
    }

    #[test]
    fn shapes_that_mean_nothing_are_refused() {
        use PolygonError::{Crossing, Empty, Outside, TooFew};
        check(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], None);
        check(&[(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.9, 0.9), (0.1, 0.9)], None);
        check(&[], Some(TooFew(0)));
        check(&[(0.0, 0.0), (1.0, 1.0)], Some(TooFew(2)));
        check(&[(0.0, 0.0), (1.1, 0.0), (1.0, 1.0)], Some(Outside(2)));
        check(&[(0.0, 0.0), (1.0, 0.0), (1.0, f32::NAN)], Some(Outside(3)));
        check(&[(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)], Some(Crossing(1, 3)));
        check(&[(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)], Some(Empty));
        check(&[(0.5, 0.5); 3], Some(Empty));
        // A corner that lies on another side.
        check(&[(0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.5, 1.0)], Some(Crossing(1, 3)));
    }

    #[test]
    fn a_million_corners_are_refused_at_once() {
        let many = vec![Point { x: 0.5, y: 0.5 }; 1_000_000];
        assert_eq!(Polygon::new(many).err(), Some(PolygonError::TooMany(1_000_000)));
    }

    #[test]
    fn inside_is_told_from_outside() {
        let hook = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.6, 0.9), (0.6, 0.4), (0.1, 0.4)];
        let hook = Polygon::new(points(&hook)).unwrap();
        let check = |x, y, expected| assert_eq!(hook.contains(Point { x, y }), expected, "{x} {y}");
        check(0.2, 0.2, true);
        check(0.7, 0.8, true);
        check(0.3, 0.6, false);
        check(0.0, 0.2, false);
        check(0.95, 0.5, false);
    }
}
