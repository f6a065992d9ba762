//! Volumes, plans, recording gaps, evidence and bookmarks, as the engine uses them.
#![expect(clippy::unwrap_used, reason = "what tests share is a test as well")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use media::{CameraId, Clock, GapCause, RecordingGap, StreamId, StreamRole, WallTime};
use store::{
    Bookmark, CameraSource, Evidence, HourMode, KeyKeeping, NewBookmark, NewCamera, NewEvidence,
    RecordingMode, RecordingPlan, Store, StoreError, Volume, Week,
};
use tempfile::TempDir;

const NOW: WallTime = WallTime(1_795_342_500_000_000);

struct Fixture {
    dir: TempDir,
    store: Store,
}

impl Fixture {
    /// With cameras 1 and 2.
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let mut store = open(&dir);
        for name in ["one", "two"] {
            let camera = NewCamera { name: name.into(), source: CameraSource::Demo };
            store.add_camera(&camera).unwrap();
        }
        Self { dir, store }
    }

    fn reopen(self) -> Self {
        let Self { dir, store } = self;
        drop(store);
        let store = open(&dir);
        Self { dir, store }
    }
}

fn open(dir: &TempDir) -> Store {
    let clock = Clock::simulated(NOW);
    let (store, notices) = Store::open(dir.path(), KeyKeeping::KeyFile, clock).unwrap();
    assert_eq!(notices, []);
    store
}

fn main(camera: u32) -> StreamId {
    StreamId { camera: CameraId(camera), role: StreamRole::Main }
}

fn sub(camera: u32) -> StreamId {
    StreamId { camera: CameraId(camera), role: StreamRole::Sub }
}

/// The volume whose id ends with `n`, without limits.
fn volume(n: u32, path: &str) -> Volume {
    let id = format!("00000000-0000-4000-8000-{n:012}");
    Volume { id, path: path.into(), max_bytes: None, max_days: None }
}

fn sentence<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn volumes_are_kept_in_the_order_they_were_added() {
    let mut f = Fixture::new();
    let limited =
        Volume { max_bytes: Some(i64::MAX as u64), max_days: Some(30), ..volume(2, "/Ü/'b'") };
    let volumes = [volume(9, "/z"), limited, volume(1, "/a")];
    for volume in &volumes {
        f.store.add_volume(volume).unwrap();
    }
    let mut f = f.reopen();
    assert_eq!(f.store.volumes().unwrap(), volumes);

    let changed = Volume { max_days: Some(1), ..volume(9, "/moved") };
    f.store.set_volume(&changed).unwrap();
    assert_eq!(f.store.remove_volume(&volumes[1].id).unwrap(), BTreeMap::new());
    let f = f.reopen();
    assert_eq!(f.store.volumes().unwrap(), [changed, volumes[2].clone()]);
}

#[test]
fn volumes_that_cannot_be_are_refused_and_change_nothing() {
    let mut f = Fixture::new();
    let there = [volume(1, "/a"), volume(2, "/b")];
    for volume in &there {
        f.store.add_volume(volume).unwrap();
    }
    assert_eq!(
        sentence(f.store.add_volume(&volume(1, "/c"))),
        "This volume is in use already, as /a. Choose another folder."
    );
    let taken = "/a is the folder of another volume. Choose another folder.";
    assert_eq!(sentence(f.store.add_volume(&volume(3, "/a"))), taken);
    assert_eq!(sentence(f.store.set_volume(&volume(2, "/a"))), taken);
    let gone = "There is no such volume; it may have been removed meanwhile.";
    assert_eq!(sentence(f.store.set_volume(&volume(3, "/c"))), gone);
    assert_eq!(sentence(f.store.remove_volume(&volume(3, "").id)), gone);
    for bad in [
        volume(3, ""),
        volume(3, &"/".repeat(4097)),
        volume(3, "/\0"),
        Volume { id: "7".into(), ..volume(3, "/c") },
        Volume { max_bytes: Some(0), ..volume(3, "/c") },
        Volume { max_bytes: Some(1 << 63), ..volume(3, "/c") },
        Volume { max_days: Some(0), ..volume(3, "/c") },
        Volume { max_days: Some(36_501), ..volume(3, "/c") },
    ] {
        let refused = f.store.add_volume(&bad);
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{bad:?}");
        if bad.id != "7" {
            let refused = f.store.set_volume(&Volume { id: there[1].id.clone(), ..bad });
            assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
        }
    }
    assert_eq!(f.store.volumes().unwrap(), there);
}

