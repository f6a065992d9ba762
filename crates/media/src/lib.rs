//! The words every other crate shares: ids, times, encoded and decoded
//! pictures, and the trait of whatever yields them.
//!
//! Nothing here does I/O. What reaches a viewer is in `protocol`, which knows
//! nothing of this crate; `engine::view` translates.

mod audio;
mod clock;
mod event;
mod format;
mod gap_cause;
mod gop;
mod grid;
mod id;
mod picture;
mod recording_gap;
mod source;
mod stamp;
mod time;
mod track;
mod unit;

pub use audio::{AudioCodec, AudioFormat, AudioUnit, Sound, SoundFormat};
pub use clock::Clock;
pub use event::{Event, EventKind};
pub use format::{Codec, FieldOrder, Matrix, Range, Ratio, Rotation, Size, VideoFormat};
pub use gap_cause::GapCause;
pub use gop::Gop;
pub use grid::Grid;
pub use id::{CameraId, StreamId, StreamRole};
pub use picture::{Need, Packing, Picture, PictureFormat};
pub use recording_gap::RecordingGap;
pub use source::{Cause, ClockOffset, Gap, Received, Source, SourceError};
pub use time::{MediaTime, WallTime};
pub use track::{Track, TrackPlace, TrackedEvent};
pub use unit::AccessUnit;
