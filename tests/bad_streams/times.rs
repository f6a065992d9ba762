//! T3, as part of N10: RTP timestamps that wrap, jump back, jump ahead or
//! stand still. Units go on, and their times can be relied on.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{StreamRole, Transport};
use testkit::{
    CameraClip, CamerasOptions, Fault, Figure, Got, Place, RtspProxy, Times, measure_for,
    monotonic_ns,
};

use crate::cameras::{ROLES, SOON, Site, live_after};

/// Units of a GOP of the clips.
const GOP: f64 = 50.0;

/// Seconds that pictures out of display order explain, and that a camera may
/// leave out.
const MAX_BACK: f64 = 1.0;
const MAX_AHEAD: f64 = 11.0;

const CASES: [(&str, Times); 4] = [
    ("wrap", Times::Wrap),
    ("back", Times::Back),
    ("ahead", Times::Ahead),
    ("still", Times::Still),
];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    // Main streams are small as well; times are no matter of size.
    let small = |number| {
        let sub = CameraClip::sub(number);
        [CameraClip { bits_per_second: 400_000, ..sub.clone() }, sub]
    };
    let clips: Vec<CameraClip> = (1..).take(CASES.len()).flat_map(small).collect();
    let mut site = Site::start_with(Place::new()?, &clips, CamerasOptions::default()).await?;
    let mut proxies = Vec::new();
    for number in 1..=u32::try_from(CASES.len())? {
        let proxy = RtspProxy::start(site.cameras.socket())?;
        site.add_through(&proxy, number, Transport::Tcp).await?;
        proxies.push(proxy);
    }
    let viewer = site.watch_live().await?;
    let time = Duration::from_secs(if short { 8 } else { 60 });

    let begun = monotonic_ns();
    for (proxy, (_, times)) in proxies.iter().zip(CASES) {
        proxy.set(Fault::Times(times));
    }
    measure_for(time).await;
    let mut figures = figures(&site, &viewer, "within", begun, time);

    // And in sessions that begin so.
    let since = Instant::now();
    for number in 1..=u32::try_from(CASES.len())? {
        site.cameras.drop_clients(number).await?;
    }
    for index in 0..site.streams().len() {
        live_after(&viewer, index, since, SOON).await?;
    }
    let begun = monotonic_ns();
    measure_for(time).await;
    figures.extend(self::figures(&site, &viewer, "from-begin", begun, time));
    Ok(figures)
}

/// What came since `begun`.
fn figures(
    site: &Site,
    viewer: &testkit::UnitViewer,
    phase: &str,
    begun: u64,
    time: Duration,
) -> Vec<Figure> {
    let to = monotonic_ns();
    let mut figures = Vec::new();
    for (number, (case, _)) in (1..).zip(CASES) {
        let name = |what: &str| format!("bad-streams/times/{case}/{phase}/{what}");
        let of = |it: u32, _: StreamRole| it == number;
        let faults = site.faults(viewer, begun, to, of);
        let wrong = faults.undecodable + faults.mixed_up + faults.out_of_order;
        let rate = faults.units as f64 / time.as_secs_f64() / 2.0;
        let steps: Vec<f64> = ROLES
            .iter()
            .flat_map(|role| steps(&viewer.units(site.index(number, *role)), begun))
            .collect();
        let back = steps.iter().copied().fold(0.0, f64::min);
        let ahead = steps.iter().copied().fold(0.0, f64::max);
        figures.extend([
            // Both streams.
            Figure::at_most(name("lost"), faults.lost as f64, "units", 2.0 * GOP),
            Figure::exactly(name("wrong"), wrong as f64, "units", 0.0),
            Figure::at_least(name("rate"), rate, "units/s", 25.0 - GOP / time.as_secs_f64()),
            Figure::at_most(name("back"), back.abs(), "s", MAX_BACK),
            Figure::at_most(name("ahead"), ahead, "s", MAX_AHEAD),
        ]);
    }
    figures
}

/// Seconds of media time between units that follow each other, from the last
/// before `begun` on.
fn steps(units: &[Got], begun: u64) -> Vec<f64> {
    let first = units.partition_point(|got| got.at_ns < begun).saturating_sub(1);
    let pairs = units[first.min(units.len())..].windows(2);
    pairs.map(|pair| (pair[1].media_time - pair[0].media_time) as f64 / 1e6).collect()
}