#[test]
fn there_are_at_most_64_volumes() {
    let mut f = Fixture::new();
    for n in 0..64 {
        f.store.add_volume(&volume(n, &format!("/{n}"))).unwrap();
    }
    let refused = f.store.add_volume(&volume(64, "/64"));
    assert!(matches!(refused, Err(StoreError::TooMany { limit: 64, .. })));
}

#[test]
fn plans_are_kept_and_default_ones_are_no_rows() {
    let mut f = Fixture::new();
    f.store.add_volume(&volume(1, "/a")).unwrap();
    let default = RecordingPlan::default();
    assert_eq!(f.store.plan(main(1)).unwrap(), default);

    let mut week = Week::default();
    week.0[0] = HourMode::Off;
    week.0[Week::HOURS - 1] = HourMode::Event;
    let plans = [
        RecordingPlan { mode: RecordingMode::Off, ..default.clone() },
        RecordingPlan { mode: RecordingMode::Event, pre_seconds: 0, ..default.clone() },
        RecordingPlan { mode: RecordingMode::Schedule, week, audio: false, ..default.clone() },
        RecordingPlan { pre_seconds: 60, post_seconds: 600, ..default.clone() },
        RecordingPlan { max_days: Some(36_500), max_bytes: Some(1), ..default.clone() },
        RecordingPlan { volume: Some(volume(1, "").id), ..default.clone() },
    ];
    for plan in plans {
        f.store.set_plan(sub(2), &plan).unwrap();
        f = f.reopen();
        assert_eq!(f.store.plans().unwrap(), BTreeMap::from([(sub(2), plan.clone())]));
        assert_eq!(f.store.plan(sub(2)).unwrap(), plan);
        assert_eq!(f.store.plan(main(2)).unwrap(), default);
    }
    f.store.set_plan(sub(2), &default).unwrap();
    assert_eq!(f.store.plans().unwrap(), BTreeMap::new());
}

#[test]
fn plans_that_cannot_be_are_refused_and_change_nothing() {
    let mut f = Fixture::new();
    let before = RecordingPlan { mode: RecordingMode::Event, ..RecordingPlan::default() };
    f.store.set_plan(main(1), &before).unwrap();
    for bad in [
        RecordingPlan { pre_seconds: 61, ..before.clone() },
        RecordingPlan { post_seconds: 601, ..before.clone() },
        RecordingPlan { max_days: Some(0), ..before.clone() },
        RecordingPlan { max_bytes: Some(0), ..before.clone() },
    ] {
        let refused = f.store.set_plan(main(1), &bad);
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{bad:?}");
    }
    let nowhere = RecordingPlan { volume: Some(volume(1, "").id), ..before.clone() };
    for (stream, plan) in [(main(1), &nowhere), (main(9), &before)] {
        let refused = f.store.set_plan(stream, plan);
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{stream}");
    }
    assert_eq!(f.store.plans().unwrap(), BTreeMap::from([(main(1), before)]));
}

#[test]
fn a_removed_camera_keeps_its_plans() {
    let mut f = Fixture::new();
    let plan = RecordingPlan { mode: RecordingMode::Off, ..RecordingPlan::default() };
    f.store.set_plan(main(1), &plan).unwrap();
    f.store.remove_camera(CameraId(1)).unwrap();
    assert!(matches!(f.store.set_plan(main(1), &plan), Err(StoreError::NotFound { .. })));
    let mut f = f.reopen();
    f.store.restore_camera(CameraId(1)).unwrap();
    assert_eq!(f.store.plan(main(1)).unwrap(), plan);
}

