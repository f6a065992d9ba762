//! N8: a long stretch without a key frame. Whoever watches goes on, whoever
//! comes begins with what is kept, and after a loss nobody is told that all is
//! well.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::{StreamState, Transport};
use testkit::{
    CamerasOptions, Fault, Figure, Got, RtspProxy, UnitViewer, measure_for, monotonic_ns, until,
};

use crate::cameras::{ROLES, SOON, Site};

/// What is told within this time is told at once.
const TOGETHER: Duration = Duration::from_millis(200);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = watched(Duration::from_secs(if short { 12 } else { 60 })).await?;
    figures.extend(after_a_loss(Duration::from_secs(if short { 10 } else { 60 })).await?);
    Ok(figures)
}

async fn watched(time: Duration) -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    site.add(1).await?;
    let viewer = site.watch_live().await?;
    for role in ROLES {
        site.cameras.no_keys(1, role, time).await?;
    }
    let from = monotonic_ns();
    measure_for(time / 2).await;
    let joined = monotonic_ns();
    let late = site.watch().await?;
    let mut slowest = 0.0_f64;
    for index in 0..site.streams().len() {
        let first = late.unit_after(index, joined, SOON).await?;
        slowest = slowest.max((first - joined) as f64 / 1e6);
    }
    let keys_until = from + u64::try_from(time.as_nanos())? - 200_000_000;
    // Into the next GOP.
    measure_for(time / 2 + Duration::from_secs(3)).await;
    let to = monotonic_ns();

    let all = 0..site.streams().len();
    let in_stretch = |got: &Got| (from + 200_000_000..keys_until).contains(&got.at_ns);
    let keys = |viewer: &UnitViewer, index| {
        viewer.units(index).iter().filter(|got| got.is_key && in_stretch(got)).count()
    };
    let keys: usize = all.clone().map(|index| keys(&viewer, index)).sum();
    let begins_well =
        all.clone().all(|index| late.units(index).first().is_some_and(|it| it.is_key));
    // All that came since the last key frame comes in one go.
    let at_once = |index: usize| {
        let soon = |got: &&Got| got.at_ns < joined + 2_000_000_000;
        late.units(index).iter().filter(soon).count()
    };
    let at_once = all.map(at_once).min().unwrap_or(0);
    let kept = time.as_secs_f64() / 2.0 * 25.0;
    let old = site.faults(&viewer, from, to, |_, _| true);
    let new = site.faults(&late, joined, to, |_, _| true);
    let rate = old.units as f64 / ((to - from) as f64 / 1e9) / site.streams().len() as f64;
    Ok(vec![
        Figure::exactly("bad-streams/keyless/keys", keys as f64, "key frames", 0.0),
        Figure::at_least("bad-streams/keyless/rate", rate, "units/s", 24.5).speed(),
        Figure::exactly("bad-streams/keyless/lost", old.lost as f64, "units", 0.0),
        Figure::exactly("bad-streams/keyless/mixed-up", old.mixed_up as f64, "units", 0.0),
        Figure::holds("bad-streams/keyless/late/begins-with-key", begins_well),
        Figure::at_least("bad-streams/keyless/late/at-once", at_once as f64, "units", kept),
        Figure::at_most("bad-streams/keyless/late/first", slowest, "ms", 500.0).speed(),
        Figure::exactly("bad-streams/keyless/late/lost", new.lost as f64, "units", 0.0),
        Figure::exactly(
            "bad-streams/keyless/late/undecodable",
            new.undecodable as f64,
            "units",
            0.0,
        ),
    ])
}

async fn after_a_loss(time: Duration) -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    site.add_through(&proxy, 1, Transport::Tcp).await?;
    let viewer = site.watch_live().await?;
    for role in ROLES {
        site.cameras.no_keys(1, role, time).await?;
    }
    measure_for(Duration::from_secs(1)).await;
    let (since, from) = (Instant::now(), monotonic_ns());
    proxy.set(Fault::DropPackets { share: 0.5, seed: 8 });
    measure_for(Duration::from_millis(500)).await;
    proxy.set(Fault::None);

    let mut slowest = Duration::ZERO;
    let mut praises = 0;
    let mut begins_well = true;
    for index in 0..site.streams().len() {
        let is_told = |state: &StreamState| {
            matches!(state, StreamState::Degraded { .. } | StreamState::Stale { .. })
        };
        let told = viewer.state_after(index, since, SOON, "a loss to be told", is_told).await?;
        slowest = slowest.max(told);
        let what = "a unit after the loss";
        let found = async || {
            let units = viewer.units(index);
            Ok(units.into_iter().find(|got| got.at_ns >= from && got.is_after_gap))
        };
        let first = until(time + SOON, what, found).await?;
        begins_well &= first.is_key;
        // Both clocks are the kernel's monotonic one. The state that the key
        // frame brings about is told a moment before it comes.
        let came = Duration::from_nanos(first.at_ns - from).saturating_sub(TOGETHER);
        let came = since.checked_add(came).context("a time")?;
        let states = viewer.states(index);
        let between = states.iter().filter(|(at, _)| (since + told..came).contains(at));
        praises += between.filter(|(_, it)| matches!(it, StreamState::Live { .. })).count();
    }
    let faults = site.faults(&viewer, from, monotonic_ns(), |_, _| true);
    Ok(vec![
        Figure::at_least(
            "bad-streams/loss-keyless/lost-packets",
            proxy.lost_packets() as f64,
            "packets",
            1.0,
        ),
        Figure::at_most("bad-streams/loss-keyless/told", slowest.as_secs_f64(), "s", 3.0),
        Figure::exactly("bad-streams/loss-keyless/said-live", praises as f64, "times", 0.0),
        Figure::holds("bad-streams/loss-keyless/goes-on-with-key", begins_well),
        Figure::exactly("bad-streams/loss-keyless/untold", faults.untold as f64, "holes", 0.0),
        Figure::exactly(
            "bad-streams/loss-keyless/undecodable",
            faults.undecodable as f64,
            "units",
            0.0,
        ),
    ])
}
