//! Every type that reaches a viewer.
//!
//! A session is one WebSocket at [`PATH`]. Text messages are JSON: the viewer
//! sends [`Request`]s, the server [`Message`]s. Binary messages go from server
//! to viewer: a [`MediaHeader`] and a payload. The types are generated for
//! TypeScript (`ui/src/protocol`) and for people (`docs/protocol.md`) by this
//! crate's test.
//!
//! Domain types are elsewhere (`media`); this crate uses nothing of ours.

mod bookmark;
mod camera;
mod door;
mod event;
mod evidence;
mod export;
mod failure;
mod gap;
mod layout;
mod media_header;
mod message;
mod motion;
mod motion_trial;
mod observation;
mod picture;
mod plan;
mod playback;
mod probe;
mod recording;
mod request;
mod search;
mod sensitive;
mod settings;
mod statistics;
mod still;
mod stream;
mod timeline;
mod volume;

pub use bookmark::{Bookmark, NewBookmark};
pub use camera::{Camera, CameraAddress, CameraSource, Login, NewCamera, Transport};
pub use door::{
    DEFAULT_PORT, Door, ENGINE_FILE, LOCK_FILE, PATH, TICKET_PATH, TICKET_SECONDS, Ticket,
};
pub use event::{CameraEvent, EventKind, MAX_EVENTS, TrackPlace};
pub use evidence::{Evidence, NewEvidence};
pub use export::{Export, ExportState, NewExport};
pub use failure::{Failure, FailureCode};
pub use gap::{GapCause, RecordingGap};
pub use layout::{Layout, LayoutShape};
pub use media_header::{MediaHeader, MediaHeaderError, MediaKind};
pub use message::{Message, Outcome, Reply, Snapshot, Update};
pub use motion::{
    CameraMotion, LineSense, MotionAttention, MotionDirection, MotionLine, MotionMode,
    MotionSettings, MotionState, MotionZone, PicturePoint,
};
pub use motion_trial::{MAX_TRIED, MAX_TRIED_EVENTS, MotionTrial, TrialVerdict, TriedEvent};
pub use observation::{Observation, ObservedThing, RefusalReason, ThingVerdict};
pub use picture::{ColourMatrix, ColourRange, Delivery, PictureFormat, Ratio, UnitFormat};
pub use plan::{HourMode, RecordingMode, RecordingPlan, StreamPlan};
pub use playback::{
    MAX_PLAYBACKS, MAX_SPEED, MAX_STEP, PlaybackState, PlaybackTurn, RecordedState,
};
pub use probe::{Probe, StreamProbe};
pub use recording::{ClockSet, RecordingStatus, StreamRecording, StreamRecordingState};
pub use request::{Command, Request};
pub use search::{MAX_FOUND, MotionSpan};
pub use sensitive::Sensitive;
pub use settings::{Settings, Theme};
pub use statistics::{Spread, Statistics, StreamStatistics, ViewerStatistics};
pub use still::{MAX_THUMBNAIL, NewStill, Still, StillFormat, ThumbnailSize};
pub use stream::{ConnectingStage, StreamAddress, StreamRole, StreamState};
pub use timeline::{
    EventMark, MAX_BUCKETS, MAX_LANES, Neighbours, Timeline, TimelineBucket, TimelineLane,
};
pub use volume::{NewVolume, Volume, VolumeState, VolumeStatus};

/// Version of everything here. A server refuses a viewer of another version
/// with [`FailureCode::WrongVersion`].
pub const PROTOCOL_VERSION: u32 = 1;

/// The longest message a server accepts from a viewer, in bytes.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// The most subscriptions to pictures one session may hold.
pub const MAX_SUBSCRIPTIONS: usize = 256;

/// The most access units to be shown that may be on their way to a tile.
pub const MAX_UNITS_IN_FLIGHT: usize = 64;

/// The most bytes of them.
pub const MAX_BYTES_IN_FLIGHT: usize = 4 << 20;

/// How long the oldest of them may have been on its way, in seconds.
pub const MAX_IN_FLIGHT_SECONDS: u64 = 1;

/// The most streams one session may listen to.
pub const MAX_LISTENS: usize = 4;

/// The most cameras one session may observe.
pub const MAX_OBSERVED: usize = 4;

/// The most streams of one export.
pub const MAX_EXPORTED: usize = 256;

/// The most exports at once.
pub const MAX_EXPORTS: usize = 4;

/// The largest file of a picture, in bytes.
pub const MAX_STILL_BYTES: usize = 32 << 20;

/// The most recording gaps that one command may ask for.
pub const MAX_GAPS: u32 = 10_000;
