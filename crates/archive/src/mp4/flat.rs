//! A movie whose tables stand in front of all payload: what is exported.
//!
//! Players honour edit lists here, and not in fragmented files; the tables in
//! front let them begin while the rest is still on its way.

use media::{AudioFormat, WallTime};
use mp4_atom as mp4;
use mp4_atom::Encode as _;

use super::head::audio_track;
use super::{AUDIO, HEADER, Head, TIMESCALE};
use crate::ArchiveError;

/// What a movie holds. Times are in µs since the moment at which it begins.
#[derive(Debug)]
pub struct Movie<'a> {
    /// How its pictures are encoded.
    pub head: &'a Head,
    /// When it begins.
    pub from: WallTime,
    /// How long it lasts, in µs.
    pub length: u64,
    /// Its pictures.
    pub video: Shown,
    /// Its sound, where it has any.
    pub audio: Option<(AudioFormat, Heard)>,
    /// Its payload, in order.
    pub chunks: Vec<Chunk>,
}

/// Pictures in the order of decoding.
#[derive(Debug, Default)]
pub struct Shown {
    /// When each is shown. What others need and is not shown itself comes
    /// before the movie begins, or after it ends.
    pub times: Vec<i64>,
    /// Their payloads, in bytes.
    pub sizes: Vec<u32>,
    /// Those at which decoding can begin, counted from 1.
    pub keys: Vec<u32>,
}

/// Sound in order.
#[derive(Debug)]
pub struct Heard {
    /// When the first of it is heard.
    pub start: i64,
    /// How many pieces last how many samples.
    pub durations: Vec<(u32, u32)>,
    /// Their payloads, in bytes.
    pub sizes: Sizes,
}

/// Bytes of pieces.
#[derive(Debug)]
pub enum Sizes {
    /// So many of the same size.
    Same(u32, u32),
    /// One by one.
    Each(Vec<u32>),
}

/// Payload of one track that lies in one piece.
#[derive(Clone, Copy, Debug)]
pub struct Chunk {
    /// Whether it is sound.
    pub is_sound: bool,
    /// Its pictures, or pieces of sound.
    pub samples: u32,
    /// All of it.
    pub bytes: u32,
}

/// Seconds from 1904, from which such files count, to 1970.
const EPOCH: i64 = 2_082_844_800;

