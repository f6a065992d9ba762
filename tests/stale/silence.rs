//! How soon a picture that stopped is said to be old.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::{StreamState, Transport};
use testkit::{CamerasOptions, Fault, Figure, RtspProxy, UnitViewer};

use crate::cameras::{ROLES, Site, after, timed};

/// Of a camera that sends no more, and of one whose network stands still.
pub async fn run() -> Result<Vec<Figure>> {
    let mut site = Site::start_light(2, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    site.add(1).await?;
    site.add_through(&proxy, 2, Transport::Tcp).await?;
    let viewer = site.watch_live().await?;
    let since = Instant::now();
    for role in ROLES {
        site.cameras.pause(1, role).await?;
    }
    let paused = told(&site, &viewer, 1, since);
    proxy.set(Fault::Stall);
    let stalled = told(&site, &viewer, 2, since);
    let (paused, stalled) = tokio::join!(paused, stalled);
    Ok(vec![timed("stale/no-packets", &paused, 3.0), timed("stale/no-network", &stalled, 3.0)])
}

/// From the last unit of camera `number` until it was told to be stale, by the
/// slower of its streams.
async fn told(site: &Site, viewer: &UnitViewer, number: u32, since: Instant) -> Result<Duration> {
    let mut slowest = Duration::ZERO;
    for role in ROLES {
        let index = site.index(number, role);
        let stale = |state: &StreamState| matches!(state, StreamState::Stale { .. });
        let limit = Duration::from_secs(10);
        viewer.state_after(index, since, limit, "the stream to be told stale", stale).await?;
        let states = viewer.states(index);
        let heard = states.iter().find(|(heard, state)| *heard >= since && stale(state));
        let heard_ns = testkit::monotonic_ns() - after(heard.context("it was told")?.0);
        let units = viewer.units(index);
        let last = units.iter().rev().find(|got| got.at_ns <= heard_ns);
        let passed = heard_ns - last.context("it was live")?.at_ns;
        slowest = slowest.max(Duration::from_nanos(passed));
    }
    Ok(slowest)
}
