//! The pictures of an export are those that were recorded, bit for bit.

use archive::{Footage, Survey};
use media::{Codec, Event, EventKind, WallTime};

use crate::clip::{Clip, STEP, hashes, probe};
use crate::rig::{BEGIN, Rig, STREAM, films, manifest};

const X264: &[&str] = &["libx264", "-g", "50", "-bf", "0", "-preset", "ultrafast"];

/// Exports spans of a clip that begin at, between and in pictures, and compares
/// what is decoded with what was recorded.
fn check(codec: Codec, encoder: &[&str]) {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), codec.clone(), encoder, 8);
    rig.record(STREAM, &clip.units, &[], 0);
    for (from, to) in [
        (0, 8_000_000),
        (1_000_000, 3_000_000),
        (2_000_000, 2_000_000 + STEP),
        (3_317_000, 6_123_456),
        (5_999_999, 6_000_001),
    ] {
        let done = rig.export(from, to).unwrap();
        let [(film, begin, end)] = &films(&done.path)[..] else { panic!("{done:?}") };
        assert_eq!((*begin, *end), (from, to));
        let found = hashes(film);
        let expected = clip.shown(from, to);
        let only: Vec<&String> = found.iter().map(|(_, hash)| hash).collect();
        assert_eq!(only, expected.iter().collect::<Vec<_>>(), "{} {from}..{to}", codec.name());
        assert_eq!(found[0].0, 0, "begins at once");
        let said = probe(film, &["-show_entries", "format=duration,start_time:stream=codec_name"]);
        let seconds = |name: &str| said["format"][name].as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(seconds("start_time"), 0.0);
        assert_eq!((seconds("duration") * 1e6).round() as i64, to - from, "exact");
        assert_eq!(said["streams"][0]["codec_name"], codec.name());
        // Its tables are in front.
        let bytes = std::fs::read(film).unwrap();
        let at = |kind: &[u8]| bytes.windows(4).position(|it| it == kind).unwrap();
        assert!(at(b"moov") < at(b"mdat"));
        assert!(!bytes.windows(4).any(|it| it == b"moof"));
    }
}

#[test]
fn h264() {
    check(Codec::H264, X264);
}

#[test]
fn h264_with_b_pictures() {
    check(Codec::H264, &["libx264", "-g", "50", "-bf", "3", "-preset", "veryfast"]);
}

#[test]
fn h265() {
    let encoder = ["libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params"];
    let options = "keyint=50:min-keyint=50:bframes=0:open-gop=0:log-level=error";
    check(Codec::H265, &[&encoder[..], &[options]].concat());
}

#[test]
fn mjpeg() {
    check(Codec::MJPEG, &["mjpeg", "-q:v", "5"]);
}

#[test]
fn a_span_across_segments_is_one_film() {
    let mut rig = Rig::new();
    let encoder = ["libx264", "-g", "250", "-bf", "0", "-preset", "ultrafast"];
    let clip = Clip::make(rig.place.path(), Codec::H264, &encoder, 90);
    rig.record(STREAM, &clip.units, &[], 0);
    let (from, to) = (48_700_000, 71_310_000);
    let done = rig.export(from, to).unwrap();
    assert_eq!(done.files, 1);
    let (film, ..) = &films(&done.path)[0];
    let found: Vec<String> = hashes(film).into_iter().map(|(_, hash)| hash).collect();
    assert_eq!(found, clip.shown(from, to));
}

/// Players pass what a file tells to have happened, and no export has it.
#[test]
fn a_segment_that_tells_events_is_played_and_exported_as_any_other() {
    let mut rig = Rig::new();
    let encoder = ["libx264", "-g", "50", "-bf", "0", "-preset", "ultrafast"];
    let clip = Clip::make(rig.place.path(), Codec::H264, &encoder, 70);
    let [from, to] = [BEGIN, BEGIN + 65_000_000].map(WallTime);
    let (camera, kind, label) = (STREAM.camera, EventKind::Motion, "Gate".to_owned());
    let event = Event { id: 1, camera, kind, label, from, to, best: from }.into();
    rig.volume.as_mut().unwrap().note(STREAM, vec![event]);
    rig.record(STREAM, &clip.units, &[], 0);
    rig.volume.take().unwrap().close();
    let mut shown = Vec::new();
    for segment in Survey::new(&rig.path()).unwrap() {
        let path = rig.path().join(segment.place());
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.windows(12).any(|it| it == b"tessera-evts"));
        let said = probe(&path, &["-show_entries", "stream=codec_name"]);
        assert_eq!(said["streams"][0]["codec_name"], "h264");
        assert!(!Footage::open(&rig.path(), &segment).unwrap().is_damaged());
        shown.extend(hashes(&path).into_iter().map(|(_, hash)| hash));
    }
    assert_eq!(shown, clip.shown(0, 70_000_000));
    let done = rig.export(0, 70_000_000).unwrap();
    let (film, ..) = &films(&done.path)[0];
    let found: Vec<String> = hashes(film).into_iter().map(|(_, hash)| hash).collect();
    assert_eq!(found, shown);
    let bytes = std::fs::read(film).unwrap();
    assert!(!bytes.windows(7).any(|it| it == b"tessera"));
}

