//! A volume on a real disk: what goes in is found again, whatever is cut off.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use archive::{Batch, Difference, Finding, Item, Limits, Recording, Round, Survey, Volume};
use bytes::Bytes;
use media::{
    AccessUnit, AudioCodec, AudioFormat, AudioUnit, CameraId, Codec, Event, EventKind, MediaTime,
    Rotation, Size, StreamId, StreamRole, Track, TrackPlace, TrackedEvent, VideoFormat, WallTime,
};

const STREAM: StreamId = StreamId { camera: CameraId(12), role: StreamRole::Main };

/// 2026-11-22, 10:15 UTC.
const BEGIN: i64 = 1_795_342_500_000_000;

/// Microseconds between pictures.
const STEP: i64 = 40_000;

/// A camera that makes 25 pictures a second and a key frame every second.
struct Camera {
    format: Arc<VideoFormat>,
    sequence: u64,
    /// Where its next picture is on the axes of media and wall, in µs.
    at: (i64, i64),
}

impl Camera {
    fn new() -> Self {
        let format = VideoFormat {
            codec: Codec::MJPEG,
            extradata: Bytes::new(),
            size: Size { width: 64, height: 48 },
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        };
        Self { format: Arc::new(format), sequence: 0, at: (0, BEGIN) }
    }

    fn pictures(&mut self, count: usize) -> Vec<Item> {
        (0..count).map(|_| Item::Unit(Arc::new(self.picture()))).collect()
    }

    fn picture(&mut self) -> AccessUnit {
        let unit = AccessUnit {
            format: self.format.clone(),
            sequence: self.sequence,
            time: MediaTime(self.at.0),
            duration: Duration::from_micros(STEP as u64),
            arrived: WallTime(self.at.1),
            is_key: self.sequence.is_multiple_of(25),
            payload: Bytes::from(vec![self.sequence as u8; 100 + self.sequence as usize % 7]),
        };
        self.sequence += 1;
        self.at.0 += STEP;
        self.at.1 += STEP;
        unit
    }
}

fn open(path: &Path) -> Volume {
    let id = Volume::create(path).unwrap();
    Volume::open(path, &id).unwrap()
}

fn round(volume: &mut Volume, items: Vec<Item>) -> Round {
    let batch = Batch { stream: STREAM, camera_name: "Gate".into(), items, audio: Vec::new() };
    let round = volume.round(vec![batch], &Limits::default(), WallTime(BEGIN));
    assert!(round.index.is_none(), "{:?}", round.index);
    round
}

/// From second to second.
fn event(id: i64, from: i64, to: i64) -> TrackedEvent {
    let [from, to] = [from, to].map(|second| WallTime(BEGIN + second * 1_000_000));
    let (camera, kind, label) = (STREAM.camera, EventKind::Motion, "Yard".to_owned());
    let mut track = Track::default();
    for (time, x) in [(from, 1000), (to, 60_000)] {
        track.push(time, TrackPlace { after_ms: 0, x, y: 2, width: 3, height: 4 });
    }
    TrackedEvent { event: Event { id, camera, kind, label, from, to, best: from }, track }
}

/// What each file tells to have happened.
fn told(path: &Path) -> Vec<TrackedEvent> {
    let mut survey = Survey::new(path).unwrap();
    std::iter::from_fn(|| survey.next_events()).flatten().collect()
}

fn recordings(path: &Path) -> Vec<(i64, i64)> {
    let index = archive::open_index(path).unwrap();
    let found = index.recordings(STREAM, WallTime(0), WallTime(i64::MAX)).unwrap();
    found.iter().map(|Recording { from, to, .. }| (from.0 - BEGIN, to.0 - BEGIN)).collect()
}

