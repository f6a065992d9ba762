use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::StreamAddress;

/// How a stream is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingPlan {
    /// When it is.
    pub mode: RecordingMode,
    /// Seconds kept from before an event, 0 to 60.
    pub pre_seconds: u32,
    /// Seconds recorded after an event, 0 to 600.
    pub post_seconds: u32,
    /// Whether its sound is recorded, too.
    pub audio: bool,
    /// Id of the volume it is written to; the first one where nothing is said.
    pub volume: Option<String>,
    /// How many days its recordings stay, 1 to 36500; as the volume says where
    /// nothing is said.
    pub max_days: Option<u32>,
    /// How many bytes of recordings it may have; as the volume says where
    /// nothing is said.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// What is recorded at each of the 168 hours of a week where the mode is
    /// `schedule`, from Monday 0:00 by the server's local time.
    pub week: Vec<HourMode>,
}

/// When a stream is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RecordingMode {
    /// Never.
    Off,
    /// Always.
    Continuous,
    /// Around events.
    Event,
    /// As the hours of the week say.
    Schedule,
}

/// What is recorded in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HourMode {
    /// Nothing.
    Off,
    /// What is around events.
    Event,
    /// Everything.
    Continuous,
}

/// How one stream is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StreamPlan {
    /// Which.
    pub stream: StreamAddress,
    /// How.
    pub plan: RecordingPlan,
}
