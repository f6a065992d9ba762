//! Where something moved: kept, found again, forgotten.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use media::{CameraId, Grid, WallTime};
use store::{Search, Slot, Trace, Traced, Traces};

const HOUR: Duration = Duration::from_secs(3600);

/// 2026-11-22, 10:00 UTC.
const BEGIN: WallTime = WallTime(1_795_341_600_000_000);

fn traces() -> (tempfile::TempDir, Traces) {
    let dir = tempfile::tempdir().unwrap();
    let (traces, notice) = Traces::open(dir.path()).unwrap();
    assert_eq!(notice, None);
    (dir, traces)
}

fn area(cells: &[(usize, usize)]) -> Grid {
    let mut area = Grid::default();
    cells.iter().for_each(|&(column, row)| area.add(column, row));
    area
}

/// Something in cells of a camera, seconds after the begin.
fn trace(camera: u32, second: u64, cells: &[(usize, usize)]) -> Trace {
    let slot = Slot::of(BEGIN + Duration::from_secs(second));
    Trace { camera: CameraId(camera), slot, cells: area(cells) }
}

/// What moved in `area` at the cameras, as camera and seconds after the begin.
fn found(
    traces: &mut Traces,
    cameras: &[u32],
    area: Grid,
    (from, to): (u64, u64),
    limit: u32,
) -> (Vec<(u32, i64, i64)>, bool) {
    let cameras: Vec<CameraId> = cameras.iter().map(|id| CameraId(*id)).collect();
    let [from, to] = [from, to].map(|second| BEGIN + Duration::from_secs(second));
    let search = Search { cameras: &cameras, from, to, area, limit };
    let Traced { spans, is_more } = traces.search(&search).unwrap();
    let second = |at: WallTime| (at.0 - BEGIN.0) / 1_000_000;
    (spans.iter().map(|it| (it.camera.0, second(it.from), second(it.to))).collect(), is_more)
}

#[test]
fn what_moved_is_found_where_it_was_and_nowhere_else() {
    let (_dir, mut traces) = traces();
    let known = [
        trace(1, 7, &[(3, 3), (4, 3)]),
        trace(1, 12, &[(5, 3)]),
        trace(1, 90, &[(3, 3)]),
        trace(2, 8, &[(3, 3)]),
    ];
    traces.record(&known).unwrap();
    // As it went on, and again.
    traces.record(&[trace(1, 9, &[(31, 17)]), known[1]]).unwrap();
    let mut look = |cameras: &[u32], cells: &[(usize, usize)]| {
        found(&mut traces, cameras, area(cells), (0, 3600), 10).0
    };
    assert_eq!(look(&[1], &[(3, 3)]), [(1, 90, 95), (1, 5, 10)]);
    assert_eq!(look(&[1], &[(4, 3), (5, 3)]), [(1, 5, 15)]);
    assert_eq!(look(&[2, 1], &[(3, 3)]), [(1, 90, 95), (1, 5, 10), (2, 5, 10)]);
    assert_eq!(look(&[1, 2, 3], &[(31, 17)]), [(1, 5, 10)]);
    assert_eq!(look(&[1, 2], &[(6, 6)]), []);
}

#[test]
fn what_moves_again_soon_goes_on_across_hours_and_no_span_is_longer_than_one() {
    let (_dir, mut traces) = traces();
    let there: &[(usize, usize)] = &[(0, 0)];
    let moves = |second| trace(1, second, there);
    traces.record(&[3590, 3605, 3625].map(moves)).unwrap();
    let mut look = |between, limit| found(&mut traces, &[1], area(there), between, limit);
    assert_eq!(look((0, 7200), 9), (vec![(1, 3625, 3630), (1, 3590, 3610)], false));
    assert_eq!(look((0, 3605), 9), (vec![(1, 3590, 3595)], false));
    assert_eq!(look((0, 7200), 1), (vec![(1, 3625, 3630)], true));
    let all: Vec<Trace> = (0..3 * 720).map(|slot| trace(2, slot * 5, there)).collect();
    traces.record(&all).unwrap();
    let (spans, _) = found(&mut traces, &[2], area(there), (0, 99_999), 9);
    assert_eq!(spans, [(2, 7200, 10_800), (2, 3600, 7200), (2, 0, 3600)]);
}

