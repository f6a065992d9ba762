//! What cannot be rebuilt: cameras and their passwords, layouts, settings, what
//! is recorded, what was not and what happened; one SQLite file in the data directory, backed
//! up beside it. And, in a file of its own and without backup, where something moved.
//!
//! ```text
//! DIR/tessera.sqlite          the database, with its -wal and -shm while it is open
//! DIR/traces.sqlite           where something moved
//! DIR/key                     the key to the passwords, where no keychain keeps it
//! DIR/backups/                tessera-20261122T101500Z.sqlite, the newest 24 of one an hour;
//!                             before-migration-2-20261122T101500Z.sqlite, the newest 5
//! DIR/damaged/20261122T101500Z/   what was moved aside because it could not be read
//! ```
//!
//! Recordings are the archive's, since they can be rebuilt from the footage.
//! What a viewer sees is `protocol`'s; `engine::view` translates.
//!
//! Every call blocks, shortly; a change is on the disk when its call returns.
//! One process opens a data directory at a time: the engine's lock sees to that.

mod store;

mod camera;
mod credential;
mod layout;
mod settings;

mod bookmark;
mod event;
mod evidence;
mod gap;
mod motion;
mod plan;
mod traces;
mod volume;
mod week;

mod limit;
mod stream;
mod words;

mod error;
mod secret;

mod key;
mod key_file;
mod keychain;

mod backup;
mod check;
mod recovery;

mod connection;
mod folder;
mod header;
mod migration;
mod stamp;

pub use bookmark::{Bookmark, NewBookmark};
pub use camera::{Camera, CameraSource, NewCamera, Transport};
pub use credential::Credentials;
pub use error::{Notice, StoreError};
pub use evidence::{Evidence, NewEvidence};
pub use key::KeyKeeping;
pub use layout::{Layout, LayoutShape, TileCamera};
pub use motion::{MotionMode, MotionSettings};
pub use plan::{HourMode, RecordingMode, RecordingPlan};
pub use secret::Secret;
pub use settings::{Settings, Theme};
pub use store::Store;
pub use traces::{MAX_TRACED, Search, Slot, Trace, Traced, TracedSpan, Traces};
pub use volume::Volume;
pub use week::Week;
pub use words::line;
