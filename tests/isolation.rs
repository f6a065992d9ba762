//! Sixteen cameras lose nothing while others are added, removed, flapping,
//! broken, stuck and switched off.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use protocol::{CameraSource, Command, NewCamera, Reply, StreamAddress, StreamRole, Transport};
use testkit::{
    CameraClip, CamerasOptions, Fault, Figure, Place, RtspProxy, Server, UnitViewer, measure_for,
    monotonic_ns,
};

use crate::cameras::{ROLES, SOON, Site, light, seconds_since, source};

/// Those that nothing happens to.
const GOOD: u32 = 16;

/// Those that something happens to: the one that comes and goes is the last.
const BAD: u32 = 5;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 20 } else { 120 });
    let good = (1..=GOOD).flat_map(|number| [CameraClip::main(number), CameraClip::sub(number)]);
    let clips: Vec<CameraClip> = good.chain((GOOD + 1..=GOOD + BAD).flat_map(light)).collect();
    let mut site = Site::start_with(Place::new()?, &clips, CamerasOptions::default()).await?;
    for number in 1..=GOOD {
        site.add(number).await?;
    }
    let mut proxies = Vec::new();
    for number in GOOD + 1..GOOD + BAD {
        let proxy = RtspProxy::start(site.cameras.socket())?;
        site.add_through(&proxy, number, Transport::Tcp).await?;
        proxies.push(proxy);
    }
    let viewer = site.watch_live().await?;
    let from = monotonic_ns();
    let [flapping, broken, stuck, off] = &proxies[..] else { bail!("a proxy for each") };
    flapping.set(Fault::Reset { after: Duration::from_secs(1) });
    broken.set(Fault::Corrupt { share: 0.05, seed: 3 });
    stuck.set(Fault::Stall);
    off.set(Fault::Refuse);
    let [main, sub] = ROLES.map(|role| site.cameras.address(GOOD + BAD, role));
    let coming = source(main, Some(sub), Transport::Tcp);
    let (rounds, ()) = tokio::join!(come_and_go(&site.server, coming, time), measure_for(time));
    let (to, passed) = (monotonic_ns(), seconds_since(from));
    let faults = site.faults(&viewer, from, to, |number, _| number <= GOOD);
    let [rounds, flaps] = [rounds?, flapping.connections()].map(|count| count as f64);
    let least = passed * 24.0 * f64::from(GOOD * 2);
    Ok(vec![
        Figure::exactly("isolation/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly("isolation/out-of-order", faults.out_of_order as f64, "units", 0.0),
        Figure::exactly("isolation/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::at_least("isolation/units", faults.units as f64, "units", least.floor()).speed(),
        Figure::at_least("isolation/came-and-went", rounds, "times", 3.0),
        Figure::at_least("isolation/flapped", flaps, "times", 5.0),
        Figure::at_least("isolation/broken", broken.corrupted_packets() as f64, "packets", 10.0),
        Figure::holds("isolation/engine-runs", site.server.process().runs()),
    ])
}

/// Adds a camera, looks at it and removes it, over and over; how often.
async fn come_and_go(server: &Server, source: CameraSource, time: Duration) -> Result<usize> {
    let end = Instant::now() + time;
    let mut rounds = 0;
    while Instant::now() < end {
        let mut client = server.client().await?;
        let camera = NewCamera { name: "Visitor".to_owned(), source: source.clone(), login: None };
        let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await? else {
            bail!("the engine answered something else");
        };
        let stream = StreamAddress { camera: camera.address.clone(), role: StreamRole::Main };
        let viewer = UnitViewer::watch(server.client().await?, &[stream]).await?;
        viewer.unit_after(0, 0, SOON).await?;
        client.command(Command::RemoveCamera { camera: camera.address }).await?;
        rounds += 1;
    }
    Ok(rounds)
}
