//! Whatever interrupts an export: nothing is half done under its final name.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, UNIX_EPOCH};

use archive::{Export, ExportError, Index, Segment, Wanted, Wish};
use media::{CameraId, Codec, StreamId, StreamRole, WallTime};
use sha2::{Digest, Sha256};

use crate::clip::Clip;
use crate::rig::{BEGIN, Rig, STREAM, films, manifest, names, request, run};

const X264: &[&str] = &["libx264", "-g", "25", "-bf", "0", "-preset", "ultrafast"];

/// Every film of a package is what its manifest says.
fn verify(folder: &Path) {
    let said = manifest(folder);
    let mut files: HashMap<String, (u64, String)> = HashMap::new();
    let parts =
        said["cameras"].as_array().unwrap().iter().flat_map(|it| it["parts"].as_array().unwrap());
    for file in parts.chain(said["files"].as_array().unwrap()) {
        let text = |name: &str| file[name].as_str().unwrap().to_owned();
        files.insert(text("file"), (file["bytes"].as_u64().unwrap(), text("sha256")));
    }
    for (name, (bytes, sum)) in &files {
        let found = fs::read(folder.join(name)).unwrap();
        assert_eq!(found.len() as u64, *bytes, "{name}");
        let hex: String = Sha256::digest(&found).iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!(hex, *sum, "{name}");
    }
    assert_eq!(names(folder).len(), files.len() + 1);
}

/// Recordings with gaps between: a film for each of them.
fn many(count: i64) -> Rig {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 2);
    for number in 0..count {
        rig.record(STREAM, &clip.units, &[], number * 4_000_000);
        rig.pause(STREAM);
    }
    rig
}

#[test]
fn spans_without_footage_are_told_before() {
    let mut rig = many(2);
    let none = |rig: &Rig| assert_eq!(rig.names(), [""; 0]);
    assert!(matches!(rig.export(0, 0), Err(ExportError::Empty)));
    assert!(matches!(rig.export(5, 1), Err(ExportError::Empty)));
    assert!(matches!(rig.export(2_100_000, 3_900_000), Err(ExportError::Nothing)));
    let day = 86_400_000_000;
    assert!(matches!(rig.export(20 * day, 21 * day), Err(ExportError::Future)));
    let mut nobody = rig.request(0, 1_000_000);
    nobody.wanted[0].stream.camera = CameraId(99);
    assert!(matches!(run(nobody), Err(ExportError::Nothing)));
    let mut nowhere = rig.request(0, 1_000_000);
    nowhere.destination = rig.place.path().join("gone");
    let refused = run(nowhere).unwrap_err().to_string();
    assert!(refused.contains("is not there"), "{refused}");
    none(&rig);
    // A year, of which little is there.
    let done = rig.export(-365 * day, 365 * day).unwrap();
    assert_eq!(done.files, 2);
    rig.volume.take().unwrap().close();
}

#[test]
fn what_does_not_fit_is_told_before() {
    let rig = Rig::new();
    let row = Segment {
        stream: STREAM,
        start: WallTime(BEGIN),
        end: WallTime(BEGIN + 60_000_000),
        bytes: 1 << 50,
        recording: WallTime(BEGIN),
        run: 1,
        begins_with_key: true,
        is_open: false,
    };
    let volume = rig.place.path().join("other");
    fs::create_dir(&volume).unwrap();
    Index::open(&volume, "other").unwrap().advance(&[row], &[]).unwrap();
    let refused = run(request(&volume, &rig.dest(), 0, 30_000_000)).unwrap_err();
    assert!(matches!(refused, ExportError::NoRoom { needed, .. } if needed == 1 << 49));
    assert_eq!(rig.names(), [""; 0]);
    // A volume that is not there is told where nothing else is.
    fs::remove_dir_all(&volume).unwrap();
    let refused = run(request(&volume, &rig.dest(), 0, 30_000_000)).unwrap_err().to_string();
    assert!(refused.contains("Plug in or mount"), "{refused}");
}

