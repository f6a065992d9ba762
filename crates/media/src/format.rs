//! What a stream says about its pictures.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// How a stream is encoded, by FFmpeg's short name (`h264`, `hevc`, `mjpeg` …).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Codec(Cow<'static, str>);

impl Codec {
    /// ITU-T H.264.
    pub const H264: Self = Self(Cow::Borrowed("h264"));
    /// ITU-T H.265.
    pub const H265: Self = Self(Cow::Borrowed("hevc"));
    /// A JPEG per picture.
    pub const MJPEG: Self = Self(Cow::Borrowed("mjpeg"));

    /// The codec FFmpeg calls `name`.
    pub fn named(name: impl Into<Cow<'static, str>>) -> Self {
        Self(name.into())
    }

    /// FFmpeg's short name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// Pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A positive fraction, such as a sample aspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ratio {
    /// Numerator.
    pub num: u32,
    /// Denominator; never zero.
    pub den: u32,
}

impl Ratio {
    /// 1:1.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// `num`:`den`, or nothing where either is zero (FFmpeg's "unknown").
    pub fn new(num: u32, den: u32) -> Option<Self> {
        (num > 0 && den > 0).then_some(Self { num, den })
    }

    /// As a number.
    pub fn value(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

/// How Y′CbCr was made from R′G′B′ (the names of ITU-T H.273).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Matrix {
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

impl Matrix {
    /// By its number in ITU-T H.273, which FFmpeg has as well.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            1 => Self::Bt709,
            4 => Self::Fcc,
            5 | 6 => Self::Bt601,
            7 => Self::Smpte240m,
            // Non-constant and constant luminance, and ICtCp, which comes from the
            // same primaries: near enough to recognise what is seen.
            9 | 10 | 14 => Self::Bt2020,
            _ => return None,
        })
    }

    /// What an unlabelled picture is taken for: BT.601 below 720 lines, else BT.709.
    pub fn of_unlabelled(lines: u32) -> Self {
        if lines < 720 { Self::Bt601 } else { Self::Bt709 }
    }

    /// The share of red and of blue in luma, by ITU-T H.273.
    pub fn weights(self) -> (f64, f64) {
        match self {
            Self::Bt601 => (0.299, 0.114),
            Self::Bt709 => (0.2126, 0.0722),
            Self::Fcc => (0.30, 0.11),
            Self::Smpte240m => (0.212, 0.087),
            Self::Bt2020 => (0.2627, 0.0593),
        }
    }
}

/// Which codes stand for black and white.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Range {
    /// 16–235 for luma, 16–240 for chroma.
    Limited,
    /// 0–255.
    Full,
}

/// Whether a picture is two fields, and which was first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldOrder {
    /// One picture.
    Progressive,
    /// Two fields, the upper lines first.
    TopFirst,
    /// Two fields, the lower lines first.
    BottomFirst,
}

/// How far a picture must be turned clockwise to stand upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rotation {
    /// Upright as coded.
    #[default]
    None,
    /// A quarter turn.
    Quarter,
    /// Upside down.
    Half,
    /// Three quarter turns.
    ThreeQuarters,
}

impl Rotation {
    /// The nearest quarter turn to `degrees` clockwise.
    pub fn from_degrees(degrees: f64) -> Self {
        match (degrees / 90.0).round().rem_euclid(4.0) as u8 {
            1 => Self::Quarter,
            2 => Self::Half,
            3 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    /// Clockwise degrees.
    pub fn degrees(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Quarter => 90,
            Self::Half => 180,
            Self::ThreeQuarters => 270,
        }
    }

    /// Whether width and height change places.
    pub fn is_sideways(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }
}

/// What is needed to open a decoder, and what is known of its pictures ahead.
/// What decoded pictures say themselves wins, but for the sample aspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFormat {
    /// Codec.
    pub codec: Codec,
    /// Out-of-band configuration in FFmpeg's form (`avcC`, `hvcC`, parameter sets); may be empty.
    #[serde(with = "bytes_as_vec")]
    pub extradata: Bytes,
    /// Visible size as announced; zero where it is not known before decoding.
    pub size: Size,
    /// Shape of one sample.
    pub sample_aspect: Option<Ratio>,
    /// Turn needed to stand upright.
    pub rotation: Rotation,
    /// Colour matrix.
    pub matrix: Option<Matrix>,
    /// Code range.
    pub range: Option<Range>,
    /// Interlacing.
    pub field_order: Option<FieldOrder>,
}

pub mod bytes_as_vec {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        Vec::<u8>::deserialize(deserializer).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_is_the_nearest_quarter_turn() {
        for (degrees, expected) in [
            (0.0, Rotation::None),
            (89.0, Rotation::Quarter),
            (-90.0, Rotation::ThreeQuarters),
            (180.0, Rotation::Half),
            (-180.0, Rotation::Half),
            (450.0, Rotation::Quarter),
        ] {
            assert_eq!(Rotation::from_degrees(degrees), expected, "{degrees}");
        }
    }

    #[test]
    fn unlabelled_pictures_are_bt709_from_720_lines() {
        assert_eq!(Matrix::of_unlabelled(719), Matrix::Bt601);
        assert_eq!(Matrix::of_unlabelled(720), Matrix::Bt709);
    }
}
