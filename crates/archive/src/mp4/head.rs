//! What a file says of itself before its first fragment.

use std::io::{Cursor, Read, Seek, SeekFrom};

use media::{AudioFormat, CameraId, MediaTime, StreamId, StreamRole, VideoFormat, WallTime};
use mp4_atom as mp4;
use mp4_atom::{Atom as _, Encode as _, ReadFrom as _};
use serde::{Deserialize, Serialize};

use super::{AUDIO, HEAD, HEADER, Scan, TIMESCALE, VIDEO, entry};
use crate::ArchiveError;

/// What a segment is: with the file alone, its row in the index can be made anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose.
    pub camera: CameraId,
    /// What the camera was called then.
    pub camera_name: String,
    /// Which encoding.
    pub role: StreamRole,
    /// Start of the recording that this is a part of.
    pub recording: WallTime,
    /// Which start of the engine, or setting of its clock, it comes after:
    /// larger ones came later.
    pub run: i64,
    /// When its first unit came.
    pub start: WallTime,
    /// Time of its first unit on the stream's axis.
    pub media_start: MediaTime,
    /// Whether decoding can begin with its first unit.
    pub begins_with_key: bool,
    /// How its pictures are encoded.
    pub video: VideoFormat,
    /// How its sound is encoded, where it has any.
    pub audio: Option<AudioFormat>,
}

/// A head larger than this is none of ours, in bytes.
const MAX: usize = 4 << 20;

impl Head {
    /// The stream.
    pub fn stream(&self) -> StreamId {
        StreamId { camera: self.camera, role: self.role }
    }

    /// The bytes a file begins with.
    pub fn encode(&self) -> Result<Vec<u8>, ArchiveError> {
        let words = serde_json::to_vec(self).expect("numbers and texts can be written");
        let mut bytes = file_type();
        let impossible = "a vector takes every box";
        let size = u32::try_from(HEADER + HEAD.len() + words.len()).unwrap_or(u32::MAX);
        bytes.extend(size.to_be_bytes());
        bytes.extend(b"uuid");
        bytes.extend(HEAD);
        bytes.extend(words);
        let mut boxes = Vec::with_capacity(1024);
        self.movie()?.encode(&mut boxes).expect(impossible);
        bytes.extend(entry::patched(boxes, self.audio.as_ref()));
        Ok(bytes)
    }

    /// Reads it from the start of a file, which is then at its first fragment.
    pub fn read(file: &mut (impl Read + Seek)) -> Result<Self, ArchiveError> {
        let mut head = None;
        let mut offset = 0;
        loop {
            let broken =
                |why: &dyn std::fmt::Display| ArchiveError::unreadable(offset, why.to_string());
            let header = mp4::Header::read_from(file).map_err(|error| broken(&error))?;
            let size = header
                .size
                .filter(|size| *size <= MAX)
                .ok_or_else(|| broken(&format!("a box of kind {} without end", header.kind)))?;
            let next = offset + (HEADER + size) as u64;
            if header.kind == mp4::FourCC::new(b"uuid") {
                let mut body = Vec::with_capacity(size);
                let read = file.by_ref().take(size as u64).read_to_end(&mut body);
                read.map_err(|error| broken(&error))?;
                let words = body.strip_prefix(&HEAD).ok_or_else(|| broken(&"an unknown box"))?;
                head = Some(serde_json::from_slice(words).map_err(|error| broken(&error))?);
            } else if header.kind == mp4::Moov::KIND {
                file.seek(SeekFrom::Start(next)).map_err(|error| broken(&error))?;
                return head.ok_or_else(|| broken(&"no word of what it is"));
            } else if header.kind != mp4::Ftyp::KIND {
                return Err(broken(&format!("a box of kind {}", header.kind)));
            } else {
                file.seek(SeekFrom::Start(next)).map_err(|error| broken(&error))?;
            }
            offset = next;
        }
    }

