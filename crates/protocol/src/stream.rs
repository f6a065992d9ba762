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
    },
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
    /// Open; the first key frame has not come yet.
    FirstKeyFrame,
}
