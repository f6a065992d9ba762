use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::StreamAddress;

/// What a viewer wants a picture of, as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewStill {
    /// Of which stream. Of a recording it is the camera's other stream where
    /// that alone was recorded.
    pub stream: StreamAddress,
    /// Of when, in µs since 1970 UTC: the picture that a playback shows then;
    /// live where nothing is said.
    #[ts(type = "number | null")]
    pub at: Option<i64>,
    /// As what.
    pub format: StillFormat,
}

/// What kind of file a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StillFormat {
    /// Large, and every sample as it was decoded.
    Png,
    /// Small.
    Jpeg,
}

/// A picture as a file: all samples of the stream, upright, and as wide as it
/// is meant to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Still {
    /// When it reached the server, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub taken: i64,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The file, in Base64.
    pub file: String,
}
