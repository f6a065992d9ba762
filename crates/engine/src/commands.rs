//! What viewers may ask for, one arm a command.

use std::path::Path;

use camera::{Address, Credentials};
use media::{CameraId, WallTime};
use protocol::{Command, Failure, FailureCode, MAX_GAPS, Reply};
use store::{CameraSource, Secret, Store, StoreError};

use crate::{Engine, bookmarks, exports, motion, recording, timeline, view};

/// Carries out a command, or refuses it and changes nothing. Blocks for a few
/// milliseconds: the store is written and synced before the reply. Of layouts, plans
/// and settings, which are replaced whole, viewers hear in the order in which
/// they were kept: before another change can be.
pub fn execute(engine: &Engine, command: Command) -> Result<Reply, Failure> {
    let board = engine.board();
    let keep = |error: StoreError| {
        tracing::warn!("command refused: {error}");
        view::store_failure(&error)
    };
    match command {
        Command::AddCamera { camera } => {
            let login = camera.login.clone();
            let mut camera = view::new_camera(camera);
            let typed = checked_addresses(&mut camera.source)?;
            if camera.name.trim().is_empty() {
                camera.name = name_for(&camera.source);
            }
            let login = login.map(view::credentials).or(typed);
            let camera = engine.store(|store| {
                let camera = store.add_camera(&camera)?;
                match login {
                    Some(login) => set_login(store, camera.id, &login),
                    None => Ok(camera),
                }
            });
            connected(engine, camera.map_err(keep)?)
        }
        Command::RenameCamera { camera, name } => {
            let id = engine.camera_id(&camera)?;
            let camera = engine.store(|store| store.rename_camera(id, &name)).map_err(keep)?;
            board.change(camera);
            engine.arrange_recording();
            Ok(Reply::Nothing)
        }
        Command::RemoveCamera { camera } => {
            let id = engine.camera_id(&camera)?;
            engine.store(|store| store.remove_camera(id)).map_err(keep)?;
            board.remove(id);
            engine.arrange_recording();
            Ok(Reply::Nothing)
        }
        Command::RestoreCamera { camera } => {
            let id = engine.camera_id(&camera)?;
            let camera = engine.store(|store| store.restore_camera(id)).map_err(keep)?;
            connected(engine, camera)
        }
        Command::SetPassword { camera, user, password } => {
            let id = engine.camera_id(&camera)?;
            let login = (!password.0.is_empty())
                .then(|| view::credentials(protocol::Login { user, password }));
            let camera = engine.store(|store| match &login {
                Some(login) => set_login(store, id, login),
                None => store.forget_credentials(id),
            });
            board.change(camera.map_err(keep)?);
            board.set_login(id, login);
            Ok(Reply::Nothing)
        }
        Command::AddLayout { layout } => {
            let layout = view::kept_layout(layout);
            let layout = engine.store(|store| {
                let layout = store.add_layout(&layout)?;
                board.set_layout(layout.clone());
                Ok(layout)
            });
            Ok(Reply::Layout { layout: view::layout(&layout.map_err(keep)?) })
        }
        Command::SetLayout { layout } => {
            let layout = view::kept_layout(layout);
            engine
                .store(|store| {
                    board.set_layout(store.set_layout(&layout)?);
                    Ok(Reply::Nothing)
                })
                .map_err(keep)
        }
        Command::RemoveLayout { layout } => engine
            .store(|store| {
                board.remove_layout(layout, store.remove_layout(layout)?);
                Ok(Reply::Nothing)
            })
            .map_err(keep),
        Command::SetSettings { settings } => {
            let settings = view::kept_settings(&settings);
            engine
                .store(|store| {
                    store.set_settings(&settings)?;
                    board.set_settings(settings);
                    Ok(Reply::Nothing)
                })
                .map_err(keep)
        }
        Command::ProbeCamera { .. } | Command::TakeStill { .. } | Command::TryMotion { .. } => {
            unreachable!("they take seconds and are done by `probes`, `stills` and `motion`")
        }
        Command::Statistics => Ok(Reply::Statistics { statistics: engine.statistics() }),
        Command::AddVolume { volume } => recording::add_volume(engine, volume),
        Command::SetVolume { volume } => recording::set_volume(engine, volume),
        Command::RemoveVolume { volume } => recording::remove_volume(engine, &volume),
        Command::SetPlan { stream, plan } => {
            let stream = engine.stream_id(&stream)?;
            let plan = view::kept_plan(plan)?;
            engine
                .store(|store| {
                    store.set_plan(stream, &plan)?;
                    board.set_plan(stream, plan);
                    Ok(())
                })
                .map_err(keep)?;
            engine.arrange_recording();
            Ok(Reply::Nothing)
        }
        Command::RecordingStatus => recording::status(engine),
        Command::Gaps { from, to, camera, limit } => {
            if limit > MAX_GAPS {
                let message = format!("At most {MAX_GAPS} gaps are sent at once. Ask for fewer.");
                return Err(Failure::new(FailureCode::BadRequest, message));
            }
            let camera = camera.map(|camera| engine.camera_id(&camera)).transpose()?;
            let (from, to) = (WallTime(from), WallTime(to));
            let gaps = engine.store(|store| store.gaps(from, to, camera, limit)).map_err(keep)?;
            let view = |gap| view::recording_gap(board.server(), gap);
            Ok(Reply::Gaps { gaps: gaps.iter().map(view).collect() })
        }
        Command::Timeline { cameras, from, to, buckets } => {
            timeline::of(engine, cameras, WallTime(from), WallTime(to), buckets)
        }
        Command::Neighbours { camera, at } => timeline::neighbours(engine, &camera, WallTime(at)),
        Command::AddEvidence { evidence } => {
            let camera = engine.camera_id(&evidence.camera)?;
            let evidence = view::new_evidence(camera, evidence);
            let evidence = engine.store(|store| store.add_evidence(&evidence)).map_err(keep)?;
            engine.arrange_recording();
            Ok(Reply::Evidence { evidence: view::evidence(board.server(), &evidence) })
        }
        Command::RemoveEvidence { id } => {
            engine.store(|store| store.remove_evidence(id)).map_err(keep)?;
            engine.arrange_recording();
            Ok(Reply::Nothing)
        }
        Command::Evidence => {
            let evidence = engine.store(|store| store.evidence()).map_err(keep)?;
            let view = |evidence| view::evidence(board.server(), evidence);
            Ok(Reply::EvidenceList { evidence: evidence.iter().map(view).collect() })
        }
        Command::AddBookmark { bookmark } => bookmarks::add(engine, bookmark),
        Command::SetBookmark { id, bookmark } => bookmarks::set(engine, id, bookmark),
        Command::RemoveBookmark { id } => bookmarks::remove(engine, id),
        Command::Bookmarks => bookmarks::all(engine),
        Command::Export { export } => exports::begin(engine, export),
        Command::EstimateExport { export } => exports::estimate(engine, &export),
        Command::Exports => Ok(Reply::Exports { exports: engine.exports().all() }),
        Command::CancelExport { export } => engine.exports().cancel(export),
        Command::SetMotion { camera, settings } => motion::set(engine, &camera, settings),
        Command::Events { cameras, from, to, limit, newest_first } => {
            motion::events(engine, &cameras, (WallTime(from), WallTime(to)), limit, newest_first)
        }
        Command::SearchMotion { cameras, from, to, area, limit } => {
            motion::search(engine, &cameras, (WallTime(from), WallTime(to)), area, limit)
        }
        Command::Track { event } => motion::track(engine, event),
        Command::Review { events, is_reviewed } => motion::review(engine, events, is_reviewed),
        Command::ReportEvent { camera, event } => recording::report_event(engine, &camera, &event),
    }
}

