//! What is in a package, for programs: with it the time of every picture can be
//! told, and that nothing was changed.

use std::path::PathBuf;

use media::{AudioCodec, CameraId, RecordingGap, StreamRole, WallTime};
use serde::{Deserialize, Serialize};

use super::{Film, Request, Stretch, Wanted, names};

/// All of it. Times are in µs since 1970 UTC.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// Says what the file is, and its version.
    tessera_export: u32,
    /// The program, and its version.
    made_by: String,
    /// When it was made.
    made: i64,
    made_text: String,
    /// What it is called, where it is.
    name: String,
    /// What else somebody said of it.
    note: String,
    /// What was asked for.
    from: i64,
    to: i64,
    from_text: String,
    to_text: String,
    /// Of the times as texts, and in names.
    zone: Option<String>,
    /// Whether pictures were encoded again, with name and time in them.
    burnt_in: bool,
    cameras: Vec<Camera>,
    /// Folders of volumes that were not there: what is on them is missing here.
    missing: Vec<String>,
    /// What belongs to the package and is no film.
    files: Vec<Other>,
}

/// What there is of one stream.
#[derive(Debug, Serialize)]
struct Camera {
    camera: CameraId,
    stream: &'static str,
    name: String,
    /// By when they begin. Two overlap only where a clock was set between.
    parts: Vec<Part>,
    /// What is missing, by when it begins.
    gaps: Vec<Gap>,
}

/// One file. Its moment `t` is `from` + `t`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// In the package.
    pub file: String,
    /// In bytes.
    pub bytes: u64,
    /// Of the whole file.
    pub sha256: String,
    /// The moment at which it begins.
    pub from: i64,
    /// The moment at which it ends.
    pub to: i64,
    from_text: String,
    to_text: String,
    /// See [`crate::Segment::run`].
    run: i64,
    video: String,
    width: u32,
    height: u32,
    /// As it was recorded.
    audio: Option<String>,
    /// As it is in the file.
    audio_in_file: Option<String>,
    /// Pictures that are shown.
    pub pictures: usize,
    /// Pictures that are there only for others to be decoded.
    pub unshown: usize,
    /// Spans in which something is damaged.
    pub damaged: Vec<(i64, i64)>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Gap {
    from: i64,
    to: i64,
    /// Why, where that is known.
    cause: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Other {
    file: &'static str,
    bytes: u64,
    sha256: String,
}

/// Shorter gaps are what cameras are late with, in µs.
const MIN_GAP: i64 = 100_000;

impl Manifest {
    /// Of nothing yet.
    pub fn new(request: &Request) -> Self {
        let text = |time| names::text(time, &request.zone);
        Self {
            tessera_export: 1,
            made_by: request.made_by.clone(),
            made: request.now.0,
            made_text: text(request.now),
            name: request.name.clone(),
            note: request.note.clone(),
            from: request.from.0,
            to: request.to.0,
            from_text: text(request.from),
            to_text: text(request.to),
            zone: request.zone.iana_name().map(str::to_owned),
            burnt_in: request.burn_in,
            cameras: Vec::new(),
            missing: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Adds what there is of a stream.
    pub fn add(&mut self, request: &Request, wanted: &Wanted, name: String, mut parts: Vec<Part>) {
        parts.sort_by_key(|part| (part.from, part.run));
        self.cameras.push(Camera {
            camera: wanted.stream.camera,
            stream: match wanted.stream.role {
                StreamRole::Main => "main",
                StreamRole::Sub => "sub",
            },
            name,
            gaps: gaps(request, wanted, &parts),
            parts,
        });
    }

    /// Says which volumes were not there.
    pub fn without(self, volumes: &[PathBuf]) -> Self {
        Self { missing: volumes.iter().map(|it| it.display().to_string()).collect(), ..self }
    }

    /// Adds what is no film.
    pub fn add_other(&mut self, file: &'static str, bytes: u64, sha256: String) {
        self.files.push(Other { file, bytes, sha256 });
    }

    /// What the first camera is called.
    pub fn camera_name(&self) -> &str {
        self.cameras.first().map_or("", |camera| &camera.name)
    }

    /// Every film.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.cameras.iter().flat_map(|camera| &camera.parts)
    }
}

impl Part {
    /// A film that was written.
    pub fn new(
        request: &Request,
        stretch: &Stretch,
        film: &Film,
        file: String,
        sha256: String,
    ) -> Self {
        let text = |time| names::text(time, &request.zone);
        let audio = film.audio.as_ref().map(|(format, _)| format.codec);
        Self {
            file,
            bytes: film.bytes,
            sha256,
            from: film.from.0,
            to: film.to.0,
            from_text: text(film.from),
            to_text: text(film.to),
            run: stretch.run,
            video: film.head.video.codec.name().to_owned(),
            width: film.head.video.size.width,
            height: film.head.video.size.height,
            audio: audio.map(|codec| codec.name().to_owned()),
            audio_in_file: audio.map(|codec| match codec {
                AudioCodec::Aac => codec.name().to_owned(),
                AudioCodec::Pcmu | AudioCodec::Pcma => "pcm_s16le".to_owned(),
            }),
            pictures: film.shown,
            unshown: film.unshown,
            damaged: film.damaged.iter().map(|(from, to)| (from.0, to.0)).collect(),
        }
    }
}

/// What is in no part, with the cause that is known of it.
fn gaps(request: &Request, wanted: &Wanted, parts: &[Part]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut ended = request.from.0;
    let ends = parts.iter().map(|part| (part.from, part.to));
    for (from, to) in ends.chain([(request.to.0, request.to.0)]) {
        if from - ended >= MIN_GAP {
            let known = request.gaps.iter().filter(|gap| gap.stream == wanted.stream);
            explain(&mut gaps, ended, from, known);
        }
        ended = ended.max(to);
    }
    gaps
}

fn explain<'a>(
    gaps: &mut Vec<Gap>,
    from: i64,
    to: i64,
    known: impl Iterator<Item = &'a RecordingGap>,
) {
    let within = |time: WallTime| time.0.clamp(from, to);
    let mut ended = from;
    for gap in known {
        let (begin, end) = (within(gap.from).max(ended), within(gap.to));
        if begin >= end {
            continue;
        }
        if begin - ended >= MIN_GAP {
            gaps.push(Gap { from: ended, to: begin, cause: None });
        }
        gaps.push(Gap { from: begin, to: end, cause: Some(gap.cause.name()) });
        ended = end;
    }
    if to - ended >= MIN_GAP {
        gaps.push(Gap { from: ended, to, cause: None });
    }
}

#[cfg(test)]
mod tests {
    use media::{GapCause, StreamId};

    use super::*;

    #[test]
    fn a_gap_has_the_causes_that_are_known() {
        let stream = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let known = [(2, 4), (3, 6), (20, 30)].map(|(from, to)| RecordingGap {
            stream,
            from: WallTime(from * 1_000_000),
            to: WallTime(to * 1_000_000),
            cause: GapCause::DiskFull,
        });
        let mut gaps = Vec::new();
        explain(&mut gaps, 1_000_000, 8_000_000, known.iter());
        let gaps: Vec<_> =
            gaps.iter().map(|it| (it.from / 1_000_000, it.to / 1_000_000, it.cause)).collect();
        let full = Some("disk-full");
        assert_eq!(gaps, [(1, 2, None), (2, 4, full), (4, 6, full), (6, 8, None)]);
    }
}
