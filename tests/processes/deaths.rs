//! `kill -9` of the window and of the engine, SIGSEGV of a worker.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use link::Client;
use rustix::process::{Pid, Signal, kill_process};
use testkit::{Desk, Figure, Place, Viewer, alive, door, measure_for, statistics, until};

use crate::sight::{self, RATE, SOON, Seen, moving, seen, window};

/// Kills the window over and over while another viewer watches: the engine
/// must not notice.
pub async fn windows(kills: usize) -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let first = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &first, SOON).await?;

    let engine = door(data.path()).await?;
    let watcher = Client::connect(&engine).await?;
    let streams = sight::grid_streams(watcher.snapshot());
    let watcher = Viewer::watch(watcher, &streams).await?;
    let before = statistics(&mut Client::connect(&engine).await?).await?;

    kill(first.id(), Signal::KILL)?;
    drop(first);
    for number in 2..=kills {
        let window = window(&desk, data.path(), &["--demo"])?;
        moving(&desk, &window, SOON).await.with_context(|| format!("window {number}"))?;
        kill(window.id(), Signal::KILL)?;
    }
    measure_for(Duration::from_secs(1)).await;

    // A session of its own: one that says nothing for so long is ended.
    let after = statistics(&mut Client::connect(&engine).await?).await?;
    let same = door(data.path()).await?.process == engine.process && alive(engine.process);
    let missed: u64 = after.streams.iter().map(|stream| stream.missed).sum();
    let seconds = after.uptime_seconds - before.uptime_seconds;
    let short = |stream: &protocol::StreamStatistics| {
        let earlier = before.streams.iter().find(|it| it.stream == stream.stream);
        let units = stream.units - earlier.map_or(0, |it| it.units);
        seconds * RATE - units as f64
    };
    let watched = after.streams.iter().filter(|it| streams.contains(&it.stream));
    let shortest = watched.map(short).fold(f64::NEG_INFINITY, f64::max);
    let sessions = after.streams.iter().map(|stream| stream.sessions).max().unwrap_or(0);
    Ok(vec![
        Figure::at_least("processes/window-killed/times", kills as f64, "kills", kills as f64),
        Figure::holds("processes/window-killed/same-engine", same),
        Figure::exactly("processes/window-killed/missed", missed as f64, "units", 0.0),
        // Half a second may be on its way.
        Figure::at_most("processes/window-killed/short", shortest, "units", RATE / 2.0),
        Figure::exactly("processes/window-killed/sessions", f64::from(sessions), "each", 1.0),
        Figure::holds("processes/window-killed/watcher-stayed", watcher.is_on()),
    ])
}

/// Kills the engine: the window starts another, and its tiles paint again.
pub async fn engine() -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let window = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &window, SOON).await?;
    let first = door(data.path()).await?;

    let begin = Instant::now();
    kill(first.process, Signal::KILL)?;
    let is_new = async || {
        let door = link::read_door(data.path()).ok();
        Ok(door.filter(|door| door.process != first.process && alive(door.process)))
    };
    until(SOON, "another engine", is_new).await?;
    let restarted = begin.elapsed();
    let dead = seen(&desk)?;
    moves_on(&desk, &dead).await?;
    let painting = begin.elapsed();
    window.end().await?;
    Ok(vec![
        Figure::holds("processes/engine-killed/comes-back", true),
        Figure::at_most("processes/engine-killed/back", restarted.as_secs_f64(), "s", 3.0).speed(),
        Figure::at_most("processes/engine-killed/paints", painting.as_secs_f64(), "s", 3.0).speed(),
    ])
}

/// Breaks a worker as a hostile stream would.
pub async fn workers() -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let window = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &window, SOON).await?;
    let engine = door(data.path()).await?;
    let mut client = Client::connect(&engine).await?;
    let workers = statistics(&mut client).await?.workers;
    ensure!(!workers.is_empty(), "the engine says it has no workers");

    let mut slowest = Duration::ZERO;
    for &worker in &workers {
        let begin = Instant::now();
        kill(worker, Signal::SEGV)?;
        let gone = async || Ok((!alive(worker)).then_some(()));
        until(Duration::from_secs(2), "the worker's end", gone).await?;
        let dead = seen(&desk)?;
        moves_on(&desk, &dead).await?;
        slowest = slowest.max(begin.elapsed());
    }
    let after = statistics(&mut client).await?;
    let replaced = after.workers.iter().all(|it| !workers.contains(it) && alive(*it));
    let same = door(data.path()).await?.process == engine.process && alive(engine.process);
    window.end().await?;
    Ok(vec![
        Figure::at_least("processes/worker-killed/times", workers.len() as f64, "kills", 1.0),
        Figure::exactly(
            "processes/worker-killed/counted",
            f64::from(after.workers_lost),
            "workers",
            workers.len() as f64,
        ),
        Figure::holds("processes/worker-killed/replaced", replaced),
        Figure::holds("processes/worker-killed/same-engine", same),
        Figure::at_most("processes/worker-killed/back", slowest.as_secs_f64(), "s", 2.0).speed(),
    ])
}

/// Waits until every tile shows another picture than in `dead`, where it
/// showed one at all.
async fn moves_on(desk: &Desk, dead: &Seen) -> Result<()> {
    until(SOON, "new pictures on all tiles", async || {
        let now = seen(desk)?;
        let moved = |(camera, number): (&u32, &u32)| dead.get(camera) != Some(number);
        Ok((now.len() >= sight::TILES && now.iter().all(moved)).then_some(()))
    })
    .await
}

fn kill(process: u32, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(process.cast_signed()).context("a process id")?;
    kill_process(pid, signal).with_context(|| format!("killing {process}"))
}
