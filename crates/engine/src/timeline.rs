//! What is recorded, and why the rest is not, in as many buckets as a screen
//! has pixels. Never looks at segments: a year has too many.

mod buckets;
mod coverage;
mod marks;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use archive::Index;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use media::{CameraId, RecordingGap, StreamId, StreamRole, WallTime};
use protocol::{
    CameraAddress, Failure, FailureCode, MAX_BUCKETS, MAX_LANES, Neighbours, Reply, Timeline,
    TimelineLane, VolumeState,
};
use store::{Evidence, StoreError};

use crate::{Engine, view};
use buckets::{Buckets, Lane};
use coverage::Coverage;
use marks::Marks;

/// What is longer has so many rows that one core takes too long.
const LONG: Duration = Duration::from_secs(62 * 86_400);

/// Around a moment neighbours are looked for within so many days, then further.
const REACHES_DAYS: [u64; 4] = [2, 32, 512, 36_500];

/// Carries out [`protocol::Command::Timeline`].
pub fn of(
    engine: &Engine,
    cameras: Vec<CameraAddress>,
    from: WallTime,
    to: WallTime,
    count: u32,
) -> Result<Reply, Failure> {
    let refuse = |message: String| Err(Failure::new(FailureCode::BadRequest, message));
    if cameras.len() > MAX_LANES {
        return refuse(format!("A timeline has at most {MAX_LANES} cameras. Ask for fewer."));
    }
    let Some(buckets) = Buckets::new(from, to, count) else {
        return refuse(format!(
            "A timeline has 1 to {MAX_BUCKETS} buckets of a microsecond or more. Ask for others."
        ));
    };
    let ids: Vec<CameraId> =
        cameras.iter().map(|camera| engine.camera_id(camera)).collect::<Result<_, _>>()?;
    engine.motion().ledger().write(engine);
    let (gaps, evidence, marks) = engine
        .store(|store| {
            let gaps = store.long_gaps(from, to, buckets.length() / 4)?;
            let marks = ids.iter().map(|camera| {
                let mut marks = Marks::new(buckets);
                store.each_event(*camera, from, to, |kind, from, to| marks.add(kind, from, to))?;
                Ok(marks.runs())
            });
            Ok((gaps, store.evidence()?, marks.collect::<Result<Vec<_>, StoreError>>()?))
        })
        .map_err(|error| view::store_failure(&error))?;
    let lanes = draw(&volumes(engine), &gaps, &evidence, &ids, buckets);
    let lanes = cameras.into_iter().zip(lanes).zip(marks).map(|((camera, lane), marks)| {
        TimelineLane { camera, runs: BASE64.encode(lane), events: BASE64.encode(marks) }
    });
    let (from, to) = (from.0, to.0);
    let timeline = Timeline { from, to, buckets: count, lanes: lanes.collect() };
    Ok(Reply::Timeline { timeline })
}

/// Carries out [`protocol::Command::Neighbours`].
pub fn neighbours(engine: &Engine, camera: &CameraAddress, at: WallTime) -> Result<Reply, Failure> {
    let camera = engine.camera_id(camera)?;
    let indexes = open(&volumes(engine));
    let mut neighbours = Neighbours::default();
    for days in REACHES_DAYS {
        let reach = Duration::from_secs(days * 86_400);
        let (from, to) = (at - reach, at + reach);
        let coverage = Coverage::of(&indexes, camera, from, to);
        neighbours = coverage.neighbours(at, from, to);
        let Neighbours { begin_before, end_before, begin_after, end_after } = neighbours;
        if [begin_before, end_before, begin_after, end_after].iter().all(Option::is_some) {
            break;
        }
    }
    Ok(Reply::Neighbours { neighbours })
}

/// The runs of each camera's lane, of what is recorded on `volumes`.
fn draw(
    volumes: &[PathBuf],
    gaps: &[RecordingGap],
    evidence: &[Evidence],
    cameras: &[CameraId],
    buckets: Buckets,
) -> Vec<Vec<u8>> {
    let mut gaps_of: HashMap<CameraId, Vec<&RecordingGap>> = HashMap::new();
    for gap in gaps {
        gaps_of.entry(gap.stream.camera).or_default().push(gap);
    }
    let draw = |cameras: &[CameraId]| {
        let indexes = open(volumes);
        let mut lane = Lane::new(buckets);
        let draw = |&camera: &CameraId| {
            for (from, to) in Coverage::of(&indexes, camera, buckets.from, buckets.to).spans() {
                lane.record(from, to);
            }
            for gap in gaps_of.get(&camera).into_iter().flatten() {
                lane.miss(gap.from, gap.to, view::gap_cause(gap.cause));
            }
            for it in evidence.iter().filter(|it| it.camera == camera) {
                lane.lock(it.from, it.to);
            }
            lane.take()
        };
        cameras.iter().map(draw).collect::<Vec<_>>()
    };
    // Of a long span all cores read.
    let is_long = buckets.to.since(buckets.from) > LONG;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = if is_long { cameras.len().div_ceil(threads) } else { cameras.len() };
    thread::scope(|scope| {
        let parts: Vec<_> = cameras.chunks(share.max(1)).collect();
        let parts: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| draw(part))).collect();
        let join = |part: ScopedJoinHandle<'_, _>| part.join().expect("drawing does not panic");
        parts.into_iter().flat_map(join).collect()
    })
}