fn files(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![path.join("recordings")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn pictures_become_recordings_of_segments_of_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    let mut spans = Vec::new();
    for _ in 0..150 {
        let round = round(&mut volume, camera.pictures(25));
        assert!(round.failures.is_empty());
        spans.extend(round.recorded);
    }
    assert_eq!(recordings(folder.path()), [(0, 150_000_000)]);
    assert!(!spans[0].1.continues);
    for pair in spans.windows(2) {
        assert!(pair[1].1.continues);
        assert_eq!(pair[0].1.to, pair[1].1.from);
    }
    let segments = archive::open_index(folder.path()).unwrap();
    let segments = segments.between(STREAM, WallTime(0), WallTime(i64::MAX)).unwrap();
    let lengths: Vec<i64> = segments.iter().map(|it| (it.end.0 - it.start.0) / 1000).collect();
    assert_eq!(lengths, [60_000, 60_000, 30_000]);
    assert!(segments.iter().all(|it| it.begins_with_key));
    assert_eq!(segments.iter().map(|it| it.is_open).collect::<Vec<_>>(), [false, false, true]);
    volume.close();
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
    assert_eq!(files(folder.path()).len(), 3);
    assert!(
        files(folder.path())[0]
            .ends_with("recordings/camera-12-main/20261122T10/20261122T101500Z-000000.mp4")
    );
}

#[test]
fn what_is_missing_begins_another_recording() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    let mut items = camera.pictures(30);
    items.push(Item::Break);
    camera.at.1 += 10_000_000;
    items.extend(camera.pictures(45));
    let round = round(&mut volume, items);
    let spans: Vec<_> = round.recorded.iter().map(|(_, span)| span.continues).collect();
    assert_eq!(spans, [false, false]);
    // Goes on at the next key frame, which is the 51st picture.
    let expected = [(0, 30 * STEP), (10_000_000 + 50 * STEP, 10_000_000 + 75 * STEP)];
    assert_eq!(recordings(folder.path()), expected);
}

#[test]
fn a_pause_of_the_camera_is_a_hole_between_two_recordings() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    let mut items = camera.pictures(30);
    let pause = 4_000_000;
    camera.at = (camera.at.0 + pause, camera.at.1 + pause);
    items.extend(camera.pictures(30));
    let round = round(&mut volume, items);
    let spans: Vec<_> = round.recorded.iter().map(|(_, span)| span.continues).collect();
    assert_eq!(spans, [false, false]);
    let expected = [(0, 30 * STEP), (30 * STEP + pause, 60 * STEP + pause)];
    assert_eq!(recordings(folder.path()), expected);
}

#[test]
fn a_clock_that_was_set_begins_another_recording_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    round(&mut volume, camera.pictures(40));
    camera.at.1 -= 3_600_000_000;
    let mut items = vec![Item::ClockSet(volume.begin_run())];
    items.extend(camera.pictures(40));
    round(&mut volume, items);
    let set_back = |picture: i64| picture * STEP - 3_600_000_000;
    assert_eq!(recordings(folder.path()), [(0, 50 * STEP), (set_back(50), set_back(80))]);
}

#[test]
fn sound_lies_beside_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    let format =
        AudioFormat { codec: AudioCodec::Pcmu, rate: 8000, channels: 1, config: Bytes::new() };
    let format = Arc::new(format);
    for second in 0..3 {
        let audio = (0..50).map(|n| {
            Arc::new(AudioUnit {
                format: format.clone(),
                time: MediaTime(second * 1_000_000 + n * 20_000),
                arrived: WallTime(BEGIN),
                payload: Bytes::from(vec![0x55; 160]),
            })
        });
        let audio = audio.collect();
        let items = camera.pictures(25);
        let batch = Batch { stream: STREAM, camera_name: "Gate".into(), items, audio };
        volume.round(vec![batch], &Limits::default(), WallTime(BEGIN));
    }
    volume.close();
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
    let file = fs::read(&files(folder.path())[0]).unwrap();
    assert!(file.windows(4).any(|it| it == b"ulaw"));
    assert!(file.len() > 3 * 8000);
}

/// Cuts the newest file at many places, and opens the volume again each time.
#[test]
fn a_file_that_was_cut_off_keeps_every_whole_fragment() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut ends = Vec::new();
    {
        let mut volume = open(folder.path());
        for _ in 0..8 {
            round(&mut volume, camera.pictures(25));
            ends.push(fs::metadata(&files(folder.path())[0]).unwrap().len());
        }
        // It is not closed: the engine was killed.
    }
    let path = files(folder.path()).remove(0);
    let index = ["index.sqlite", "index.sqlite-wal"].map(|name| folder.path().join(name));
    let rows = index.each_ref().map(|path| fs::read(path).unwrap());
    let file = fs::read(&path).unwrap();
    for cut in (0..=file.len()).rev().step_by(97) {
        for (path, rows) in index.iter().zip(&rows) {
            fs::write(path, rows).unwrap();
        }
        fs::remove_file(folder.path().join("index.sqlite-shm")).ok();
        fs::write(&path, &file[..cut]).unwrap();
        drop(open(folder.path()));
        let whole = ends.iter().filter(|end| **end as usize <= cut).count() as i64;
        let expected: Vec<(i64, i64)> =
            (whole > 0).then_some((0, whole * 1_000_000)).into_iter().collect();
        assert_eq!(recordings(folder.path()), expected, "{cut}");
        assert_eq!(archive::check(folder.path(), true).unwrap(), [], "{cut}");
        let size = fs::metadata(&path).map_or(0, |it| it.len());
        assert_eq!(
            size,
            whole.checked_sub(1).map_or(0, |n| if n < 0 { 0 } else { ends[n as usize] })
        );
        fs::remove_file(&path).ok();
    }
}

