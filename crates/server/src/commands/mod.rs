//! One file a subcommand: its arguments and what it does.

pub mod address;
pub mod camera;
pub mod check;
pub mod export;
mod motion;
mod moved;
pub mod record;
pub mod run;
pub mod snapshot;
pub mod status;
pub mod volume;

mod moment;

use std::path::Path;

use anyhow::Context as _;
use link::Client;

/// A session with the engine that runs for `data`.
async fn connect(data: &Path) -> anyhow::Result<Client> {
    Ok(Client::connect(&door(data)?).await?)
}

/// The camera with a number that people know it by.
fn camera(client: &Client, number: u32) -> anyhow::Result<&protocol::Camera> {
    let found = client.snapshot().cameras.iter().find(|camera| camera.number == number);
    found.with_context(|| {
        format!("there is no camera {number}. `tessera-server camera list` names them")
    })
}

fn door(data: &Path) -> anyhow::Result<protocol::Door> {
    link::read_door(data).map_err(|error| match error {
        link::DoorError::NoEngine { .. } => {
            anyhow::anyhow!("{error}. Start one with `tessera-server run` or the desktop window")
        }
        error => error.into(),
    })
}
