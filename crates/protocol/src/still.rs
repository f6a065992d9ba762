use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::StreamAddress;

/// The longest side of a thumbnail, in pixels.
pub const MAX_THUMBNAIL: u32 = 640;

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
    /// A small one instead, for a look in passing: no larger than this, and
    /// where `at` is said, of the key frame at or before it.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub thumbnail: Option<ThumbnailSize>,
    /// Time zone of its name, such as `Europe/Berlin`; the server's where
    /// nothing is said.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub zone: Option<String>,
}

/// What a thumbnail is to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ThumbnailSize {
    /// In pixels, 1 to 640.
    pub width: u32,
    /// In pixels, 1 to 640.
    pub height: u32,
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

/// A picture as a file: all samples of the stream, unless it is a thumbnail,
/// upright, and as wide as it is meant to be seen.
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
    /// What the file may be called on any system: what the camera is called,
    /// and when that was.
    pub name: String,
    /// The file, in Base64.
    pub file: String,
}
