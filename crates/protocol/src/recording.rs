use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{GapCause, StreamAddress, VolumeStatus};

/// How recording is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordingStatus {
    /// In the order they were added.
    pub volumes: Vec<VolumeStatus>,
    /// Every stream of every camera.
    pub streams: Vec<StreamRecording>,
    /// Days of recordings that the volumes will hold together, at the rate at
    /// which they come; nothing in the first hour.
    pub forecast_days: Option<f64>,
    /// The last setting of the server's clock since it started: times before it
    /// are off by so much. Nothing where it was not set.
    pub clock_set: Option<ClockSet>,
}

/// Somebody, or a time server, set the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClockSet {
    /// When, by the clock as it was set, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub at: i64,
    /// By how many µs; negative where it was set back.
    #[ts(type = "number")]
    pub by: i64,
}

/// What is recorded of one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StreamRecording {
    /// Which.
    pub stream: StreamAddress,
    /// How it is doing.
    pub state: StreamRecordingState,
    /// Bytes of its recordings.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When the oldest of them begins, in µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub oldest: Option<i64>,
    /// How much of a hundred was recorded of what should have been in the last
    /// 24 h; nothing where nothing should have been.
    pub proof_percent: Option<f64>,
}

/// How the recording of a stream is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum StreamRecordingState {
    /// Its plan says that it is not recorded.
    Off,
    /// No access unit came yet.
    NotYet,
    /// It is being written.
    #[serde(rename_all = "camelCase")]
    Recording {
        /// Since when without a gap, in µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
    /// For an event, or for its hour.
    Waiting,
    /// It should be written and is not.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        cause: GapCause,
        /// The same for people: a sentence, with the next step where there is one.
        message: String,
        /// Since when, in µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
}
