//! Starts that must be refused.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{Figure, Place, Server, headless, programs};

use super::sentence;
use crate::processes::can_mount;

const LIMIT: Duration = Duration::from_secs(10);

pub async fn run() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    Ok(vec![
        sentence("data-is-a-file", data_is_a_file(&place).await),
        read_only(&place).await,
        sentence("database-is-no-database", no_database(&place).await),
        sentence("port-taken", port_taken(&place).await),
        sentence("listen-to-all", listen(&place, "0.0.0.0").await),
        sentence("listen-to-all-6", listen(&place, "::").await),
    ])
}

async fn data_is_a_file(place: &Place) -> Result<String> {
    let data = place.join("file");
    fs::write(&data, "not a directory")?;
    let said = refusal(place, &data, &[]).await?;
    ensure!(fs::read(&data)? == b"not a directory", "the file was changed");
    names(said, "file")
}

/// A directory on a disk that is mounted read-only; permissions would not stop root.
async fn read_only(place: &Place) -> Figure {
    if !can_mount().await {
        let why = "no mount namespace can be made here";
        return Figure::not_run("bad-input/data-read-only", why);
    }
    sentence("data-read-only", mounted_read_only(place).await)
}

async fn mounted_read_only(place: &Place) -> Result<String> {
    let data = Place::new()?;
    let script =
        "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" && shift && exec \"$@\"";
    let mut command: Command = headless("unshare", place)?;
    command.args(["-m", "sh", "-c", script, "sh"]).arg(data.path()).arg(programs::server()?);
    command.arg("run").arg("--data").arg(data.path()).args(["--port", "0"]);
    Server::refusal(&command, LIMIT).await
}

/// A file of that name is there and no backup: nothing can be restored, and
/// nothing may be thrown away.
async fn no_database(place: &Place) -> Result<String> {
    let data = Place::new()?;
    let text = "this is no database, it is somebody's letter".repeat(100);
    fs::write(data.join("tessera.sqlite"), &text)?;
    let kept = |dir: &Path| {
        let mut found = false;
        for entry in walk(dir) {
            found |= fs::read(&entry).is_ok_and(|bytes| bytes == text.as_bytes());
        }
        found
    };
    // Either it is refused, or it is moved aside and that is told.
    let said = match Server::start(place, data.path(), &[]).await {
        Ok(server) => {
            let notices = server.client().await?.snapshot().notices.join(" ");
            server.end().await?;
            ensure!(!notices.is_empty(), "it started and told nothing");
            notices
        }
        Err(error) => format!("{error:#}"),
    };
    ensure!(kept(data.path()), "the file is gone");
    Ok(said)
}

async fn port_taken(place: &Place) -> Result<String> {
    let data = Place::new()?;
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = taken.local_addr()?.port().to_string();
    let mut command = headless(programs::server()?, place)?;
    command.arg("run").arg("--data").arg(data.path()).args(["--port", &port]);
    names(Server::refusal(&command, LIMIT).await?, &port)
}

async fn listen(place: &Place, address: &str) -> Result<String> {
    let data = Place::new()?;
    refusal(place, data.path(), &["--listen", address]).await
}

async fn refusal(place: &Place, data: &Path, args: &[&str]) -> Result<String> {
    Server::refusal(&Server::command(place, data, args)?, LIMIT).await
}

/// Holds `said` to naming what it is about.
fn names(said: String, what: &str) -> Result<String> {
    ensure!(said.contains(what), "it does not name {what}: {said}");
    Ok(said)
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
