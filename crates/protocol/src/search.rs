use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// Something moved at a camera in the part of the picture that was searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MotionSpan {
    /// At which.
    pub camera: CameraAddress,
    /// From when, in µs since 1970 UTC; exact to five seconds.
    #[ts(type = "number")]
    pub from: i64,
    /// Until when, at most an hour later.
    #[ts(type = "number")]
    pub to: i64,
}

/// The most spans that one search may ask for.
pub const MAX_FOUND: u32 = 1000;
