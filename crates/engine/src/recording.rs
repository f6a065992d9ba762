//! What viewers may ask of the recorder, which is yet to come.

use protocol::{CameraAddress, Failure, FailureCode, NewVolume, Reply, Volume};

use crate::Engine;

/// Adds a volume.
pub fn add_volume(_engine: &Engine, _volume: NewVolume) -> Result<Reply, Failure> {
    Err(no_recorder())
}

/// Replaces a volume.
pub fn set_volume(_engine: &Engine, _volume: Volume) -> Result<Reply, Failure> {
    Err(no_recorder())
}

/// Forgets the volume with this id.
pub fn remove_volume(_engine: &Engine, _id: &str) -> Result<Reply, Failure> {
    Err(no_recorder())
}

/// How recording is doing.
pub fn status(_engine: &Engine) -> Result<Reply, Failure> {
    Err(no_recorder())
}

/// Something happens at a camera now.
pub fn report_event(
    _engine: &Engine,
    _camera: &CameraAddress,
    _event: &str,
) -> Result<Reply, Failure> {
    Err(no_recorder())
}

fn no_recorder() -> Failure {
    Failure::new(FailureCode::Other, "This server does not record yet.")
}
