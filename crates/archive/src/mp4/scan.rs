//! Reading a segment back, whatever became of its file.

use std::io::{Read, Seek, SeekFrom};

use media::{CameraId, TrackedEvent, WallTime};
use mp4_atom as mp4;
use mp4_atom::{Atom as _, DecodeAtom as _, Header};

use super::{AUDIO, EVENTS, HEADER, MARK, VIDEO, events};
use crate::ArchiveError;

/// Fragments of a file, from an offset on. Reads no payload.
pub struct Scan<'a, F> {
    file: &'a mut F,
    offset: u64,
    size: u64,
    /// Where the box of events that was passed begins, and its size.
    events: Option<(u64, u64)>,
}

/// What the mark of a fragment says.
struct Mark {
    wall: WallTime,
    sum: u32,
    /// Where the fragment begins behind it, and where it ends.
    begin: u64,
    end: u64,
}

/// A fragment that is whole, by its boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where its mark begins.
    pub offset: u64,
    /// All of it, in bytes.
    pub size: u64,
    /// When its first unit came.
    pub wall: WallTime,
    /// CRC-32 of its payload.
    pub sum: u32,
    /// Where its payload begins, and how long it is.
    pub payload: (u64, u64),
    /// Its pictures in the order of decoding.
    pub pictures: Vec<Picture>,
    /// Its sound in order.
    pub sounds: Vec<Sound>,
}

/// Sound in a file that lies in one piece: a unit of AAC, a fragment's G.711.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// When it is heard, in samples since the first unit of the file.
    pub time: i64,
    /// How long it is heard, in samples.
    pub samples: u32,
    /// Where its payload begins in the file.
    pub offset: u64,
    /// Its payload, in bytes.
    pub size: u32,
}

/// A picture in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// When it is shown, in µs since the first unit of the file.
    pub time: i64,
    /// How long it is shown, in µs.
    pub duration: u32,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// Where its payload begins in the file.
    pub offset: u64,
    /// Its payload, in bytes.
    pub size: u32,
}

impl Listed {
    /// When its last picture ended, in µs since the first unit of the file.
    pub fn end(&self) -> Option<i64> {
        self.pictures.iter().map(|it| it.time.saturating_add(i64::from(it.duration))).max()
    }
}

const MARK_SIZE: usize = HEADER + MARK.len() + 20;

/// Boxes of a fragment but its payload are never larger, in bytes.
const MAX_MOOF: u64 = 4 << 20;

impl<'a, F: Read + Seek> Scan<'a, F> {
    /// From `offset` to the end of `file`.
    pub fn new(file: &'a mut F, offset: u64) -> Result<Self, ArchiveError> {
        let size = file.seek(SeekFrom::End(0));
        let size = size.map_err(|error| ArchiveError::unreadable(offset, error.to_string()))?;
        Ok(Self { file, offset, size, events: None })
    }

    /// Where it is: behind the last fragment that was whole.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The next fragment; nothing at the end of the file. An error where
    /// something else lies there: [`Scan::skip`] goes on. Passes events.
    pub fn next(&mut self) -> Result<Option<Listed>, ArchiveError> {
        let Some(Mark { wall, sum, begin, end }) = self.mark()? else { return Ok(None) };
        let header = self.header(begin, mp4::Moof::KIND)?;
        if header as u64 > MAX_MOOF.min(end - begin) {
            return Err(self.broken("a table without end"));
        }
        let body = self.read(begin + HEADER as u64, header as u64)?;
        let moof = mp4::Moof::decode_atom(
            &Header { kind: mp4::Moof::KIND, size: Some(header) },
            &mut body.as_slice(),
        );
        let moof = moof.map_err(|error| self.broken(&error.to_string()))?;
        let data = begin + (HEADER + header) as u64;
        let payload = self.header(data, mp4::FourCC::new(b"mdat"))? as u64;
        let payload = (data + HEADER as u64, payload);
        if payload.0 + payload.1 != end {
            return Err(self.broken("a fragment that ends elsewhere"));
        }
        let elsewhere = || self.broken("a table that points elsewhere");
        let pictures = pictures(&moof, begin, payload).ok_or_else(elsewhere)?;
        let sounds = sounds(&moof, begin, payload).ok_or_else(elsewhere)?;
        let (offset, size) = (self.offset, end - self.offset);
        let listed = Listed { offset, size, wall, sum, payload, pictures, sounds };
        self.offset = end;
        Ok(Some(listed))
    }