/// A GOP of more than a minute is in two segments, and a pause of the camera
/// divides what builds on what.
#[test]
fn what_builds_on_an_earlier_segment_is_decoded() {
    let mut rig = Rig::new();
    let encoder =
        ["libx264", "-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0", "-bf", "0"];
    let encoder = [&encoder[..], &["-preset", "ultrafast"]].concat();
    let clip = Clip::make(rig.place.path(), Codec::H264, &encoder, 90);
    let mut units = clip.units.clone();
    // Behind the eightieth second nothing comes for five.
    for unit in &mut units[2000..] {
        unit.time.0 += 5_000_000;
    }
    rig.record(STREAM, &units, &[], 0);
    for (from, to, shown) in [
        (62_000_000, 64_000_000, (62_000_000, 64_000_000)),
        (86_000_000, 88_000_000, (81_000_000, 83_000_000)),
        (83_000_000, 88_000_000, (80_000_000, 83_000_000)),
    ] {
        let done = rig.export(from, to).unwrap();
        let (film, begin, _) = &films(&done.path)[0];
        assert_eq!(*begin, from.max(if from > 80_000_000 { 85_000_000 } else { 0 }));
        let found: Vec<String> = hashes(film).into_iter().map(|(_, hash)| hash).collect();
        assert_eq!(found, clip.shown(shown.0, shown.1), "{from}");
        assert_eq!(hashes(film)[0].0, 0);
    }
}

#[test]
fn a_gap_and_another_size_are_other_films() {
    let mut rig = Rig::new();
    let small = Clip::make(rig.place.path(), Codec::H264, X264, 4);
    let large = Clip::of_size(rig.place.path(), Codec::H264, X264, 4, "320x240");
    rig.record(STREAM, &small.units, &[], 0);
    rig.pause(STREAM);
    rig.record(STREAM, &small.units, &[], 10_000_000);
    rig.pause(STREAM);
    // Without a hole, in another size.
    rig.record(STREAM, &large.units, &[], 14_000_000);
    let mut request = rig.request(1_000_000, 20_000_000);
    request.gaps = vec![media::RecordingGap {
        stream: STREAM,
        from: WallTime(BEGIN + 4_000_000),
        to: WallTime(BEGIN + 10_000_000),
        cause: media::GapCause::NetworkLoss,
    }];
    let done = crate::rig::run(request).unwrap();
    let films = films(&done.path);
    let spans: Vec<_> = films.iter().map(|(_, from, to)| (*from, *to)).collect();
    let expected = [(1_000_000, 4_000_000), (10_000_000, 14_000_000), (14_000_000, 18_000_000)];
    assert_eq!(spans, expected);
    let found = |at: usize| -> Vec<String> {
        hashes(&films[at].0).into_iter().map(|(_, hash)| hash).collect()
    };
    assert_eq!(found(0), small.shown(1_000_000, 4_000_000));
    assert_eq!(found(1), small.shown(0, 4_000_000));
    assert_eq!(found(2), large.shown(0, 4_000_000));
    let gaps = &manifest(&done.path)["cameras"][0]["gaps"];
    assert_eq!(gaps[0]["cause"], "network-loss");
    assert_eq!(gaps[0]["from"], BEGIN + 4_000_000);
    assert_eq!(gaps[1]["cause"], serde_json::Value::Null);
    assert_eq!(gaps.as_array().unwrap().len(), 2);
}

#[test]
fn the_runs_of_a_clock_that_was_set_do_not_mix() {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 8);
    rig.record(STREAM, &clip.units[..100], &[], 0);
    rig.pause(STREAM);
    // Set back by two seconds: what came then lies over what was.
    let run = rig.volume.as_mut().unwrap().begin_run();
    let batch = archive::Batch {
        stream: STREAM,
        camera_name: "Gate".into(),
        items: vec![archive::Item::ClockSet(run)],
        audio: Vec::new(),
    };
    rig.volume.as_mut().unwrap().round(vec![batch], &archive::Limits::default(), WallTime(BEGIN));
    rig.record(STREAM, &clip.units[100..], &[], -2_000_000);
    let done = rig.export(0, 8_000_000).unwrap();
    let films = films(&done.path);
    let spans: Vec<_> = films.iter().map(|(_, from, to)| (*from, *to)).collect();
    assert_eq!(spans, [(0, 4_000_000), (2_000_000, 6_000_000)]);
    let found = |at: usize| -> Vec<String> {
        hashes(&films[at].0).into_iter().map(|(_, hash)| hash).collect()
    };
    assert_eq!(found(0), clip.shown(0, 4_000_000));
    assert_eq!(found(1), clip.shown(4_000_000, 8_000_000));
}