#[test]
fn damage_costs_no_more_than_its_fragment() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut ends = vec![0];
    let mut volume = open(folder.path());
    for _ in 0..8 {
        round(&mut volume, camera.pictures(25));
        ends.push(fs::metadata(&files(folder.path())[0]).unwrap().len() as usize);
    }
    volume.close();
    let path = files(folder.path()).remove(0);
    let mut file = fs::read(&path).unwrap();
    file[ends[3] + 10..ends[4] - 10].fill(0);
    fs::write(&path, &file).unwrap();
    let found: Vec<_> = Survey::new(folder.path()).unwrap().collect();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].end.0 - BEGIN, found[0].bytes), (8_000_000, file.len() as u64));
    let place = path.strip_prefix(folder.path()).unwrap().to_owned();
    assert_eq!(archive::check(folder.path(), true).unwrap(), [Finding::Damaged(place)]);
}

#[test]
fn an_index_that_is_lost_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    for second in 0..130 {
        let mut items = camera.pictures(25);
        if second % 50 == 49 {
            items.push(Item::Break);
        }
        round(&mut volume, items);
    }
    volume.close();
    let list = || {
        let index = archive::open_index(folder.path()).unwrap();
        index.between(STREAM, WallTime(0), WallTime(i64::MAX)).unwrap()
    };
    let (before, recorded) = (list(), recordings(folder.path()));
    for name in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
        fs::remove_file(folder.path().join(name)).ok();
    }
    let mut volume = open(folder.path());
    let found: Vec<_> = Survey::new(folder.path()).unwrap().collect();
    volume.adopt(&found).unwrap();
    assert_eq!(list(), before);
    assert_eq!(recordings(folder.path()), recorded);
}

#[test]
fn each_segment_tells_what_happened_meanwhile_and_went_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    let mut spans = Vec::new();
    for second in 0..150 {
        match second {
            10 => volume.note(STREAM, vec![event(1, 9, 10), event(2, 10, 10)]),
            // It goes on until the second segment, and no word comes between.
            50 => volume.note(STREAM, vec![event(2, 10, 70)]),
            // It began in the first segment, and is told late.
            65 => volume.note(STREAM, vec![event(3, 58, 62)]),
            _ => {}
        }
        spans.extend(round(&mut volume, camera.pictures(25)).recorded);
    }
    // Nothing but events comes of the last one.
    volume.note(STREAM, vec![event(4, 149, 149)]);
    let last = volume.close();
    assert!(last.failures.is_empty() && last.recorded.is_empty());
    assert!(spans.iter().all(|(_, span)| span.from < span.to));
    let expected = [event(1, 9, 10), event(2, 10, 70), event(2, 10, 70), event(3, 58, 62)];
    assert_eq!(told(folder.path()), [&expected[..], &[event(4, 149, 149)]].concat());
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
    let index = archive::open_index(folder.path()).unwrap();
    for row in index.between(STREAM, WallTime(0), WallTime(i64::MAX)).unwrap() {
        let file = folder.path().join(row.place());
        assert_eq!(row.bytes, fs::metadata(file).unwrap().len());
        let footage = archive::Footage::open(folder.path(), &row).unwrap();
        assert!(!footage.is_damaged());
    }
    let found: Vec<_> = Survey::new(folder.path()).unwrap().collect();
    assert_eq!(found, index.between(STREAM, WallTime(0), WallTime(i64::MAX)).unwrap());
}

#[test]
fn a_file_without_events_has_no_word_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    round(&mut volume, Camera::new().pictures(25));
    volume.close();
    let file = fs::read(&files(folder.path())[0]).unwrap();
    assert!(!file.windows(12).any(|it| it == b"tessera-evts"));
    assert_eq!(told(folder.path()), []);
}

