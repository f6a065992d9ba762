//! One file with video in it, opened by libavformat.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use ffmpeg_next::codec::packet::side_data::Type as SideData;
use ffmpeg_next::format::context::{Input, StreamIo};
use ffmpeg_next::format::{self, stream::Disposition};
use ffmpeg_next::media::Type;
use ffmpeg_next::{Dictionary, Error, Packet, Rational, decoder};
use media::{Cause, Rotation, SourceError, VideoFormat};

use crate::pace::Stamps;
use crate::{colour, libav};

/// An open clip at some place in it.
pub struct Clip {
    /// The only file the clip may be read from: libavformat is given this and
    /// no way to open others, so a playlist reaches neither the network nor
    /// what else is on the disk.
    file: File,
    /// Its ending, where that helps to recognise what it is.
    ending: Option<String>,
    path: String,
    opened: Opened,
}

struct Opened {
    input: Input,
    stream: usize,
    time_base: Rational,
    format: VideoFormat,
    /// Microseconds between pictures, where the container says.
    interval: Option<i64>,
}

impl Clip {
    /// Rubbish may be read on and on; this much in a row is the end.
    const MAX_BAD_PACKETS: u32 = 1000;
    /// How much is read to find out what it is.
    const PROBE_BYTES: &str = "5000000";
    const PROBE_MICROSECONDS: &str = "3000000";

    /// Opens the file. The error says what to do.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let shown = path.display().to_string();
        let file = open_file(path)?;
        let ending = path.extension().and_then(|it| it.to_str()).map(str::to_ascii_lowercase);
        let ending = ending.filter(|it| UNMARKED.contains(&it.as_str()));
        let opened = open_input(&file, ending.as_deref(), &shown)?;
        Ok(Self { file, ending, path: shown, opened })
    }

    /// How its units are encoded.
    pub fn format(&self) -> &VideoFormat {
        &self.opened.format
    }

    /// Microseconds between pictures, where the container says.
    pub fn interval(&self) -> Option<i64> {
        self.opened.interval
    }

    /// The next unit; nothing at the end.
    pub fn next(&mut self) -> Option<Packet> {
        let mut bad = 0;
        while bad < Self::MAX_BAD_PACKETS {
            let mut packet = Packet::empty();
            match packet.read(&mut self.opened.input) {
                Ok(()) if packet.stream() != self.opened.stream => {}
                Ok(()) if packet.size() == 0 => bad += 1,
                Ok(()) => {
                    let new = packet.side_data().find(|it| it.kind() == SideData::NewExtraData);
                    if let Some(new) = new {
                        self.opened.format.extradata = bytes::Bytes::copy_from_slice(new.data());
                    }
                    return Some(packet);
                }
                // Such a packet is skipped; the demuxer finds the next one.
                Err(Error::InvalidData) => bad += 1,
                Err(_) => break,
            }
        }
        None
    }

    /// What the container says of a packet.
    pub fn stamps(&self, packet: &Packet) -> Stamps {
        let base = self.opened.time_base;
        Stamps {
            decoded: packet.dts().map(|it| microseconds(it, base)),
            shown: packet.pts().map(|it| microseconds(it, base)),
            duration: microseconds(packet.duration(), base),
        }
    }

    /// Back to the beginning. The file is opened anew, since not every
    /// container can be searched.
    pub fn rewind(&mut self) -> Result<(), SourceError> {
        self.opened = open_input(&self.file, self.ending.as_deref(), &self.path)?;
        Ok(())
    }

    /// There are no pictures in it after all.
    pub fn not_video(&self) -> SourceError {
        not_video(&self.path)
    }
}

/// Endings of bare streams, which are hard to tell by their content. Others are
/// not mentioned to libavformat: some endings alone make it run scripts or take
/// text for pictures.
const UNMARKED: [&str; 16] = [
    "264", "h264", "avc", "265", "h265", "hevc", "h261", "h263", "m4v", "m1v", "m2v", "mjpg",
    "mjpeg", "dv", "vc1", "obu",
];

/// Text as pictures: no surveillance camera sends it, and it would show any
/// file's content.
const TEXT_CODECS: [&str; 4] = ["ansi", "bintext", "xbin", "idf"];

