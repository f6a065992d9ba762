use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// What is recorded in a span, in buckets of the same length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Timeline {
    /// When the first bucket begins, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When the last bucket ends.
    #[ts(type = "number")]
    pub to: i64,
    /// How many there are.
    pub buckets: u32,
    /// One a camera, in the order in which they were asked for.
    pub lanes: Vec<TimelineLane>,
}

/// What is recorded of one camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineLane {
    /// Which.
    pub camera: CameraAddress,
    /// Its buckets as runs, in Base64: two bytes for 1 to 255 buckets in turn
    /// that are the same, their number and a [`TimelineBucket`].
    pub runs: String,
    /// What happened in them, as runs of the same form whose second byte is an
    /// [`EventMark`].
    pub events: String,
}

/// What is in a bucket, as a byte.
pub struct TimelineBucket;

impl TimelineBucket {
    /// Its lower three bits where all of it is recorded, of main and sub stream
    /// together; 0 is nothing, those between sixths.
    pub const WHOLE: u8 = 0b111;
    /// From which bit on the cause is why most of the rest is not: 0 where
    /// that is not known, else the place in [`crate::GapCause::ALL`], counted from 1.
    pub const CAUSE_SHIFT: u8 = 3;
    /// Some of it is evidence.
    pub const LOCKED: u8 = 0b1000_0000;
}

/// What happened in a bucket, as a byte: the sum of these.
pub struct EventMark;

impl EventMark {
    /// Something moved.
    pub const MOTION: u8 = 1;
    /// Something crossed a line.
    pub const CROSSING: u8 = 2;
    /// Something stayed.
    pub const LOITERING: u8 = 4;
    /// Something was done to the camera.
    pub const TAMPER: u8 = 8;
    /// Somebody reported something.
    pub const REPORTED: u8 = 16;
}

/// The most buckets a lane may have.
pub const MAX_BUCKETS: u32 = 4096;

/// The most cameras of which one command may ask.
pub const MAX_LANES: usize = 256;

/// The ends of what is recorded of a camera that are nearest to a moment.
/// Holes shorter than 500 ms are none. Nothing where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Neighbours {
    /// The last begin before it, in µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub begin_before: Option<i64>,
    /// The last end before it, or at it.
    #[ts(type = "number | null")]
    pub end_before: Option<i64>,
    /// The first begin after it.
    #[ts(type = "number | null")]
    pub begin_after: Option<i64>,
    /// The first end after it.
    #[ts(type = "number | null")]
    pub end_after: Option<i64>,
}
