//! N3 and N4: datagrams that get lost, come late, twice or in another order.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{StreamRole, StreamState, Transport};
use testkit::{
    CamerasOptions, Fault, Figure, RtspProxy, Udp, UnitViewer, Viewer, measure_for, monotonic_ns,
    statistics, until,
};

use crate::cameras::{SOON, Site};

const CAMERAS: u32 = 2;

/// Percent of packets.
const LOSSES: [u32; 3] = [1, 5, 20];

/// A loss is remembered for ten seconds, and a key frame has to come.
const RECOVERY: Duration = Duration::from_secs(40);

/// Cameras over UDP, watched as units and as pictures.
struct Watched {
    site: Site,
    proxy: RtspProxy,
    viewer: UnitViewer,
    screen: Viewer,
    /// Sessions begun before anything went wrong.
    sessions: f64,
}

impl Watched {
    async fn start() -> Result<Self> {
        let mut site = Site::start(CAMERAS, CamerasOptions::default()).await?;
        let proxy = RtspProxy::start(site.cameras.socket())?;
        for number in 1..=CAMERAS {
            site.add_through(&proxy, number, Transport::Udp).await?;
        }
        let viewer = site.watch_live().await?;
        let screen = Viewer::watch(site.server.client().await?, &site.streams()).await?;
        let sessions = super::sessions(&site, |_| true).await?;
        let watched = Self { site, proxy, viewer, screen, sessions };
        watched.pictures().await?;
        Ok(watched)
    }

    /// Pictures of each stream, counted.
    fn taken(&self) -> Vec<u64> {
        (1..).take(self.site.streams().len()).map(|number| self.screen.taken(number)).collect()
    }

    /// Waits for new pictures of every stream.
    async fn pictures(&self) -> Result<()> {
        let before = self.taken();
        until(SOON, "pictures of every camera", async || {
            let grew = self.taken().iter().zip(&before).all(|(now, before)| *now > before + 2);
            Ok(grew.then_some(()))
        })
        .await
    }
}

/// N3: what cannot be decoded is held back and told, whatever the loss.
pub async fn loss(short: bool) -> Result<Vec<Figure>> {
    let watched = Watched::start().await?;
    let time = Duration::from_secs(if short { 12 } else { 60 });
    let mut figures = Vec::new();
    for percent in LOSSES {
        figures.extend(lose(&watched, percent, time).await?);
    }
    let Watched { site, screen, sessions, .. } = &watched;
    let counted = statistics(&mut site.server.client().await?).await?;
    let sessions = super::sessions(site, |_| true).await? - sessions;
    let died = f64::from(counted.workers_lost);
    figures.extend([
        Figure::exactly("bad-streams/loss/sessions", sessions, "begun", 0.0),
        Figure::exactly("bad-streams/loss/workers-lost", died, "workers", 0.0),
        Figure::holds("bad-streams/loss/screen-stayed", screen.is_on()),
        Figure::holds("bad-streams/loss/engine-stayed", site.server.process().runs()),
    ]);
    Ok(figures)
}

