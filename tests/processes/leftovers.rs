//! What a dead engine leaves behind, and a disk that is full beside it.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use protocol::{Door, ENGINE_FILE, LOCK_FILE, Sensitive};
use rustix::process::Signal;
use testkit::{Desk, Figure, Place, Process, Server, programs};

use crate::sight::{SOON, moving, window};

/// The lock file and the door of an engine that was killed.
pub async fn lock() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let first = Server::start(&place, data.path(), &["--demo"]).await?;
    first.process().signal(Signal::KILL)?;
    let gone = async || Ok((!first.process().runs()).then_some(()));
    testkit::until(Duration::from_secs(5), "its end", gone).await?;
    ensure!(data.join(LOCK_FILE).exists(), "the killed engine left no {LOCK_FILE}");
    ensure!(data.join(ENGINE_FILE).exists(), "the killed engine left no {ENGINE_FILE}");

    let begin = Instant::now();
    let second = Server::start(&place, data.path(), &[]).await?;
    let time = begin.elapsed();
    let cameras = second.client().await?.snapshot().cameras.len();
    second.end().await?;
    Ok(vec![
        Figure::exactly("processes/stale-lock/cameras", cameras as f64, "cameras", 4.0),
        Figure::at_most("processes/stale-lock/time", time.as_secs_f64(), "s", 3.0).speed(),
    ])
}

/// A door to where nobody listens, of a process that is somebody else's now.
pub async fn door() -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let stale = Door {
        address: "127.0.0.1:1".to_owned(),
        key: Sensitive("stale".to_owned()),
        process: std::process::id(),
        version: "0.0.0".to_owned(),
    };
    fs::write(data.join(ENGINE_FILE), serde_json::to_vec(&stale)?)?;
    fs::write(data.join(LOCK_FILE), "")?;
    let window = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &window, SOON).await?;
    window.end().await?;
    Ok(vec![Figure::holds("processes/stale-door/paints", true)])
}

/// Nothing of ours needs room in /tmp.
pub async fn full_tmp() -> Result<Vec<Figure>> {
    const NAME: &str = "processes/full-tmp/paints";
    if !can_mount().await {
        return Ok(vec![Figure::not_run(NAME, "no mount namespace can be made here")]);
    }
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    // A /tmp that only this program sees, with no byte free.
    let script = "mount -t tmpfs -o size=64k tessera /tmp
        head -c 1M /dev/zero > /tmp/full 2> /dev/null
        exec \"$@\"";
    let mut command = desk.command("unshare")?;
    command.args(["-m", "sh", "-c", script, "sh"]).arg(programs::window()?);
    command.arg("--data").arg(data.path()).arg("--demo").env("TMPDIR", "/tmp");
    let window = Process::start(&command)?;
    moving(&desk, &window, SOON).await?;
    window.end().await.context("ending the window")?;
    Ok(vec![Figure::holds(NAME, true)])
}

/// Whether this process may give a program mounts of its own.
pub async fn can_mount() -> bool {
    let mut command = Command::new("unshare");
    command.args(["-m", "mount", "-t", "tmpfs", "tessera", "/mnt"]);
    let output = Process::run(&command, Duration::from_secs(5)).await;
    output.is_ok_and(|output| output.status.success())
}
