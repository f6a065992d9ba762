use std::fs;
use std::sync::Arc;

use anyhow::{Result, ensure};
use testkit::{CameraClip, CameraCodec, Place};

/// Width and height of the small pictures that are sent.
pub const SIZE: (u32, u32) = (320, 180);

/// A GOP of small pictures in each codec.
pub struct Pictures {
    h264: Units,
    h265: Units,
}

/// Access units, each of its NAL units.
pub type Units = Arc<Vec<Vec<Vec<u8>>>>;

impl Pictures {
    /// Encodes them.
    pub async fn make(place: &Place) -> Result<Self> {
        let units = async |codec| {
            let (width, height) = SIZE;
            let clip = CameraClip {
                codec,
                width,
                height,
                gop: 25,
                pictures: 25,
                bits_per_second: 200_000,
                ..CameraClip::sub(9)
            };
            let made = clip.make(place.path()).await?;
            let units = units(&fs::read(&made.path)?, codec);
            ensure!(units.len() == 25, "{} units in {}", units.len(), made.path.display());
            Ok(Arc::new(units))
        };
        Ok(Self { h264: units(CameraCodec::H264).await?, h265: units(CameraCodec::H265).await? })
    }

    /// With parameter sets, as cameras send them that announce none.
    pub fn whole(&self, codec: CameraCodec) -> Units {
        match codec {
            CameraCodec::H265 => Arc::clone(&self.h265),
            CameraCodec::H264 | CameraCodec::Mjpeg => Arc::clone(&self.h264),
        }
    }

    /// Without parameter sets: those that were announced count.
    pub fn bare(&self, codec: CameraCodec) -> Units {
        let is_set = |unit: &[u8]| match codec {
            CameraCodec::H265 => (32..=34).contains(&(unit[0] >> 1 & 63)),
            CameraCodec::H264 | CameraCodec::Mjpeg => matches!(unit[0] & 31, 7 | 8),
        };
        let whole = self.whole(codec);
        let bare =
            whole.iter().map(|unit| unit.iter().filter(|nal| !is_set(nal)).cloned().collect());
        Arc::new(bare.collect())
    }
}

/// Cuts an Annex B stream, in which a delimiter begins each unit.
fn units(stream: &[u8], codec: CameraCodec) -> Vec<Vec<Vec<u8>>> {
    let mut units: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut starts: Vec<usize> = Vec::new();
    for (at, three) in stream.windows(3).enumerate() {
        if three == [0, 0, 1] {
            starts.push(at + 3);
        }
    }
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).map_or(stream.len(), |next| next - 3);
        let nal = &stream[*start..end];
        let zeros = nal.iter().rev().take_while(|byte| **byte == 0).count();
        let nal = &nal[..nal.len() - zeros];
        let Some(first) = nal.first() else { continue };
        let is_delimiter = match codec {
            CameraCodec::H265 => first >> 1 & 63 == 35,
            CameraCodec::H264 | CameraCodec::Mjpeg => first & 31 == 9,
        };
        if is_delimiter {
            units.push(Vec::new());
        } else if let Some(unit) = units.last_mut() {
            unit.push(nal.to_vec());
        }
    }
    units
}