#[test]
fn cancelled_leaves_nothing_and_paused_goes_on() {
    let rig = many(6);
    let span = (0, 24_000_000);
    let mut count = 0;
    let half = |wish: Wish| {
        move |_| {
            count += 1;
            if count > 13 { wish } else { Wish::GoOn }
        }
    };
    let export = Export::plan(rig.request(span.0, span.1)).unwrap();
    let ended = export.run(None, &mut half(Wish::Cancel));
    assert!(matches!(ended, Err(ExportError::Cancelled)));
    assert_eq!(rig.names(), [""; 0]);
    let export = Export::plan(rig.request(span.0, span.1)).unwrap();
    let ended = export.run(None, &mut half(Wish::Pause));
    assert!(matches!(ended, Err(ExportError::Paused)));
    assert!(rig.names().iter().all(|name| name.starts_with('.')), "{:?}", rig.names());
    // One of those that were whole is not any more.
    let part = rig.names().into_iter().find(|name| name.ends_with(".part")).unwrap();
    let part = rig.dest().join(part);
    let whole: Vec<String> = names(&part).into_iter().filter(|it| it.ends_with(".mp4")).collect();
    assert!(whole.len() >= 2, "{whole:?}");
    let mut bytes = fs::read(part.join(&whole[0])).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(part.join(&whole[0]), bytes).unwrap();
    let done = rig.export(span.0, span.1).unwrap();
    assert_eq!((done.files, done.resumed), (6, whole.len() - 1));
    verify(&done.path);
    assert_eq!(rig.names(), ["Gate 2026-11-22 11.15.00+0100"]);
    // The same again is another folder.
    let again = rig.export(span.0, span.1).unwrap();
    assert_eq!(again.resumed, 0);
    assert!(again.path.ends_with("Gate 2026-11-22 11.15.00+0100 (2)"));
}

/// What nobody goes on with is removed by an export a week later, but not what
/// is still being written.
#[test]
fn what_was_left_of_others_goes_after_a_week() {
    let rig = many(6);
    let pause = |to: i64| {
        let mut asked = rig.request(0, to);
        asked.now = WallTime(BEGIN + 24_000_000);
        let ended = Export::plan(asked).unwrap().run(None, &mut |_| Wish::Pause);
        assert!(matches!(ended, Err(ExportError::Paused)));
    };
    pause(23_000_000);
    pause(24_000_000);
    assert_eq!(rig.names().len(), 4);
    let written = File::open(rig.dest().join(&rig.names()[0])).unwrap();
    written.lock().unwrap();
    let left = written.metadata().unwrap().modified().unwrap();
    let left = left.duration_since(UNIX_EPOCH).unwrap();
    let left_after = |days: u64| {
        let mut other = rig.request(0, 2_000_000);
        other.now = WallTime((left.as_secs() + days * 86_400) as i64 * 1_000_000);
        run(other).unwrap();
        rig.names().into_iter().filter(|name| name.starts_with('.')).count()
    };
    assert_eq!(left_after(6), 4);
    assert_eq!(left_after(8), 2);
    drop(written);
    assert_eq!(left_after(8), 0);
}

#[test]
fn one_camera_may_be_one_file() {
    let rig = many(1);
    let mut bare = rig.request(0, 2_000_000);
    bare.bare = true;
    let done = run(bare).unwrap();
    let name = "Gate 2026-11-22 11.15.00+0100.mp4";
    assert!(done.path.ends_with(name));
    assert_eq!(rig.names(), [name.to_owned(), format!("{name}.json")]);
}

#[test]
fn footage_that_is_removed_meanwhile_is_told() {
    let rig = many(3);
    let export = Export::plan(rig.request(0, 12_000_000)).unwrap();
    fs::remove_dir_all(rig.path().join("recordings/camera-12-main")).unwrap();
    let ended = export.run(None, &mut |_| Wish::GoOn);
    assert!(matches!(ended, Err(ExportError::Removed { .. })), "{ended:?}");
    assert!(rig.names().iter().all(|name| name.starts_with('.')));
}

#[test]
fn damage_is_told_and_what_is_intact_is_there() {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 8);
    rig.record(STREAM, &clip.units, &[], 0);
    let index = archive::open_index(&rig.path()).unwrap();
    let row = index.between(STREAM, WallTime(BEGIN), WallTime(BEGIN + 1)).unwrap()[0];
    let path = rig.path().join(row.place());
    let mut bytes = fs::read(&path).unwrap();
    let marks: Vec<usize> =
        (0..bytes.len() - 15).filter(|at| bytes[*at..].starts_with(b"tessera-mark-v1")).collect();
    // A payload of the third second, and the tables of the sixth.
    bytes[marks[3] - 100] ^= 0xff;
    bytes[marks[5]] ^= 0xff;
    fs::write(&path, bytes).unwrap();
    let done = rig.export(0, 8_000_000).unwrap();
    assert_eq!(done.damaged, 2);
    let said = manifest(&done.path);
    let damaged = &said["cameras"][0]["parts"][0]["damaged"];
    let second = |pair: &serde_json::Value| {
        let at = |end: usize| (pair[end].as_i64().unwrap() - BEGIN) / 1_000_000;
        (at(0), at(1))
    };
    let mut spans: Vec<_> = damaged.as_array().unwrap().iter().map(second).collect();
    spans.sort_unstable();
    assert_eq!(spans, [(2, 3), (5, 6)]);
}