#[test]
fn pages_have_all_that_a_plain_count_has() {
    let (_dir, mut traces) = traces();
    let mut seed = 7_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    let mut all = Vec::new();
    for _ in 0..12_000 {
        let cell = (next(32) as usize, next(18) as usize);
        all.push(trace(1 + next(3) as u32, next(5 * 3600), &[cell]));
    }
    for part in all.chunks(97) {
        traces.record(part).unwrap();
    }
    let wanted = area(&[(3, 3), (4, 3), (3, 4), (4, 4), (20, 9), (21, 9)]);
    let mut expected: BTreeSet<(i64, u32)> = BTreeSet::new();
    for trace in all.iter().filter(|it| it.cells.meets(&wanted)) {
        expected.insert(((trace.slot.from().0 - BEGIN.0) / 1_000_000, trace.camera.0));
    }
    let mut seen = BTreeSet::new();
    let mut to = 5 * 3600;
    loop {
        let (spans, is_more) = found(&mut traces, &[1, 2, 3], wanted, (0, to), 7);
        assert!(spans.len() <= 7 && spans.is_sorted_by_key(|it| -it.1), "{spans:?}");
        for &(camera, from, end) in &spans {
            let slots = (from..end).step_by(5).filter(|at| expected.contains(&(*at, camera)));
            seen.extend(slots.map(|at| (at, camera)));
            // It begins and ends with movement.
            assert!(seen.contains(&(from, camera)) && seen.contains(&(end - 5, camera)));
        }
        let Some(last) = spans.last().filter(|_| is_more) else { break };
        to = last.1 as u64;
    }
    assert_eq!(seen, expected);
    assert!(seen.len() > 30);
}

#[test]
fn times_that_mean_nothing_are_passed_over() {
    let (_dir, mut traces) = traces();
    let cells = area(&[(0, 0)]);
    for at in [WallTime(i64::MIN), WallTime(-1), WallTime(0), BEGIN, WallTime(i64::MAX)] {
        traces.record(&[Trace { camera: CameraId(1), slot: Slot::of(at), cells }]).unwrap();
    }
    let (from, to) = (WallTime(i64::MIN), WallTime(i64::MAX));
    let search = Search { cameras: &[CameraId(1)], from, to, area: cells, limit: 10 };
    let spans = traces.search(&search).unwrap().spans;
    let begins: Vec<i64> = spans.iter().map(|it| it.from.0).collect();
    assert_eq!(begins, [BEGIN.0, 0]);
    let search = Search { from: to, to: from, ..search };
    assert_eq!(traces.search(&search).unwrap(), Traced::default());
}

#[test]
fn whole_hours_are_forgotten_step_by_step() {
    let (_dir, mut traces) = traces();
    let there: &[(usize, usize)] = &[(0, 0)];
    let minutes = (0..40 * 60).map(|minute| trace(1, minute * 60, there));
    traces.record(&minutes.collect::<Vec<_>>()).unwrap();
    traces.record(&[trace(2, 0, there)]).unwrap();
    assert_eq!(traces.cameras().unwrap(), [CameraId(1), CameraId(2)]);
    let before = BEGIN + HOUR * 39 + Duration::from_secs(600);
    let mut steps = 1;
    while traces.forget(CameraId(1), before).unwrap() {
        steps += 1;
    }
    assert_eq!(steps, 3);
    let (left, _) = found(&mut traces, &[1, 2], area(there), (0, 40 * 3600), 1000);
    assert_eq!((left.len(), left.last()), (61, Some(&(2, 0, 5))));
    traces.forget(CameraId(2), WallTime(i64::MAX)).unwrap();
    assert_eq!(traces.cameras().unwrap(), [CameraId(1)]);
}

#[test]
fn what_is_no_database_begins_anew_and_is_told() {
    let (dir, mut traces) = traces();
    traces.record(&[trace(1, 0, &[(0, 0)])]).unwrap();
    drop(traces);
    let (mut again, notice) = Traces::open(dir.path()).unwrap();
    assert_eq!((again.cameras().unwrap().len(), notice), (1, None));
    drop(again);
    fs::write(dir.path().join("traces.sqlite"), "no database, for as long as it takes to say so")
        .unwrap();
    let (mut anew, notice) = Traces::open(dir.path()).unwrap();
    assert!(notice.unwrap().0.contains("begins anew"));
    assert_eq!(anew.cameras().unwrap(), []);
    anew.record(&[trace(1, 0, &[(0, 0)])]).unwrap();
}

#[test]
fn a_file_that_is_damaged_begins_anew_when_that_is_seen() {
    let (dir, mut traces) = traces();
    let all: Vec<Trace> = (0..200).map(|hour| trace(1, hour * 3600, &[(0, 0)])).collect();
    traces.record(&all).unwrap();
    drop(traces);
    let path = dir.path().join("traces.sqlite");
    let mut bytes = fs::read(&path).unwrap();
    bytes[3 * 4096..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let (mut traces, _) = Traces::open(dir.path()).unwrap();
    let refused = traces.record(&all).is_err();
    assert!(refused);
    traces.record(&all).unwrap();
    let (spans, _) = found(&mut traces, &[1], area(&[(0, 0)]), (0, 200 * 3600), 1000);
    assert_eq!(spans.len(), 200);
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, mut traces) = traces();
    traces.record(&[trace(1, 0, &[(0, 0)])]).unwrap();
    for entry in fs::read_dir(dir.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
}
