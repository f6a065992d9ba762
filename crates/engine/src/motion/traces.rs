//! Where something moved: on its way to the store, and searched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use media::{CameraId, Grid, WallTime};
use protocol::{CameraAddress, Failure, FailureCode, MAX_FOUND, MAX_LANES, PicturePoint, Reply};
use store::{Notice, Search, Slot, StoreError, Trace, TracedSpan};

use super::lock;
use crate::{Engine, timeline, view};

/// So many may wait where the store cannot be written; then the oldest are lost.
const MAX_WAITING: usize = 10_000;

/// Without footage that is older, so long.
const KEPT: Duration = Duration::from_secs(366 * 86_400);

/// How often it is looked what is to be forgotten.
const LOOK: Duration = Duration::from_secs(3600);

/// What is to be written down, the oldest first.
type Waiting = BTreeMap<(Slot, CameraId), Grid>;

/// Where something moved at every camera.
pub struct Traces {
    dir: PathBuf,
    waiting: Mutex<Waiting>,
    /// Nothing where it could not be opened; it is tried again.
    kept: Mutex<Option<store::Traces>>,
}

/// Carries out [`protocol::Command::SearchMotion`].
pub fn search(
    engine: &Engine,
    cameras: &[CameraAddress],
    (from, to): (WallTime, WallTime),
    area: Vec<PicturePoint>,
    limit: u32,
) -> Result<Reply, Failure> {
    let refuse = |message: String| Err(Failure::new(FailureCode::BadRequest, message));
    if !(1..=MAX_FOUND).contains(&limit) {
        return refuse(format!("A search finds 1 to {MAX_FOUND} times. Ask for so many."));
    }
    if cameras.len() > MAX_LANES {
        return refuse(format!("At most {MAX_LANES} cameras are searched at once. Ask for fewer."));
    }
    if to <= from {
        return refuse(
            "The time that is searched ends before it begins. Choose another begin or end."
                .to_owned(),
        );
    }
    let area = view::searched_area(area)?;
    let ids = cameras.iter().map(|camera| engine.camera_id(camera));
    // Each once, however often it is named.
    let ids: Vec<CameraId> = ids.collect::<Result<BTreeSet<_>, _>>()?.into_iter().collect();
    let traces = engine.motion().traces();
    traces.write();
    let search = Search { cameras: &ids, from, to, area, limit };
    let found = traces.with(|kept| kept.search(&search));
    let found = found.map_err(|error| view::store_failure(&error))?;
    let view = |span: &TracedSpan| view::motion_span(engine.server(), span);
    Ok(Reply::MotionSpans { spans: found.spans.iter().map(view).collect(), is_more: found.is_more })
}

impl Traces {
    /// Those in the data directory `dir`, and what the owner must know of that.
    pub fn open(dir: &Path) -> (Self, Option<Notice>) {
        let (kept, notice) = match store::Traces::open(dir) {
            Ok((kept, notice)) => (Some(kept), notice),
            Err(error) => {
                tracing::error!("where something moves is not kept for now: {error}");
                (None, None)
            }
        };
        let (dir, waiting, kept) = (dir.to_owned(), Mutex::default(), Mutex::new(kept));
        (Self { dir, waiting, kept }, notice)
    }

    /// Something moves at a camera.
    pub fn note(&self, camera: CameraId, at: WallTime, cells: Grid) {
        let mut waiting = lock(&self.waiting);
        waiting.entry((Slot::of(at), camera)).or_default().unite(cells);
        if waiting.len() > MAX_WAITING {
            waiting.pop_first();
        }
    }

    /// Writes down what there is. Blocks. What cannot be written waits on.
    pub fn write(&self) {
        if lock(&self.waiting).is_empty() {
            return;
        }
        // Taken by who may write, so that who searches next finds it.
        let written = self.with(|kept| {
            let taken = std::mem::take(&mut *lock(&self.waiting));
            let all = taken.iter();
            let traces = all.map(|(&(slot, camera), &cells)| Trace { camera, slot, cells });
            kept.record(&traces.collect::<Vec<_>>()).inspect_err(|_| self.take_back(taken))
        });
        if let Err(error) = written {
            tracing::error!("where something moved cannot be kept: {error}");
        }
    }

