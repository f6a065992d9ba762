//! Writes the protocol down for TypeScript and for people, and holds what is
//! committed to it. `UPDATE_GENERATED=1 cargo test -p protocol` rewrites both.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use protocol::*;
use ts_rs::{Config, TS};

#[test]
fn typescript_is_current() {
    check("ui/src/protocol/index.ts", &typescript());
}

#[test]
fn documentation_is_current() {
    check("docs/protocol.md", &documentation());
}

fn typescript() -> String {
    let mut text = String::from("// Generated from crates/protocol by its test; do not edit.\n\n");
    text += &format!("export const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n");
    text += &format!("export const SESSION_PATH = \"{PATH}\";\n");
    text += &format!("export const TICKET_PATH = \"{TICKET_PATH}\";\n");
    text += &format!("export const MEDIA_HEADER_BYTES = {};\n", MediaHeader::BYTES);
    text += &format!("export const MEDIA_HEADER_VERSION = {};\n", MediaHeader::VERSION);
    text += &format!("export const MEDIA_KIND_PICTURE = {};\n", MediaKind::Picture as u8);
    text += &format!("export const MEDIA_KIND_UNIT = {};\n", MediaKind::Unit as u8);
    text += &format!("export const MEDIA_KIND_SOUND = {};\n", MediaKind::Sound as u8);
    text += &format!("export const MEDIA_FLAG_KEY = {};\n", MediaHeader::KEY);
    text += &format!("export const MEDIA_FLAG_UNSHOWN = {};\n", MediaHeader::UNSHOWN);
    text += &format!("export const MEDIA_FLAG_APPROXIMATE = {};\n", MediaHeader::APPROXIMATE);
    text += &format!("export const MAX_BUCKETS = {MAX_BUCKETS};\n");
    text += &format!("export const BUCKET_WHOLE = {};\n", TimelineBucket::WHOLE);
    text += &format!("export const BUCKET_CAUSE_SHIFT = {};\n", TimelineBucket::CAUSE_SHIFT);
    text += &format!("export const BUCKET_LOCKED = {};\n", TimelineBucket::LOCKED);
    for (name, mark) in MARKS {
        text += &format!("export const EVENT_{name} = {mark};\n");
    }
    let causes = serde_json::to_string(&GapCause::ALL).unwrap();
    text += &format!("export const GAP_CAUSES: GapCause[] = {causes};\n");
    for (_, types) in sections() {
        for declaration in types {
            text += &format!("\n{declaration}\n");
        }
    }
    text
}

const MARKS: [(&str, u8); 5] = [
    ("MOTION", EventMark::MOTION),
    ("CROSSING", EventMark::CROSSING),
    ("LOITERING", EventMark::LOITERING),
    ("TAMPER", EventMark::TAMPER),
    ("REPORTED", EventMark::REPORTED),
];

