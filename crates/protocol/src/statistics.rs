use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Delivery, StreamAddress};

/// What an engine counted since it started.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// Seconds since the engine started.
    pub uptime_seconds: f64,
    /// Process id of the engine.
    pub process: u32,
    /// Process ids of its workers.
    pub workers: Vec<u32>,
    /// Workers that died and were started again.
    pub workers_lost: u32,
    /// Every open stream.
    pub streams: Vec<StreamStatistics>,
    /// Every tile of every viewer.
    pub viewers: Vec<ViewerStatistics>,
}

/// Counts of one stream since it was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StreamStatistics {
    /// Which.
    pub stream: StreamAddress,
    /// Sessions begun.
    pub sessions: u32,
    /// Access units received.
    #[ts(type = "number")]
    pub units: u64,
    /// Access units that should have come and did not.
    #[ts(type = "number")]
    pub missed: u64,
    /// Losses inside sessions.
    #[ts(type = "number")]
    pub gaps: u64,
    /// Packets that did not come, as far as their numbers tell.
    #[ts(type = "number")]
    pub lost_packets: u64,
    /// Access units that came and were dropped, since they build on something lost.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Milliseconds by which the camera's clock is ahead of the server's, as
    /// the camera says itself.
    #[ts(type = "number | null")]
    pub clock_offset_ms: Option<i64>,
    /// Bytes of access units.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Pictures decoded and scaled.
    #[ts(type = "number")]
    pub pictures: u64,
    /// Pictures in which motion was looked for.
    #[ts(type = "number")]
    pub looked_at: u64,
}

/// Counts of one tile of one viewer since it subscribed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ViewerStatistics {
    /// Number of the session.
    pub session: u32,
    /// The viewer's name for the tile.
    pub subscription: u32,
    /// What it shows.
    pub stream: StreamAddress,
    /// How it is delivered; nothing before the first picture.
    pub delivery: Option<Delivery>,
    /// Why it is delivered this way.
    pub reason: String,
    /// Pictures sent, or access units that are to be shown.
    #[ts(type = "number")]
    pub sent: u64,
    /// Pictures the viewer drew.
    #[ts(type = "number")]
    pub drawn: u64,
    /// Milliseconds from a picture leaving the worker, or an access unit reaching
    /// the engine, to its draw call, over the last 512 pictures drawn.
    pub draw_lag_ms: Spread,
    /// Milliseconds from the access unit reaching the engine to the draw call
    /// of its picture, over the same pictures.
    pub lag_ms: Spread,
}

/// How a quantity is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// Half are below.
    pub median: f64,
    /// 99 of 100 are below.
    pub p99: f64,
    /// None is above.
    pub max: f64,
}
