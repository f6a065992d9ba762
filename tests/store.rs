//! R17: a database that is damaged is restored from its backup and the loss is
//! told; one newer than the program is left alone. And a hundred kills while
//! the database is written and migrated.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use testkit::{Figure, Place, Process, Server, programs, until};

use crate::sight::tail;

const DATABASE: &str = "tessera.sqlite";

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let parts: [(&str, Result<Vec<Figure>>); 3] = [
        ("store/kills", kills(if short { 10 } else { 100 }).await),
        ("store/R17-damaged", damaged().await),
        ("store/R17-newer", newer().await),
    ];
    for (name, part) in parts {
        figures.extend(part.unwrap_or_else(|error| vec![Figure::broke_off(name, &error)]));
    }
    Ok(figures)
}

#[derive(Deserialize)]
struct Kills {
    kills: u32,
    lost: u32,
    mixed: u32,
    failed_opens: u32,
}

/// The kill test of the crate `store` itself.
async fn kills(count: u32) -> Result<Vec<Figure>> {
    let mut command = Command::new(programs::store_kills()?);
    command.env("KILLS", count.to_string());
    let output = Process::run(&command, Duration::from_secs(20 * 60)).await?;
    let last = output.stdout.lines().rev().find(|line| line.starts_with('{'));
    let last = last.with_context(|| format!("no figures; it said: {}", tail(&output.stderr)))?;
    let told: Kills = serde_json::from_str(last)?;
    Ok(vec![
        Figure::exactly("store/kills", told.kills.into(), "kills", count.into()),
        Figure::exactly("store/kills/lost", told.lost.into(), "openings", 0.0),
        Figure::exactly("store/kills/mixed", told.mixed.into(), "openings", 0.0),
        Figure::exactly("store/kills/failed-opens", told.failed_opens.into(), "openings", 0.0),
    ])
}

/// Pages in the middle of the database are overwritten.
async fn damaged() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let id = server.client().await?.server().to_owned();
    let backup = async || Ok(backups(data.path())?.pop());
    let has_backup = until(Duration::from_secs(20), "a backup", backup).await.is_ok();
    server.end().await?;

    let database = data.join(DATABASE);
    let mut file = fs::OpenOptions::new().read(true).write(true).open(&database)?;
    let length = file.metadata()?.len();
    ensure!(length > 8192, "{DATABASE} has {length} bytes");
    // The first page stays: the file still looks like a database.
    file.seek(SeekFrom::Start(4096))?;
    let noise: Vec<u8> = (0..length - 4096).map(|i| (i * 193 % 251) as u8).collect();
    file.write_all(&noise)?;
    drop(file);

    let server = Server::start(&place, data.path(), &[]).await?;
    let client = server.client().await?;
    let notices = client.snapshot().notices.clone();
    let cameras = client.snapshot().cameras.len();
    let same = client.server() == id;
    server.end().await?;
    Ok(vec![
        Figure::holds("store/R17-damaged/has-backup", has_backup),
        Figure::holds("store/R17-damaged/restored", same)
            .noted(format!("{cameras} cameras in the backup")),
        Figure::holds("store/R17-damaged/loss-told", !notices.is_empty()).noted(notices.join(" ")),
    ])
}

/// The database says it is of a later version.
async fn newer() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    server.end().await?;
    let database = data.join(DATABASE);
    ensure!(!data.join(&format!("{DATABASE}-wal")).exists(), "the log outlived the engine");
    // `user_version` in the header of the file, and the counter that says it changed.
    let mut file = fs::OpenOptions::new().write(true).open(&database)?;
    file.seek(SeekFrom::Start(60))?;
    file.write_all(&9999_u32.to_be_bytes())?;
    drop(file);

    let before = contents(data.path())?;
    let command = Server::command(&place, data.path(), &[])?;
    let sentence = Server::refusal(&command, Duration::from_secs(20)).await;
    let untouched = contents(data.path())? == before;
    let note = sentence.as_ref().map_or_else(|error| format!("{error:#}"), Clone::clone);
    Ok(vec![
        Figure::holds("store/R17-newer/refused-with-a-sentence", sentence.is_ok()).noted(note),
        Figure::holds("store/R17-newer/untouched", untouched),
    ])
}

fn backups(data: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(data.join("backups")) else { return Ok(Vec::new()) };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|it| it == "sqlite")).collect())
}

/// The database and all beside it of the same name, byte for byte.
fn contents(data: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(DATABASE) {
            let mut bytes = Vec::new();
            fs::File::open(entry.path())?.read_to_end(&mut bytes)?;
            contents.push((name, bytes));
        }
    }
    contents.sort();
    Ok(contents)
}
