//! Sixteen cameras that come and go leave nothing behind in the engine.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::try_join_all;
use protocol::{StreamRole, Transport};
use testkit::{CamerasOptions, Figure, RtspProxy, UnitViewer, statistics};

use crate::cameras::{Memory, Site, flap, live_again, resting, settled, timed};

const CAMERAS: u32 = 16;

/// How long all may take to be live again, at 25 connections a second.
const ALL_LIVE: Duration = Duration::from_secs(20);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let [warming, time] = if short { [10, 60] } else { [120, 30 * 60] }.map(Duration::from_secs);
    let mut site = Site::start_light(CAMERAS, CamerasOptions::default()).await?;
    // Whatever is made once is made in a first round.
    round(&mut site, warming, 0).await?;
    let base = resting(site.engine()).await?;
    let round = round(&mut site, time, 1000).await?;
    let after = settled(site.engine(), base).await?;
    let counted = statistics(&mut site.server.client().await?).await?;
    let more = |after: usize, base: usize| after as f64 - base as f64;
    let mut figures = vec![
        timed("soak/all-live-again", &round.live, ALL_LIVE.as_secs_f64()),
        Figure::at_least("soak/resets", round.resets as f64, "connections", 100.0),
        Figure::at_most("soak/threads", more(after.threads, base.threads), "more", 0.0),
        Figure::at_most("soak/descriptors", more(after.descriptors, base.descriptors), "more", 0.0),
        Figure::exactly("soak/streams", counted.streams.len() as f64, "open", 0.0),
        Figure::exactly("soak/viewers", counted.viewers.len() as f64, "tiles", 0.0),
        Figure::holds("soak/engine-runs", site.server.process().runs()),
    ];
    if !short {
        figures.push(
            Figure::at_most("soak/memory", round.memory.slope(), "MiB/min", 0.1)
                .noted(round.memory.text()),
        );
    }
    Ok(figures)
}

/// What was seen of cameras that came and went.
struct Round {
    live: Result<Duration>,
    /// Connections beyond one for each stream.
    resets: usize,
    memory: Memory,
}

/// Adds all cameras, lets them come and go for `time`, and removes them when all
/// are live again.
async fn round(site: &mut Site, time: Duration, seed: u64) -> Result<Round> {
    // One that nobody listens to is sent away after a while.
    site.client = site.server.client().await?;
    let mut proxies = Vec::new();
    for number in 1..=CAMERAS {
        let proxy = RtspProxy::start(site.cameras.socket())?;
        site.add_through(&proxy, number, Transport::Tcp).await?;
        proxies.push(proxy);
    }
    // Both streams of every other camera.
    let indices = (1..=CAMERAS).flat_map(|number| {
        let sub = number.is_multiple_of(2).then(|| site.index(number, StreamRole::Sub));
        [Some(site.index(number, StreamRole::Main)), sub].into_iter().flatten()
    });
    let all = site.streams();
    let streams: Vec<_> = indices.map(|index| all[index].clone()).collect();
    let viewer = UnitViewer::watch(site.server.client().await?, &streams).await?;
    all_live(&viewer, streams.len(), Instant::now()).await?;
    let flapping = proxies.iter().zip(seed..).map(|(proxy, seed)| flap(proxy, seed, time));
    let (flapped, memory) = tokio::join!(try_join_all(flapping), Memory::over(site.engine(), time));
    flapped?;
    let live = all_live(&viewer, streams.len(), Instant::now()).await;
    let connections: usize = proxies.iter().map(RtspProxy::connections).sum();
    drop(viewer);
    site.remove_all().await?;
    Ok(Round { live, resets: connections - streams.len(), memory: memory? })
}

/// Until the last of `count` streams is live.
async fn all_live(viewer: &UnitViewer, count: usize, since: Instant) -> Result<Duration> {
    let live =
        try_join_all((0..count).map(|index| live_again(viewer, index, since, ALL_LIVE))).await?;
    Ok(live.into_iter().max().unwrap_or_default())
}
