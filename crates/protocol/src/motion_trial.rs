use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::EventKind;

/// The longest span that settings are tried on at once, in microseconds: ten
/// minutes. Whoever wants a day asks again and again, and sees how it goes on.
pub const MAX_TRIED: i64 = 600_000_000;

/// The most events that a trial tells: those that begin first.
pub const MAX_TRIED_EVENTS: usize = 1000;

/// What other settings would have told of a recording, beside what those that
/// are kept tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MotionTrial {
    /// In the order in which they begin; all of them begin in the span.
    pub events: Vec<TriedEvent>,
    /// So much of the span is recorded and was looked at, in microseconds.
    #[ts(type = "number")]
    pub looked: i64,
}

/// Something that happened, by at least one of both settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TriedEvent {
    /// By which of both.
    pub verdict: TrialVerdict,
    /// What.
    pub kind: EventKind,
    /// The zone or line it happened at; may be empty. Not trusted: may hold
    /// anything people type.
    pub label: String,
    /// When it began, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// When it was seen last.
    #[ts(type = "number")]
    pub to: i64,
    /// When it is seen best.
    #[ts(type = "number")]
    pub best: i64,
}

/// What becomes of an event with other settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TrialVerdict {
    /// It is told as before.
    Stays,
    /// It is told, and was not before.
    Comes,
    /// It is no longer told.
    Goes,
}
