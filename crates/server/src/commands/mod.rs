//! One file a subcommand: its arguments and what it does.

pub mod address;
pub mod camera;
pub mod check;
pub mod export;
mod motion;
pub mod record;
pub mod run;
pub mod status;
pub mod volume;

use std::path::Path;

use link::Client;

/// A session with the engine that runs for `data`.
async fn connect(data: &Path) -> anyhow::Result<Client> {
    Ok(Client::connect(&door(data)?).await?)
}

fn door(data: &Path) -> anyhow::Result<protocol::Door> {
    link::read_door(data).map_err(|error| match error {
        link::DoorError::NoEngine { .. } => {
            anyhow::anyhow!("{error}. Start one with `tessera-server run` or the desktop window")
        }
        error => error.into(),
    })
}
