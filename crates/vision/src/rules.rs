//! What the owner wants to be told: zones, masks and lines, as data. When a
//! rule holds, by the hours of a week, is the engine's.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Point, Polygon};

/// More zones or lines of one camera are refused.
pub const MAX_RULES: usize = 32;

/// The longest name of a zone or a line, in characters.
const MAX_NAME: usize = 100;

/// All that is looked for in the pictures of one camera. Without a zone, the
/// whole picture is one, with what [`Zone::default`] says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Where things are told.
    pub zones: Vec<Zone>,
    /// Where things are not told, whatever the zones say.
    pub masks: Vec<Polygon>,
    /// What things are told to cross.
    pub lines: Vec<Line>,
}

/// Where things are told, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Zone {
    /// What it is called; may be empty.
    pub name: String,
    /// Where; the whole picture where there is none.
    pub shape: Option<Polygon>,
    /// From 0, only what stands out most, to 100, all that is seen.
    pub sensitivity: u8,
    /// Smaller things are not told; a share of the picture.
    pub min_size: f32,
    /// Larger things are not told either.
    pub max_size: f32,
    /// What is in it for less is not told.
    pub min_duration: Duration,
    /// Only what goes this way is told.
    pub direction: Option<Direction>,
    /// What stays for longer is told once more.
    pub loitering: Option<Duration>,
}

/// A way across the picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Direction {
    /// 0 is right, 90 is down.
    pub degrees: f32,
    /// So many degrees to either side are the same way.
    pub tolerance: f32,
}

/// A line that things cross.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What it is called; may be empty.
    #[serde(default)]
    pub name: String,
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
    /// Which crossings are told.
    pub sense: Sense,
}

/// Which way a line is crossed by who stands at its first end and looks at the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sense {
    /// Either way.
    Both,
    /// From the left to the right.
    ToRight,
    /// From the right to the left.
    ToLeft,
}

/// Why rules cannot be followed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RulesError {
    /// More than anybody can watch.
    #[error("A camera has {MAX_RULES} zones, masks and lines of each at most.")]
    TooMany,
    /// A number means nothing.
    #[error("Zone {zone}: {what} is out of its range.")]
    Range {
        /// Counted from 1.
        zone: usize,
        /// Which number.
        what: &'static str,
    },
    /// Nobody reads it.
    #[error("The name of a zone or a line is one line of at most {MAX_NAME} characters.")]
    Name,
    /// A line without length, or beyond the picture.
    #[error("Line {0} has no length or lies outside the picture.")]
    Line(usize),
}

impl Rules {
    /// Whether they can be followed. Shapes were checked when they were made.
    pub fn check(&self) -> Result<(), RulesError> {
        if [self.zones.len(), self.masks.len(), self.lines.len()].iter().any(|it| *it > MAX_RULES) {
            return Err(RulesError::TooMany);
        }
        let zones = self.zones.iter().map(|zone| &zone.name);
        let mut names = zones.chain(self.lines.iter().map(|line| &line.name));
        if !names.all(|it| it.chars().count() <= MAX_NAME && !it.chars().any(char::is_control)) {
            return Err(RulesError::Name);
        }
        for (zone, rule) in (1..).zip(&self.zones) {
            if let Some(what) = rule.out_of_range() {
                return Err(RulesError::Range { zone, what });
            }
        }
        let is_inside = |it: Point| (0.0..=1.0).contains(&it.x) && (0.0..=1.0).contains(&it.y);
        for (number, line) in (1..).zip(&self.lines) {
            let has_length = line.from.distance(line.to) >= 0.01;
            if !has_length || !is_inside(line.from) || !is_inside(line.to) {
                return Err(RulesError::Line(number));
            }
        }
        Ok(())
    }
}

impl Zone {
    /// Whether `point` is in it.
    pub fn contains(&self, point: Point) -> bool {
        self.shape.as_ref().is_none_or(|shape| shape.contains(point))
    }

    /// Things must stand out by so much.
    pub(crate) fn min_contrast(&self) -> u8 {
        (100 - self.sensitivity.min(100)) / 2
    }

    fn out_of_range(&self) -> Option<&'static str> {
        let is_share = |value: f32| (0.0..=1.0).contains(&value);
        if self.sensitivity > 100 {
            Some("its sensitivity")
        } else if !is_share(self.min_size) || !is_share(self.max_size) {
            Some("a size")
        } else if self.min_size > self.max_size {
            Some("the smallest size")
        } else {
            self.direction.is_some_and(|way| !way.is_one()).then_some("the direction")
        }
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self {
            name: String::new(),
            shape: None,
            sensitivity: 80,
            min_size: 0.0,
            max_size: 1.0,
            min_duration: Duration::ZERO,
            direction: None,
            loitering: None,
        }
    }
}

impl Direction {
    /// Whether going from `from` to `to` is going this way.
    pub fn is_way(self, from: Point, to: Point) -> bool {
        let degrees = (to.y - from.y).atan2(to.x - from.x).to_degrees();
        let apart = (degrees - self.degrees).rem_euclid(360.0);
        from != to && apart.min(360.0 - apart) <= self.tolerance
    }

    fn is_one(self) -> bool {
        self.degrees.is_finite() && (0.0..=180.0).contains(&self.tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_mean_nothing_are_refused() {
        let check = |zone: Zone, expected: Option<&'static str>| {
            let rules = Rules { zones: vec![zone], ..Rules::default() };
            let expected = expected.map(|what| RulesError::Range { zone: 1, what });
            assert_eq!(rules.check().err(), expected);
        };
        check(Zone::default(), None);
        check(Zone { sensitivity: 101, ..Zone::default() }, Some("its sensitivity"));
        check(Zone { max_size: f32::NAN, ..Zone::default() }, Some("a size"));
        check(Zone { min_size: 0.5, max_size: 0.4, ..Zone::default() }, Some("the smallest size"));
        let direction = Some(Direction { degrees: f32::INFINITY, tolerance: 10.0 });
        check(Zone { direction, ..Zone::default() }, Some("the direction"));
        for name in ["two\nlines".to_owned(), "x".repeat(MAX_NAME + 1)] {
            let rules = Rules { zones: vec![Zone { name, ..Zone::default() }], ..Rules::default() };
            assert_eq!(rules.check(), Err(RulesError::Name));
        }
        let rules = Rules { zones: vec![Zone::default(); MAX_RULES + 1], ..Rules::default() };
        assert_eq!(rules.check(), Err(RulesError::TooMany));
        let point = Point { x: 0.5, y: 0.5 };
        let name = String::new();
        let lines = vec![Line { name, from: point, to: point, sense: Sense::Both }];
        assert_eq!(Rules { lines, ..Rules::default() }.check(), Err(RulesError::Line(1)));
    }

    #[test]
    fn directions_go_all_the_way_round() {
        let check = |degrees, x, y, expected| {
            let way = Direction { degrees, tolerance: 45.0 };
            let middle = Point { x: 0.5, y: 0.5 };
            assert_eq!(way.is_way(middle, Point { x, y }), expected, "{degrees} {x} {y}");
        };
        check(0.0, 0.9, 0.5, true);
        check(0.0, 0.1, 0.5, false);
        check(90.0, 0.5, 0.9, true);
        check(350.0, 0.9, 0.6, true);
        check(-170.0, 0.1, 0.6, true);
        check(0.0, 0.5, 0.5, false);
    }
}