async fn lose(watched: &Watched, percent: u32, time: Duration) -> Result<Vec<Figure>> {
    let Watched { site, proxy, viewer, .. } = watched;
    let mut client = site.server.client().await?;
    let gaps = async |client: &mut link::Client| -> Result<u64> {
        Ok(statistics(client).await?.streams.iter().map(|it| it.gaps).sum())
    };
    let all = 0..site.streams().len();
    let gaps_before = gaps(&mut client).await?;
    let taken_before = watched.taken();
    let (since, from) = (Instant::now(), monotonic_ns());
    let loss = f64::from(percent) / 100.0;
    proxy.set(Fault::Udp(Udp { loss, seed: u64::from(percent), ..Udp::default() }));
    measure_for(time).await;
    let to = monotonic_ns();
    // At the end nobody may believe that all is well.
    let praised = all.clone().filter(|at| is_plainly_live(viewer.state(*at).as_ref())).count();
    let gaps = gaps(&mut site.server.client().await?).await? - gaps_before;
    let faults = site.faults(viewer, from, to, |_, _| true);
    let subs = site.faults(viewer, from, to, |_, role| role == StreamRole::Sub);
    let pictures: u64 =
        watched.taken().iter().zip(&taken_before).map(|(now, before)| now - before).sum();
    let percents = |at: usize| {
        let states = viewer.states(at).into_iter().filter(|(at, _)| *at >= since);
        states.filter_map(|(_, state)| match state {
            StreamState::Degraded { dropped_percent, .. } => Some(dropped_percent),
            _ => None,
        })
    };
    let told = all.clone().flat_map(percents).max().unwrap_or(0);
    let since = Instant::now();
    proxy.set(Fault::None);
    for index in all {
        let what = "the camera to be live without losses";
        let live = |state: &StreamState| is_plainly_live(Some(state));
        viewer.state_after(index, since, RECOVERY, what, live).await?;
    }
    let back = since.elapsed();
    // With those that were held back until now.
    let ages =
        (0..site.streams().len()).flat_map(|at| viewer.units(at)).filter(|got| got.at_ns >= from);
    let ages = ages.filter_map(|got| Some(got.at_ns.saturating_sub(got.mark?.sent_ns)));
    let oldest = ages.max().unwrap_or(0) as f64 / 1e6;
    watched.pictures().await?;

    let name = |what: &str| format!("bad-streams/loss-{percent}/{what}");
    let mut figures = vec![
        Figure::at_least(name("gaps"), gaps as f64, "gaps", 1.0),
        Figure::exactly(name("untold"), faults.untold as f64, "holes", 0.0),
        Figure::exactly(name("undecodable"), faults.undecodable as f64, "units", 0.0),
        Figure::exactly(name("out-of-order"), faults.out_of_order as f64, "units", 0.0),
        Figure::exactly(name("mixed-up"), faults.mixed_up as f64, "units", 0.0),
        Figure::at_least(name("told"), f64::from(told), "% dropped", 1.0),
        // A packet that is missing is waited for, however many are.
        Figure::at_most(name("oldest"), oldest, "ms", 1000.0).speed(),
        Figure::at_most(name("back"), back.as_secs_f64(), "s", 20.0).speed(),
    ];
    if percent < 20 {
        figures.push(Figure::at_least(name("pictures"), pictures as f64, "pictures", 1.0));
    } else {
        figures.push(Figure::exactly(name("said-live"), praised as f64, "streams", 0.0));
    }
    if percent == 1 {
        // A loss costs the rest of its GOP: of two packets a unit, about half.
        let rate = subs.units as f64 / time.as_secs_f64() / f64::from(CAMERAS);
        figures.push(Figure::at_least(name("rate-of-subs"), rate, "units/s", 5.0));
    }
    Ok(figures)
}

/// N4: without loss, order and units survive whatever else happens on the way.
pub async fn jitter(short: bool) -> Result<Vec<Figure>> {
    let Watched { site, proxy, viewer, screen, sessions } = &Watched::start().await?;
    let time = Duration::from_secs(if short { 20 } else { 300 });
    let udp = Udp {
        // Around a delay of as much.
        jitter: Duration::from_millis(50),
        reorder: 0.1,
        duplicate: 0.1,
        seed: 4,
        loss: 0.0,
    };
    let from = monotonic_ns();
    proxy.set(Fault::Udp(udp));
    measure_for(time).await;
    let to = monotonic_ns();
    let faults = site.faults(viewer, from, to, |_, _| true);
    let sent = (faults.units + faults.lost).max(1) as f64;
    let rate = faults.units as f64 / time.as_secs_f64() / site.streams().len() as f64;
    let sessions = super::sessions(site, |_| true).await? - sessions;
    Ok(vec![
        Figure::at_least("bad-streams/jitter/rate", rate, "units/s", 24.0).speed(),
        Figure::at_most("bad-streams/jitter/lost", faults.lost as f64 / sent * 100.0, "%", 1.0),
        Figure::exactly(
            "bad-streams/jitter/out-of-order",
            faults.out_of_order as f64,
            "units",
            0.0,
        ),
        Figure::exactly("bad-streams/jitter/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::exactly("bad-streams/jitter/undecodable", faults.undecodable as f64, "units", 0.0),
        Figure::exactly("bad-streams/jitter/untold", faults.untold as f64, "holes", 0.0),
        Figure::exactly("bad-streams/jitter/sessions", sessions, "begun", 0.0),
        Figure::holds("bad-streams/jitter/screen-stayed", screen.is_on()),
    ])
}

fn is_plainly_live(state: Option<&StreamState>) -> bool {
    matches!(state, Some(StreamState::Live { .. }))
}
