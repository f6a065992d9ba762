use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A folder on a disk of the server, which recordings are written to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Volume {
    /// A UUID, which lies in the folder, too.
    pub id: String,
    /// The folder on the server, 1 to 4096 bytes.
    pub path: String,
    /// How many bytes of recordings it may hold; as many as fit where nothing
    /// is said.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// How many days recordings stay, 1 to 36500; while there is room where
    /// nothing is said.
    pub max_days: Option<u32>,
}

/// A volume to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewVolume {
    /// The folder on the server, 1 to 4096 bytes.
    pub path: String,
    /// How many bytes of recordings it may hold; as many as fit where nothing
    /// is said.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// How many days recordings stay, 1 to 36500; while there is room where
    /// nothing is said.
    pub max_days: Option<u32>,
}

/// How a volume is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum VolumeState {
    /// It takes what comes.
    Ready,
    /// There is no room, and nothing on it may be removed.
    Full,
    /// It takes less than what comes.
    Slow,
    /// It can be read and not written.
    #[serde(rename_all = "camelCase")]
    ReadOnly {
        /// What to do: a sentence.
        message: String,
    },
    /// It is not there.
    #[serde(rename_all = "camelCase")]
    Missing {
        /// What to do: a sentence.
        message: String,
    },
    /// Another one is in its place.
    #[serde(rename_all = "camelCase")]
    Swapped {
        /// What to do: a sentence.
        message: String,
    },
    /// The disk reports errors.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// What to do: a sentence.
        message: String,
    },
}

/// A volume, what is on it and how long that will go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VolumeStatus {
    /// Which.
    pub volume: Volume,
    /// How it is doing.
    pub state: VolumeState,
    /// Bytes on its disk.
    #[ts(type = "number")]
    pub total_bytes: u64,
    /// Bytes of them that are free.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Bytes of recordings on it.
    #[ts(type = "number")]
    pub recorded_bytes: u64,
    /// When the oldest recording on it begins, in µs since 1970 UTC.
    #[ts(type = "number | null")]
    pub oldest: Option<i64>,
    /// Days of recordings that it will hold, at the rate at which they come;
    /// nothing in the first hour.
    pub forecast_days: Option<f64>,
    /// Milliseconds that 99 of 100 writes stay below; nothing before the first.
    pub write_lag_ms: Option<f64>,
}
