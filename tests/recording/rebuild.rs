//! The index of a volume is lost, and what happened with it.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use archive::{Difference, Segment, Volume};
use protocol::{CameraAddress, CameraEvent, Command, Reply, TrackPlace};
use rustix::fs::{Advice, fadvise};
use testkit::{Figure, Place, Server, until};

use super::generated::{AN_HOUR, Generated, rows, share};
use super::losses::agreed;
use super::rig::{Rig, light, python};
use crate::cameras::SOON;

/// Segments of a minute, 1 Mb/s: 7.5 MB each.
const MINUTES: Generated =
    Generated { cameras: 9, segments: 3, seconds: 60, rate: 25, picture: 5000, age: AN_HOUR };

/// What 60 s must do for, in bytes.
const ALL: f64 = 10e9;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let volume = place.join("volume");
    let generated = Generated { segments: if short { 3 } else { 30 }, ..MINUTES };
    let bytes = generated.write(&volume, false)?;
    let before = rows(&volume)?;
    let note = format!("{} segments, {:.1} GB", before.len(), bytes as f64 / 1e9);

    // By itself, so that no round is in it.
    remove_index(&volume)?;
    forget(&volume.join("recordings"))?;
    let begin = Instant::now();
    make_anew(&volume)?;
    let took = begin.elapsed().as_secs_f64();
    let mut figures = vec![
        same("rebuild/same", &before, &rows(&volume)?),
        Figure::at_most("rebuild/10-GB", took * ALL / bytes as f64, "s", 60.0).speed().noted(note),
    ];

    // By an engine that records.
    let mut rig = Rig::start_on(&light(2), volume.clone()).await?;
    rig.end().await?;
    let all = rows(&volume)?;
    remove_index(&volume)?;
    let begin = Instant::now();
    rig.start_again().await?;
    until(SOON * 3, "every row", async || {
        let is_back = rows(&volume).is_ok_and(|now| share(&all, &now) >= 1.0);
        Ok(is_back.then_some(()))
    })
    .await?;
    let took = begin.elapsed();
    rig.all_recorded().await?;
    rig.end().await?;
    let now: Vec<Segment> = rows(&volume)?.into_iter().filter(|it| all.contains(it)).collect();
    figures.push(same("rebuild/engine/same", &all, &now));
    figures.push(limit("rebuild/engine/time", took));
    figures.push(agreed("rebuild/engine", &volume)?);
    figures.extend(happened().await?);
    Ok(figures)
}

/// An event, and where its thing went.
type Tracked = (CameraEvent, Vec<TrackPlace>);

/// Events are told by footage, whether the engine ended or was killed.
async fn happened() -> Result<Vec<Figure>> {
    let mut rig = Rig::start(&light(2)).await?;
    report(&rig.server, "before a kill").await?;
    // What is in the store as the engine is killed is in no file yet.
    events(&rig.server).await?;
    rig.kill().await?;
    rig.start_again().await?;
    rig.all_recorded().await?;
    report(&rig.server, "Tür \"offen\"").await?;
    let before = events(&rig.server).await?;
    rig.end().await?;

    lose(&rig)?;
    let path = rig.volume.to_string_lossy().into_owned();
    let said = Server::ask(&rig.place, rig.data.path(), &["check", &path, "--rebuild"]).await?;
    ensure!(said.contains("8 events were taken"), "check says: {said}");
    rig.start_again().await?;
    let checked = events(&rig.server).await?;
    rig.end().await?;

    // By an engine that records, and gives another event a number of its own.
    lose(&rig)?;
    rig.start_again().await?;
    until(SOON * 3, "every event", async || {
        Ok((events(&rig.server).await?.len() >= before.len()).then_some(()))
    })
    .await?;
    let found = events(&rig.server).await?;
    report(&rig.server, "after all").await?;
    let after = events(&rig.server).await?;
    rig.end().await?;
    let is_new = |it: &&Tracked| before.iter().all(|known| known.0.id < it.0.id);
    let new = after.iter().filter(is_new).count();
    let note = |now: &[Tracked]| format!("{} events, {} now", before.len(), now.len());
    Ok(vec![
        Figure::exactly("rebuild/events/known", before.len() as f64, "events", 8.0),
        Figure::holds("rebuild/events/same", before == checked).noted(note(&checked)),
        Figure::holds("rebuild/events/engine/same", before == found).noted(note(&found)),
        Figure::exactly("rebuild/events/engine/new", new as f64, "events", 4.0),
    ])
}

/// Reports two events at each camera.
async fn report(server: &Server, event: &str) -> Result<()> {
    let mut client = server.client().await?;
    for camera in cameras(&client) {
        for number in 1..=2 {
            let (camera, event) = (camera.clone(), format!("{event} {number}"));
            client.command(Command::ReportEvent { camera, event }).await?;
        }
    }
    client.close().await;
    Ok(())
}

/// Everything that happened at any camera.
async fn events(server: &Server) -> Result<Vec<Tracked>> {
    let mut client = server.client().await?;
    let (cameras, limit) = (cameras(&client), protocol::MAX_EVENTS);
    let asked = Command::Events { cameras, from: 0, to: i64::MAX, limit, newest_first: false };
    let Reply::Events { events } = client.command(asked).await? else {
        bail!("asked for events, got something else");
    };
    let mut tracked = Vec::new();
    for event in events {
        let Reply::Track { places } = client.command(Command::Track { event: event.id }).await?
        else {
            bail!("asked for a track, got something else");
        };
        tracked.push((event, places));
    }
    client.close().await;
    Ok(tracked)
}

fn cameras(client: &link::Client) -> Vec<CameraAddress> {
    client.snapshot().cameras.iter().map(|camera| camera.address.clone()).collect()
}

/// Removes the index of the volume, and the events of the store.
fn lose(rig: &Rig) -> Result<()> {
    remove_index(&rig.volume)?;
    let status = python(
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); \
         db.execute('delete from event'); db.execute('delete from track'); db.commit(); db.close()",
    )
    .arg(rig.data.join("tessera.sqlite"))
    .status()?;
    ensure!(status.success(), "the events could not be removed");
    Ok(())
}

/// With the start of the engine and its first rounds.
fn limit(name: &str, took: Duration) -> Figure {
    Figure::at_most(name, took.as_secs_f64(), "s", 10.0).speed()
}

fn same(name: &str, before: &[Segment], now: &[Segment]) -> Figure {
    Figure::holds(name, before == now).noted(format!("{} rows, {} now", before.len(), now.len()))
}

fn make_anew(path: &Path) -> Result<()> {
    let id = archive::identity(path)?.context("the volume lost its name")?;
    let mut volume = Volume::open(path, &id)?;
    let mut outcome = Ok(());
    archive::compare(path, |difference| {
        if let Difference::Unlisted(rows) = difference {
            outcome = volume.adopt(&rows);
        }
        outcome.is_ok()
    })?;
    outcome?;
    volume.close();
    Ok(())
}

/// Files are to be read from the disk, not from what the system has of them in
/// memory.
fn forget(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            forget(&path)?;
        } else {
            fadvise(fs::File::open(&path)?, 0, None, Advice::DontNeed)?;
        }
    }
    Ok(())
}

fn remove_index(volume: &Path) -> Result<()> {
    for name in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
        let path = volume.join(name);
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