    /// Passes every fragment that is left, and reads none of it. An error where
    /// something else lies there.
    pub fn pass(&mut self) -> Result<(), ArchiveError> {
        while let Some(mark) = self.mark()? {
            self.offset = mark.end;
        }
        Ok(())
    }

    /// What the events that were passed were, at `camera`, whose the file is.
    pub fn events(&mut self, camera: CameraId) -> Result<Vec<TrackedEvent>, ArchiveError> {
        let Some((offset, size)) = self.events else { return Ok(Vec::new()) };
        let bytes = self.read(offset, size)?;
        events::decode(&bytes, camera).map_err(|why| ArchiveError::unreadable(offset, why))
    }

    /// Goes on behind what is damaged, at the next mark; false where there is none.
    pub fn skip(&mut self) -> Result<bool, ArchiveError> {
        const STEP: u64 = 1 << 20;
        let mut pattern = (MARK_SIZE as u32).to_be_bytes().to_vec();
        pattern.extend(b"uuid");
        pattern.extend(MARK);
        let mut from = self.offset + 1;
        while from < self.size {
            let bytes = self.read(from, STEP.min(self.size - from))?;
            if let Some(at) = bytes.windows(pattern.len()).position(|it| it == pattern) {
                self.offset = from + at as u64;
                return Ok(true);
            }
            from += (bytes.len() as u64).saturating_sub(pattern.len() as u64 - 1).max(1);
        }
        self.offset = self.size;
        Ok(false)
    }

    /// Whether a fragment's payload is what was written.
    pub fn is_sound(&mut self, listed: &Listed) -> Result<bool, ArchiveError> {
        let payload = self.read(listed.payload.0, listed.payload.1)?;
        Ok(crc32fast::hash(&payload) == listed.sum)
    }

    /// The mark of the next fragment; nothing at the end of the file.
    fn mark(&mut self) -> Result<Option<Mark>, ArchiveError> {
        self.pass_events()?;
        if self.offset == self.size {
            return Ok(None);
        }
        let mark = self.read(self.offset, MARK_SIZE as u64)?;
        let number = |at: usize| {
            let bytes = mark[at..at + 8].try_into().expect("eight bytes");
            u64::from_be_bytes(bytes)
        };
        let at = HEADER + MARK.len();
        let is_mark = mark[..4] == (MARK_SIZE as u32).to_be_bytes()
            && &mark[4..8] == b"uuid"
            && mark[8..at] == MARK;
        if !is_mark {
            return Err(self.broken("no fragment"));
        }
        let (wall, rest) = (WallTime(number(at).cast_signed()), number(at + 8));
        let sum = u32::from_be_bytes(mark[at + 16..at + 20].try_into().expect("four bytes"));
        let begin = self.offset + MARK_SIZE as u64;
        let end = begin.checked_add(rest).filter(|end| *end <= self.size);
        let end = end.ok_or_else(|| self.broken("a fragment that was cut off"))?;
        Ok(Some(Mark { wall, sum, begin, end }))
    }

