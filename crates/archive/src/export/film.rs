//! One file: recorded pictures and sound, in the order and at the times at
//! which they came. Made in two passes: the first reads tables, the second
//! payload, a second of it at a time.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use media::{AudioFormat, WallTime};

use super::ExportError;
use super::sound::{self, Sounds};
use super::strip::{Source, Strip};
use crate::ArchiveError;
use crate::mp4::{Chunk, Head, Heard, Listed, Movie, Shown};

/// What a file is made of.
pub struct Film {
    /// Of its first segment.
    pub head: Head,
    /// How its sound was recorded, where there is any, and its tables.
    pub audio: Option<(AudioFormat, Heard)>,
    /// The moment at which it begins.
    pub from: WallTime,
    /// The moment at which it ends.
    pub to: WallTime,
    /// How many of its pictures are shown.
    pub shown: usize,
    /// How many are there only for others to be decoded.
    pub unshown: usize,
    /// Spans in which something is damaged.
    pub damaged: Vec<(WallTime, WallTime)>,
    /// What comes before the payload.
    pub header: Vec<u8>,
    /// All of it, in bytes.
    pub bytes: u64,
    /// Its pictures, in the order of decoding.
    pub video: Shown,
    /// When the picture came that is shown when the film begins, in µs since then.
    pub first: i64,
    loads: Vec<Load>,
    sources: Vec<PathBuf>,
}

/// What of one fragment goes into the file.
pub struct Load {
    source: u32,
    /// All of the fragment's payload, which has a sum.
    payload: (u64, u32),
    sum: u32,
    /// What of it is taken: first byte and length.
    video: (u32, u32),
    audio: (u32, u32),
    /// Its pictures.
    pub pictures: u32,
    /// Samples of silence before the sound.
    pub silence: u32,
    /// Samples of PCM, or units of AAC, silence among them.
    pub sounds: u32,
    /// When its first picture came.
    at: WallTime,
}

/// No fragment that a recorder of ours writes comes near.
const MAX_PAYLOAD: u64 = 256 << 20;

impl Film {
    /// The film that begins at `from`, or at the first key frame after it where
    /// what is before cannot be decoded, and goes on to `to` or to where the
    /// source has another format. Nothing where there is no picture.
    pub fn plan(
        source: &Source<'_>,
        from: WallTime,
        to: WallTime,
    ) -> Result<Option<Self>, ExportError> {
        let Some((strips, from)) = source.lead_in(from, to)? else { return Ok(None) };
        let Some(last) = strips.back().map(|strip| strip.segment) else { return Ok(None) };
        let mut making = Making::new(from, to);
        strips.iter().for_each(|strip| making.add(strip));
        drop(strips);
        let mut next = source.after(last.start);
        while let Some(segment) = next.filter(|it| it.start < to) {
            let mut strip = source.read(segment)?;
            if making.is_broken {
                strip.skip_to_key();
            }
            if !making.takes(&strip) {
                making.to = segment.start;
                break;
            }
            making.add(&strip);
            next = source.after(segment.start);
        }
        making.finish()
    }

    /// Hands the payload to `write`, bit for bit as it was recorded but for
    /// G.711, and notes what is damaged.
    pub fn read(
        &mut self,
        mut write: impl FnMut(&[u8]) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let law = self.audio.as_ref().map(|(format, _)| format.clone());
        let law = law.filter(|format| sound::frame(format).is_some());
        self.read_loads(|load, video, audio| {
            write(video)?;
            write(&sound::in_file(law.as_ref(), load.silence, audio))
        })
    }

    /// Hands pictures and sound of one fragment after the other to `take`, and
    /// notes what is damaged.
    pub fn read_loads(
        &mut self,
        mut take: impl FnMut(&Load, &[u8], &[u8]) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let (mut open, mut payload) = (None, Vec::new());
        for (index, load) in self.loads.iter().enumerate() {
            let path = &self.sources[load.source as usize];
            if open.as_ref().is_none_or(|(number, _)| *number != load.source) {
                open = Some((load.source, open_source(path)?));
            }
            let Some((_, file)) = &mut open else { continue };
            payload.resize(load.payload.1 as usize, 0);
            let read = file.seek(SeekFrom::Start(load.payload.0));
            read.and_then(|_| file.read_exact(&mut payload)).map_err(ArchiveError::disk(path))?;
            if crc32fast::hash(&payload) != load.sum {
                let next = self.loads.get(index + 1).map_or(self.to, |next| next.at);
                self.damaged.push((load.at.max(self.from), next.max(self.from)));
            }
            let part =
                |(from, length): (u32, u32)| &payload[from as usize..(from + length) as usize];
            take(load, part(load.video), part(load.audio))?;
        }
        Ok(())
    }
}

/// A film as it is gathered.
struct Making {
    from: WallTime,
    to: WallTime,
    head: Option<Head>,
    sound: Option<Sounds>,
    audio: Option<AudioFormat>,
    video: Shown,
    chunks: Vec<Chunk>,
    loads: Vec<Load>,
    sources: Vec<PathBuf>,
    damaged: Vec<(WallTime, WallTime)>,
    /// Whether what comes next builds on something that is damaged.
    is_broken: bool,
}

impl Making {
    fn new(from: WallTime, to: WallTime) -> Self {
        Self {
            from,
            to,
            head: None,
            sound: None,
            audio: None,
            video: Shown::default(),
            chunks: Vec::new(),
            loads: Vec::new(),
            sources: Vec::new(),
            damaged: Vec::new(),
            is_broken: false,
        }
    }

