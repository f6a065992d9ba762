use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CameraAddress, PicturePoint};

/// Something that happened at a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CameraEvent {
    /// Its id on its server.
    #[ts(type = "number")]
    pub id: i64,
    /// Where.
    pub camera: CameraAddress,
    /// What.
    pub kind: EventKind,
    /// The zone or line it happened at, or what somebody called it; may be
    /// empty. Not trusted: may hold anything people type.
    pub label: String,
    /// When it began, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it was seen last, at most an hour later.
    #[ts(type = "number")]
    pub to: i64,
    /// When it is seen best.
    #[ts(type = "number")]
    pub best: i64,
    /// Whether somebody looked through it.
    pub is_reviewed: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EventKind {
    /// Something moves.
    Motion,
    /// Something stays.
    Loitering,
    /// Something crossed a line.
    Crossing,
    /// The camera is covered.
    Covered,
    /// The camera sees nothing at all.
    Black,
    /// The camera is out of focus.
    Defocused,
    /// The camera's picture stands still.
    Frozen,
    /// The camera looks elsewhere.
    Shifted,
    /// Somebody, or another program, reported it.
    Reported,
}

/// Where the thing was that an event is of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrackPlace {
    /// When, in µs since 1970 UTC: perhaps before the event began.
    #[ts(type = "number")]
    pub time: i64,
    /// Its middle.
    pub centre: PicturePoint,
    /// A share of the picture's width.
    pub width: f32,
    /// A share of its height.
    pub height: f32,
}

/// The most events that one command may ask for.
pub const MAX_EVENTS: u32 = 10_000;
