//! N11 and N12: decoding workers that die, and that stand still. Whoever takes
//! units does not notice; pictures come again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use testkit::{CamerasOptions, Figure, UnitViewer, Viewer, alive, monotonic_ns, statistics, until};

use crate::cameras::{SOON, Site};

struct Watched {
    site: Site,
    viewer: UnitViewer,
    screen: Viewer,
    from: u64,
    /// Sessions begun before anything went wrong.
    sessions: f64,
}

impl Watched {
    async fn start() -> Result<Self> {
        let mut site = Site::start(2, CamerasOptions::default()).await?;
        for number in 1..=2 {
            site.add(number).await?;
        }
        let viewer = site.watch_live().await?;
        let screen = Viewer::watch(site.server.client().await?, &site.streams()).await?;
        let sessions = super::sessions(&site, |_| true).await?;
        let watched = Self { site, viewer, screen, from: monotonic_ns(), sessions };
        watched.pictures().await?;
        Ok(watched)
    }

    async fn workers(&self) -> Result<Vec<u32>> {
        let workers = statistics(&mut self.site.server.client().await?).await?.workers;
        ensure!(!workers.is_empty(), "the engine says it has no workers");
        Ok(workers)
    }

    /// Waits for new pictures of every stream.
    async fn pictures(&self) -> Result<()> {
        let taken = || -> Vec<u64> {
            (1..).take(self.site.streams().len()).map(|it| self.screen.taken(it)).collect()
        };
        let before = taken();
        until(SOON, "pictures of every camera", async || {
            // One may have been on its way.
            let grew = taken().iter().zip(&before).all(|(now, before)| *now > before + 2);
            Ok(grew.then_some(()))
        })
        .await
    }

    /// What viewers of units and of pictures noticed.
    async fn figures(&self, name: &str, times: usize) -> Result<Vec<Figure>> {
        let faults = self.site.faults(&self.viewer, self.from, monotonic_ns(), |_, _| true);
        let counted = statistics(&mut self.site.server.client().await?).await?;
        let sessions = super::sessions(&self.site, |_| true).await? - self.sessions;
        let died = f64::from(counted.workers_lost);
        let name = |what: &str| format!("bad-streams/{name}/{what}");
        Ok(vec![
            Figure::exactly(name("lost"), faults.lost as f64, "units", 0.0),
            Figure::exactly(name("mixed-up"), faults.mixed_up as f64, "units", 0.0),
            Figure::exactly(name("out-of-order"), faults.out_of_order as f64, "units", 0.0),
            Figure::exactly(name("sessions"), sessions, "begun", 0.0),
            Figure::exactly(name("counted"), died, "workers", times as f64),
            Figure::holds(name("screen-stayed"), self.screen.is_on()),
            Figure::holds(name("engine-stayed"), self.site.server.process().runs()),
        ])
    }
}

/// N11: SIGSEGV, as a hostile stream would cause.
pub async fn dead(short: bool) -> Result<Vec<Figure>> {
    let watched = Watched::start().await?;
    let mut slowest = Duration::ZERO;
    let mut times = 0;
    for _ in 0..if short { 1 } else { 5 } {
        for worker in watched.workers().await? {
            let begin = Instant::now();
            signal(worker, Signal::SEGV)?;
            gone(worker).await?;
            watched.pictures().await?;
            slowest = slowest.max(begin.elapsed());
            times += 1;
        }
    }
    let mut figures = watched.figures("dead-worker", times).await?;
    let back = slowest.as_secs_f64();
    figures.push(Figure::at_most("bad-streams/dead-worker/back", back, "s", 2.0).speed());
    Ok(figures)
}

/// N12: SIGSTOP, as a decoder that never comes to an end.
pub async fn stopped(short: bool) -> Result<Vec<Figure>> {
    let watched = Watched::start().await?;
    let mut killing = Duration::ZERO;
    let mut slowest = Duration::ZERO;
    let mut times = 0;
    for _ in 0..if short { 1 } else { 3 } {
        for worker in watched.workers().await? {
            let begin = Instant::now();
            signal(worker, Signal::STOP)?;
            gone(worker).await?;
            killing = killing.max(begin.elapsed());
            let is_replaced = async || {
                let workers = watched.workers().await?;
                Ok((!workers.contains(&worker)).then_some(()))
            };
            until(SOON, "another worker", is_replaced).await?;
            watched.pictures().await?;
            slowest = slowest.max(begin.elapsed());
            times += 1;
        }
    }
    let mut figures = watched.figures("stopped-worker", times).await?;
    let (killing, slowest) = (killing.as_secs_f64(), slowest.as_secs_f64());
    figures.push(Figure::at_most("bad-streams/stopped-worker/killed", killing, "s", 5.0).speed());
    figures.push(Figure::at_most("bad-streams/stopped-worker/back", slowest, "s", 7.0).speed());
    Ok(figures)
}

async fn gone(worker: u32) -> Result<()> {
    until(SOON, "the worker's end", async || Ok((!alive(worker)).then_some(()))).await
}

fn signal(process: u32, signal: Signal) -> Result<()> {
    let pid = Pid::from_raw(process.cast_signed()).context("a process id")?;
    kill_process(pid, signal).with_context(|| format!("signalling {process}"))
}
