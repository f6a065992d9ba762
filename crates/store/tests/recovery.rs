//! Row R17 of the catalogue of faults: what is broken is restored and said so,
//! what is newer is refused untouched.
#![expect(clippy::unwrap_used, reason = "what tests share is a test as well")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use media::{
    CameraId, Clock, Event, EventKind, GapCause, RecordingGap, StreamId, StreamRole, Track,
    TrackPlace, TrackedEvent, WallTime,
};
use rusqlite::Connection;
use store::{
    CameraSource, KeyKeeping, Layout, LayoutShape, MotionMode, MotionSettings, NewBookmark,
    NewCamera, NewEvidence, Notice, RecordingMode, RecordingPlan, Secret, Settings, Store,
    StoreError, Theme, TileCamera, Volume,
};
use tempfile::TempDir;

/// 22 November 2026, 10:15 UTC.
const NOON: WallTime = WallTime(1_795_342_500_000_000);
const HOUR_US: i64 = 3_600_000_000;

fn open(dir: &Path) -> (Store, Vec<String>) {
    try_open(dir, NOON).unwrap()
}

fn try_open(dir: &Path, now: WallTime) -> Result<(Store, Vec<String>), StoreError> {
    let (store, notices) = Store::open(dir, KeyKeeping::KeyFile, Clock::simulated(now))?;
    Ok((store, notices.into_iter().map(|Notice(sentence)| sentence).collect()))
}

fn database(dir: &TempDir) -> PathBuf {
    dir.path().join("tessera.sqlite")
}

fn add(store: &mut Store, name: &str) {
    let camera = NewCamera { name: name.into(), source: CameraSource::Demo };
    store.add_camera(&camera).unwrap();
}

fn names(store: &Store) -> Vec<String> {
    store.cameras().unwrap().into_iter().map(|camera| camera.name).collect()
}

/// A closed database with camera "kept", backed up, and then camera "lost".
fn prepared() -> TempDir {
    let dir = TempDir::new().unwrap();
    let (mut store, _) = open(dir.path());
    add(&mut store, "kept");
    let id = store.cameras().unwrap()[0].id;
    store.set_credentials(id, "root", &Secret::new("sesame".into())).unwrap();
    record_something(&mut store, id);
    store.back_up().unwrap();
    add(&mut store, "lost");
    dir
}

/// So that no table for recordings is empty: what is cut off an empty page is
/// zeros, and nothing is lost.
fn record_something(store: &mut Store, camera: CameraId) {
    let id = "00000000-0000-4000-8000-000000000001".to_owned();
    let volume =
        Volume { id: id.clone(), path: "/recordings".into(), max_bytes: None, max_days: None };
    store.add_volume(&volume).unwrap();
    let stream = StreamId { camera, role: StreamRole::Main };
    let plan = RecordingPlan { volume: Some(id), ..RecordingPlan::default() };
    store.set_plan(stream, &plan).unwrap();
    let (from, to) = (WallTime(NOON.0 - HOUR_US), NOON);
    store.record_gaps(&[RecordingGap { stream, from, to, cause: GapCause::Auth }]).unwrap();
    store.add_evidence(&NewEvidence { camera, from, to, note: "kept".into() }).unwrap();
    let (cameras, name) = ([camera].into(), "kept".into());
    store.add_bookmark(&NewBookmark { cameras, from, to, name, note: "".into() }).unwrap();
    let motion = MotionSettings { mode: MotionMode::On, rules: "{}".into() };
    store.set_motion(camera, &motion).unwrap();
    let (kind, label) = (EventKind::Motion, "Door".into());
    let event = Event { id: 2, camera, kind, label, from, to, best: from };
    let mut track = Track::default();
    track.push(from, TrackPlace { after_ms: 0, x: 1, y: 2, width: 3, height: 4 });
    store.record_events(&[TrackedEvent { event, track }]).unwrap();
}

fn copy(from: &Path) -> TempDir {
    fn copy_into(from: &Path, to: &Path) {
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let to = to.join(path.file_name().unwrap());
            if path.is_dir() {
                fs::create_dir(&to).unwrap();
                copy_into(&path, &to);
            } else {
                fs::copy(&path, &to).unwrap();
            }
        }
    }
    let dir = TempDir::new().unwrap();
    copy_into(from, dir.path());
    dir
}

/// Every file below `dir` with its bytes.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    files
}

