//! What several promises look at: the real window on a screen of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use link::Client;
use protocol::{Layout, LayoutShape, Snapshot, StreamAddress, StreamRole};
use testkit::{Desk, Process, Server, programs, stamp, until};

/// Tiles of the demo.
pub const TILES: usize = 4;

/// Pictures a second of a demo camera.
pub const RATE: f64 = 25.0;

/// A window on a machine that is doing other things too.
pub const SOON: Duration = Duration::from_secs(30);

/// The numbers of the pictures seen, by the numbers of their cameras.
pub type Seen = BTreeMap<u32, u32>;

/// Starts the window as a person does, with no driver.
pub fn window(desk: &Desk, data: &Path, args: &[&str]) -> Result<Process> {
    let mut command = desk.command(programs::window()?)?;
    command.arg("--data").arg(data).args(args);
    Process::start(&command)
}

/// The demo pictures on the screen now.
pub fn seen(desk: &Desk) -> Result<Seen> {
    let stamps = stamp::find(&desk.display().screenshot()?);
    Ok(stamps.into_iter().map(|it| (it.camera, it.number)).collect())
}

/// Waits until all demo tiles are on the screen and move. `program` is to go on
/// meanwhile. The window is made to fill the screen, so that no tile's frame
/// lies over the strip of its picture.
pub async fn moving(desk: &Desk, program: &Process, limit: Duration) -> Result<Seen> {
    let mut before = Seen::new();
    until(limit, "four moving tiles on the screen", async || {
        ensure!(program.runs(), "the program ended and said: {}", tail(&program.stderr()));
        desk.display().fill("Tessera")?;
        let now = seen(desk)?;
        if now.len() < TILES {
            return Ok(None);
        }
        if before.is_empty() {
            before = now;
            return Ok(None);
        }
        let moves = |(camera, number): (&u32, &u32)| now.get(camera) != Some(number);
        Ok(before.iter().all(moves).then_some(now))
    })
    .await
}

/// The streams that tiles of a grid show: the first camera's, the second's, …
pub fn grid_streams(snapshot: &Snapshot) -> Vec<StreamAddress> {
    let role = |camera: &protocol::Camera| {
        let has_sub = camera.streams.iter().any(|(role, _)| *role == StreamRole::Sub);
        if has_sub { StreamRole::Sub } else { StreamRole::Main }
    };
    let stream = |camera: &protocol::Camera| StreamAddress {
        camera: camera.address.clone(),
        role: role(camera),
    };
    snapshot.cameras.iter().map(stream).collect()
}

/// The layout of four tiles that windows open with, from now on.
pub async fn open_with_quad(client: &mut Client) -> Result<Layout> {
    use protocol::Command::{SetLayout, SetSettings};
    let snapshot = client.snapshot().clone();
    let known = snapshot.layouts.iter().find(|it| it.shape == LayoutShape::Quad);
    let layout = known.cloned().unwrap_or_else(|| {
        let id = snapshot.layouts.iter().map(|it| it.id).max().unwrap_or(0).max(1);
        let (name, tiles) = ("Wall".to_owned(), vec![None; 4]);
        Layout { id, name, shape: LayoutShape::Quad, tiles, spot: None }
    });
    client.command(SetLayout { layout: layout.clone() }).await?;
    let settings = protocol::Settings { layout: layout.id, ..snapshot.settings };
    client.command(SetSettings { settings }).await?;
    Ok(layout)
}

/// A headless engine for `data`, so that a window attaches to it.
pub async fn engine(desk: &Desk, data: &Path, args: &[&str]) -> Result<Server> {
    Server::start(desk.place(), data, args).await
}

/// The end of what a program said.
pub fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
