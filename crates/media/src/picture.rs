//! One decoded picture, ready for a tile.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Matrix, MediaTime, Range, Ratio, Rotation, Size, WallTime};

/// What the bytes of a [`Picture`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Packing {
    /// 8-bit I420, the planes Y, U, V one after another without padding.
    Planes,
    /// A JPEG file, whose matrix is BT.601 and whose range is full, as theirs are.
    Jpeg,
    /// The plane Y alone, without padding: for analysis, and as few pictures a
    /// second as that needs.
    Luma,
}

/// What a tile asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Need {
    /// The box that pictures are to fit, in device pixels.
    pub tile: Size,
    /// What their bytes are to be.
    pub packing: Packing,
}

/// How a [`Picture`] is laid out and what its samples mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFormat {
    /// What its bytes are.
    pub packing: Packing,
    /// Size of the luma plane. Chroma planes are half of it, rounded up.
    pub size: Size,
    /// Visible size the camera sent.
    pub source: Size,
    /// Width to height of the picture as coded, before it is turned.
    pub display_aspect: Ratio,
    /// Turn needed to stand upright.
    pub rotation: Rotation,
    /// Colour matrix.
    pub matrix: Matrix,
    /// Code range.
    pub range: Range,
    /// Whether it is one field of an interlaced picture.
    pub is_field: bool,
}

/// One decoded picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Layout. Shared while it does not change.
    pub format: Arc<PictureFormat>,
    /// When it is to be shown, on the stream's axis.
    pub time: MediaTime,
    /// When its access unit reached this engine.
    pub arrived: WallTime,
    /// When it left the worker.
    pub ready: WallTime,
    /// What [`PictureFormat::packing`] says.
    pub payload: Bytes,
}

impl PictureFormat {
    /// Bytes of the three planes.
    pub fn plane_bytes(&self) -> usize {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        self.luma_bytes() + 2 * width.div_ceil(2) * height.div_ceil(2)
    }

    /// Bytes of the plane Y.
    pub fn luma_bytes(&self) -> usize {
        self.size.width as usize * self.size.height as usize
    }
}
