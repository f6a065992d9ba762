use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::PicturePoint;

/// What is seen in one picture of a camera that is watched for motion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Observation {
    /// When the picture was taken, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub time: i64,
    /// Of the picture as it was looked at, in pixels.
    pub width: u32,
    /// The same.
    pub height: u32,
    /// A bit for each of these pixels, row by row without padding between rows,
    /// the first in the highest bit of the first byte: 1 where the pixel stands out. In
    /// Base64; empty where none does.
    pub foreground: String,
    /// What is followed, at most 64 things.
    pub things: Vec<ObservedThing>,
}

/// Something that is followed from picture to picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObservedThing {
    /// The same in all pictures that it is followed through.
    #[ts(type = "number")]
    pub id: u64,
    /// Its left and top.
    pub from: PicturePoint,
    /// Its right and bottom.
    pub to: PicturePoint,
    /// Where its middle was, thinned out: at most 32, the last is now.
    pub path: Vec<PicturePoint>,
    /// What becomes of it.
    pub verdict: ThingVerdict,
}

/// What becomes of a thing that is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ThingVerdict {
    /// It is in no zone.
    Elsewhere,
    /// It is where a mask is.
    Masked,
    /// It is told.
    #[serde(rename_all = "camelCase")]
    Told {
        /// Of which zone, from 0; the whole picture where there is no zone.
        zone: u32,
    },
    /// It is in a zone, and is not told.
    #[serde(rename_all = "camelCase")]
    Refused {
        /// In which, from 0: where it is in several, the one that comes nearest to
        /// telling it.
        zone: u32,
        /// Why.
        reason: RefusalReason,
    },
}

/// Why a thing in a zone is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RefusalReason {
    /// The zone tells of nothing at this time of the week.
    Hours,
    /// It has not gone anywhere yet.
    Still,
    /// It hardly stands out.
    Faint,
    /// It is smaller than what is told.
    Small,
    /// It is larger.
    Large,
    /// It has not been there for long enough.
    Brief,
    /// It goes another way.
    OtherWay,
}
