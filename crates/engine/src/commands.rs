//! What viewers may ask for, one arm a command.

use std::path::Path;

use protocol::{Command, Failure, FailureCode, Layout, Reply};
use store::{CameraSource, Secret, StoreError};

use crate::{Engine, view};

/// Carries out a command, or refuses it and changes nothing. Blocks for a few
/// milliseconds: the store is written and synced before the reply.
pub fn execute(engine: &Engine, command: Command) -> Result<Reply, Failure> {
    let board = engine.board();
    let keep = |error: StoreError| {
        tracing::warn!("command refused: {error}");
        view::store_failure(&error)
    };
    match command {
        Command::AddCamera { camera } => {
            let mut camera = view::new_camera(camera);
            if camera.name.trim().is_empty() {
                camera.name = name_for(&camera.source);
            }
            let camera = engine.store(|store| store.add_camera(&camera)).map_err(keep)?;
            connected(engine, camera)
        }
        Command::RenameCamera { camera, name } => {
            let id = engine.camera_id(&camera)?;
            let camera = engine.store(|store| store.rename_camera(id, &name)).map_err(keep)?;
            board.change(camera);
            Ok(Reply::Nothing)
        }
        Command::RemoveCamera { camera } => {
            let id = engine.camera_id(&camera)?;
            engine.store(|store| store.remove_camera(id)).map_err(keep)?;
            board.remove(id);
            Ok(Reply::Nothing)
        }
        Command::RestoreCamera { camera } => {
            let id = engine.camera_id(&camera)?;
            let camera = engine.store(|store| store.restore_camera(id)).map_err(keep)?;
            connected(engine, camera)
        }
        Command::SetPassword { camera, user, password } => {
            let id = engine.camera_id(&camera)?;
            let camera = engine.store(|store| {
                if password.0.is_empty() {
                    store.forget_credentials(id)
                } else {
                    store.set_credentials(id, &user, &Secret::new(password.0))
                }
            });
            board.change(camera.map_err(keep)?);
            Ok(Reply::Nothing)
        }
        Command::SetLayout { layout } => {
            check_layout(&layout)?;
            let layout = view::kept_layout(layout);
            engine.store(|store| store.set_layout(&layout)).map_err(keep)?;
            board.set_layout(layout);
            Ok(Reply::Nothing)
        }
        Command::SetSettings { settings } => {
            let settings = view::kept_settings(&settings);
            engine.store(|store| store.set_settings(&settings)).map_err(keep)?;
            board.set_settings(settings);
            Ok(Reply::Nothing)
        }
        Command::Statistics => Ok(Reply::Statistics { statistics: engine.statistics() }),
    }
}

fn connected(engine: &Engine, camera: store::Camera) -> Result<Reply, Failure> {
    let camera = engine.connect(camera);
    // It may have been removed by somebody else meanwhile.
    let camera = camera.ok_or_else(|| view::not_found("The camera was removed."))?;
    Ok(Reply::Camera { camera })
}

fn name_for(source: &CameraSource) -> String {
    match source {
        CameraSource::Demo => "Demo".to_owned(),
        CameraSource::File { path } => {
            let name = Path::new(path).file_stem().unwrap_or(path.as_ref());
            name.to_string_lossy().into_owned()
        }
    }
}

fn check_layout(layout: &Layout) -> Result<(), Failure> {
    let expected = layout.shape.tiles();
    if layout.tiles.len() == expected {
        return Ok(());
    }
    let message =
        format!("A layout of this shape has {expected} tiles, not {}.", layout.tiles.len());
    Err(Failure::new(FailureCode::BadRequest, message))
}
