use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// What is looked for in the pictures of a camera, and how that is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CameraMotion {
    /// Which.
    pub camera: CameraAddress,
    /// What is looked for.
    pub settings: MotionSettings,
    /// How it is doing.
    pub state: MotionState,
}

/// What is looked for in the pictures of a camera.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MotionSettings {
    /// Whether anything is.
    pub mode: MotionMode,
    /// Where things are told; the whole picture where there is none. At most 32.
    pub zones: Vec<MotionZone>,
    /// Where things are not told, whatever the zones say: corners, one after
    /// the other. At most 32.
    pub masks: Vec<Vec<PicturePoint>>,
    /// What things are told to cross. At most 32.
    pub lines: Vec<MotionLine>,
}

/// Whether a camera is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MotionMode {
    /// Where something of it is recorded at events.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// Where things are told, and which.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MotionZone {
    /// What it is called: at most 100 characters, none where it has no name.
    pub name: String,
    /// 3 to 64, one after the other, of a shape whose sides do not cross; the
    /// whole picture where there is none.
    pub corners: Option<Vec<PicturePoint>>,
    /// From 0, only what stands out most, to 100, all that is seen.
    pub sensitivity: u8,
    /// Smaller things are not told; a share of the picture, 0 to 1.
    pub min_size: f32,
    /// Larger things are not told either.
    pub max_size: f32,
    /// What is in it for less is not told.
    pub min_seconds: f32,
    /// Only what goes this way is told.
    pub direction: Option<MotionDirection>,
    /// What stays for longer is told once more, as loitering.
    pub loitering_seconds: Option<f32>,
    /// Whether things are told at each of the 168 hours of a week, from Monday 0:00
    /// by the server's local time; always where nothing is said. What begins at one
    /// that is on is told to its end; at a camera that is coarse, to that of the
    /// hours that are on.
    pub schedule: Option<Vec<bool>>,
}

/// A place in a picture, whatever its size: 0 is left and top, 1 is right and
/// bottom.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PicturePoint {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

/// A way across the picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MotionDirection {
    /// 0 is right, 90 is down.
    pub degrees: f32,
    /// So many degrees to either side are the same way, 0 to 180.
    pub tolerance: f32,
}

/// A line that things cross.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MotionLine {
    /// What it is called: at most 100 characters, none where it has no name.
    pub name: String,
    /// One end.
    pub from: PicturePoint,
    /// The other end.
    pub to: PicturePoint,
    /// Which crossings are told.
    pub sense: LineSense,
}

/// Which way a line is crossed by who stands at its first end and looks at the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LineSense {
    /// Either way.
    Both,
    /// From the left to the right.
    ToRight,
    /// From the right to the left.
    ToLeft,
}

/// How looking for motion is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum MotionState {
    /// Nothing is looked for.
    Off,
    /// No picture was looked at yet.
    Starting,
    /// Pictures are looked at.
    #[serde(rename_all = "camelCase")]
    Watching {
        /// Whether they lie so far apart that things cannot be followed: what
        /// moves is told, and where; ways, lines and loitering are not.
        is_coarse: bool,
        /// How many of the stream's are.
        attention: MotionAttention,
    },
    /// The camera sends nothing. What is recorded at events is recorded all the
    /// time meanwhile.
    Waiting,
    /// The camera sends pictures and they cannot be looked at. What is recorded
    /// at events is recorded all the time meanwhile.
    #[serde(rename_all = "camelCase")]
    Blind {
        /// Why: a sentence, with the next step where there is one.
        message: String,
        /// Since when, in µs since 1970 UTC.
        #[ts(type = "number")]
        since: i64,
    },
}

/// How many of a stream's pictures are looked at for motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum MotionAttention {
    /// As many as analysis wants.
    Always,
    /// As many, while it is found out whether the size of what the camera sends
    /// says when something moves.
    Learning,
    /// Key frames, and all others while the size of what the camera sends says
    /// that something may move.
    #[serde(rename_all = "camelCase")]
    BySize {
        /// Whether it is only key frames now.
        is_asleep: bool,
        /// How often all were looked at for a while to see whether anything is missed.
        checks: u32,
    },
}
