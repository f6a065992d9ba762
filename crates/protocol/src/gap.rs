use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::StreamAddress;

/// A span that should have been recorded and was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordingGap {
    /// Of which stream.
    pub stream: StreamAddress,
    /// When it begins, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends: the first moment that is not part of it.
    #[ts(type = "number")]
    pub to: i64,
    /// Why.
    pub cause: GapCause,
}

/// Why something that should have been recorded was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum GapCause {
    /// Nothing answers at the camera's address.
    Unreachable,
    /// The camera refuses user name or password, or asks for them.
    Auth,
    /// The camera was connected and units did not arrive.
    NetworkLoss,
    /// The volume is full, and nothing on it may be removed.
    DiskFull,
    /// The volume takes less than what comes.
    DiskSlow,
    /// The volume is not there: unplugged, unmounted or another in its place.
    VolumeGone,
    /// The volume is there, and reports errors or cannot be written.
    VolumeFailed,
    /// No engine ran.
    EngineStopped,
    /// The machine slept.
    MachineAsleep,
    /// The plan says that nothing is recorded at this hour.
    Schedule,
    /// It was recorded, and removed since to keep within a limit.
    Retention,
    /// What the camera sends cannot be recorded.
    Unsupported,
    /// No volume is set up.
    NoVolume,
}

impl GapCause {
    /// Every one, in the order in which timelines number them.
    pub const ALL: [Self; 13] = [
        Self::Unreachable,
        Self::Auth,
        Self::NetworkLoss,
        Self::DiskFull,
        Self::DiskSlow,
        Self::VolumeGone,
        Self::VolumeFailed,
        Self::EngineStopped,
        Self::MachineAsleep,
        Self::Schedule,
        Self::Retention,
        Self::Unsupported,
        Self::NoVolume,
    ];
}
