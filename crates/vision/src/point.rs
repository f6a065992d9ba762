//! Places in a picture, whatever its size: fractions of its width and height.

use serde::{Deserialize, Serialize};

use crate::Area;

/// A place; 0 is left and top, 1 is right and bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    /// Left and top.
    pub from: Point,
    /// Right and bottom.
    pub to: Point,
}

impl Point {
    /// How far `other` is, in heights or widths, whichever is more.
    pub fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

impl Extent {
    /// `area` of a picture of `size`.
    pub(crate) fn of(area: Area, size: (u32, u32)) -> Self {
        let (width, height) = (size.0.max(1) as f32, size.1.max(1) as f32);
        let point = |x: u32, y: u32| Point { x: x as f32 / width, y: y as f32 / height };
        Self { from: point(area.left, area.top), to: point(area.right, area.bottom) }
    }

    /// Its share of the picture.
    pub fn size(self) -> f32 {
        (self.to.x - self.from.x).max(0.0) * (self.to.y - self.from.y).max(0.0)
    }

    /// The middle.
    pub fn centre(self) -> Point {
        Point { x: (self.from.x + self.to.x) / 2.0, y: (self.from.y + self.to.y) / 2.0 }
    }

    /// Where things stand: the middle of the lower edge.
    pub fn foot(self) -> Point {
        Point { x: self.centre().x, y: self.to.y }
    }

    /// Whether it reaches the edge of the picture.
    pub fn is_at_edge(self) -> bool {
        self.from.x <= 0.0 || self.from.y <= 0.0 || self.to.x >= 1.0 || self.to.y >= 1.0
    }

    /// What both cover; of size 0 where that is nothing.
    pub(crate) fn common(self, other: Self) -> Self {
        let from = Point { x: self.from.x.max(other.from.x), y: self.from.y.max(other.from.y) };
        let to = Point { x: self.to.x.min(other.to.x), y: self.to.y.min(other.to.y) };
        Self { from, to: Point { x: to.x.max(from.x), y: to.y.max(from.y) } }
    }

    /// The smallest that covers both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            from: Point { x: self.from.x.min(other.from.x), y: self.from.y.min(other.from.y) },
            to: Point { x: self.to.x.max(other.to.x), y: self.to.y.max(other.to.y) },
        }
    }

    /// This, so much further on, and larger by `margin` on all sides.
    pub(crate) fn moved(self, x: f32, y: f32, margin: f32) -> Self {
        Self {
            from: Point { x: self.from.x + x - margin, y: self.from.y + y - margin },
            to: Point { x: self.to.x + x + margin, y: self.to.y + y + margin },
        }
    }
}
