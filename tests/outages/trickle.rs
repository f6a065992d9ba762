//! N5: one byte a second.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{StreamState, Transport};
use testkit::{CamerasOptions, Fault, Figure, RtspProxy, UnitViewer, monotonic_ns};

use crate::cameras::{Site, timed, unclear};

/// Those that nothing happens to.
const OTHERS: u32 = 4;

pub async fn trickle(_short: bool) -> Result<Vec<Figure>> {
    let mut site = Site::start_light(OTHERS + 1, CamerasOptions::default()).await?;
    for number in 1..=OTHERS {
        site.add(number).await?;
    }
    let others = site.watch_live().await?;
    let from = monotonic_ns();
    let proxy = RtspProxy::start(site.cameras.socket())?;
    proxy.set(Fault::Trickle);
    let slow = site.add_through(&proxy, OTHERS + 1, Transport::Tcp).await?;
    let streams = site.streams();
    let slow: Vec<_> = streams.into_iter().filter(|it| it.camera == slow.address).collect();
    let since = Instant::now();
    let viewer = UnitViewer::watch(site.server.client().await?, &slow).await?;
    let mut lost = Ok(Duration::ZERO);
    let mut wrong = Vec::new();
    for index in 0..slow.len() {
        let is_lost = |state: &StreamState| matches!(state, StreamState::Lost { .. });
        let limit = Duration::from_secs(20);
        let told = viewer.state_after(index, since, limit, "the camera to be told lost", is_lost);
        let told = told.await;
        lost = lost.and_then(|lost: Duration| Ok(lost.max(told?)));
        wrong.extend(unclear(&viewer, index, since));
    }
    let to = monotonic_ns();
    let faults = site.faults(&others, from, to, |number, _| number <= OTHERS);
    Ok(vec![
        timed("N5/lost", &lost, 12.0),
        Figure::exactly("N5/unclear", wrong.len() as f64, "failures", 0.0),
        Figure::exactly("N5/others/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly("N5/others/out-of-order", faults.out_of_order as f64, "units", 0.0),
        Figure::exactly("N5/others/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::at_least("N5/others/units", faults.units as f64, "units", 100.0),
    ])
}
