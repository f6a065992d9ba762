use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{GapCause, MAX_SUBSCRIPTIONS};

/// How a playback goes on. From `at` on, its time goes `speed` times as fast
/// as the clock, until the next of these.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaybackState {
    /// Where it is now, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// How fast; 0 while it stands, negative backwards.
    pub speed: f64,
    /// Why the server changed it, where the viewer did not ask for it.
    pub because: Option<PlaybackTurn>,
}

/// Why a server changes how a playback goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PlaybackTurn {
    /// It stepped, and stands at that picture.
    Stepped,
    /// Nothing is recorded here on any of its tiles: it went on with what comes next.
    Skipped,
    /// It caught up with what is live, and goes on as fast as that.
    Live,
    /// Nothing older is recorded: it stands.
    Begin,
}

/// What a tile of a playback shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum RecordedState {
    /// Pictures of the time of its playback.
    Shown,
    /// Nothing is recorded at that time.
    #[serde(rename_all = "camelCase")]
    Nothing {
        /// Why, where that is known.
        cause: Option<GapCause>,
    },
    /// What is recorded cannot be read or shown.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why: a sentence.
        message: String,
    },
}

/// Playback is at most so many times as fast as the clock, in either direction.
pub const MAX_SPEED: f64 = 16.0;

/// At most so many pictures are stepped over at once.
pub const MAX_STEP: i32 = 100;

/// The most playbacks one session may have: one for each tile.
pub const MAX_PLAYBACKS: usize = MAX_SUBSCRIPTIONS;
