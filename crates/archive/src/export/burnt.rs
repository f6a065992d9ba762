//! A film with words in its pictures, which are encoded again: made while its
//! payload is read, so that its tables are known last.

use std::sync::Arc;

use bytes::Bytes;
use media::{AccessUnit, MediaTime, VideoFormat, WallTime};

use super::film::Film;
use super::{ExportError, sound};
use crate::annexb;
use crate::mp4::{Chunk, Head, Movie, Shown};

/// Draws words into recorded pictures: decodes, draws and encodes.
pub trait BurnIn {
    /// Begins with a film of a camera that is called so; how what comes of it
    /// is encoded: H.264 with start codes.
    fn begin(&mut self, name: &str, format: &VideoFormat) -> Result<VideoFormat, String>;

    /// Takes the next unit in the order of decoding, whether a picture of it is
    /// wanted or others build on it. What came of it and of those before it, in
    /// the order of showing.
    fn burn(&mut self, unit: AccessUnit, is_shown: bool) -> Result<Vec<BurntUnit>, String>;

    /// Ends the film; what was held back of it.
    fn end(&mut self) -> Result<Vec<BurntUnit>, String>;
}

/// A picture with words in it.
#[derive(Clone, Debug)]
pub struct BurntUnit {
    /// The time of the unit it came of.
    pub time: MediaTime,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// H.264 with start codes.
    pub payload: Bytes,
}

/// What a film becomes.
struct Making {
    format: VideoFormat,
    /// As files have it, once the first picture came.
    in_file: Option<Arc<VideoFormat>>,
    video: Shown,
    chunks: Vec<Chunk>,
}

impl Film {
    /// Makes it a film with words in its pictures: hands the new payload to
    /// `write`, with how many bytes it was made of. Its header is what comes
    /// before that.
    pub fn burn(
        &mut self,
        name: &str,
        burner: &mut dyn BurnIn,
        mut write: impl FnMut(&[u8], u64) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let refused = |sentence| ExportError::BurnIn { sentence };
        let source = Arc::new(self.head.video.clone());
        let format = burner.begin(name, &source).map_err(refused)?;
        let mut making =
            Making { format, in_file: None, video: Shown::default(), chunks: Vec::new() };
        let video = std::mem::take(&mut self.video);
        let length = self.to.0 - self.from.0;
        let law = self.audio.as_ref().map(|(format, _)| format.clone());
        let law = law.filter(|format| sound::frame(format).is_some());
        let (from, first) = (self.from, self.first);
        let (mut next, mut keys) = (0, video.keys.iter().peekable());
        self.read_loads(|load, mut payload, audio| {
            let mut burnt = Vec::new();
            for _ in 0..load.pictures {
                let (time, size) = (video.times[next], video.sizes[next] as usize);
                let (unit, rest) = payload.split_at(size.min(payload.len()));
                payload = rest;
                next += 1;
                let unit = AccessUnit {
                    format: source.clone(),
                    sequence: next as u64,
                    time: MediaTime(time),
                    duration: std::time::Duration::ZERO,
                    arrived: WallTime(from.0 + if time == 0 { first } else { time }),
                    is_key: keys.next_if(|key| **key as usize == next).is_some(),
                    payload: Bytes::copy_from_slice(unit),
                };
                let is_shown = (0..length).contains(&time);
                burnt.extend(burner.burn(unit, is_shown).map_err(refused)?);
                // Encoding takes long: whoever waits is told of every picture.
                write(&[], size as u64)?;
            }
            making.add(burnt, |bytes| write(bytes, 0))?;
            let sound = sound::in_file(law.as_ref(), load.silence, audio);
            if !sound.is_empty() {
                let bytes = sound.len() as u32;
                making.chunks.push(Chunk { is_sound: true, samples: load.sounds, bytes });
                write(&sound, audio.len() as u64)?;
            }
            Ok(())
        })?;
        making.add(burner.end().map_err(refused)?, |bytes| write(bytes, 0))?;
        let Some(format) = making.in_file else {
            return Err(refused("None of its pictures can be decoded. Export as recorded.".into()));
        };
        self.shown = making.video.sizes.len();
        self.unshown = 0;
        self.head.video = VideoFormat::clone(&format);
        let payload: u64 = making.chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let movie = Movie {
            head: &Head { video: VideoFormat::clone(&format), ..self.head.clone() },
            from: self.from,
            length: length.unsigned_abs(),
            video: making.video,
            audio: self.audio.take(),
            chunks: making.chunks,
        };
        self.header = movie.encode()?;
        self.bytes = self.header.len() as u64 + payload;
        self.audio = movie.audio;
        Ok(())
    }
}

impl Making {
    fn add(
        &mut self,
        burnt: Vec<BurntUnit>,
        mut write: impl FnMut(&[u8]) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let (samples, mut bytes) = (burnt.len() as u32, 0);
        for BurntUnit { time, is_key, payload } in burnt {
            if self.in_file.is_none() {
                self.in_file = annexb::format(&self.format, &payload);
            }
            let pieces = annexb::pieces(&payload);
            let size = pieces.iter().map(|piece| piece.len() as u32).sum();
            self.video.times.push(time.0);
            self.video.sizes.push(size);
            if is_key {
                self.video.keys.push(self.video.sizes.len() as u32);
            }
            bytes += size;
            for piece in pieces {
                write(&piece)?;
            }
        }
        if samples > 0 {
            self.chunks.push(Chunk { is_sound: false, samples, bytes });
        }
        Ok(())
    }
}
