use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How pictures reach a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// 8-bit I420 scaled to the tile, the planes Y, U, V one after another
    /// without padding; chroma planes are half the luma plane, rounded up.
    Planes,
    /// The same picture as a JPEG file.
    Jpeg,
    /// Access units as the camera sent them.
    Encoded,
}

/// What access units under one `format` number are. Sent before the first of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnitFormat {
    /// Codec, by FFmpeg's short name.
    pub codec: String,
    /// Decoder configuration in base64: an `avcC` or `hvcC` record (ISO/IEC
    /// 14496-15), after which units have NAL units with their lengths; units
    /// are in Annex B form or whole JPEGs where it is empty.
    pub config: String,
    /// Announced width in pixels; 0 where it is not announced.
    pub width: u32,
    /// Announced height in pixels; 0 where it is not announced.
    pub height: u32,
    /// Width to height of one sample, where the container says it; its word
    /// goes before that of the units.
    pub sample_aspect: Option<Ratio>,
    /// Clockwise turn needed to stand upright: 0, 90, 180 or 270 degrees.
    pub rotation: u32,
    /// Colour matrix, as far as the stream or its container says it ahead.
    pub matrix: Option<ColourMatrix>,
    /// Code range, as far as the stream or its container says it ahead.
    pub range: Option<ColourRange>,
}

/// What the payloads under one `format` number are. Sent before the first of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureFormat {
    /// How they are delivered.
    pub delivery: Delivery,
    /// Width in pixels, of planes that of luma.
    pub width: u32,
    /// Height in pixels, of planes that of luma.
    pub height: u32,
    /// Visible width the camera sent, in pixels.
    pub source_width: u32,
    /// Visible height the camera sent, in pixels.
    pub source_height: u32,
    /// Width to height of the picture as coded, before it is turned.
    pub display_aspect: Ratio,
    /// Clockwise turn needed to stand upright: 0, 90, 180 or 270 degrees.
    pub rotation: u32,
    /// Colour matrix.
    pub matrix: ColourMatrix,
    /// Code range.
    pub range: ColourRange,
    /// Whether it is one field of an interlaced picture.
    pub is_field: bool,
}

/// A positive fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Ratio {
    /// Numerator.
    pub num: u32,
    /// Denominator; never zero.
    pub den: u32,
}

/// How Y′CbCr was made from R′G′B′ (the names of ITU-T H.273).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ColourMatrix {
    /// BT.601, both its 525 and 625 line forms.
    Bt601,
    /// BT.709.
    Bt709,
    /// FCC 73.682.
    Fcc,
    /// SMPTE 240M.
    Smpte240m,
    /// BT.2020, non-constant luminance.
    Bt2020,
}

/// Which codes stand for black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ColourRange {
    /// 16–235 for luma, 16–240 for chroma.
    Limited,
    /// 0–255.
    Full,
}