/// Cuts off and damages the end of a file that tells events, at every byte.
#[test]
fn events_that_are_cut_off_or_damaged_cost_no_footage() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    round(&mut volume, Camera::new().pictures(25));
    let path = files(folder.path()).remove(0);
    let footage = fs::metadata(&path).unwrap().len() as usize;
    volume.note(STREAM, vec![event(1, 0, 1)]);
    volume.close();
    let file = fs::read(&path).unwrap();
    let place = path.strip_prefix(folder.path()).unwrap().to_owned();
    let found = || -> Vec<_> { Survey::new(folder.path()).unwrap().collect() };
    for at in footage + 1..file.len() {
        fs::write(&path, &file[..at]).unwrap();
        assert_eq!(found()[0].bytes, footage as u64, "{at}");
        assert_eq!(told(folder.path()), [], "{at}");
        let mut damaged = file.clone();
        damaged[at] ^= 0x80;
        fs::write(&path, &damaged).unwrap();
        assert_eq!(found()[0].end.0 - BEGIN, 1_000_000, "{at}");
        assert_eq!(told(folder.path()), [], "{at}");
        assert_eq!(
            archive::check(folder.path(), true).unwrap(),
            [Finding::Damaged(place.clone())],
            "{at}"
        );
    }
    // Behind a mark that is damaged it may be what a camera sent.
    let mark = file.windows(12).position(|it| it == b"tessera-mark").unwrap();
    let mut damaged = file.clone();
    damaged[mark] ^= 0x80;
    fs::write(&path, &damaged).unwrap();
    assert_eq!(told(folder.path()), []);
    fs::write(&path, &file).unwrap();
    assert_eq!(told(folder.path()), [event(1, 0, 1)]);
}

/// Repairs what [`archive::compare`] finds, as an engine does.
fn repair(path: &Path, volume: &mut Volume) {
    let mut differences = Vec::new();
    archive::compare(path, |found| {
        differences.push(found);
        true
    })
    .unwrap();
    for difference in differences {
        match difference {
            Difference::Unlisted(rows) => volume.adopt(&rows).unwrap(),
            Difference::Missing(rows) => volume.forget(&rows).unwrap(),
        }
    }
}

#[test]
fn files_without_rows_and_rows_without_files_are_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    for _ in 0..190 {
        round(&mut volume, camera.pictures(25));
    }
    volume.close();
    let path = folder.path();
    let removed = {
        // Rows go first, and then the engine is killed.
        let mut index = archive::Index::open(path, &Volume::create(path).unwrap()).unwrap();
        let oldest = index.oldest(STREAM, WallTime(0), 1).unwrap();
        index.advance(&[], &oldest).unwrap();
        files(path).remove(0)
    };
    fs::remove_file(files(path).remove(1)).unwrap();
    let mut volume = open(path);
    let place = |file: &Path| file.strip_prefix(path).unwrap().to_owned();
    assert!(archive::check(path, true).unwrap().contains(&Finding::Unlisted(place(&removed))));
    assert_eq!(archive::check(path, true).unwrap().len(), 2);
    repair(path, &mut volume);
    assert_eq!(archive::check(path, true).unwrap(), []);
    assert_eq!(files(path).len(), 3);
    assert!(archive::open_index(path).unwrap().is_sound().unwrap());
    // What was removed after somebody looked is not taken in.
    let found: Vec<_> = Survey::new(path).unwrap().collect();
    let mut index = archive::Index::open(path, volume.id()).unwrap();
    index.advance(&[], &found[..1]).unwrap();
    fs::remove_file(files(path).remove(0)).unwrap();
    volume.adopt(&found).unwrap();
    assert_eq!(archive::check(path, true).unwrap(), []);
}

#[test]
fn an_index_is_made_anew_as_recording_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    for _ in 0..70 {
        round(&mut volume, camera.pictures(25));
    }
    volume.renew_index().unwrap();
    assert!(volume.lacks_rows());
    let recorded = round(&mut volume, camera.pictures(25)).recorded;
    assert!(recorded.iter().all(|(_, span)| span.continues));
    repair(folder.path(), &mut volume);
    let run = volume.run();
    volume.close();
    assert_eq!(recordings(folder.path()), [(0, 71_000_000)]);
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
    assert!(open(folder.path()).run() > run);
}

#[test]
fn an_index_of_another_volume_is_set_aside() {
    let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let mut camera = Camera::new();
    let mut volume = open(one.path());
    round(&mut volume, camera.pictures(25));
    volume.close();
    open(other.path()).close();
    fs::copy(other.path().join("index.sqlite"), one.path().join("index.sqlite")).unwrap();
    let mut volume = open(one.path());
    assert!(volume.lacks_rows());
    repair(one.path(), &mut volume);
    assert_eq!(recordings(one.path()), [(0, 1_000_000)]);
}

