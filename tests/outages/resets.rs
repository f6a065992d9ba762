//! N2: the connection is reset over and over.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::Transport;
use testkit::{CamerasOptions, Fault, Figure, RtspProxy, UnitViewer, until};

use crate::cameras::{ROLES, SOON, Site, live_again, resting, settled, timed};

/// Connections of a camera whose streams are both watched.
const STREAMS: usize = 2;

pub async fn resets(short: bool) -> Result<Vec<Figure>> {
    let (after, times) = if short { (1, 5) } else { (5, 100) };
    let fault = Fault::Reset { after: Duration::from_secs(after) };
    let mut site = Site::start_light(1, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    site.add_through(&proxy, 1, Transport::Tcp).await?;
    let viewer = site.watch_live().await?;
    // Whatever is made once is made at the first.
    flap(&proxy, &fault, 1, &site, &viewer).await?;
    let base = resting(site.engine()).await?;
    let before = proxy.connections();
    let live = flap(&proxy, &fault, times, &site, &viewer).await;
    let resets = (proxy.connections() - before) / STREAMS;
    let usage = settled(site.engine(), base).await?;
    let more = |after: usize, base: usize| after as f64 - base as f64;
    Ok(vec![
        Figure::at_least("N2/resets", resets as f64, "times", times as f64),
        timed("N2/live-again", &live, 5.0),
        Figure::at_most("N2/descriptors", more(usage.descriptors, base.descriptors), "more", 0.0),
        Figure::at_most("N2/threads", more(usage.threads, base.threads), "more", 0.0),
        Figure::exactly("N2/connections", proxy.open() as f64, "open", STREAMS as f64),
    ])
}

/// Has both connections reset `times` times, and waits until both streams are
/// live again; how long that took.
async fn flap(
    proxy: &RtspProxy,
    fault: &Fault,
    times: usize,
    site: &Site,
    viewer: &UnitViewer,
) -> Result<Duration> {
    let before = proxy.connections();
    proxy.set(fault.clone());
    let limit = Duration::from_secs(60 + 30 * times as u64);
    until(limit, "new connections", async || {
        Ok((proxy.connections() >= before + times * STREAMS).then_some(()))
    })
    .await?;
    proxy.set(Fault::None);
    let ended = Instant::now();
    let mut slowest = Duration::ZERO;
    for role in ROLES {
        slowest = slowest.max(live_again(viewer, site.index(1, role), ended, SOON).await?);
    }
    Ok(slowest)
}
