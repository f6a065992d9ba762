//! Pictures to observations: what moves, where, and what happens to the camera.
//!
//! Everything here is a function of grey pictures, their times and a state that
//! the caller keeps: no threads, no files, no clock but the one in the input.
//! Decoding and scaling is `codec`'s, schedules and alarms are the engine's.

mod blob;
mod event;
mod glance;
mod grey;
mod grid;
mod light;
mod motion;
mod point;
mod polygon;
mod rules;
mod shift;
mod tamper;
mod track;
mod wake;
mod weight;

mod background;
mod mask;
mod nature;
mod plane;
#[cfg(test)]
mod testing;

pub use blob::{Area, Blob};
pub use event::{Event, Kind, Reason, Verdict, Watch};
pub use glance::Glance;
pub use grey::{GOOD_WIDTH, Grey, GreyError, MAX_PIXELS};
pub use light::Light;
pub use motion::{Motion, Observation};
pub use point::{Extent, Point};
pub use polygon::{MAX_CORNERS, Polygon, PolygonError};
pub use rules::{Direction, Line, MAX_RULES, Rules, RulesError, Sense, Zone};
pub use shift::Shift;
pub use tamper::{Tamper, TamperWatch};
pub use track::{Step, Track, Tracker};
pub use wake::{Trust, Wake};
