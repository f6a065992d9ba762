//! A segment that is open: its pictures and sounds, as units to be decoded.

use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use archive::{ArchiveError, Footage, Picture, Segment, Sound};
use bytes::Bytes;
use media::{AccessUnit, AudioCodec, AudioFormat, AudioUnit, MediaTime, VideoFormat, WallTime};

/// One segment of a stream, and what its file begins with.
pub struct Loaded {
    /// The number of its volume.
    pub shelf: usize,
    pub row: Segment,
    pub format: Arc<VideoFormat>,
    /// The time of its first picture on the stream's own clock.
    pub media_start: MediaTime,
    pub pictures: Vec<Picture>,
    audio: Option<Arc<AudioFormat>>,
    sounds: Vec<Sound>,
    footage: Mutex<Footage>,
}

/// Pieces of G.711, which lies in files by the second: so many of them are one.
const PIECES_A_SECOND: u32 = 50;

impl Loaded {
    /// Opens the segment of `row` on the volume at `path`, which is number
    /// `shelf`. Its format is the one of `known` that is the same, if any: a
    /// decoder goes on where it is.
    ///
    /// # Errors
    ///
    /// Where the file is not there, or is not what the index says.
    pub fn open<'a>(
        path: &Path,
        shelf: usize,
        row: Segment,
        mut known: impl Iterator<Item = &'a Arc<VideoFormat>>,
    ) -> Result<Self, ArchiveError> {
        let footage = Footage::open(path, &row)?;
        let head = footage.head();
        let same = known.find(|known| ***known == head.video).cloned();
        Ok(Self {
            shelf,
            row,
            format: same.unwrap_or_else(|| Arc::new(head.video.clone())),
            media_start: head.media_start,
            pictures: footage.pictures().to_vec(),
            audio: head.audio.clone().map(Arc::new),
            sounds: footage.sounds().to_vec(),
            footage: Mutex::new(footage),
        })
    }

    /// When one of its pictures was taken.
    pub fn wall(&self, picture: &Picture) -> WallTime {
        WallTime(self.row.start.0 + picture.time)
    }

    /// Reads some of its pictures to the end of `units`.
    pub fn read(
        &self,
        range: Range<usize>,
        units: &mut Vec<Arc<AccessUnit>>,
    ) -> Result<(), ArchiveError> {
        let mut footage = self.footage.lock().unwrap_or_else(PoisonError::into_inner);
        for picture in &self.pictures[range] {
            let wall = self.wall(picture);
            units.push(Arc::new(AccessUnit {
                format: self.format.clone(),
                sequence: units.len() as u64,
                time: MediaTime(self.media_start.0 + picture.time),
                duration: Duration::from_micros(picture.duration.into()),
                arrived: wall,
                is_key: picture.is_key,
                payload: footage.payload(picture)?.into(),
            }));
        }
        Ok(())
    }

    /// Reads its sound that begins in a time to the end of `units`.
    pub fn read_sounds(
        &self,
        from: WallTime,
        to: WallTime,
        units: &mut Vec<Arc<AudioUnit>>,
    ) -> Result<(), ArchiveError> {
        let Some(format) = &self.audio else { return Ok(()) };
        let rate = i64::from(format.rate.max(1));
        let micros = |samples: i64| samples.saturating_mul(1_000_000) / rate;
        let is_law = matches!(format.codec, AudioCodec::Pcmu | AudioCodec::Pcma);
        let piece = (format.rate / PIECES_A_SECOND).max(1);
        let mut footage = self.footage.lock().unwrap_or_else(PoisonError::into_inner);
        for sound in &self.sounds {
            let at = |samples: i64| self.row.start.0.saturating_add(micros(samples));
            let end = sound.time.saturating_add(sound.samples.into());
            if at(end) <= from.0 || at(sound.time) >= to.0 {
                continue;
            }
            let payload = Bytes::from(footage.sound(sound)?);
            let size = match is_law {
                true => piece as usize * usize::from(format.channels.max(1)),
                false => payload.len(),
            };
            let mut time = sound.time;
            for begin in (0..payload.len()).step_by(size.max(1)) {
                let arrived = WallTime(at(time));
                if (from..to).contains(&arrived) {
                    units.push(Arc::new(AudioUnit {
                        format: format.clone(),
                        time: MediaTime(self.media_start.0.saturating_add(micros(time))),
                        arrived,
                        payload: payload.slice(begin..payload.len().min(begin + size)),
                    }));
                }
                time += i64::from(piece);
            }
        }
        Ok(())
    }
}
