use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// A named arrangement of tiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Layout {
    /// Its id on its server.
    pub id: u32,
    /// What it is called: 1 to 300 characters.
    pub name: String,
    /// How many tiles are shown, and where.
    pub shape: LayoutShape,
    /// What each tile shows, in reading order. At least as many as the shape
    /// shows and at most 64; those beyond are kept for when it grows again.
    pub tiles: Vec<Option<CameraAddress>>,
    /// Index of the tile that shows what is selected; one that is shown.
    pub spot: Option<u32>,
}

/// How tiles are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayoutShape {
    /// One tile.
    Single,
    /// Two by two.
    Quad,
    /// Three by three.
    Nine,
    /// Four by four.
    Sixteen,
    /// Five by five.
    TwentyFive,
    /// Six by six.
    ThirtySix,
    /// Eight by eight.
    SixtyFour,
    /// Three by three, the first two by two of them one big tile.
    OnePlusFive,
    /// Four by four, the first three by three of them one big tile.
    OnePlusSeven,
    /// Four by four, of which the upper half is two big tiles.
    TwoPlusEight,
}

impl LayoutShape {
    /// How many tiles it shows.
    pub fn tiles(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Quad => 4,
            Self::Nine => 9,
            Self::Sixteen => 16,
            Self::TwentyFive => 25,
            Self::ThirtySix => 36,
            Self::SixtyFour => 64,
            Self::OnePlusFive => 6,
            Self::OnePlusSeven => 8,
            Self::TwoPlusEight => 10,
        }
    }
}
