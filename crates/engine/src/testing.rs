//! What several tests build.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{AccessUnit, Codec, MediaTime, Rotation, Size, VideoFormat, WallTime};

/// An `avcC` record with two parameter sets of no meaning.
const CONFIGURATION: &[u8] =
    &[1, 66, 0, 10, 0xff, 0xe1, 0, 4, 0x67, 66, 0, 10, 1, 0, 4, 0x68, 0xce, 0x3c, 0x80];

/// A unit of one second, as long after the stream's begin as its number says.
pub fn unit(sequence: u64, arrived: WallTime, is_key: bool, bytes: usize) -> Arc<AccessUnit> {
    let format = VideoFormat {
        codec: Codec::H264,
        extradata: Bytes::from_static(CONFIGURATION),
        size: Size { width: 16, height: 16 },
        sample_aspect: None,
        rotation: Rotation::None,
        matrix: None,
        range: None,
        field_order: None,
    };
    Arc::new(AccessUnit {
        format: Arc::new(format),
        sequence,
        time: MediaTime(sequence as i64 * 1_000_000),
        duration: Duration::from_secs(1),
        arrived,
        is_key,
        payload: vec![0; bytes].into(),
    })
}