fn documentation() -> String {
    let marks: Vec<String> =
        MARKS.iter().map(|(name, mark)| format!("{mark} {}", name.to_lowercase())).collect();
    let marks = marks.join(", ");
    let mut text = format!(
        "<!-- Generated from crates/protocol by its test; do not edit. -->\n\n\
         # The protocol, version {PROTOCOL_VERSION}\n\n\
         One WebSocket at `{PATH}` is one session. Text messages are JSON; the first is \
         `hello` with a ticket.\n\
         `POST {TICKET_PATH}` with `Authorization: Bearer KEY` answers with a ticket, which is \
         good once and for {TICKET_SECONDS} s. KEY is the owner's, from `{ENGINE_FILE}` in the \
         data directory, or the `session` of a `welcome`.\n\n\
         A server accepts messages of at most {MAX_REQUEST_BYTES} bytes and {MAX_SUBSCRIPTIONS} \
         subscriptions a session, with {MAX_LISTENS} streams to listen to beside them, and only from the origins and to the host names it was \
         started for: the desktop window's, and its own address as `127.0.0.1`, `[::1]` and \
         `localhost`. Unless told otherwise it listens on port {DEFAULT_PORT}.\n\n\
         Times are µs since 1970-01-01 UTC.\n\n\
         ## Binary messages\n\n\
         From server to viewer only: a header of {} bytes, little-endian, and the payload.\n\n\
         | offset | type | field |\n|---|---|---|\n\
         | 0 | u8 | version, {} |\n| 1 | u8 | kind: {} is a picture, {} an access unit, {} sound |\n\
         | 2 | u16 | flags of access units: {} where decoding can begin, {} where others are missing \
         in front, {} of those that are only built on and not shown |\n| 4 | u32 | subscription |\n\
         | 8 | u32 | sequence: counts from 1; a hole is a picture, unit or sound not sent because \
         the viewer was behind |\n\
         | 12 | u32 | format: the number of a `format`, `encoding` or `sound` message sent before |\n\
         | 16 | i64 | media time, µs on the stream's own axis |\n\
         | 24 | i64 | wall time the access unit reached the engine |\n\n\
         Of pictures, planes and JPEG files alike, one per subscription is on its way at most: the \
         next is sent when the viewer has acknowledged it. Which of the two a picture is, and what \
         it shows, says its `format`. Access units begin with a key frame and all that came since, \
         so that there is something to show at once. They are sent as they come while what the \
         viewer has not acknowledged is less than {} units or {} MiB and, after the first, no \
         older than {} s; then those up to the next key frame are left out. An acknowledgement \
         is for all that was sent before, too.\n\n\
         A stream may change to a codec that the viewer does not take; it is then delivered in the \
         next form that the viewer accepts, and again in the better one when it changes back.\n\n\
         Sound is signed 16-bit little-endian samples, those of the channels in turn; it is sent \
         as it comes, and a viewer that takes it too slowly misses the oldest.\n\n\
         Every stream has a plan of how it is recorded. One that is not in the snapshot is \
         `continuous` at every hour, with sound, on the first volume and without limits, and keeps \
         5 s before and 10 s after events where its mode is changed. A span that should have been \
         recorded and was not is a recording gap, with one cause; one command answers with at \
         most {MAX_GAPS} of them. Spans begin at `from` and end before `to`.\n\n\
         An export is of at most {MAX_EXPORTED} streams, and {MAX_EXPORTS} are made at once. It is \
         written under a name that begins with a point, and has its own when it is whole. One that \
         was interrupted goes on where it stopped when the same is asked for again.\n\n\
         A picture as a file has at most {MAX_STILL_BYTES} bytes, before Base64.\n\n\
         A timeline has one lane a camera, at most {MAX_LANES}, of the same at most {MAX_BUCKETS} \
         buckets, as runs in Base64: of two bytes each, the first says how many buckets in turn \
         are the same, the second what is in each. Its bits 0 to 2 say how much is recorded, of \
         main and sub stream together: 0 nothing, {} all of it, those between sixths; bits {} to \
         6 why most of the rest is not: 0 where that is not known, else the place of a \
         `GapCause` counted from 1; bit 7, {}, that some of it is evidence. Gaps of \
         which a bucket holds four or more may be left out of causes. What happened comes as runs \
         of the same form: {marks}, and the sum of these.\n",
        MediaHeader::BYTES,
        MediaHeader::VERSION,
        MediaKind::Picture as u8,
        MediaKind::Unit as u8,
        MediaKind::Sound as u8,
        MediaHeader::KEY,
        MediaHeader::AFTER_GAP,
        MediaHeader::UNSHOWN,
        MAX_UNITS_IN_FLIGHT,
        MAX_BYTES_IN_FLIGHT >> 20,
        MAX_IN_FLIGHT_SECONDS,
        TimelineBucket::WHOLE,
        TimelineBucket::CAUSE_SHIFT,
        TimelineBucket::LOCKED,
    );
    for (title, types) in sections() {
        text += &format!("\n## {title}\n");
        for declaration in types {
            text += &format!("\n```ts\n{declaration}\n```\n");
        }
    }
    text
}