/// The database in `dir` is broken: opening restores the backup, says so, keeps what was there,
/// and the next opening has nothing to say.
fn check_restored(dir: &Path, what: &str) {
    let broken = fs::read(dir.join("tessera.sqlite")).unwrap();
    let (mut store, notices) = open(dir);
    assert_eq!(names(&store), ["kept"], "{what}");
    let [notice] = notices.as_slice() else { panic!("{what}: {notices:?}") };
    assert!(notice.contains("restored from the backup of 22 November 2026, 10:15 UTC"), "{notice}");
    let kept = contents(&dir.join("damaged"));
    assert!(
        kept.values().any(|bytes| *bytes == broken),
        "{what}: the broken file is kept as it was"
    );

    let id = store.cameras().unwrap()[0].id;
    let password = store.credentials(id).unwrap().unwrap().password;
    assert_eq!(password.expose(), "sesame", "{what}");
    add(&mut store, "new");
    drop(store);
    let (store, notices) = open(dir);
    assert_eq!(names(&store), ["kept", "new"], "{what}");
    assert_eq!(notices, [] as [String; 0], "{what}");
}

#[test]
fn overwritten_pages_are_noticed_wherever_they_are() {
    let prepared = prepared();
    let whole = fs::read(database(&prepared)).unwrap();
    let mut noise = 1_u64;
    for at in (0..=whole.len() - 4096).step_by(2731) {
        let dir = copy(prepared.path());
        let mut bytes = whole.clone();
        for byte in &mut bytes[at..at + 4096] {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (noise >> 33) as u8;
        }
        fs::write(database(&dir), bytes).unwrap();
        check_restored(dir.path(), &format!("4096 bytes from {at}"));
    }
}

#[test]
fn truncated_files_are_noticed_wherever_they_end() {
    let prepared = prepared();
    let whole = fs::read(database(&prepared)).unwrap();
    for length in (0..whole.len()).step_by(1999).chain([1, 15, 16, 60, 99, 100, whole.len() - 1]) {
        let dir = copy(prepared.path());
        fs::write(database(&dir), &whole[..length]).unwrap();
        check_restored(dir.path(), &format!("{length} bytes left"));
    }
}

#[test]
fn garbage_is_no_database() {
    let dir = prepared();
    fs::write(database(&dir), "These are not the bytes you are looking for.".repeat(999)).unwrap();
    check_restored(dir.path(), "garbage");
}

#[test]
fn missing_tables_and_senseless_rows_are_damage() {
    for sql in [
        "drop table credential",
        "drop table tile",
        "drop index camera_number",
        "delete from server",
        "delete from settings",
        "drop table shortcut",
        "drop table evidence",
        "drop table bookmark_camera",
        "drop index recording_gap_time",
        "insert into evidence (camera_id, from_us, to_us, note, created_us)
         values (1, 0, 1, cast(x'ff' as text), 0)",
        "pragma ignore_check_constraints = on;
         insert into recording_gap values (1, 'sub', 0, 1, 'weather')",
        "pragma foreign_keys = off; insert into evidence values (2, 99, 0, 1, '', 0)",
        "pragma foreign_keys = off; insert into bookmark_camera values (1, 99)",
        "update layout set name = cast(x'ff' as text)",
        "update camera set name = cast(x'ff' as text)",
        "pragma foreign_keys = off; update settings set layout_id = 99",
    ] {
        let dir = prepared();
        let raw = Connection::open(database(&dir)).unwrap();
        raw.execute_batch(sql).unwrap();
        drop(raw);
        check_restored(dir.path(), sql);
    }
}

#[test]
fn a_broken_database_with_a_log_loses_the_log_too() {
    let prepared = prepared();
    let (mut store, _) = open(prepared.path());
    add(&mut store, "in the log");
    // As a kill would leave it.
    let dir = copy(prepared.path());
    drop(store);
    let mut bytes = fs::read(database(&dir)).unwrap();
    let log = fs::read(dir.path().join("tessera.sqlite-wal")).unwrap();
    assert!(!log.is_empty());
    // Page 1 is in the log, and thus sound; another page is not.
    let logged: Vec<usize> = log[32..]
        .chunks(24 + 4096)
        .map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap()) as usize)
        .collect();
    let page = (1..=bytes.len() / 4096).rfind(|page| !logged.contains(page)).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0xa5);
    fs::write(database(&dir), bytes).unwrap();
    check_restored(dir.path(), "broken beside a log");
    assert!(contents(&dir.path().join("damaged")).values().any(|bytes| *bytes == log));
}