fn connected(engine: &Engine, camera: store::Camera) -> Result<Reply, Failure> {
    let camera = engine.connect(camera);
    engine.arrange_recording();
    // It may have been removed by somebody else meanwhile.
    let camera = camera.ok_or_else(|| view::not_found("The camera was removed."))?;
    Ok(Reply::Camera { camera })
}

fn set_login(
    store: &mut Store,
    id: CameraId,
    login: &Credentials,
) -> Result<store::Camera, StoreError> {
    store.set_credentials(id, &login.user, &Secret::new(login.password.to_string()))
}

/// Reads addresses as typed, and takes user name and password out of them.
fn checked_addresses(source: &mut CameraSource) -> Result<Option<Credentials>, Failure> {
    let CameraSource::Rtsp { main, sub, .. } = source else { return Ok(None) };
    let mut login = None;
    for address in std::iter::once(main).chain(sub) {
        let (read, typed) = Address::parse(address)
            .map_err(|error| Failure::new(FailureCode::BadRequest, error.to_string()))?;
        *address = read.to_string();
        login = login.or(typed);
    }
    Ok(login)
}

fn name_for(source: &CameraSource) -> String {
    match source {
        CameraSource::Demo => "Demo".to_owned(),
        CameraSource::File { path } => {
            let name = Path::new(path).file_stem().unwrap_or(path.as_ref());
            name.to_string_lossy().into_owned()
        }
        CameraSource::Rtsp { main, .. } => {
            Address::parse(main).map_or_else(|_| "Camera".to_owned(), |(it, _)| it.place())
        }
    }
}
