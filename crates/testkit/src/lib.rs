//! What acceptance tests stand on: a screen and a session bus of their own,
//! the real executables, browsers, viewers, clips, and figures.
//!
//! Nothing here builds anything: paths of the executables come from the
//! environment ([`programs`]). Nothing here ends a process it did not start.
//! Linux only; the promises themselves are in `tests/`.

mod browser;
mod bus;
pub mod clip;
mod desk;
mod display;
mod figure;
pub mod orphans;
mod picture;
mod place;
mod process;
pub mod programs;
mod raw_session;
mod server;
pub mod stamp;
mod until;
mod viewer;
mod wall;

pub use browser::Browser;
pub use bus::Bus;
pub use clip::{Clip, Probe};
pub use desk::{Desk, headless};
pub use display::Display;
pub use figure::{Figure, Kind};
pub use picture::Picture;
pub use place::Place;
pub use process::{Output, Process, alive};
pub use raw_session::RawSession;
pub use server::{Server, door, said_sentence, statistics};
pub use stamp::Stamp;
pub use until::{measure_for, until};
pub use viewer::Viewer;
pub use wall::{Reading, Readings, Tile};