#[test]
fn plans_of_a_removed_volume_name_none() {
    let mut f = Fixture::new();
    for volume in [volume(1, "/a"), volume(2, "/b")] {
        f.store.add_volume(&volume).unwrap();
    }
    let on = |n: u32| RecordingPlan { volume: Some(volume(n, "").id), ..RecordingPlan::default() };
    let off = RecordingPlan { mode: RecordingMode::Off, ..on(2) };
    for (stream, plan) in [(main(1), &on(1)), (main(2), &on(2)), (sub(2), &off)] {
        f.store.set_plan(stream, plan).unwrap();
    }
    f.store.remove_camera(CameraId(2)).unwrap();
    let off = RecordingPlan { volume: None, ..off };
    let changed = BTreeMap::from([(main(2), RecordingPlan::default()), (sub(2), off.clone())]);
    assert_eq!(f.store.remove_volume(&volume(2, "").id).unwrap(), changed);
    assert_eq!(f.store.plans().unwrap(), BTreeMap::from([(main(1), on(1)), (sub(2), off)]));
}

fn gap(stream: StreamId, from: i64, to: i64, cause: GapCause) -> RecordingGap {
    RecordingGap { stream, from: WallTime(from), to: WallTime(to), cause }
}

#[test]
fn a_gap_is_replaced_by_one_that_begins_with_it() {
    use GapCause::{Auth, Unreachable};
    let mut f = Fixture::new();
    let others = [gap(main(2), 10, 20, Auth), gap(sub(1), 10, 20, Auth), gap(main(1), 0, 5, Auth)];
    f.store.record_gaps(&others).unwrap();
    let mut check = |recorded: &[RecordingGap], expected: Option<RecordingGap>| {
        f.store.record_gaps(recorded).unwrap();
        let mut all = others.to_vec();
        all.extend(expected);
        all.sort_by_key(|gap| (gap.from, gap.stream));
        assert_eq!(f.store.gaps(WallTime(-99), WallTime(99), None, 99).unwrap(), all);
        assert_eq!(f.store.last_gap(main(1)).unwrap(), Some(expected.unwrap_or(others[2])));
    };
    let [short, grown] = [20, 30].map(|to| gap(main(1), 10, to, Unreachable));
    let other = gap(main(1), 10, 30, Auth);
    check(&[], None);
    check(&[short], Some(short));
    check(&[grown], Some(grown));
    check(&[short, other], Some(other));
    check(&[gap(main(1), 10, 10, Auth)], None);
    check(&[gap(main(1), 10, 9, Auth), short], Some(short));
    check(&[short, gap(main(1), 10, 9, Auth)], None);
    assert_eq!(f.store.last_gap(sub(2)).unwrap(), None);
}

