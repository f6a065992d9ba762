//! Exports of recordings: each has a thread of its own while it is written.

mod burning;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use archive::{BurnIn, ExportError, ExportRequest, Wanted, Wish};
use jiff::tz::TimeZone;
use media::{CameraId, WallTime};
use protocol::{
    Export, ExportState, Failure, FailureCode, MAX_EXPORTED, MAX_EXPORTS, MAX_GAPS, NewExport,
    Reply,
};

use crate::{Engine, view};
use burning::Burning;

/// Exports that are being made, and those that ended last.
#[derive(Default)]
pub struct Exports(Mutex<BTreeMap<u32, Job>>);

struct Job {
    view: Export,
    cameras: Vec<CameraId>,
    is_cancelled: Arc<AtomicBool>,
}

/// So many that ended are remembered.
const MAX_ENDED: usize = 100;

/// Viewers hear of progress so often.
const INTERVAL: Duration = Duration::from_millis(250);

/// Looks whether what is wanted is there and fits, and begins to write it.
/// Blocks, for seconds where the span is long.
pub fn begin(engine: &Engine, new: NewExport) -> Result<Reply, Failure> {
    let (export, zone) = plan(engine, &new)?;
    let zone = new.burn_in.then_some(zone);
    let NewExport { streams, from, to, destination, .. } = new;
    let cameras = streams.iter().map(|stream| CameraId(stream.camera.camera)).collect();
    let state = ExportState::Running { done_bytes: 0 };
    let bytes = export.bytes();
    let view = Export { id: 0, streams, from, to, destination, bytes, state };
    let (view, is_cancelled) = engine.exports().add(view, cameras)?;
    // What is to be read stays until it was.
    engine.arrange_recording();
    engine.board().tell_export(view.clone());
    let (this, id) = (engine.clone(), view.id);
    engine.spawn_blocking(move || {
        let state = run(&this, export, zone, id, &is_cancelled);
        this.exports().set(&this, id, state);
        this.arrange_recording();
    });
    Ok(Reply::Export { export: view })
}

/// Looks the same, and writes nothing.
pub fn estimate(engine: &Engine, new: &NewExport) -> Result<Reply, Failure> {
    Ok(Reply::ExportEstimate { bytes: plan(engine, new)?.0.bytes() })
}

impl Exports {
    /// All, in the order in which they were asked for.
    pub fn all(&self) -> Vec<Export> {
        self.lock().values().map(|job| job.view.clone()).collect()
    }

    /// Ends one and removes what was written of it; soon.
    pub fn cancel(&self, id: u32) -> Result<Reply, Failure> {
        let jobs = self.lock();
        let job = jobs.get(&id).ok_or_else(|| view::not_found("There is no such export."))?;
        job.is_cancelled.store(true, Ordering::Relaxed);
        Ok(Reply::Nothing)
    }

    /// What is being read.
    pub fn spans(&self) -> Vec<(CameraId, WallTime, WallTime)> {
        let jobs = self.lock();
        let running = jobs.values().filter(|job| job.is_running());
        let spans = running.flat_map(|job| {
            let span = (WallTime(job.view.from), WallTime(job.view.to));
            job.cameras.iter().map(move |camera| (*camera, span.0, span.1))
        });
        spans.collect()
    }

    fn add(
        &self,
        mut view: Export,
        cameras: Vec<CameraId>,
    ) -> Result<(Export, Arc<AtomicBool>), Failure> {
        let mut jobs = self.lock();
        if jobs.values().filter(|job| job.is_running()).count() >= MAX_EXPORTS {
            let message = format!("{MAX_EXPORTS} exports are being made. Wait until one is done.");
            return Err(Failure::new(FailureCode::TooMany, message));
        }
        view.id = jobs.last_key_value().map_or(1, |(last, _)| last + 1);
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let job = Job { view: view.clone(), cameras, is_cancelled: is_cancelled.clone() };
        jobs.insert(view.id, job);
        let ended = jobs.iter().filter(|(_, job)| !job.is_running()).map(|(id, _)| *id);
        let ended: Vec<u32> = ended.collect();
        for id in ended.iter().take(ended.len().saturating_sub(MAX_ENDED)) {
            jobs.remove(id);
        }
        Ok((view, is_cancelled))
    }