/// When the footage of each camera begins; nothing where a volume is missing or
/// cannot be read, as there may be older footage on it.
pub(crate) fn oldest(engine: &Engine) -> Option<BTreeMap<CameraId, WallTime>> {
    let indexes = open(&volumes(engine));
    if indexes.len() < engine.board().volumes().len() {
        return None;
    }
    let mut oldest = BTreeMap::new();
    for index in indexes {
        for held in index.held().ok()? {
            let known = oldest.entry(held.stream.camera).or_insert(held.oldest);
            *known = held.oldest.min(*known);
        }
    }
    Some(oldest)
}

/// Those that can be read.
fn open(volumes: &[PathBuf]) -> Vec<Index> {
    let open = |path: &PathBuf| match archive::open_index(path) {
        Ok(index) => Some(index),
        Err(error) => {
            tracing::warn!(volume = %path.display(), "not on the timeline: {error}");
            None
        }
    };
    volumes.iter().filter_map(open).collect()
}

/// Folders of the volumes that are there.
fn volumes(engine: &Engine) -> Vec<PathBuf> {
    let statuses = engine.recorder().statuses();
    let is_there = |volume: &store::Volume| {
        let state = statuses.get(&volume.id).map(|status| &status.state);
        !matches!(state, Some(VolumeState::Missing { .. } | VolumeState::Swapped { .. }))
    };
    let volumes = engine.board().volumes();
    volumes.iter().filter(|it| is_there(it)).map(|it| Path::new(&it.path).to_owned()).collect()
}

/// Both of a camera.
fn streams(camera: CameraId) -> [StreamId; 2] {
    [StreamRole::Main, StreamRole::Sub].map(|role| StreamId { camera, role })
}

#[cfg(test)]
mod tests {
    use archive::Segment;
    use media::GapCause;

    use super::*;

    fn segment(role: StreamRole, start: i64, end: i64) -> Segment {
        Segment {
            stream: StreamId { camera: CameraId(1), role },
            start: WallTime(start),
            end: WallTime(end),
            bytes: 1,
            recording: WallTime(start),
            run: 1,
            begins_with_key: true,
            is_open: false,
        }
    }

    #[test]
    fn a_lane_is_of_both_streams_on_every_volume() {
        const SECOND: i64 = 1_000_000;
        let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let rows = [
            [(StreamRole::Main, 0, 2), (StreamRole::Sub, 1, 3)],
            [(StreamRole::Main, 6, 8), (StreamRole::Sub, 7, 8)],
        ];
        for (folder, rows) in folders.iter().zip(rows) {
            let rows = rows.map(|(role, from, to)| segment(role, from * SECOND, to * SECOND));
            Index::open(folder.path(), "v").unwrap().advance(&rows, &[]).unwrap();
        }
        // One that is gone is left out.
        let mut paths: Vec<PathBuf> = folders.iter().map(|it| it.path().to_owned()).collect();
        paths.push(paths[0].join("gone"));
        let main = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let second = |at: i64| WallTime(at * SECOND);
        let (from, to, cause) = (second(2), second(6), GapCause::DiskFull);
        let gaps = [RecordingGap { stream: main, from, to, cause }];
        let evidence = [Evidence {
            id: 1,
            camera: CameraId(1),
            from: second(7),
            to: second(8),
            note: String::new(),
            created: second(0),
        }];
        let buckets = Buckets::new(second(0), second(10), 10).unwrap();
        let cameras = [CameraId(1), CameraId(2)];
        let lanes = draw(&paths, &gaps, &evidence, &cameras, buckets);
        let full = 4 << 3;
        assert_eq!(lanes[0], [3, 7, 3, full, 1, 7, 1, 0x87, 2, 0]);
        assert_eq!(lanes[1], [10, 0]);
    }
}
