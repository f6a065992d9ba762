//! N9: packets whose payload was damaged on the way and nobody noticed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::Transport;
use testkit::{
    CamerasOptions, Fault, Figure, RtspProxy, Viewer, door, measure_for, monotonic_ns, statistics,
    until,
};

use crate::cameras::{Site, live_after};

/// Shares of packets that are damaged, one after the other: now and then, so
/// that most of it makes sense, and all of them.
const SHARES: [f64; 5] = [0.001, 0.01, 0.05, 1.0, 1.0];

/// Each of them.
const STRETCH: Duration = Duration::from_secs(4);

/// However slowly they come: sessions that end are waited for.
const ROUNDS: usize = 120;

/// The longest wait between two attempts, and a camera's first picture.
const RECOVERY: Duration = Duration::from_secs(60);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let (suffering, wanted) = if short { (3, 10_000) } else { (8, 1_000_000) };
    let beside = suffering + 1;
    let mut site = Site::start(beside, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    for number in 1..beside {
        site.add_through(&proxy, number, Transport::Tcp).await?;
    }
    site.add(beside).await?;
    let viewer = site.watch_live().await?;
    let screen = Viewer::watch(site.server.client().await?, &site.streams()).await?;
    let engine = site.engine();
    let all = 0..site.streams().len();
    let sessions_before = super::sessions(&site, |number| number == beside).await?;
    let from = monotonic_ns();
    let mut rounds = 0;
    while proxy.corrupted_packets() < wanted && rounds < ROUNDS {
        for (seed, share) in (0..).zip(SHARES) {
            proxy.set(Fault::Corrupt { share, seed: seed + rounds as u64 * 16 });
            measure_for(STRETCH).await;
        }
        rounds += 1;
    }
    let corrupted = proxy.corrupted_packets();
    let to = monotonic_ns();
    let since = Instant::now();
    proxy.set(Fault::None);
    let came = |index: usize| viewer.count(index);
    let before: Vec<usize> = all.clone().map(came).collect();
    let taken: Vec<u64> = (1..).take(all.len()).map(|number| screen.taken(number)).collect();
    for index in all.clone() {
        let count = before[index] + 5;
        let is_back = async || {
            let number = u32::try_from(index)? + 1;
            let has_pictures = screen.taken(number) > taken[index] + 5;
            Ok((viewer.count(index) > count && has_pictures).then_some(()))
        };
        until(RECOVERY, "units and pictures of a camera", is_back).await.with_context(|| {
            let state = viewer.state(index);
            let units = viewer.count(index) - before[index];
            let pictures = screen.taken(index as u32 + 1) - taken[index];
            let on = screen.is_on();
            format!(
                "stream {index}, {state:?}: {units} units, {pictures} pictures, screen on: {on}"
            )
        })?;
        // A loss that was told is over, or the session went on without one.
        if !viewer.state(index).as_ref().is_some_and(crate::cameras::is_live) {
            live_after(&viewer, index, since, RECOVERY).await?;
        }
    }
    let back = since.elapsed();
    let faults = site.faults(&viewer, from, to, |number, _| number == beside);
    let counted = statistics(&mut site.server.client().await?).await?;
    let sessions = super::sessions(&site, |number| number == beside).await? - sessions_before;
    let is_same = door(site.data.path()).await?.process == engine && testkit::alive(engine);
    let died = format!("{} workers died and came back", counted.workers_lost);
    Ok(vec![
        Figure::at_least(
            "bad-streams/corruption/packets",
            corrupted as f64,
            "packets",
            wanted as f64,
        )
        .noted(died),
        Figure::holds("bad-streams/corruption/same-engine", is_same),
        Figure::exactly("bad-streams/corruption/beside/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly(
            "bad-streams/corruption/beside/mixed-up",
            faults.mixed_up as f64,
            "units",
            0.0,
        ),
        Figure::exactly(
            "bad-streams/corruption/beside/out-of-order",
            faults.out_of_order as f64,
            "units",
            0.0,
        ),
        Figure::exactly("bad-streams/corruption/beside/sessions", sessions, "begun", 0.0),
        Figure::holds("bad-streams/corruption/screen-stayed", screen.is_on()),
        Figure::at_most("bad-streams/corruption/back", back.as_secs_f64(), "s", 40.0).speed(),
    ])
}