    /// Whether a segment has the same format. One without sound goes with any.
    fn takes(&self, strip: &Strip) -> bool {
        let same_audio = match (&self.audio, &strip.head.audio) {
            (Some(known), Some(other)) => known == other,
            _ => true,
        };
        same_audio && self.head.as_ref().is_none_or(|head| head.video == strip.head.video)
    }

    /// Adds what is needed of a segment.
    fn add(&mut self, strip: &Strip) {
        self.head.get_or_insert_with(|| strip.head.clone());
        self.is_broken = strip.is_broken;
        let length = self.to.0 - self.from.0;
        if let Some(format) = strip.head.audio.as_ref().filter(|_| strip.lead.is_none()) {
            self.audio.get_or_insert_with(|| format.clone());
            self.sound.get_or_insert_with(|| Sounds::new(format.clone(), length));
        }
        self.damaged.extend(
            strip.damaged.iter().map(|(from, to)| {
                (WallTime(from.0.max(self.from.0)), WallTime(to.0.min(self.to.0)))
            }),
        );
        let origin = strip.head.start.0 - self.from.0;
        let source = self.sources.len() as u32;
        self.sources.push(strip.path.clone());
        // Those that the last one that is shown builds on are there, too.
        let is_in = |time: i64| origin + time < length;
        let pictures = || strip.fragments.iter().flat_map(|it| &it.pictures);
        let count = pictures().count();
        let behind = pictures().rev().position(|it| is_in(it.time)).unwrap_or(count);
        let mut left = (count - behind).saturating_sub(strip.skipped);
        let mut skipped = strip.skipped;
        for fragment in &strip.fragments {
            let before = skipped.min(fragment.pictures.len());
            skipped -= before;
            let taken = &fragment.pictures[before..];
            let taken = &taken[..left.min(taken.len())];
            left -= taken.len();
            let Ok(payload) = u32::try_from(fragment.payload.1) else { continue };
            let within = |offset: u64| (offset - fragment.payload.0) as u32;
            let mut load = Load {
                source,
                payload: (fragment.payload.0, payload),
                sum: fragment.sum,
                video: (0, 0),
                audio: (0, 0),
                pictures: taken.len() as u32,
                silence: 0,
                sounds: 0,
                at: fragment_start(strip, fragment),
            };
            for picture in taken {
                let time = origin + picture.time + strip.lead.unwrap_or(0);
                self.video.times.push(time);
                self.video.sizes.push(picture.size);
                if picture.is_key {
                    self.video.keys.push(self.video.sizes.len() as u32);
                }
            }
            if let (Some(first), Some(last)) = (taken.first(), taken.last()) {
                let begin = within(first.offset);
                load.video = (begin, within(last.offset) + last.size - begin);
                let (samples, bytes) = (taken.len() as u32, load.video.1);
                self.chunks.push(Chunk { is_sound: false, samples, bytes });
            }
            if let Some(sounds) = self.sound.as_mut().filter(|_| strip.lead.is_none()) {
                let taken = sounds.take(origin, &fragment.sounds);
                if taken.samples > 0 {
                    load.audio = (within(taken.bytes.0), taken.bytes.1);
                    load.silence = taken.silence;
                    load.sounds = taken.samples;
                    let frame = self.audio.as_ref().and_then(sound::frame);
                    let bytes = frame.map_or(taken.bytes.1, |frame| frame * taken.samples);
                    self.chunks.push(Chunk { is_sound: true, samples: taken.samples, bytes });
                }
            }
            if load.video.1 > 0 || load.audio.1 > 0 {
                self.loads.push(load);
            }
        }
    }

    fn finish(mut self) -> Result<Option<Film>, ExportError> {
        let length = self.to.0 - self.from.0;
        // What is shown at the moment at which the film begins came before it:
        // players that leave out whole pictures only begin with it then, too.
        let first = self.video.times.iter().copied().filter(|time| *time <= 0).max();
        for time in &mut self.video.times {
            if Some(*time) == first {
                *time = 0;
            }
        }
        let is_shown = |time: &&i64| (0..length).contains(*time);
        let shown = self.video.times.iter().filter(is_shown).count();
        let Some(head) = self.head.filter(|_| shown > 0) else { return Ok(None) };
        let audio = self.sound.and_then(Sounds::finish);
        let payload: u64 = self.chunks.iter().map(|chunk| u64::from(chunk.bytes)).sum();
        let unshown = self.video.times.len() - shown;
        let movie = Movie {
            head: &head,
            from: self.from,
            length: length.unsigned_abs(),
            video: self.video,
            audio,
            chunks: self.chunks,
        };
        let header = movie.encode()?;
        let Movie { video, audio, .. } = movie;
        Ok(Some(Film {
            audio,
            video,
            first: first.unwrap_or(0),
            from: self.from,
            to: self.to,
            shown,
            unshown,
            damaged: self.damaged,
            bytes: header.len() as u64 + payload,
            header,
            loads: self.loads,
            sources: self.sources,
            head,
        }))
    }
}

fn fragment_start(strip: &Strip, fragment: &Listed) -> WallTime {
    let first = fragment.pictures.iter().map(|it| it.time).min().unwrap_or(0);
    WallTime(strip.head.start.0 + first)
}

/// Opens a segment's file.
pub fn open_source(path: &Path) -> Result<File, ExportError> {
    File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => ExportError::Removed { path: path.to_owned() },
        _ => ArchiveError::disk(path)(error).into(),
    })
}

/// Whether a fragment can be read at once.
pub fn fits(fragment: &Listed) -> bool {
    fragment.payload.1 <= MAX_PAYLOAD
}