/// A GOP that goes on in the next segment is not shown behind damage.
#[test]
fn what_builds_on_damage_is_left_out() {
    let mut rig = Rig::new();
    let encoder =
        ["libx264", "-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0", "-bf", "0"];
    let encoder = [&encoder[..], &["-preset", "ultrafast"]].concat();
    let clip = Clip::make(rig.place.path(), Codec::H264, &encoder, 70);
    rig.record(STREAM, &clip.units, &[], 0);
    let index = archive::open_index(&rig.path()).unwrap();
    let rows = index.between(STREAM, WallTime(BEGIN), WallTime(i64::MAX)).unwrap();
    assert_eq!(rows.len(), 2);
    let path = rig.path().join(rows[0].place());
    let mut bytes = fs::read(&path).unwrap();
    let mark = (0..bytes.len() - 15).rfind(|at| bytes[*at..].starts_with(b"tessera-mark-v1"));
    bytes[mark.unwrap()] ^= 0xff;
    fs::write(&path, bytes).unwrap();
    let done = rig.export(50_000_000, 70_000_000).unwrap();
    let found: Vec<String> =
        crate::clip::hashes(&films(&done.path)[0].0).into_iter().map(|(_, hash)| hash).collect();
    assert!(!found.is_empty());
    assert_eq!(found, clip.shown(50_000_000, 59_000_000)[..found.len()]);
    assert_eq!(done.damaged, 2);
}

/// Cameras with names that people may type, in one package.
#[test]
fn several_cameras_are_one_package_whatever_they_are_called() {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 2);
    let names_typed = [
        "../../../etc/passwd",
        "</script><script>document.title='pwned'</script>",
        "\u{202e}4pm.exe",
        "🚪🚪🚪",
        "",
        "Gate",
        "gate",
    ];
    let long = "x".repeat(300);
    let all: Vec<&str> = names_typed.into_iter().chain([long.as_str()]).collect();
    let mut wanted = Vec::new();
    for (name, number) in all.iter().zip(1..) {
        let stream = StreamId { camera: CameraId(number), role: StreamRole::Main };
        rig.record(stream, &clip.units, &[], 0);
        wanted.push(Wanted { stream, name: (*name).to_owned() });
    }
    let mut asked = rig.request(0, 2_000_000);
    asked.wanted = wanted;
    let done = run(asked).unwrap();
    verify(&done.path);
    assert_eq!(films(&done.path).len(), all.len());
    assert_eq!(rig.names(), ["Tessera 2026-11-22 11.15.00+0100"]);
    assert_eq!(names(rig.place.path()), ["dest", "h264-160x120.mp4", "volume"]);
    let page = fs::read_to_string(done.path.join("index.html")).unwrap();
    assert!(!page.contains("<script>document.title"));
    assert_eq!(page.matches("</script>").count(), 2);
}

/// R15: killed at any point, an export is whole or not there, and goes on.
#[test]
fn killed_at_any_point_nothing_is_half_done() {
    if let Ok(place) = std::env::var("TESSERA_EXPORT_CHILD") {
        let place = Path::new(&place);
        run(request(&place.join("volume"), &place.join("dest"), 0, 80_000_000)).unwrap();
        return;
    }
    let rig = many(20);
    let test = "faults::killed_at_any_point_nothing_is_half_done";
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args([test, "--exact", "--quiet"])
            .env("TESSERA_EXPORT_CHILD", rig.place.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let begin = Instant::now();
    assert!(start().wait().unwrap().success());
    let whole = begin.elapsed();
    let mut state = 7u64;
    let (mut kills, mut done) = (0, 1);
    while kills < 20 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1442);
        let share = (state >> 40) as f64 / (1u64 << 24) as f64;
        let mut child = start();
        let deadline = Instant::now() + whole.mul_f64(share);
        while Instant::now() < deadline && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        let final_names: Vec<String> =
            rig.names().into_iter().filter(|name| !name.starts_with('.')).collect();
        for name in &final_names {
            verify(&rig.dest().join(name));
        }
        done = done.max(final_names.len());
    }
    // What the kills left is gone on with.
    assert!(start().wait().unwrap().success());
    let names = rig.names();
    assert!(names.iter().all(|name| !name.starts_with('.')), "{names:?}");
    assert_eq!(names.len(), done + 1);
}
