use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// A moment or span of some cameras that somebody wants to find again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bookmark {
    /// Its id on its server; never another's.
    pub id: u32,
    /// What it marks.
    pub marked: NewBookmark,
    /// When it was added, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub created: i64,
}

/// What a bookmark marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewBookmark {
    /// Whose recordings, removed or not: 1 to 256.
    pub cameras: Vec<CameraAddress>,
    /// When it begins, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it ends: the first moment that is not part of it; when it begins
    /// where it is a moment.
    #[ts(type = "number")]
    pub to: i64,
    /// What it is called: 1 to 300 characters. Not trusted.
    pub name: String,
    /// What else there is to say: one line of at most 300 characters. Not trusted.
    pub note: String,
}
