//! What acceptance tests stand on: a screen and a session bus of their own,
//! the real executables, browsers, viewers, clips, cameras, and figures.
//!
//! Nothing here builds anything: paths of the executables come from the
//! environment ([`programs`]). Nothing here ends a process it did not start.
//! Linux only; the promises themselves are in `tests/`.

mod browser;
mod bus;
mod camera_audio;
mod camera_clip;
mod cameras;
pub mod clip;
mod desk;
mod devtools;
mod display;
mod figure;
mod mark;
pub mod orphans;
mod picture;
mod place;
mod process;
pub mod programs;
mod random;
mod raw_session;
mod recorded;
mod rtsp_proxy;
mod server;
pub mod stamp;
mod unit_viewer;
mod until;
mod usage;
mod viewer;
mod wall;

pub use browser::Browser;
pub use bus::Bus;
pub use camera_audio::Audio;
pub use camera_clip::{CameraClip, CameraCodec, CameraStream};
pub use cameras::{Authentication, CameraModel, Cameras, CamerasOptions, Scheme, Sent, Transports};
pub use clip::{Clip, Probe};
pub use desk::{Desk, headless};
pub use display::Display;
pub use figure::{Figure, Kind};
pub use mark::{Mark, monotonic_ns, wall_us};
pub use picture::Picture;
pub use place::Place;
pub use process::{Output, Process, alive};
pub use random::Random;
pub use raw_session::RawSession;
pub use recorded::{Recorded, RecordedUnit};
pub use rtsp_proxy::{Fault, RtspProxy, Times, Udp};
pub use server::{Server, door, said_sentence, statistics};
pub use stamp::Stamp;
pub use unit_viewer::{Faults, Got, UnitViewer};
pub use until::{measure_for, until};
pub use usage::Usage;
pub use viewer::Viewer;
pub use wall::{Reading, Readings, Tile};