#[test]
fn a_missing_database_is_restored() {
    let dir = prepared();
    fs::remove_file(database(&dir)).unwrap();
    let (store, notices) = open(dir.path());
    assert_eq!(names(&store), ["kept"]);
    assert!(notices[0].starts_with("The database was missing and was restored"), "{notices:?}");
}

#[test]
fn a_log_whose_database_is_gone_is_never_applied_to_another() {
    let prepared = prepared();
    let (mut store, _) = open(prepared.path());
    add(&mut store, "in the log");
    let dir = copy(prepared.path());
    drop(store);
    fs::remove_file(database(&dir)).unwrap();
    let (store, _) = open(dir.path());
    assert_eq!(names(&store), ["kept"]);
}

#[test]
fn an_older_backup_serves_where_the_newest_is_broken() {
    let dir = TempDir::new().unwrap();
    let mut newest = PathBuf::new();
    for (hour, name) in (0..).zip(["one", "two", "three"]) {
        let (mut store, _) = try_open(dir.path(), WallTime(NOON.0 + hour * HOUR_US)).unwrap();
        add(&mut store, name);
        newest = store.back_up().unwrap();
    }
    fs::write(newest, "rubble").unwrap();
    fs::write(database(&dir), "").unwrap();
    let (store, notices) = open(dir.path());
    assert_eq!(names(&store), ["one", "two"]);
    assert!(notices[0].contains("The database was empty"), "{notices:?}");
    assert!(notices[0].contains("22 November 2026, 11:15 UTC"), "{notices:?}");
}

#[test]
fn without_a_backup_it_begins_anew_and_says_what_was_lost() {
    let dir = TempDir::new().unwrap();
    let (mut store, _) = open(dir.path());
    add(&mut store, "lost");
    let id = store.server_id().to_owned();
    drop(store);
    fs::write(database(&dir), "rubble").unwrap();
    let (store, notices) = open(dir.path());
    assert_eq!(names(&store), [] as [&str; 0]);
    assert_ne!(store.server_id(), id);
    let kept = dir.path().join("damaged/20261122T101500Z");
    let expected = format!(
        "The database was damaged and there is no backup that can be read: cameras, layouts, \
         settings, recording plans, recording gaps, events, evidence and bookmarks are lost \
         and begin anew. What was left of it is kept in {}.",
        kept.display()
    );
    assert_eq!(notices, [expected]);
    assert_eq!(fs::read(kept.join("tessera.sqlite")).unwrap(), b"rubble");
}

#[test]
fn ids_given_after_the_backup_are_not_given_again() {
    let dir = prepared();
    fs::write(database(&dir), "rubble").unwrap();
    let (mut store, _) = open(dir.path());
    add(&mut store, "new");
    let ids: Vec<_> = store.cameras().unwrap().iter().map(|camera| camera.id.0).collect();
    assert_eq!(ids, [1, 1 + 4096 + 1]);
}

/// Makes the database in `dir` a newer program's, and leaves it as it was killed.
fn killed_newer(dir: &Path) -> TempDir {
    let raw = Connection::open(dir.join("tessera.sqlite")).unwrap();
    raw.execute_batch(
        "pragma wal_autocheckpoint = 0; create table later (x text) strict; pragma user_version = 10",
    )
    .unwrap();
    copy(dir)
}

#[test]
fn a_newer_database_is_refused_untouched() {
    let closed = prepared();
    let killed = killed_newer(closed.path());
    assert!(killed.path().join("tessera.sqlite-wal").exists(), "the version is in the log alone");
    let without_shared_memory = copy(killed.path());
    let _ = fs::remove_file(without_shared_memory.path().join("tessera.sqlite-shm"));
    for dir in [closed, killed, without_shared_memory] {
        let before = contents(dir.path());
        let error = try_open(dir.path(), NOON).err().unwrap();
        assert!(matches!(error, StoreError::Newer { found: 10, known: 9, .. }), "{error}");
        assert!(error.to_string().contains("Install the newer program"), "{error}");
        assert_eq!(contents(dir.path()), before);
    }
}

