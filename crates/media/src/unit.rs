//! One encoded picture.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{MediaTime, VideoFormat, WallTime};

/// One encoded picture, shared by `Arc` and never copied before a socket.
#[derive(Clone, Debug)]
pub struct AccessUnit {
    /// How it is encoded. A new `Arc` where the stream changed its mind.
    pub format: Arc<VideoFormat>,
    /// Counts the units of one session from 0, without holes.
    pub sequence: u64,
    /// When it is to be shown, on the stream's axis.
    pub time: MediaTime,
    /// How long it is shown; zero where the source does not say.
    pub duration: Duration,
    /// When it reached this engine.
    pub arrived: WallTime,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// In the form `format` announces: AVCC after `avcC`, Annex B without, a whole JPEG.
    pub payload: Bytes,
}