    /// Goes on behind a box of events that is whole.
    fn pass_events(&mut self) -> Result<(), ArchiveError> {
        const TYPED: usize = HEADER + EVENTS.len();
        if self.size.saturating_sub(self.offset) < events::HEAD_SIZE as u64 {
            return Ok(());
        }
        let bytes = self.read(self.offset, TYPED as u64)?;
        if &bytes[4..HEADER] != b"uuid" || bytes[HEADER..] != EVENTS {
            return Ok(());
        }
        let size = u64::from(u32::from_be_bytes(bytes[..4].try_into().expect("four bytes")));
        if !(events::HEAD_SIZE as u64..=events::MAX).contains(&size) {
            return Err(self.broken("events without end"));
        }
        if size > self.size.saturating_sub(self.offset) {
            return Err(self.broken("events that were cut off"));
        }
        self.events = Some((self.offset, size));
        self.offset += size;
        Ok(())
    }

    /// The size of the body of the box at `offset`, which is of `kind`.
    fn header(&mut self, offset: u64, kind: mp4::FourCC) -> Result<usize, ArchiveError> {
        let bytes = self.read(offset, HEADER as u64)?;
        let size = u32::from_be_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
        if bytes[4..] != kind.as_ref()[..] || size < HEADER {
            return Err(self.broken(&format!("no box of kind {kind}")));
        }
        Ok(size - HEADER)
    }

    fn read(&mut self, offset: u64, size: u64) -> Result<Vec<u8>, ArchiveError> {
        if size > self.size.saturating_sub(offset) {
            return Err(self.broken("the end of the file"));
        }
        let mut bytes = vec![0; size as usize];
        let read = self.file.seek(SeekFrom::Start(offset));
        let read = read.and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|error| ArchiveError::unreadable(offset, error.to_string()))?;
        Ok(bytes)
    }

    fn broken(&self, why: &str) -> ArchiveError {
        ArchiveError::unreadable(self.offset, why)
    }
}

/// Nothing where the table points outside of the payload.
fn pictures(moof: &mp4::Moof, begin: u64, payload: (u64, u64)) -> Option<Vec<Picture>> {
    let mut pictures = Vec::new();
    for track in moof.traf.iter().filter(|track| track.tfhd.track_id == VIDEO) {
        let mut time = i64::try_from(track.tfdt.as_ref()?.base_media_decode_time).ok()?;
        for run in &track.trun {
            let mut offset = begin.checked_add_signed(i64::from(run.data_offset?))?;
            for entry in &run.samples {
                let (size, duration) = (entry.size?, entry.duration?);
                if offset < payload.0 || offset + u64::from(size) > payload.0 + payload.1 {
                    return None;
                }
                pictures.push(Picture {
                    time: time.checked_add(entry.cts.unwrap_or(0))?,
                    duration,
                    is_key: entry.flags? & 0x0001_0000 == 0,
                    offset,
                    size,
                });
                time = time.checked_add(i64::from(duration))?;
                offset += u64::from(size);
            }
        }
    }
    Some(pictures)
}

/// Nothing where the table points outside of the payload.
fn sounds(moof: &mp4::Moof, begin: u64, payload: (u64, u64)) -> Option<Vec<Sound>> {
    let mut sounds = Vec::new();
    for track in moof.traf.iter().filter(|track| track.tfhd.track_id == AUDIO) {
        let mut time = i64::try_from(track.tfdt.as_ref()?.base_media_decode_time).ok()?;
        let samples = track.tfhd.default_sample_duration?;
        for run in &track.trun {
            let mut offset = begin.checked_add_signed(i64::from(run.data_offset?))?;
            let mut push = |samples: u32, size: u32| {
                let end = offset.checked_add(u64::from(size))?;
                if offset < payload.0 || end > payload.0 + payload.1 {
                    return None;
                }
                sounds.push(Sound { time, samples, offset, size });
                time = time.checked_add(i64::from(samples))?;
                offset = end;
                Some(())
            };
            match &run.samples {
                mp4::TrunSamples::Inherited { count, .. } => {
                    let size = track.tfhd.default_sample_size?;
                    push(count.checked_mul(samples)?, count.checked_mul(size)?)?;
                }
                mp4::TrunSamples::Explicit(entries) => {
                    for entry in entries {
                        push(samples, entry.size?)?;
                    }
                }
            }
        }
    }
    Some(sounds)
}