#[test]
fn a_newer_backup_is_not_passed_over() {
    let dir = prepared();
    let backup = dir.path().join("backups/tessera-20261122T121500Z.sqlite");
    fs::copy(database(&dir), &backup).unwrap();
    let raw = Connection::open(&backup).unwrap();
    raw.execute_batch("pragma journal_mode = delete; pragma user_version = 10").unwrap();
    drop(raw);
    fs::write(database(&dir), "rubble").unwrap();
    let error = try_open(dir.path(), NOON).err().unwrap();
    assert!(
        matches!(&error, StoreError::Newer { found: 10, path, .. } if *path == backup),
        "{error}"
    );
    assert_eq!(fs::read(database(&dir)).unwrap(), b"rubble");
}

#[test]
fn a_foreign_database_is_refused_untouched() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch("create table bookmark (url); pragma user_version = 1").unwrap();
    drop(raw);
    let before = contents(dir.path());
    let error = try_open(dir.path(), NOON).err().unwrap();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(contents(dir.path()), before);
}

#[test]
fn an_old_database_is_backed_up_and_migrated() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch(include_str!("../migrations/0001_cameras.sql")).unwrap();
    raw.execute_batch(
        "insert into camera (number, name, source, added_us) values (3, 'old', 'demo', 0);
         pragma user_version = 1",
    )
    .unwrap();
    let id: String = raw.query_row("select id from server", [], |row| row.get(0)).unwrap();
    drop(raw);
    let (store, notices) = open(dir.path());
    assert_eq!(notices, [] as [String; 0]);
    assert_eq!(names(&store), ["old"]);
    assert_eq!(store.server_id(), id);
    assert_eq!(store.layouts().unwrap().len(), 2);
    assert_eq!(store.last_backup(), None, "hourly ones alone count");

    let backup = dir.path().join("backups/before-migration-9-20261122T101500Z.sqlite");
    let raw = Connection::open(backup).unwrap();
    let version: u32 = raw.query_row("pragma user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn layouts_and_settings_of_version_3_are_kept() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch(concat!(
        include_str!("../migrations/0001_cameras.sql"),
        include_str!("../migrations/0002_layouts_settings.sql"),
        include_str!("../migrations/0003_rtsp.sql"),
    ))
    .unwrap();
    raw.execute_batch(
        "insert into layout (id, name, shape) values (7, 'Yard', 'quad');
         insert into tile (layout_id, position, server, camera) values (7, 2, 's', 5), (1, 0, 's', 6);
         update layout set name = 'Gate' where id = 2;
         update settings set theme = 'light', layout_id = 7, keep_running = 1;
         pragma user_version = 3",
    )
    .unwrap();
    drop(raw);
    let (mut store, notices) = open(dir.path());
    assert_eq!(notices, [] as [String; 0]);
    let camera = |id| Some(TileCamera { server: "s".into(), camera: CameraId(id) });
    let layout =
        |id, name: &str, shape, tiles| Layout { id, name: name.into(), shape, tiles, spot: None };
    let expected = [
        layout(1, "Layout 1", LayoutShape::Single, vec![camera(6)]),
        layout(2, "Gate", LayoutShape::Quad, vec![None; 4]),
        layout(7, "Yard", LayoutShape::Quad, vec![None, None, camera(5), None]),
    ];
    assert_eq!(store.layouts().unwrap(), expected);
    let settings =
        Settings { theme: Theme::Light, layout: 7, keep_running: true, keys: BTreeMap::new() };
    assert_eq!(store.settings().unwrap(), settings);

    // What refers to a layout still does: its tiles go with it, the settings move on.
    assert_eq!(store.remove_layout(7).unwrap().layout, 2);
    drop(store);
    let raw = Connection::open(database(&dir)).unwrap();
    let rows = |sql| raw.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
    assert_eq!(rows("select count(*) from tile"), 1);
    assert_eq!(rows("pragma user_version"), 9);
    assert_eq!(rows("pragma freelist_count"), 0);
}