#[test]
fn gaps_of_every_cause_are_kept_also_of_cameras_that_nobody_knows() {
    let mut f = Fixture::new();
    let gaps: Vec<_> =
        (0..).zip(GapCause::ALL).map(|(at, cause)| gap(sub(4096), at, at + 1, cause)).collect();
    f.store.record_gaps(&gaps).unwrap();
    let f = f.reopen();
    assert_eq!(f.store.gaps(WallTime(0), WallTime(99), None, 99).unwrap(), gaps);
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

#[test]
fn gaps_are_found_wherever_they_begin() {
    let mut f = Fixture::new();
    let lengths = [1, MINUTE, MINUTE + 1, HOUR, HOUR + 1, DAY, DAY + 1, 32 * DAY, 400 * DAY];
    let (from, to) = (NOW.0, NOW.0 + HOUR);
    for length in lengths {
        let check = |store: &mut Store, begin: i64, is_found: bool| {
            let gap = gap(main(1), begin, begin + length, GapCause::Auth);
            store.record_gaps(&[gap]).unwrap();
            let found = store.gaps(WallTime(from), WallTime(to), None, 9).unwrap();
            assert_eq!(found == [gap], is_found, "{length} from {}", begin - from);
            store.record_gaps(&[RecordingGap { to: gap.from, ..gap }]).unwrap();
        };
        for (begin, is_found) in [
            (from - length - 1, false),
            (from - length, false),
            (from - length + 1, true),
            (from - length / 2, true),
            (from, true),
            (to - 1, true),
            (to, false),
            (to + 1, false),
        ] {
            check(&mut f.store, begin, is_found);
        }
    }
}

#[test]
fn gaps_come_in_time_order_up_to_a_limit() {
    let mut f = Fixture::new();
    let expected = [
        gap(main(2), -400 * DAY, DAY, GapCause::NoVolume),
        gap(main(1), -DAY, 1, GapCause::Schedule),
        gap(sub(1), 0, HOUR, GapCause::Auth),
        gap(main(1), 5, 6, GapCause::NetworkLoss),
        gap(sub(1), 5, 3 * HOUR, GapCause::DiskFull),
        gap(main(1), 7, 8, GapCause::DiskSlow),
    ];
    let mut shuffled = expected;
    shuffled.rotate_left(2);
    shuffled.reverse();
    f.store.record_gaps(&shuffled).unwrap();
    let f = f.reopen();
    let find = |camera, limit| f.store.gaps(WallTime(0), WallTime(99), camera, limit).unwrap();
    for limit in 0..=7 {
        assert_eq!(find(None, limit), expected[..6.min(limit as usize)]);
    }
    let one = Some(CameraId(1));
    assert_eq!(find(one, 99), expected[1..]);
    assert_eq!(find(one, 2), expected[1..3]);
    assert_eq!(find(Some(CameraId(3)), 99), []);
    assert_eq!(f.store.gaps(WallTime(0), WallTime(0), None, 99).unwrap(), []);
    assert_eq!(f.store.gaps(WallTime(9), WallTime(-9), None, 99).unwrap(), []);
}

#[test]
fn durations_are_clipped_and_count_no_moment_twice() {
    use GapCause::{Auth, Retention, Unreachable};
    let check = |gaps: &[(i64, i64, GapCause)], expected: &[(GapCause, u64)]| {
        let mut f = Fixture::new();
        let gaps = gaps.iter().map(|(from, to, cause)| gap(main(1), *from, *to, *cause));
        f.store.record_gaps(&gaps.collect::<Vec<_>>()).unwrap();
        f.store.record_gaps(&[gap(sub(2), 0, 1_000, Auth)]).unwrap();
        let mut durations = f.store.gap_durations(WallTime(100), WallTime(200)).unwrap();
        assert_eq!(durations.remove(&(sub(2), Auth)), Some(Duration::from_micros(100)));
        let expected = expected.iter().map(|(cause, us)| ((main(1), *cause), *us));
        let expected = expected.map(|(key, us)| (key, Duration::from_micros(us))).collect();
        assert_eq!(durations, expected);
    };
    check(&[], &[]);
    check(&[(0, 100, Auth), (200, 300, Auth)], &[]);
    check(&[(0, 300, Auth)], &[(Auth, 100)]);
    check(
        &[(90, 110, Auth), (120, 130, Auth), (190, 999, Retention)],
        &[(Auth, 20), (Retention, 10)],
    );
    check(&[(0, 150, Auth), (120, 170, Unreachable)], &[(Auth, 50), (Unreachable, 20)]);
    check(&[(0, 150, Auth), (120, 140, Retention), (145, 160, Auth)], &[(Auth, 60)]);
}

#[test]
fn evidence_is_kept_until_it_is_removed() {
    let mut f = Fixture::new();
    let (from, to) = (WallTime(5), WallTime(9));
    let new = |camera: u32, note: &str| NewEvidence {
        camera: CameraId(camera),
        from,
        to,
        note: note.into(),
    };
    f.store.remove_camera(CameraId(2)).unwrap();
    let longest = "ü".repeat(300);
    let expected =
        [(1, 1, ""), (2, 2, "it's <b>"), (3, 1, longest.as_str())].map(|(id, camera, note)| {
            let added = f.store.add_evidence(&new(camera, &format!(" {note} "))).unwrap();
            let (camera, created) = (CameraId(camera), added.created);
            assert!(created.since(NOW) < Duration::from_secs(60) && NOW <= created, "{created}");
            assert_eq!(added, Evidence { id, camera, from, to, note: note.into(), created });
            added
        });
    let mut f = f.reopen();
    assert_eq!(f.store.evidence().unwrap(), expected);

    f.store.remove_evidence(3).unwrap();
    assert_eq!(
        sentence(f.store.remove_evidence(3)),
        "There is no evidence 3; it may have been removed meanwhile."
    );
    assert_eq!(f.store.add_evidence(&new(1, "")).unwrap().id, 4, "no id is given twice");

    let before = f.store.evidence().unwrap();
    for bad in [
        new(1, &"x".repeat(301)),
        new(1, "a\nb"),
        NewEvidence { to: from, ..new(1, "") },
        NewEvidence { to: WallTime(4), ..new(1, "") },
    ] {
        let refused = f.store.add_evidence(&bad);
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{bad:?}");
    }
    assert!(matches!(f.store.add_evidence(&new(9, "")), Err(StoreError::NotFound { .. })));
    assert_eq!(f.store.evidence().unwrap(), before);
}

#[test]
fn bookmarks_are_kept_changed_and_removed() {
    let mut f = Fixture::new();
    let new = |cameras: &[u32], from: i64, to: i64, name: &str| NewBookmark {
        cameras: cameras.iter().copied().map(CameraId).collect(),
        from: WallTime(from),
        to: WallTime(to),
        name: name.into(),
        note: String::new(),
    };
    f.store.remove_camera(CameraId(2)).unwrap();
    let moment = f.store.add_bookmark(&new(&[1], 5, 5, " it's <b> ")).unwrap();
    let created = moment.created;
    assert!(created.since(NOW) < Duration::from_secs(60) && NOW <= created, "{created}");
    assert_eq!(moment, Bookmark { id: 1, marked: new(&[1], 5, 5, "it's <b>"), created });
    let span = f.store.add_bookmark(&new(&[2, 1], 5, 9, "Van")).unwrap();
    let mut f = f.reopen();
    assert_eq!(f.store.bookmarks().unwrap(), [moment, span.clone()]);

    let marked = NewBookmark { note: "white".into(), ..new(&[2], 6, 7, "White van") };
    let changed = f.store.set_bookmark(2, &marked).unwrap();
    assert_eq!(changed, Bookmark { marked, ..span });
    f.store.remove_bookmark(1).unwrap();
    let mut f = f.reopen();
    assert_eq!(f.store.bookmarks().unwrap(), [changed]);

    let gone = "There is no bookmark 1; it may have been removed meanwhile.";
    assert_eq!(sentence(f.store.remove_bookmark(1)), gone);
    assert_eq!(sentence(f.store.set_bookmark(1, &new(&[1], 5, 5, "x"))), gone);
    f.store.remove_bookmark(2).unwrap();
    assert_eq!(f.store.add_bookmark(&new(&[1], 5, 5, "x")).unwrap().id, 3, "no id is given twice");

    let before = f.store.bookmarks().unwrap();
    let many: BTreeSet<CameraId> = (0..257).map(CameraId).collect();
    for bad in [
        new(&[], 5, 5, "x"),
        NewBookmark { cameras: many, ..new(&[], 5, 5, "x") },
        new(&[1], 5, 4, "x"),
        new(&[1], 5, 5, " "),
        new(&[1], 5, 5, &"x".repeat(301)),
        NewBookmark { note: "a\nb".into(), ..new(&[1], 5, 5, "x") },
    ] {
        for refused in [f.store.add_bookmark(&bad), f.store.set_bookmark(3, &bad)] {
            assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{bad:?}");
        }
    }
    let unknown = f.store.add_bookmark(&new(&[1, 9], 5, 5, "x"));
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
    assert_eq!(f.store.bookmarks().unwrap(), before);
}
