//! What a volume holds, read back by the marks in its pictures.

use std::path::Path;

use anyhow::{Context, Result};
use archive::{Footage, Index, Segment};
use media::{CameraId, StreamId, StreamRole, WallTime};

use crate::Mark;

/// The recordings of one stream.
pub struct Recorded {
    /// Its segments, by time.
    pub segments: Vec<Segment>,
    /// Its pictures, by segment and order of decoding.
    pub units: Vec<RecordedUnit>,
    /// Segments whose files are damaged.
    pub damaged: usize,
}

/// A picture in a file.
#[derive(Clone, Copy, Debug)]
pub struct RecordedUnit {
    /// What its camera wrote into it.
    pub mark: Option<Mark>,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// When it came, by the file.
    pub wall: WallTime,
}

impl Recorded {
    /// Reads all that the volume at `path` has of a stream.
    pub fn read(path: &Path, camera: u32, role: protocol::StreamRole) -> Result<Self> {
        let index = archive::open_index(path)?;
        Self::read_with(&index, path, camera, role)
    }

    /// As [`Recorded::read`], by an index that is open.
    pub fn read_with(
        index: &Index,
        path: &Path,
        camera: u32,
        role: protocol::StreamRole,
    ) -> Result<Self> {
        let role = match role {
            protocol::StreamRole::Main => StreamRole::Main,
            protocol::StreamRole::Sub => StreamRole::Sub,
        };
        let stream = StreamId { camera: CameraId(camera), role };
        let segments = index.between(stream, WallTime(0), WallTime(i64::MAX))?;
        let (mut units, mut damaged) = (Vec::new(), 0);
        for segment in &segments {
            let mut footage = Footage::open(path, segment)
                .with_context(|| format!("reading a segment of {stream}"))?;
            damaged += usize::from(footage.is_damaged());
            for picture in footage.pictures().to_vec() {
                units.push(RecordedUnit {
                    mark: Mark::find(&footage.payload(&picture)?),
                    is_key: picture.is_key,
                    wall: WallTime(segment.start.0 + picture.time),
                });
            }
        }
        Ok(Self { segments, units, damaged })
    }

    /// Numbers of the marks, in the order of the files.
    pub fn numbers(&self) -> Vec<u64> {
        self.units.iter().filter_map(|unit| Some(unit.mark?.number)).collect()
    }

    /// How many numbers are missing between the first and the last, and how
    /// many are not above the one before.
    pub fn faults(&self) -> (u64, u64) {
        let numbers = self.numbers();
        let disorder = numbers.windows(2).filter(|pair| pair[1] <= pair[0]).count() as u64;
        let span = match (numbers.iter().min(), numbers.iter().max()) {
            (Some(first), Some(last)) => last - first + 1,
            _ => 0,
        };
        let different = numbers.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
        (span - different, disorder)
    }
}
