//! Sixteen cameras with two streams each, for ten minutes: nothing is lost, out
//! of order or mixed up. Over UDP with losses, what cannot be decoded is held
//! back and told.

use std::time::Duration;

use anyhow::Result;
use protocol::{StreamRole, Transport};
use testkit::{
    CamerasOptions, Fault, Figure, RtspProxy, Udp, Usage, measure_for, monotonic_ns, statistics,
};

use crate::cameras::Site;

const CAMERAS: u32 = 16;

const CORE: &str = "% of a core";

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = tcp(if short { 20 } else { 600 }).await?;
    figures.extend(udp(if short { 15 } else { 60 }).await?);
    Ok(figures)
}

async fn tcp(seconds: u64) -> Result<Vec<Figure>> {
    let mut site = Site::start(CAMERAS, CamerasOptions::default()).await?;
    for number in 1..=CAMERAS {
        site.add(number).await?;
    }
    let viewer = site.watch_live().await?;
    let before = sessions(&site).await?;
    let from = monotonic_ns();
    let spent = spent(&site, seconds).await?;
    let to = monotonic_ns();
    let streams = f64::from(CAMERAS * 2);
    let faults = site.faults(&viewer, from, to, |_, _| true);
    let begun = sessions(&site).await? - before;
    let passed = (to - from) as f64 / 1e9;
    // What a second viewer costs, the first one costs too.
    let _second = site.watch_live().await?;
    let relay = self::spent(&site, seconds.min(60)).await? - spent;
    let rate = faults.units as f64 / passed / streams;
    let ages = ages(&site, &viewer, from);
    Ok(vec![
        Figure::at_least("rtsp-16/rate", rate, "units/s", 24.5).speed(),
        Figure::exactly("rtsp-16/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly("rtsp-16/out-of-order", faults.out_of_order as f64, "units", 0.0),
        Figure::exactly("rtsp-16/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::exactly("rtsp-16/sessions", f64::from(begun), "begun anew", 0.0),
        Figure::at_most("rtsp-16/engine-per-stream", (spent - relay) / streams, CORE, 0.15).speed(),
        Figure::at_most("rtsp-16/relay-per-stream", relay / streams, CORE, 0.04).speed(),
        Figure::at_most("rtsp-16/together-per-stream", spent / streams, CORE, 0.19).speed(),
        Figure::at_most("rtsp-16/age-median", ages[ages.len() / 2], "ms", 10.0).speed(),
        Figure::at_most("rtsp-16/age-p99", ages[ages.len() * 99 / 100], "ms", 50.0).speed(),
    ])
}

/// Sessions begun so far.
async fn sessions(site: &Site) -> Result<u32> {
    let counted = statistics(&mut site.server.client().await?).await?;
    Ok(counted.streams.iter().map(|it| it.sessions).sum())
}

/// What the engine spends, in % of a core.
async fn spent(site: &Site, seconds: u64) -> Result<f64> {
    let before = Usage::of(site.engine())?;
    let begin = monotonic_ns();
    measure_for(Duration::from_secs(seconds)).await;
    let spent = Usage::of(site.engine())?.processor.saturating_sub(before.processor);
    Ok(spent.as_secs_f64() * 1e11 / (monotonic_ns() - begin) as f64)
}

/// How old units are when they come, in ms, from the youngest to the oldest.
fn ages(site: &Site, viewer: &testkit::UnitViewer, from: u64) -> Vec<f64> {
    let units = (0..site.streams().len()).flat_map(|index| viewer.units(index));
    let mut ages: Vec<f64> = units
        .filter(|got| got.at_ns >= from)
        .filter_map(|got| Some(got.at_ns.saturating_sub(got.mark?.sent_ns) as f64 / 1e6))
        .collect();
    ages.sort_by(f64::total_cmp);
    if ages.is_empty() { vec![f64::NAN] } else { ages }
}

async fn udp(seconds: u64) -> Result<Vec<Figure>> {
    let mut site = Site::start(2, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    for number in 1..=2 {
        site.add_through(&proxy, number, Transport::Udp).await?;
    }
    let viewer = site.watch_live().await?;
    let from = monotonic_ns();
    proxy.set(Fault::Udp(Udp { loss: 0.005, seed: 7, ..Udp::default() }));
    measure_for(Duration::from_secs(seconds)).await;
    let to = monotonic_ns();
    let faults = site.faults(&viewer, from, to, |_, _| true);
    let counted = statistics(&mut site.server.client().await?).await?;
    let gaps: u64 = counted.streams.iter().map(|it| it.gaps).sum();
    let subs = site.faults(&viewer, from, to, |_, role| role == StreamRole::Sub);
    Ok(vec![
        Figure::at_least("rtsp-16/udp/lost-packets", proxy.lost_packets() as f64, "packets", 5.0),
        Figure::at_least("rtsp-16/udp/gaps", gaps as f64, "gaps", 1.0),
        Figure::at_least("rtsp-16/udp/units", subs.units as f64, "units", 25.0),
        Figure::exactly("rtsp-16/udp/untold", faults.untold as f64, "holes", 0.0),
        Figure::exactly("rtsp-16/udp/undecodable", faults.undecodable as f64, "units", 0.0),
        Figure::exactly("rtsp-16/udp/out-of-order", faults.out_of_order as f64, "units", 0.0),
        Figure::exactly("rtsp-16/udp/mixed-up", faults.mixed_up as f64, "units", 0.0),
    ])
}
