use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::CameraAddress;

/// A named arrangement of tiles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Layout {
    /// Its id on its server.
    pub id: u32,
    /// What it is called.
    pub name: String,
    /// How many tiles and where.
    pub shape: LayoutShape,
    /// What each tile shows, in reading order; as many as the shape has tiles.
    pub tiles: Vec<Option<CameraAddress>>,
}

/// How tiles are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LayoutShape {
    /// One tile.
    Single,
    /// Two by two.
    Quad,
}

impl LayoutShape {
    /// How many tiles it has.
    pub fn tiles(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Quad => 4,
        }
    }
}