    fn set(&self, engine: &Engine, id: u32, state: ExportState) {
        let mut jobs = self.lock();
        if let Some(job) = jobs.get_mut(&id) {
            job.view.state = state;
            engine.board().tell_export(job.view.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn is_running(&self) -> bool {
        matches!(self.view.state, ExportState::Running { .. })
    }
}

/// Writes it, with times as in `zone` burnt in where there is one; how it ended.
fn run(
    engine: &Engine,
    export: archive::Export,
    zone: Option<TimeZone>,
    id: u32,
    is_cancelled: &AtomicBool,
) -> ExportState {
    let clock = engine.clock();
    let mut told = clock.instant();
    let pool = &engine.sources().pool;
    let burning = zone.map(|zone| Burning::new(pool, zone)).transpose();
    let mut burning = match burning {
        Ok(burning) => burning,
        Err(error) => {
            let error = ExportError::BurnIn { sentence: error.to_string() };
            return ExportState::Failed { failure: view::export_failure(&error) };
        }
    };
    let burner = burning.as_mut().map(|burning| burning as &mut dyn BurnIn);
    let done = export.run(burner, &mut |done_bytes| {
        if told.elapsed() >= INTERVAL {
            told = clock.instant();
            engine.exports().set(engine, id, ExportState::Running { done_bytes });
        }
        match is_cancelled.load(Ordering::Relaxed) {
            true => Wish::Cancel,
            false if engine.is_stopping() => Wish::Pause,
            false => Wish::GoOn,
        }
    });
    match done {
        Ok(done) => {
            tracing::info!(path = %done.path.display(), bytes = done.bytes, "exported");
            view::exported(&done)
        }
        Err(ExportError::Cancelled) => ExportState::Cancelled,
        Err(error) => {
            tracing::warn!("not exported: {error}");
            ExportState::Failed { failure: view::export_failure(&error) }
        }
    }
}

/// What is to be written, and the time zone that it is told in.
fn plan(engine: &Engine, new: &NewExport) -> Result<(archive::Export, TimeZone), Failure> {
    let request = request(engine, new)?;
    let zone = request.zone.clone();
    let planned = archive::Export::plan(request);
    Ok((planned.map_err(|error| view::export_failure(&error))?, zone))
}

fn request(engine: &Engine, new: &NewExport) -> Result<ExportRequest, Failure> {
    let refused = |message: String| Failure::new(FailureCode::BadRequest, message);
    if !(1..=MAX_EXPORTED).contains(&new.streams.len()) {
        return Err(refused(format!("An export is of 1 to {MAX_EXPORTED} streams.")));
    }
    let destination = PathBuf::from(&new.destination);
    if !destination.is_absolute() {
        let message = "The path of the folder begins at the root. Type the whole path.";
        return Err(refused(message.to_owned()));
    }
    let zone = zone(new.zone.as_deref())?;
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut gaps = Vec::new();
    for address in &new.streams {
        let stream = engine.stream_id(address)?;
        if wanted.iter().any(|known| known.stream == stream) {
            continue;
        }
        let known = engine.board().camera(stream.camera).map(|camera| camera.name);
        // Of one that was removed its footage is named by its id.
        let name = known.unwrap_or_default();
        wanted.push(Wanted { stream, name });
        let (from, to) = (WallTime(new.from), WallTime(new.to));
        let found = engine.store(|store| store.gaps(from, to, Some(stream.camera), MAX_GAPS));
        let found = found.map_err(|error| view::store_failure(&error))?;
        gaps.extend(found.into_iter().filter(|gap| gap.stream == stream));
    }
    Ok(ExportRequest {
        wanted,
        from: WallTime(new.from),
        to: WallTime(new.to),
        volumes: engine.board().volumes().iter().map(|it| PathBuf::from(&it.path)).collect(),
        gaps,
        destination,
        bare: new.single_file,
        burn_in: new.burn_in,
        name: line("The name of an export", &new.name)?,
        note: line("The note of an export", &new.note)?,
        zone,
        made_by: format!("Tessera {}", env!("CARGO_PKG_VERSION")),
        now: engine.clock().wall(),
    })
}

/// The time zone of this name, in which files are named; the server's where
/// there is none.
pub fn zone(name: Option<&str>) -> Result<TimeZone, Failure> {
    let Some(name) = name else { return Ok(TimeZone::system()) };
    TimeZone::get(name).map_err(|_| {
        let message = format!("{name:?} is no time zone that is known here.");
        Failure::new(FailureCode::BadRequest, message)
    })
}

fn line(what: &str, typed: &str) -> Result<String, Failure> {
    let line = store::line(what, typed.trim()).map_err(|error| view::store_failure(&error))?;
    Ok(line.to_owned())
}
