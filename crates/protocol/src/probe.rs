use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the streams at an address turned out to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The stream at the address.
    pub main: StreamProbe,
    /// A smaller stream of the same camera, where its address could be told
    /// from the first one's and it answers there.
    pub sub: Option<StreamProbe>,
    /// A picture of now: a JPEG of at most 320×180 pixels in base64; nothing
    /// where it could not be decoded.
    pub thumbnail: Option<String>,
}

/// What a stream turned out to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StreamProbe {
    /// Where it is, without user and password.
    pub address: String,
    /// Codec, by FFmpeg's short name.
    pub codec: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second, as counted over some seconds.
    pub rate: Option<f64>,
    /// Seconds from one key frame to the next, where two came in time.
    pub key_interval: Option<f64>,
    /// Codec of its sound, by FFmpeg's short name.
    pub audio: Option<String>,
    /// Milliseconds by which the camera's clock is ahead of the server's, as
    /// it says itself.
    #[ts(type = "number | null")]
    pub clock_offset_ms: Option<i64>,
}
