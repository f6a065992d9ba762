//! What happened at a camera, behind the last fragment of a segment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use media::{CameraId, Event, EventKind, Track, TrackedEvent, WallTime};
use serde::{Deserialize, Serialize};

use super::{EVENTS, HEADER};

/// A file tells no more.
pub const MOST: usize = 1000;

/// A box that is larger is none of ours, in bytes.
pub const MAX: u64 = 1 << 20;

/// What comes before the words: size, kind, type and CRC-32 of the words.
pub const HEAD_SIZE: usize = HEADER + EVENTS.len() + 4;

/// The longest label, in characters.
const MAX_LABEL: usize = 100;

/// Larger ids were never given: viewers could not tell them apart.
const MAX_ID: i64 = 1 << 53;

/// An event as its file has it, by its own words: the camera is the file's.
#[derive(Serialize, Deserialize)]
struct Line {
    id: i64,
    kind: String,
    label: String,
    from: i64,
    to: i64,
    best: i64,
    /// As [`Track::bytes`], in Base64: programs that know nothing of tracks pass it
    /// over.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    track: String,
}

/// The box that tells `events`, which are [`MOST`] at most. Where it would be too
/// large for those who read it, it does so without their tracks.
pub fn encode(events: &[TrackedEvent]) -> Vec<u8> {
    let mut lines: Vec<Line> = events.iter().map(line).collect();
    let mut words = written(&lines);
    if (HEAD_SIZE + words.len()) as u64 > MAX {
        lines.iter_mut().for_each(|line| line.track.clear());
        words = written(&lines);
    }
    let size = u32::try_from(HEAD_SIZE + words.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEAD_SIZE + words.len());
    bytes.extend(size.to_be_bytes());
    bytes.extend(b"uuid");
    bytes.extend(EVENTS);
    bytes.extend(crc32fast::hash(&words).to_be_bytes());
    bytes.extend(words);
    bytes
}

/// What a whole box tells of `camera`, or why it cannot be read. An event of a
/// kind that a newer program knows is left out, and so is a track that is none.
pub fn decode(bytes: &[u8], camera: CameraId) -> Result<Vec<TrackedEvent>, String> {
    let (head, words) = bytes.split_at_checked(HEAD_SIZE).ok_or("a box that was cut off")?;
    if head[HEAD_SIZE - 4..] != crc32fast::hash(words).to_be_bytes() {
        return Err("events that are damaged".to_owned());
    }
    let lines: Vec<Line> = serde_json::from_slice(words).map_err(|error| error.to_string())?;
    Ok(lines.into_iter().take(MOST).filter_map(|line| event(line, camera)).collect())
}

fn written(lines: &[Line]) -> Vec<u8> {
    serde_json::to_vec(lines).expect("numbers and texts can be written")
}

fn line(TrackedEvent { event, track }: &TrackedEvent) -> Line {
    Line {
        id: event.id,
        kind: event.kind.name().to_owned(),
        label: event.label.chars().take(MAX_LABEL).collect(),
        from: event.from.0,
        to: event.to.0,
        best: event.best.0,
        track: STANDARD.encode(track.bytes()),
    }
}

