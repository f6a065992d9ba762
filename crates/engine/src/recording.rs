//! What viewers may ask of the recorder.

use std::path::Path;
use std::time::Duration;

use archive::{ArchiveError, Limit};
use media::{GapCause, StreamId, WallTime};
use protocol::{
    CameraAddress, ClockSet, Failure, FailureCode, NewVolume, RecordingStatus, Reply,
    StreamRecording, StreamRecordingState, Volume, VolumeStatus,
};

use crate::recorder::Status;
use crate::{Engine, view};

/// The longest name of an event, in characters.
const MAX_EVENT: usize = 100;

/// Over how long recordings are proved.
const PROVED: Duration = Duration::from_secs(86_400);

/// Adds a volume, and makes its folder where that is missing.
pub fn add_volume(engine: &Engine, volume: NewVolume) -> Result<Reply, Failure> {
    let path = Path::new(&volume.path);
    if !path.is_absolute() {
        let message = "The path of a volume begins at the root. Type the whole path of the folder.";
        return Err(Failure::new(FailureCode::BadRequest, message));
    }
    let id = archive::Volume::create(path).map_err(refused)?;
    // However it was written, a folder is known by one path.
    let path = path.canonicalize().map_err(|error| {
        Failure::new(FailureCode::Storage, format!("{}: {error}.", path.display()))
    })?;
    let path = path.to_string_lossy().into_owned();
    let volume = view::new_volume(id, NewVolume { path, ..volume });
    engine
        .store(|store| {
            store.add_volume(&volume)?;
            engine.board().set_volume(volume.clone());
            Ok(())
        })
        .map_err(|error| view::store_failure(&error))?;
    engine.arrange_recording();
    Ok(Reply::Volume { volume: view::volume(&volume) })
}

/// Replaces a volume: its limits.
pub fn set_volume(engine: &Engine, volume: Volume) -> Result<Reply, Failure> {
    let volume = view::kept_volume(volume);
    engine
        .store(|store| {
            store.set_volume(&volume)?;
            engine.board().set_volume(volume);
            Ok(())
        })
        .map_err(|error| view::store_failure(&error))?;
    engine.arrange_recording();
    Ok(Reply::Nothing)
}

/// Forgets the volume with this id. What is on it stays, and is known again
/// where it is added again.
pub fn remove_volume(engine: &Engine, id: &str) -> Result<Reply, Failure> {
    engine
        .store(|store| {
            let changed = store.remove_volume(id)?;
            engine.board().remove_volume(id, changed);
            Ok(())
        })
        .map_err(|error| view::store_failure(&error))?;
    engine.arrange_recording();
    Ok(Reply::Nothing)
}

/// How recording is doing.
pub fn status(engine: &Engine) -> Result<Reply, Failure> {
    let now = engine.clock().wall();
    let statuses = engine.recorder().statuses();
    let volumes: Vec<VolumeStatus> = engine
        .board()
        .volumes()
        .iter()
        .map(|volume| {
            let status = statuses.get(&volume.id).cloned().unwrap_or_default();
            volume_status(volume, &status, now)
        })
        .collect();
    let gaps = engine.store(|store| store.gap_durations(now - PROVED, now));
    let gaps = gaps.map_err(|error| view::store_failure(&error))?;
    let missing = |stream: StreamId, is_excused: bool| -> Duration {
        let of = gaps.iter().filter(|((of, cause), _)| {
            *of == stream && is_excused == matches!(cause, GapCause::Schedule | GapCause::Retention)
        });
        of.map(|(_, missing)| *missing).sum()
    };
    let streams = engine.recorder().states().into_iter().map(|(stream, state)| {
        let held = statuses.values().flat_map(|it| &it.held).filter(|it| it.stream == stream);
        let oldest = held.clone().map(|it| it.oldest).min();
        let (excused, missed) = (missing(stream, true), missing(stream, false));
        let since = oldest.map_or(missed + excused, |oldest| now.since(oldest));
        let due = since.max(missed + excused).min(PROVED).saturating_sub(excused);
        let has_proof = !due.is_zero() && state != StreamRecordingState::Off;
        let share = 1.0 - missed.as_secs_f64() / due.as_secs_f64();
        StreamRecording {
            stream: view::stream_address(engine.server(), stream),
            state,
            bytes: held.map(|it| it.bytes).sum(),
            oldest: oldest.map(|it| it.0),
            proof_percent: has_proof.then(|| 100.0 * share.max(0.0)),
        }
    });
    let forecast_days = volumes.iter().filter_map(|it| it.forecast_days).reduce(f64::min);
    let clock_set = statuses.values().filter_map(|it| it.clock_set).max_by_key(|(at, _)| *at);
    let clock_set = clock_set.map(|(at, by)| ClockSet { at: at.0, by });
    let status = RecordingStatus { streams: streams.collect(), volumes, forecast_days, clock_set };
    Ok(Reply::RecordingStatus { status })
}

/// Something happens at a camera now.
pub fn report_event(
    engine: &Engine,
    camera: &CameraAddress,
    event: &str,
) -> Result<Reply, Failure> {
    let camera = engine.camera_id(camera)?;
    if engine.board().camera(camera).is_none() {
        return Err(view::not_found("The camera is not there any more."));
    }
    if event.is_empty() || event.chars().count() > MAX_EVENT {
        let message = format!("The name of an event is 1 to {MAX_EVENT} characters long.");
        return Err(Failure::new(FailureCode::BadRequest, message));
    }
    tracing::info!(%camera, event, "an event");
    engine.motion().report(engine, camera, event);
    Ok(Reply::Nothing)
}

fn volume_status(volume: &store::Volume, status: &Status, now: WallTime) -> VolumeStatus {
    let day = |days: u32| Duration::from_secs(u64::from(days) * 86_400);
    let limit = Limit { bytes: volume.max_bytes, age: volume.max_days.map(day) };
    VolumeStatus {
        volume: view::volume(volume),
        state: status.state.clone(),
        total_bytes: status.space.map_or(0, |space| space.total),
        free_bytes: status.space.map_or(0, |space| space.free),
        recorded_bytes: status.recorded(),
        oldest: status.oldest().map(|it| it.0),
        forecast_days: status.forecast(limit, now),
        write_lag_ms: status.lag().map(|it| it.as_secs_f64() * 1e3),
    }
}

fn refused(error: ArchiveError) -> Failure {
    Failure::new(FailureCode::Storage, error.to_string())
}
