//! Footage on disk: segments, and their index, one SQLite file a volume.
//!
//! ```text
//! volume/  tessera-volume.json       by which it is known again
//!          index.sqlite              made anew from the files where it is lost
//!          recordings/camera-12-main/20261122T10/20261122T101500Z-250000.mp4
//! ```
//!
//! Access units go through one [`StreamWriter`](writer) a stream into the
//! fragments of [`mp4`] files ([`segment`]); a [`Volume`] writes those of all
//! its streams in rounds: files, then their names, then the rows of the
//! [`index`]. What a crash leaves is put right by [`recovery`]; what is too
//! old or too much is chosen by [`limits`]; what somebody wants to hand on is
//! made ordinary MP4 by [`export`]. Files tell, too, what happened at their
//! camera meanwhile ([`untold`]). Nothing is ever decoded here.

mod annexb;
mod error;
mod export;
mod footage;
mod index;
mod limits;
mod mp4;
mod place;
mod recovery;
mod root;
mod segment;
mod survey;
mod untold;
mod volume;
mod writer;

pub use error::ArchiveError;
pub use export::{
    BurnIn, BurntUnit, Export, ExportError, Exported, Request as ExportRequest, Wanted, Wish,
    file_stem,
};
pub use footage::Footage;
pub use index::{Held, Index, Recording, Segment};
pub use limits::{Limit, Limits, forecast};
pub use mp4::{Head, MOST_EVENTS, Picture, Sound};
pub use root::Space;
pub use survey::{Difference, Finding, Survey, check, compare};
pub use volume::{Round, Volume, identity, open_index};
pub use writer::{Batch, Item, Span};
