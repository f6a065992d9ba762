use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// A span of a camera's recordings that is never removed to make room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Its id on its server; never another's.
    pub id: u32,
    /// Whose, removed or not.
    pub camera: CameraAddress,
    /// When it begins, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends: the first moment that is not part of it.
    #[ts(type = "number")]
    pub to: i64,
    /// What it is kept for. Not trusted: may hold anything people type.
    pub note: String,
    /// When it was added, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub created: i64,
}

/// A span of a camera's recordings that is to stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewEvidence {
    /// Whose, removed or not.
    pub camera: CameraAddress,
    /// When it begins, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends, later than it begins: the first moment that is not part of it.
    #[ts(type = "number")]
    pub to: i64,
    /// What it is kept for: one line of at most 300 characters.
    pub note: String,
}
