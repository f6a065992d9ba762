//! Recordings of cameras that never were, to have many at once.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use archive::{Batch, Item, Limits, Segment, Volume};
use bytes::Bytes;
use media::{
    AccessUnit, CameraId, Codec, MediaTime, Rotation, Size, StreamId, StreamRole, VideoFormat,
    WallTime,
};
use testkit::wall_us;

/// For whom it is all the same.
pub const AN_HOUR: Duration = Duration::from_secs(3600);

/// Cameras have other numbers than those that are.
const FIRST: u32 = 1001;

/// What is to be there.
#[derive(Clone, Copy, Debug)]
pub struct Generated {
    /// Cameras.
    pub cameras: u32,
    /// Segments of each, a recording each.
    pub segments: usize,
    /// Seconds of a segment, 60 at most.
    pub seconds: usize,
    /// Pictures a second; the first is a key frame.
    pub rate: usize,
    /// Of a picture, in bytes.
    pub picture: usize,
    /// How long ago they end.
    pub age: Duration,
}

impl Generated {
    /// Writes them to a new volume at `path`, which is left as an engine that
    /// was killed leaves it where `is_killed`. Their size in bytes.
    pub fn write(self, path: &Path, is_killed: bool) -> Result<u64> {
        let id = Volume::create(path)?;
        let mut volume = Volume::open(path, &id)?;
        let format = Arc::new(VideoFormat {
            codec: Codec::MJPEG,
            extradata: Bytes::new(),
            size: Size { width: 64, height: 48 },
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        });
        let span = self.segments as i64 * (self.seconds as i64 + 1) * 1_000_000;
        let begin = wall_us() - self.age.as_micros() as i64 - span;
        let step = 1_000_000 / self.rate as i64;
        let mut sequence = 0;
        for number in 0..self.segments {
            let at = number as i64 * (self.seconds as i64 + 1) * 1_000_000;
            let mut items = Vec::new();
            for picture in 0..self.seconds * self.rate {
                let time = at + picture as i64 * step;
                items.push(Item::Unit(Arc::new(AccessUnit {
                    format: format.clone(),
                    sequence,
                    time: MediaTime(time),
                    duration: Duration::from_micros(step.unsigned_abs()),
                    arrived: WallTime(begin + time),
                    is_key: picture.is_multiple_of(self.rate),
                    payload: payload(sequence, self.picture),
                })));
                sequence += 1;
            }
            if !is_killed || number + 1 < self.segments {
                items.push(Item::Break);
            }
            let batch = |camera| Batch {
                stream: StreamId { camera: CameraId(FIRST + camera), role: StreamRole::Main },
                camera_name: "Generated".into(),
                items: items.clone(),
                audio: Vec::new(),
            };
            let batches = (0..self.cameras).map(batch).collect();
            let round = volume.round(batches, &Limits::default(), WallTime(wall_us()));
            ensure!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
        }
        let size = volume.held()?.iter().map(|held| held.bytes).sum();
        if is_killed {
            drop(volume);
        } else {
            volume.close();
        }
        Ok(size)
    }
}

/// Of a picture: no two are the same.
pub fn payload(sequence: u64, size: usize) -> Bytes {
    let mut payload: Vec<u8> = sequence.to_be_bytes().to_vec();
    payload.resize(size.max(8), sequence as u8);
    payload.into()
}

/// All rows of a volume, by stream and time.
pub fn rows(volume: &Path) -> Result<Vec<Segment>> {
    let index = archive::open_index(volume)?;
    let mut rows = Vec::new();
    for held in index.held()? {
        rows.extend(index.between(held.stream, WallTime(0), WallTime(i64::MAX))?);
    }
    Ok(rows)
}

/// How much of `before` is there again, of 1, by its seconds.
pub fn share(before: &[Segment], now: &[Segment]) -> f64 {
    let length = |it: &&Segment| it.end.since(it.start).as_secs_f64();
    let known: std::collections::BTreeMap<_, _> =
        now.iter().map(|it| ((it.stream, it.start), it)).collect();
    let is_back = |it: &&Segment| {
        let found = known.get(&(it.stream, it.start));
        found.is_some_and(|found| found.end >= it.end && found.bytes >= it.bytes)
    };
    let all: f64 = before.iter().map(|it| length(&it)).sum();
    before.iter().filter(is_back).map(|it| length(&it)).sum::<f64>() / all
}
