use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CameraAddress, Failure};

/// Which encoding of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StreamRole {
    /// The best picture the camera makes.
    Main,
    /// A smaller one, for grids.
    Sub,
}

/// One encoding of one camera.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StreamAddress {
    /// Whose.
    pub camera: CameraAddress,
    /// Which.
    pub role: StreamRole,
}

/// How a stream is doing, from the task that holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum StreamState {
    /// Nobody wants it.
    Closed,
    /// On the way to the first picture.
    #[serde(rename_all = "camelCase")]
    Connecting {
        /// How far.
        stage: ConnectingStage,
        /// Since when, in µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
    /// Units arrive.
    #[serde(rename_all = "camelCase")]
    Live {
        /// Codec, by FFmpeg's short name.
        codec: String,
        /// Announced width in pixels; 0 where it is not announced.
        width: u32,
        /// Announced height in pixels; 0 where it is not announced.
        height: u32,
        /// Whether sound came in this session.
        has_sound: bool,
    },
    /// Connected, and no picture has come for longer than it should take.
    #[serde(rename_all = "camelCase")]
    Stale {
        /// When the last one came, in µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
    /// Units arrive, and some were lost within the last ten seconds.
    #[serde(rename_all = "camelCase")]
    Degraded {
        /// Codec, by FFmpeg's short name.
        codec: String,
        /// Announced width in pixels; 0 where it is not announced.
        width: u32,
        /// Announced height in pixels; 0 where it is not announced.
        height: u32,
        /// Whether sound came in this session.
        has_sound: bool,
        /// Pictures of a hundred that could not be shown.
        dropped_percent: u32,
    },
    /// User name or password are missing or refused. It is tried again seldom,
    /// and at once when they are changed.
    #[serde(rename_all = "camelCase")]
    AuthFailed {
        /// What the camera said.
        failure: Failure,
        /// When it will be tried again, in µs since 1970 UTC.
        #[ts(type = "number")]
        retry_at: i64,
    },
    /// Nothing here can show what it sends.
    #[serde(rename_all = "camelCase")]
    Unsupported {
        /// What it sends.
        failure: Failure,
        /// When it will be tried again, in µs since 1970 UTC.
        #[ts(type = "number")]
        retry_at: i64,
    },
    /// Its camera was removed: the last there is to hear of it.
    Removed,
    /// The session is over; another follows.
    #[serde(rename_all = "camelCase")]
    Lost {
        /// Why.
        failure: Failure,
        /// When it will be tried again, in µs since 1970 UTC.
        #[ts(type = "number")]
        retry_at: i64,
        /// Attempts since it was last live.
        attempt: u32,
    },
}

/// Steps on the way to the first picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectingStage {
    /// Being opened.
    Opening,
    /// Being reached on the network.
    Reaching,
    /// Reached; logging in and asking for the stream.
    Asking,
    /// Open; the first key frame has not come yet.
    FirstKeyFrame,
}
