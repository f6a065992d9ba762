//! N7: two hundred cameras come and go.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::{join_all, try_join_all};
use protocol::{StreamRole, Transport};
use testkit::{
    CameraClip, Cameras, CamerasOptions, Figure, Place, RtspProxy, UnitViewer, statistics,
};

use crate::cameras::{Memory, Site, light, live_again, models, source, switch};

/// Cameras of one simulation, which serves no more of them well.
const TOGETHER: usize = 40;

/// Streams of one simulation, each of which several cameras seem to be.
const REAL: u32 = 8;

/// How long all may take to be live: the simulations leave one in three of so
/// many openings at once unanswered.
const ALL_LIVE: Duration = Duration::from_secs(120);

pub async fn crowd(short: bool) -> Result<Vec<Figure>> {
    let (count, seconds) = if short { (40, 60) } else { (200, 30 * 60) };
    let time = Duration::from_secs(seconds);
    let clips: Vec<CameraClip> = (1..=REAL).flat_map(|number| light(number).map(slow)).collect();
    let mut site = Site::start_with(Place::new()?, &clips, CamerasOptions::default()).await?;
    let models = models(&site.place, &clips).await?;
    let mut others = Vec::new();
    for _ in 1..count / TOGETHER {
        others.push(Cameras::start(&site.place, &models, CamerasOptions::default()).await?);
    }
    let sockets: Vec<_> =
        others.iter().chain([&site.cameras]).map(|cameras| cameras.socket()).collect();
    let mut proxies = Vec::new();
    for (at, number) in (0..count).zip((1..=REAL).cycle()) {
        let proxy = RtspProxy::start(sockets[at / TOGETHER])?;
        let sub = proxy.address(&Cameras::path(number, StreamRole::Sub));
        site.add_as(number, source(sub, None, Transport::Tcp), None).await?;
        proxies.push(proxy);
    }
    let viewer = site.watch().await?;
    let (missing, _) = not_live(&viewer, count).await;
    let flapping = proxies.iter().zip(0..).map(|(proxy, seed)| switch(proxy, seed, time));
    let (flapped, memory) = tokio::join!(try_join_all(flapping), Memory::over(site.engine(), time));
    flapped?;
    let memory = memory?;
    let (missing_after, took) = not_live(&viewer, count).await;
    let counted = statistics(&mut site.server.client().await?).await?;
    let sessions: u32 = counted.streams.iter().map(|it| it.sessions).sum();
    let least = 3.0 * count as f64;
    let busiest = busiest(&proxies) as f64;
    Ok(vec![
        Figure::exactly("N7/not-live-at-first", missing as f64, "streams", 0.0),
        Figure::exactly("N7/not-live-in-the-end", missing_after as f64, "streams", 0.0)
            .noted(format!("the last was live after {:.1} s", took.as_secs_f64())),
        Figure::at_least("N7/sessions", f64::from(sessions), "sessions", least),
        Figure::at_most("N7/connects-in-a-second", busiest, "connections", 50.0),
        Figure::at_most("N7/memory", memory.growth(), "% more", 5.0).noted(memory.text()),
        Figure::holds("N7/engine-runs", site.server.process().runs()),
    ])
}

/// Few pictures and bits, so that two hundred fit into one machine of tests.
fn slow(clip: CameraClip) -> CameraClip {
    CameraClip { rate: 5, gop: 10, pictures: 10, bits_per_second: 100_000, ..clip }
}

/// How many of `count` streams do not come to be live, and how long the others took.
async fn not_live(viewer: &UnitViewer, count: usize) -> (usize, Duration) {
    let now = Instant::now();
    let live = join_all((0..count).map(|index| live_again(viewer, index, now, ALL_LIVE))).await;
    let took = live.iter().flatten().max().copied().unwrap_or_default();
    (live.iter().filter(|live| live.is_err()).count(), took)
}

/// Connections that any second saw, by whatever camera.
fn busiest(proxies: &[RtspProxy]) -> usize {
    let mut accepted: Vec<Instant> = proxies.iter().flat_map(RtspProxy::accepted).collect();
    accepted.sort();
    let second = Duration::from_secs(1);
    let within = |from: usize| {
        accepted[from..].iter().take_while(|at| at.duration_since(accepted[from]) < second).count()
    };
    (0..accepted.len()).map(within).max().unwrap_or(0)
}