impl Movie<'_> {
    /// The bytes that come before the payload.
    pub fn encode(&self) -> Result<Vec<u8>, ArchiveError> {
        let impossible = "a vector takes every box";
        let mut bytes = Vec::new();
        let ftyp = mp4::Ftyp {
            major_brand: b"isom".into(),
            minor_version: 512,
            compatible_brands: vec![b"isom".into(), b"iso2".into(), b"mp41".into()],
        };
        ftyp.encode(&mut bytes).expect(impossible);
        let mut moov = self.movie()?;
        self.place(&mut moov, 0);
        let mut boxes = Vec::new();
        moov.encode(&mut boxes).expect(impossible);
        // Where chunks lie does not change how long the tables are.
        let begin = (bytes.len() + boxes.len() + HEADER) as u64;
        let payload: u64 = self.chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        if begin + payload > u64::from(u32::MAX) {
            return Err(ArchiveError::unreadable(0, "more than 4 GB for one file"));
        }
        self.place(&mut moov, begin as u32);
        boxes.clear();
        moov.encode(&mut boxes).expect(impossible);
        bytes.extend(boxes);
        bytes.extend(((HEADER as u64 + payload) as u32).to_be_bytes());
        bytes.extend(b"mdat");
        Ok(bytes)
    }

    fn movie(&self) -> Result<mp4::Moov, ArchiveError> {
        let created = (self.from.0.div_euclid(1_000_000) + EPOCH).max(0).unsigned_abs();
        let mut trak = vec![self.video()?];
        trak.extend(self.audio.as_ref().map(|(format, heard)| self.audio(format, heard)));
        for track in &mut trak {
            track.tkhd.creation_time = created;
            track.tkhd.duration = self.length;
            track.mdia.mdhd.creation_time = created;
        }
        let mvhd = mp4::Mvhd {
            creation_time: created,
            timescale: TIMESCALE,
            duration: self.length,
            rate: 1.into(),
            volume: 1.into(),
            next_track_id: AUDIO + 1,
            ..Default::default()
        };
        Ok(mp4::Moov { mvhd, trak, ..Default::default() })
    }

    fn video(&self) -> Result<mp4::Trak, ArchiveError> {
        let Shown { times, sizes, keys } = &self.video;
        // Pictures are stored as they are decoded, and shown in another order
        // where there are B pictures: the times of decoding are those of
        // showing, in order, and all are shown a little later than decoded.
        let mut decoding = times.clone();
        decoding.sort_unstable();
        for next in 1..decoding.len() {
            decoding[next] = decoding[next].max(decoding[next - 1] + 1);
        }
        let late = decoding.iter().zip(times).map(|(decoded, shown)| decoded - shown);
        let delay = late.max().unwrap_or(0).max(0);
        let first = decoding.first().copied().unwrap_or(0);
        let length = i64::try_from(self.length).unwrap_or(i64::MAX);
        let mut durations = Runs::default();
        for (index, time) in decoding.iter().enumerate() {
            let next = decoding.get(index + 1).copied().unwrap_or(length.max(time + 1));
            durations.push((next - time).unsigned_abs());
        }
        let mut offsets = Runs::default();
        for (decoded, shown) in decoding.iter().zip(times) {
            offsets.push((shown + delay - decoded).max(0).unsigned_abs());
        }
        let mut track = self.head.video_track()?;
        track.mdia.mdhd.duration = durations.sum();
        let edit = mp4::ElstEntry {
            segment_duration: self.length,
            media_time: Some((delay - first).max(0).unsigned_abs()),
            media_rate: 1.into(),
        };
        track.edts = Some(edits(vec![edit]));
        let table = &mut track.mdia.minf.stbl;
        table.stts = durations.into_stts();
        table.ctts = offsets.into_ctts();
        // Every picture is one where there is no list.
        let has_list = keys.len() < sizes.len();
        table.stss = has_list.then(|| mp4::Stss { entries: keys.clone() });
        table.stsz.samples = mp4::StszSamples::Different { sizes: sizes.clone() };
        table.stsc = self.chunks_of(false);
        Ok(track)
    }

    fn audio(&self, format: &AudioFormat, heard: &Heard) -> mp4::Trak {
        let mut track = audio_track(format);
        let samples = |(count, each): &(u32, u32)| u64::from(*count) * u64::from(*each);
        let samples: u64 = heard.durations.iter().map(samples).sum();
        track.mdia.mdhd.duration = samples;
        let rate = i128::from(format.rate.max(1));
        let micros = i64::try_from(i128::from(samples) * 1_000_000 / rate).unwrap_or(i64::MAX);
        let late = heard.start.max(0).unsigned_abs();
        let end = heard.start.saturating_add(micros).max(0).unsigned_abs().min(self.length);
        let skipped = i128::from(heard.start.min(0).unsigned_abs()) * rate / 1_000_000;
        let mut entries = Vec::new();
        if late > 0 {
            let (segment_duration, media_rate) = (late, 1.into());
            entries.push(mp4::ElstEntry { segment_duration, media_time: None, media_rate });
        }
        entries.push(mp4::ElstEntry {
            segment_duration: end.saturating_sub(late),
            media_time: u64::try_from(skipped).ok(),
            media_rate: 1.into(),
        });
        track.edts = Some(edits(entries));
        let table = &mut track.mdia.minf.stbl;
        let entry = |(sample_count, sample_delta): &(u32, u32)| mp4::SttsEntry {
            sample_count: *sample_count,
            sample_delta: *sample_delta,
        };
        table.stts.entries = heard.durations.iter().map(entry).collect();
        table.stsz.samples = match &heard.sizes {
            Sizes::Same(count, size) => mp4::StszSamples::Identical { count: *count, size: *size },
            Sizes::Each(sizes) => mp4::StszSamples::Different { sizes: sizes.clone() },
        };
        table.stsc = self.chunks_of(true);
        track
    }

    fn chunks_of(&self, is_sound: bool) -> mp4::Stsc {
        let mut entries: Vec<mp4::StscEntry> = Vec::new();
        let chunks = self.chunks.iter().filter(|chunk| chunk.is_sound == is_sound);
        for (chunk, first_chunk) in chunks.zip(1..) {
            if entries.last().is_none_or(|last| last.samples_per_chunk != chunk.samples) {
                entries.push(mp4::StscEntry {
                    first_chunk,
                    samples_per_chunk: chunk.samples,
                    sample_description_index: 1,
                });
            }
        }
        mp4::Stsc { entries }
    }

    /// Says where the chunks lie of which the first lies at `begin`.
    fn place(&self, moov: &mut mp4::Moov, begin: u32) {
        for (track, is_sound) in moov.trak.iter_mut().zip([false, true]) {
            let mut at = begin;
            let mut entries = Vec::new();
            for chunk in &self.chunks {
                if chunk.is_sound == is_sound {
                    entries.push(at);
                }
                at = at.wrapping_add(chunk.bytes);
            }
            track.mdia.minf.stbl.stco = Some(mp4::Stco { entries });
        }
    }
}

fn edits(entries: Vec<mp4::ElstEntry>) -> mp4::Edts {
    mp4::Edts { elst: Some(mp4::Elst { entries }) }
}

/// Numbers, those that repeat together.
#[derive(Default)]
struct Runs(Vec<(u32, u32)>);

impl Runs {
    fn push(&mut self, value: u64) {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        match self.0.last_mut() {
            Some((count, last)) if *last == value => *count += 1,
            _ => self.0.push((1, value)),
        }
    }

    fn sum(&self) -> u64 {
        self.0.iter().map(|(count, value)| u64::from(*count) * u64::from(*value)).sum()
    }

    fn into_stts(self) -> mp4::Stts {
        let entry = |(sample_count, sample_delta)| mp4::SttsEntry { sample_count, sample_delta };
        mp4::Stts { entries: self.0.into_iter().map(entry).collect() }
    }

    /// Nothing where every picture is shown when it is decoded.
    fn into_ctts(self) -> Option<mp4::Ctts> {
        if self.0.iter().all(|(_, offset)| *offset == 0) {
            return None;
        }
        let entry = |(sample_count, offset): (u32, u32)| mp4::CttsEntry {
            sample_count,
            sample_offset: offset.into(),
        };
        Some(mp4::Ctts { entries: self.0.into_iter().map(entry).collect() })
    }
}