    fn take_back(&self, taken: Waiting) {
        let mut waiting = lock(&self.waiting);
        for (key, cells) in taken {
            waiting.entry(key).or_default().unite(cells);
        }
        while waiting.len() > MAX_WAITING {
            waiting.pop_first();
        }
    }

    /// Forgets what is older than the oldest footage of its camera, or too old.
    /// Blocks, and lets others in between.
    fn forget(
        &self,
        oldest: &BTreeMap<CameraId, WallTime>,
        now: WallTime,
        is_stopping: impl Fn() -> bool,
    ) -> Result<(), StoreError> {
        let limit = now - KEPT;
        for camera in self.with(store::Traces::cameras)? {
            let before = oldest.get(&camera).map_or(limit, |oldest| limit.max(*oldest));
            while !is_stopping() && self.with(|kept| kept.forget(camera, before))? {}
        }
        Ok(())
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&mut store::Traces) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut kept = lock(&self.kept);
        let kept = match &mut *kept {
            Some(kept) => kept,
            missing => missing.insert(store::Traces::open(&self.dir)?.0),
        };
        act(kept)
    }
}

/// Forgets from time to time.
pub async fn forget(engine: Engine) {
    let clock = engine.clock().clone();
    loop {
        clock.sleep(LOOK).await;
        let engine = engine.clone();
        let work = move || {
            let oldest = timeline::oldest(&engine).unwrap_or_default();
            let now = engine.clock().wall();
            engine.motion().traces().forget(&oldest, now, || engine.is_stopping())
        };
        // Where the thread fails, the engine is ending.
        if let Ok(Err(error)) = tokio::task::spawn_blocking(work).await {
            tracing::error!("where something moved long ago cannot be forgotten: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    /// 2026-11-22, 10:00 UTC.
    const NOW: WallTime = WallTime(1_795_341_600_000_000);

    fn cell() -> Grid {
        let mut cell = Grid::default();
        cell.add(3, 4);
        cell
    }

    /// When something moved at cameras, in days before now.
    fn days_ago(traces: &Traces) -> Vec<(u32, u64)> {
        let cameras = [1, 2, 3].map(CameraId);
        let (from, to) = (WallTime(0), WallTime(i64::MAX));
        let search = Search { cameras: &cameras, from, to, area: cell(), limit: 100 };
        let found = traces.with(|kept| kept.search(&search)).unwrap();
        let days = |at: WallTime| NOW.since(at).as_secs().div_ceil(DAY.as_secs());
        found.spans.iter().map(|span| (span.camera.0, days(span.from))).collect()
    }

    #[test]
    fn what_is_older_than_the_footage_is_forgotten_and_the_rest_after_a_year() {
        let dir = tempfile::tempdir().unwrap();
        let (traces, _) = Traces::open(dir.path());
        for camera in [1, 2] {
            for days in [0, 3, 10, 400] {
                traces.note(CameraId(camera), NOW - DAY * days, cell());
            }
        }
        traces.write();
        let oldest = BTreeMap::from([(CameraId(1), NOW - DAY * 7)]);
        traces.forget(&oldest, NOW, || true).unwrap();
        assert_eq!(days_ago(&traces).len(), 8);
        traces.forget(&oldest, NOW, || false).unwrap();
        assert_eq!(days_ago(&traces), [(1, 0), (2, 0), (1, 3), (2, 3), (2, 10)]);
    }

    #[test]
    fn what_cannot_be_written_waits_and_only_so_much_of_it() {
        let dir = tempfile::tempdir().unwrap();
        // Where the file is to be lies something else.
        let folder = dir.path().join("data");
        std::fs::write(&folder, "").unwrap();
        let (traces, _) = Traces::open(&folder);
        for slot in 0..2 * MAX_WAITING as i64 {
            traces.note(CameraId(1), WallTime(slot * 5_000_000), cell());
        }
        traces.write();
        assert_eq!(lock(&traces.waiting).len(), MAX_WAITING);
        std::fs::remove_file(&folder).unwrap();
        std::fs::create_dir(&folder).unwrap();
        traces.write();
        assert!(lock(&traces.waiting).is_empty());
        assert!(!days_ago(&traces).is_empty());
    }
}