fn open_file(path: &Path) -> Result<File, SourceError> {
    let shown = path.display();
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            not_found(format!("There is no file at {shown}. Check the path on the server."))
        }
        io::ErrorKind::PermissionDenied => not_found(format!(
            "This server may not read {shown}. Give the user it runs as the right to."
        )),
        _ => not_found(format!("{shown} cannot be read ({error}). Check the disk it is on.")),
    };
    // Before opening, which would wait for the other end of a pipe.
    let kind = path.metadata().map_err(failed)?.file_type();
    if kind.is_dir() {
        return Err(SourceError {
            cause: Cause::NotVideo,
            sentence: format!("{shown} is a folder. Choose a video file in it."),
        });
    }
    if !kind.is_file() {
        return Err(SourceError {
            cause: Cause::NotVideo,
            sentence: format!("{shown} is not a file but a device or a pipe. Choose a video file."),
        });
    }
    File::open(path).map_err(failed)
}

fn open_input(file: &File, ending: Option<&str>, path: &str) -> Result<Opened, SourceError> {
    let input = probe(file, ending).map_err(|_| not_video(path))?;
    let stream = input.streams().best(Type::Video).ok_or_else(|| not_video(path))?;
    let parameters = stream.parameters();
    // The cover of a record is no video, either.
    let is_cover = stream.disposition().contains(Disposition::ATTACHED_PIC);
    let mut side_data = stream.side_data();
    let rotation = side_data
        .find(|it| it.kind() == SideData::DisplayMatrix)
        .and_then(|it| colour::rotation(it.data()))
        .unwrap_or(Rotation::None);
    let format = libav::video_format(&stream, rotation);
    if is_cover || TEXT_CODECS.contains(&format.codec.name()) {
        return Err(not_video(path));
    }
    if decoder::find(parameters.id()).is_none() {
        let codec = format.codec.name();
        return Err(SourceError {
            cause: Cause::Unsupported,
            sentence: format!(
                "{path} is encoded as {codec}, which the FFmpeg on this server does not decode. \
                 Convert it to H.264."
            ),
        });
    }
    let interval = [stream.avg_frame_rate(), stream.rate()]
        .into_iter()
        .find(|rate| rate.numerator() > 0 && rate.denominator() > 0)
        .map(|rate| microseconds(1, rate.invert()));
    let (stream, time_base) = (stream.index(), stream.time_base());
    Ok(Opened { input, stream, time_base, format, interval })
}

/// By content, and where that says nothing, with the ending as a hint.
fn probe(file: &File, ending: Option<&str>) -> Result<Input, Error> {
    let open = |name: Option<&str>| {
        let mut file = file.try_clone().map_err(|_| Error::Exit)?;
        file.seek(SeekFrom::Start(0)).map_err(|_| Error::Exit)?;
        let mut options = Dictionary::new();
        options.set("protocol_whitelist", "none");
        options.set("probesize", Clip::PROBE_BYTES);
        options.set("analyzeduration", Clip::PROBE_MICROSECONDS);
        format::input_from_stream(StreamIo::from_read_seek(file)?, name, Some(options))
    };
    let by_content = open(None);
    match ending {
        Some(ending) if by_content.is_err() => open(Some(&format!("clip.{ending}"))),
        _ => by_content,
    }
}

fn not_found(sentence: String) -> SourceError {
    SourceError { cause: Cause::NotFound, sentence }
}

fn not_video(path: &str) -> SourceError {
    SourceError {
        cause: Cause::NotVideo,
        sentence: format!("{path} holds no video that FFmpeg can read. Choose another file."),
    }
}

/// Far enough from the ends of the numbers that differences are still numbers.
fn microseconds(ticks: i64, base: Rational) -> i64 {
    const FAR: i128 = 1 << 61;
    let den = i128::from(base.denominator()).max(1);
    let exact = i128::from(ticks) * i128::from(base.numerator()) * 1_000_000 / den;
    exact.clamp(-FAR, FAR) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_tick_becomes_microseconds() {
        assert_eq!(microseconds(90_000, Rational(1, 90_000)), 1_000_000);
        assert_eq!(microseconds(1, Rational(1001, 30_000)), 33_366);
        assert_eq!(microseconds(5, Rational(1, 0)), 5_000_000);
        assert_eq!(microseconds(i64::MAX, Rational(i32::MAX, 1)), 1 << 61);
        assert_eq!(microseconds(i64::MIN, Rational(i32::MAX, 1)), -(1 << 61));
    }
}