#[test]
fn cameras_of_version_4_are_kept_and_recorded_by_default() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch(concat!(
        include_str!("../migrations/0001_cameras.sql"),
        include_str!("../migrations/0002_layouts_settings.sql"),
        include_str!("../migrations/0003_rtsp.sql"),
        include_str!("../migrations/0004_shapes_spot_shortcuts.sql"),
    ))
    .unwrap();
    raw.execute_batch(
        "insert into camera (number, name, source, added_us) values (3, 'old', 'demo', 0);
         insert into shortcut values ('help', 'F1');
         pragma user_version = 4",
    )
    .unwrap();
    drop(raw);
    let (mut store, notices) = open(dir.path());
    assert_eq!(notices, [] as [String; 0]);
    assert_eq!(names(&store), ["old"]);
    assert_eq!(store.settings().unwrap().keys["help"], "F1");
    assert_eq!(store.volumes().unwrap(), []);
    assert_eq!(store.plans().unwrap(), BTreeMap::new());
    assert_eq!(store.evidence().unwrap(), []);
    assert_eq!(store.bookmarks().unwrap(), []);

    let stream = StreamId { camera: store.cameras().unwrap()[0].id, role: StreamRole::Main };
    assert_eq!(store.last_gap(stream).unwrap(), None);
    let off = RecordingPlan { mode: RecordingMode::Off, ..store.plan(stream).unwrap() };
    store.set_plan(stream, &off).unwrap();
    drop(store);
    assert_eq!(open(dir.path()).0.plan(stream).unwrap(), off);
}

#[test]
fn events_of_version_8_are_kept_and_have_no_tracks() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch(concat!(
        include_str!("../migrations/0001_cameras.sql"),
        include_str!("../migrations/0002_layouts_settings.sql"),
        include_str!("../migrations/0003_rtsp.sql"),
        include_str!("../migrations/0004_shapes_spot_shortcuts.sql"),
        include_str!("../migrations/0005_recording.sql"),
        include_str!("../migrations/0006_bookmarks.sql"),
        include_str!("../migrations/0007_motion.sql"),
        include_str!("../migrations/0008_reviewed.sql"),
    ))
    .unwrap();
    raw.execute_batch(
        "insert into event values (5, 1, 'motion', 'Door', 10, 20, 15);
         insert into reviewed values (5, 30);
         pragma user_version = 8",
    )
    .unwrap();
    drop(raw);
    let (mut store, notices) = open(dir.path());
    assert_eq!(notices, [] as [String; 0]);
    let events = store.events(&[CameraId(1)], WallTime(0), WallTime(99), 9, false).unwrap();
    assert_eq!(events.iter().map(|it| (it.id, it.to)).collect::<Vec<_>>(), [(5, WallTime(20))]);
    assert!(store.reviewed(&[5]).unwrap().contains(&5));
    assert!(store.track(5).unwrap().is_empty());

    let mut track = Track::default();
    track.push(WallTime(10), TrackPlace { after_ms: 0, x: 1, y: 2, width: 3, height: 4 });
    let event = TrackedEvent { event: events[0].clone(), track: track.clone() };
    store.record_events(&[event]).unwrap();
    drop(store);
    assert_eq!(open(dir.path()).0.track(5).unwrap(), track);
}

#[test]
fn a_version_3_without_settings_is_damaged() {
    let dir = TempDir::new().unwrap();
    let raw = Connection::open(database(&dir)).unwrap();
    raw.execute_batch(concat!(
        include_str!("../migrations/0001_cameras.sql"),
        include_str!("../migrations/0002_layouts_settings.sql"),
        include_str!("../migrations/0003_rtsp.sql"),
        "delete from settings; pragma user_version = 3",
    ))
    .unwrap();
    drop(raw);
    let (_, notices) = open(dir.path());
    assert!(notices[0].starts_with("The database was damaged"), "{notices:?}");
}

#[test]
fn a_backup_from_before_a_migration_is_restored_and_migrated() {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("backups")).unwrap();
    let backup = dir.path().join("backups/before-migration-2-20261122T101500Z.sqlite");
    let raw = Connection::open(&backup).unwrap();
    raw.execute_batch(include_str!("../migrations/0001_cameras.sql")).unwrap();
    raw.execute_batch("pragma user_version = 1").unwrap();
    drop(raw);
    let (store, notices) = open(dir.path());
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert_eq!(store.layouts().unwrap().len(), 2);
}

#[test]
fn a_backup_is_one_whole_file() {
    let dir = prepared();
    let (mut store, _) = open(dir.path());
    let path = store.back_up().unwrap();
    let raw = Connection::open(&path).unwrap();
    let report: String = raw.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(report, "ok");
    let mode: String = raw.query_row("pragma journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
    drop(raw);
    let left = contents(&dir.path().join("backups"));
    assert_eq!(left.keys().collect::<Vec<_>>(), [&path]);
}