#[test]
fn recording_begins_while_somebody_holds_the_index_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    round(&mut volume, camera.pictures(25));
    // It is not closed: the engine was killed.
    drop(volume);
    let other = rusqlite::Connection::open(folder.path().join("index.sqlite")).unwrap();
    other.execute_batch("begin exclusive").unwrap();
    let mut volume = open(folder.path());
    camera.at.1 += 5_000_000;
    let batch = Batch {
        stream: STREAM,
        camera_name: "Gate".into(),
        items: camera.pictures(25),
        audio: Vec::new(),
    };
    let held_up = volume.round(vec![batch], &Limits::default(), WallTime(BEGIN));
    assert!(held_up.index.is_some_and(|error| error.is_busy()));
    assert_eq!(held_up.recorded.len(), 1);
    other.execute_batch("rollback").unwrap();
    drop(volume);
    open(folder.path()).close();
    assert_eq!(recordings(folder.path()), [(0, 1_000_000), (6_000_000, 7_000_000)]);
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
}

#[test]
fn what_is_behind_a_damaged_head_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut camera = Camera::new();
    let mut volume = open(folder.path());
    round(&mut volume, camera.pictures(25));
    drop(volume);
    let path = files(folder.path()).remove(0);
    let mut file = fs::read(&path).unwrap();
    file[..200].fill(0);
    fs::write(&path, &file).unwrap();
    open(folder.path()).close();
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
    assert_eq!(fs::read(path.with_extension("damaged")).unwrap(), file);
}

/// Limits that leave a stream segments of five kilobytes.
#[test]
fn segments_of_a_small_volume_are_small() {
    let folder = tempfile::tempdir().unwrap();
    let mut volume = open(folder.path());
    let mut camera = Camera::new();
    let limits =
        Limits { volume: archive::Limit { bytes: Some(8 * 5000), age: None }, ..Limits::default() };
    for _ in 0..30 {
        let items = camera.pictures(25);
        let batch = Batch { stream: STREAM, camera_name: "Gate".into(), items, audio: Vec::new() };
        assert!(volume.round(vec![batch], &limits, WallTime(BEGIN)).failures.is_empty());
    }
    volume.close();
    let sizes: Vec<u64> =
        files(folder.path()).iter().map(|it| fs::metadata(it).unwrap().len()).collect();
    assert!(sizes.len() > 3 && sizes.iter().all(|size| *size < 2 * 5000), "{sizes:?}");
    assert_eq!(recordings(folder.path()).len(), 1);
    assert_eq!(archive::check(folder.path(), true).unwrap(), []);
}

/// SQLite removes files by their path when it is closed; inode numbers of two
/// file systems may be the same, so that it does not see the difference.
#[test]
fn closing_leaves_the_files_of_another_volume_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (path, away) = (folder.path().join("disk"), folder.path().join("away"));
    let mut camera = Camera::new();
    let mut volume = open(&path);
    round(&mut volume, camera.pictures(25));
    fs::rename(&path, &away).unwrap();
    fs::create_dir(&path).unwrap();
    fs::hard_link(away.join("index.sqlite"), path.join("index.sqlite")).unwrap();
    for name in ["index.sqlite-wal", "index.sqlite-shm"] {
        fs::write(path.join(name), "of another").unwrap();
    }
    let batch = || Batch {
        stream: STREAM,
        camera_name: "Gate".into(),
        items: Vec::new(),
        audio: Vec::new(),
    };
    let gone = volume.round(vec![batch()], &Limits::default(), WallTime(BEGIN));
    assert!(matches!(gone.failures[..], [(_, archive::ArchiveError::Missing { .. })]));
    drop(volume);
    assert!(Volume::open_anew(&path, "mine").is_err());
    for name in ["index.sqlite-wal", "index.sqlite-shm"] {
        assert_eq!(fs::read(path.join(name)).unwrap(), b"of another", "{name}");
    }
    assert_eq!(files(&away).len(), 1);
}

#[test]
fn a_volume_is_known_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk");
    let id = Volume::create(&path).unwrap();
    fs::write(path.join("letter.txt"), "not ours").unwrap();
    assert_eq!(Volume::create(&path).unwrap(), id);
    let swapped = Volume::open(&path, "another").err().unwrap().to_string();
    assert!(swapped.contains("another volume"), "{swapped}");
    let missing = Volume::open(&folder.path().join("nowhere"), &id).err().unwrap().to_string();
    assert!(missing.contains("is not there"), "{missing}");
    drop(Volume::open(&path, &id).unwrap());
    assert_eq!(fs::read(path.join("letter.txt")).unwrap(), b"not ours");
}