fn event(line: Line, camera: CameraId) -> Option<TrackedEvent> {
    let Line { id, kind, label, from, to, best, track } = line;
    let is_ours = (1..=MAX_ID).contains(&id) && label.chars().count() <= MAX_LABEL && from <= to;
    let kind = EventKind::from_name(&kind).filter(|_| is_ours)?;
    let [from, to, best] = [from, to, best].map(WallTime);
    let track = STANDARD.decode(track).ok().and_then(|bytes| Track::of_bytes(&bytes));
    let event = Event { id, camera, kind, label, from, to, best };
    Some(TrackedEvent { event, track: track.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use media::TrackPlace;

    use super::*;

    const CAMERA: CameraId = CameraId(12);

    fn event(id: i64, label: &str) -> TrackedEvent {
        let [from, to, best] = [id * 10, id * 10 + 5, id * 10 + 3].map(WallTime);
        let label = label.to_owned();
        Event { id, camera: CAMERA, kind: EventKind::Crossing, label, from, to, best }.into()
    }

    /// With as many places as there can be.
    fn tracked(id: i64, label: &str) -> TrackedEvent {
        let mut track = Track::default();
        for at in 0..Track::MOST as u16 {
            let place = TrackPlace { after_ms: 0, x: at * 2000, y: at, width: 7, height: 8 };
            track.push(WallTime(id * 10 + i64::from(at) * 100_000), place);
        }
        TrackedEvent { track, ..event(id, label) }
    }

    #[test]
    fn events_are_read_back_whatever_they_are_called() {
        let known = [event(1, ""), event(2, "Tür \"\u{1F6AA}\"\0\n"), tracked(3, &"ü".repeat(100))];
        assert_eq!(decode(&encode(&known), CAMERA).unwrap(), known);
        let cut = decode(&encode(&[event(4, &"x".repeat(101))]), CAMERA).unwrap();
        assert_eq!(cut, [event(4, &"x".repeat(100))]);
    }

    #[test]
    fn the_largest_box_is_read() {
        let check = |of: fn(i64, &str) -> TrackedEvent, label: &str, has_tracks: bool| {
            let many: Vec<TrackedEvent> = (1..=MOST as i64).map(|id| of(id, label)).collect();
            let bytes = encode(&many);
            assert!(bytes.len() as u64 <= MAX, "{}", bytes.len());
            let told = decode(&bytes, CAMERA).unwrap();
            assert_eq!(told == many, has_tracks);
            assert!(told.iter().zip(&many).all(|(told, known)| told.event == known.event));
        };
        check(event, &"\0".repeat(100), true);
        check(tracked, &"ü".repeat(100), true);
        // What nobody types leaves no room for them.
        check(tracked, &"\0".repeat(100), false);
    }

    #[test]
    fn a_track_that_is_none_costs_no_event() {
        let check = |track: &str| {
            let words = format!(
                r#"[{{"id":1,"kind":"motion","label":"","from":1,"to":2,"best":1{track}}}]"#
            );
            let lines: Vec<Line> = serde_json::from_str(&words).unwrap();
            let told: Vec<_> =
                lines.into_iter().filter_map(|it| super::event(it, CAMERA)).collect();
            assert!(matches!(told.as_slice(), [it] if it.track.is_empty()), "{track}: {told:?}");
        };
        // What an older program wrote, and what none did.
        check("");
        check(r#","track":"""#);
        check(r#","track":"%""#);
        check(r#","track":"AAAA""#);
        check(&format!(r#","track":"{}""#, STANDARD.encode([0; Track::MAX_BYTES + 12])));
    }

    #[test]
    fn what_knows_nothing_of_tracks_reads_the_rest() {
        /// A line as it was before.
        #[derive(Deserialize)]
        struct Before {
            id: i64,
            label: String,
        }
        let bytes = encode(&[tracked(1, "Door")]);
        let lines: Vec<Before> = serde_json::from_slice(&bytes[HEAD_SIZE..]).unwrap();
        assert!(matches!(lines.as_slice(), [Before { id: 1, label }] if label == "Door"));
    }

    #[test]
    fn a_box_that_is_damaged_tells_nothing() {
        let bytes = encode(&[event(1, "Door")]);
        for at in HEADER + EVENTS.len()..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert!(decode(&damaged, CAMERA).is_err(), "{at}");
            assert!(decode(&bytes[..at], CAMERA).is_err(), "{at}");
        }
    }

    #[test]
    fn what_cannot_be_an_event_of_ours_is_left_out() {
        let line = |id: i64, kind: &str, label: &str, to: i64| Line {
            id,
            kind: kind.to_owned(),
            label: label.to_owned(),
            from: 0,
            to,
            best: 0,
            track: String::new(),
        };
        assert!(super::event(line(1, "motion", "Door", 0), CAMERA).is_some());
        for (id, kind, label, to) in [
            (0, "motion", "Door".to_owned(), 0),
            (i64::MAX, "motion", "Door".to_owned(), 0),
            (1, "rain", "Door".to_owned(), 0),
            (1, "motion", "x".repeat(101), 0),
            (1, "motion", "Door".to_owned(), -1),
        ] {
            assert!(super::event(line(id, kind, &label, to), CAMERA).is_none(), "{id} {kind}");
        }
    }
}
