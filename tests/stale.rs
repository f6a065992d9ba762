//! A picture that stopped is said to be old, and comes back by itself; a wrong
//! password is told, and not tried until the camera locks itself.

mod logins;
mod silence;

use std::time::Duration;

use anyhow::Result;
use testkit::{CamerasOptions, Fault, Figure, RtspProxy};

use crate::cameras::{Outage, Site};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = silence::run().await?;
    figures.extend(outages().await?);
    figures.extend(logins::run(short).await?);
    Ok(figures)
}

/// Outages of three cameras at once.
async fn outages() -> Result<Vec<Figure>> {
    let mut site = Site::start_light(3, CamerasOptions::default()).await?;
    let cases = [
        ("stale/stall-4", Fault::Stall, 4, 3.0),
        ("stale/stall-20", Fault::Stall, 20, 5.0),
        ("stale/off-20", Fault::Refuse, 20, 5.0),
    ];
    let mut proxies = Vec::new();
    for number in 1..=3 {
        let proxy = RtspProxy::start(site.cameras.socket())?;
        site.add_through(&proxy, number, protocol::Transport::Tcp).await?;
        proxies.push(proxy);
    }
    let viewer = site.watch_live().await?;
    let outages = cases.into_iter().zip(&proxies).zip(1..).map(async |((case, proxy), number)| {
        let (name, fault, seconds, limit) = case;
        let set = |fault: Fault| {
            move || -> Result<()> {
                proxy.set(fault);
                Ok(())
            }
        };
        let length = Duration::from_secs(seconds);
        let (begin, end) = (set(fault), set(Fault::None));
        let outage = Outage::of(&site, &viewer, number, length, begin, end).await?;
        Ok(outage.figures(name, limit))
    });
    let figures: Result<Vec<_>> = futures_util::future::try_join_all(outages).await;
    Ok(figures?.concat())
}