/// In reading order.
fn sections() -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("What a viewer sends", vec![of::<Request>(), of::<Command>()]),
        (
            "What a server sends",
            vec![
                of::<Message>(),
                of::<Snapshot>(),
                of::<Update>(),
                of::<Outcome>(),
                of::<Reply>(),
                of::<Failure>(),
                of::<FailureCode>(),
            ],
        ),
        (
            "Cameras and streams",
            vec![
                of::<CameraAddress>(),
                of::<Camera>(),
                of::<CameraSource>(),
                of::<Transport>(),
                of::<NewCamera>(),
                of::<Login>(),
                of::<StreamRole>(),
                of::<StreamAddress>(),
                of::<StreamState>(),
                of::<ConnectingStage>(),
                of::<Probe>(),
                of::<StreamProbe>(),
            ],
        ),
        (
            "Pictures",
            vec![
                of::<Delivery>(),
                of::<PictureFormat>(),
                of::<UnitFormat>(),
                of::<Ratio>(),
                of::<ColourMatrix>(),
                of::<ColourRange>(),
            ],
        ),
        (
            "Layouts and settings",
            vec![of::<Layout>(), of::<LayoutShape>(), of::<Settings>(), of::<Theme>()],
        ),
        (
            "Recording",
            vec![
                of::<Volume>(),
                of::<NewVolume>(),
                of::<VolumeState>(),
                of::<VolumeStatus>(),
                of::<RecordingPlan>(),
                of::<RecordingMode>(),
                of::<HourMode>(),
                of::<StreamPlan>(),
                of::<StreamRecordingState>(),
                of::<StreamRecording>(),
                of::<ClockSet>(),
                of::<RecordingStatus>(),
                of::<RecordingGap>(),
                of::<GapCause>(),
                of::<Bookmark>(),
                of::<NewBookmark>(),
                of::<Evidence>(),
                of::<NewEvidence>(),
                of::<NewExport>(),
                of::<Export>(),
                of::<ExportState>(),
                of::<NewStill>(),
                of::<StillFormat>(),
                of::<ThumbnailSize>(),
                of::<Still>(),
            ],
        ),
        (
            "Motion and events",
            vec![
                of::<CameraMotion>(),
                of::<MotionSettings>(),
                of::<MotionMode>(),
                of::<MotionZone>(),
                of::<PicturePoint>(),
                of::<MotionAttention>(),
                of::<MotionDirection>(),
                of::<MotionLine>(),
                of::<LineSense>(),
                of::<MotionState>(),
                of::<MotionSpan>(),
                of::<CameraEvent>(),
                of::<EventKind>(),
                of::<TrackPlace>(),
                of::<Observation>(),
                of::<ObservedThing>(),
                of::<ThingVerdict>(),
                of::<RefusalReason>(),
                of::<MotionTrial>(),
                of::<TriedEvent>(),
                of::<TrialVerdict>(),
            ],
        ),
        ("Timelines", vec![of::<Timeline>(), of::<TimelineLane>(), of::<Neighbours>()]),
        ("Playback", vec![of::<PlaybackState>(), of::<PlaybackTurn>(), of::<RecordedState>()]),
        (
            "Statistics",
            vec![
                of::<Statistics>(),
                of::<StreamStatistics>(),
                of::<ViewerStatistics>(),
                of::<Spread>(),
            ],
        ),
        ("The door", vec![of::<Ticket>(), of::<Sensitive>()]),
    ]
}

fn of<T: TS>() -> String {
    let config = Config::default();
    let docs = T::docs().unwrap_or_default();
    format!("{}\nexport {}", docs.trim_end(), T::decl(&config)).trim_start().to_owned()
}

fn check(path: &str, expected: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{} is not what the types say; UPDATE_GENERATED=1 cargo test -p protocol rewrites it",
        path.display()
    );
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}