    /// Whether a file, as we leave it where nothing comes after a head, holds
    /// nothing: a part of a head, a head alone, or zeros.
    pub fn is_all(file: &mut (impl Read + Seek)) -> Result<bool, ArchiveError> {
        let error = |error: std::io::Error| ArchiveError::unreadable(0, error.to_string());
        let mut bytes = Vec::new();
        file.rewind().map_err(error)?;
        file.by_ref().take(MAX as u64 + 1).read_to_end(&mut bytes).map_err(error)?;
        if bytes.len() > MAX {
            return Ok(false);
        }
        let mut rest = Cursor::new(&bytes);
        if Self::read(&mut rest).is_ok() {
            return Ok(!Scan::new(&mut rest, 0)?.skip()?);
        }
        let has_fragments = || -> Result<bool, ArchiveError> {
            let mut whole = Cursor::new(&bytes);
            Scan::new(&mut whole, 0)?.skip()
        };
        let begin = file_type();
        let common = bytes.len().min(begin.len());
        let is_begun = bytes[..common] == begin[..common]
            && bytes.get(begin.len() + 4..begin.len() + HEADER).is_none_or(|kind| kind == b"uuid");
        Ok((is_begun || bytes.iter().all(|byte| *byte == 0)) && !has_fragments()?)
    }

    fn movie(&self) -> Result<mp4::Moov, ArchiveError> {
        let mut trak = vec![self.video_track()?];
        trak.extend(self.audio.as_ref().map(audio_track));
        let trex = trak.iter().map(|track| mp4::Trex {
            track_id: track.tkhd.track_id,
            default_sample_description_index: 1,
            ..Default::default()
        });
        Ok(mp4::Moov {
            mvhd: mp4::Mvhd {
                timescale: TIMESCALE,
                rate: 1.into(),
                volume: 1.into(),
                next_track_id: AUDIO + 1,
                ..Default::default()
            },
            mvex: Some(mp4::Mvex { mehd: None, trex: trex.collect() }),
            trak,
            ..Default::default()
        })
    }

    pub(super) fn video_track(&self) -> Result<mp4::Trak, ArchiveError> {
        let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX).into();
        let tkhd = mp4::Tkhd {
            track_id: VIDEO,
            enabled: true,
            in_movie: true,
            width: side(self.video.size.width),
            height: side(self.video.size.height),
            ..Default::default()
        };
        let minf = mp4::Minf {
            vmhd: Some(mp4::Vmhd::default()),
            dinf: in_this_file(),
            stbl: table(entry::video(&self.video)?),
            ..Default::default()
        };
        Ok(track(tkhd, TIMESCALE, *b"vide", minf))
    }
}

/// What every segment begins with.
fn file_type() -> Vec<u8> {
    let ftyp = mp4::Ftyp {
        major_brand: b"iso6".into(),
        minor_version: 512,
        compatible_brands: vec![b"iso6".into(), b"mp41".into()],
    };
    let mut bytes = Vec::with_capacity(2048);
    ftyp.encode(&mut bytes).expect("a vector takes every box");
    bytes
}

/// A track of sound.
pub(super) fn audio_track(format: &AudioFormat) -> mp4::Trak {
    let tkhd = mp4::Tkhd {
        track_id: AUDIO,
        enabled: true,
        in_movie: true,
        volume: 1.into(),
        ..Default::default()
    };
    let minf = mp4::Minf {
        smhd: Some(mp4::Smhd::default()),
        dinf: in_this_file(),
        stbl: table(entry::audio(format)),
        ..Default::default()
    };
    track(tkhd, format.rate, *b"soun", minf)
}

fn track(tkhd: mp4::Tkhd, timescale: u32, handler: [u8; 4], minf: mp4::Minf) -> mp4::Trak {
    let mdhd = mp4::Mdhd { timescale, language: "und".into(), ..Default::default() };
    let hdlr = mp4::Hdlr { handler: mp4::FourCC::new(&handler), name: String::new() };
    mp4::Trak { tkhd, mdia: mp4::Mdia { mdhd, hdlr, minf }, ..Default::default() }
}

/// Samples lie where their tables do.
fn in_this_file() -> mp4::Dinf {
    let here = mp4::Url { location: String::new() };
    mp4::Dinf { dref: mp4::Dref { entries: vec![mp4::DrefEntry::Url(here)] } }
}

fn table(entry: mp4::Codec) -> mp4::Stbl {
    mp4::Stbl {
        stsd: mp4::Stsd { codecs: vec![entry] },
        stco: Some(mp4::Stco::default()),
        ..Default::default()
    }
}
