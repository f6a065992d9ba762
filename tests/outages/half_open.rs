//! N1: the connection stands and nothing moves any more.

mod firewall;

use std::time::Duration;

use anyhow::Result;
use protocol::Transport;
use testkit::{CamerasOptions, Fault, Figure, RtspProxy};

use self::firewall::Firewall;
use crate::cameras::{Outage, Site, timed};

/// Longer than any session outlives it, so that the camera is reached anew.
const LENGTH: Duration = Duration::from_secs(15);

/// How soon the camera is to be told lost.
const LOST: f64 = 10.0;

/// How soon it is to be live after that.
const LIVE: f64 = 5.0;

pub async fn half_open(_short: bool) -> Result<Vec<Figure>> {
    let mut site = Site::start_light(1, CamerasOptions::default()).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    site.add_through(&proxy, 1, Transport::Tcp).await?;
    let viewer = site.watch_live().await?;
    let set = |fault: Fault| {
        proxy.set(fault);
        Ok(())
    };
    let (begin, end) = (|| set(Fault::Stall), || set(Fault::None));
    let outage = Outage::of(&site, &viewer, 1, LENGTH, begin, end).await?;
    let mut figures = figures("N1/stalled", &outage);
    let port = proxy.socket().port();
    if let Err(why) = Firewall::is_there() {
        figures.push(Figure::not_run("N1/dropped", why));
        return Ok(figures);
    }
    let firewall = Firewall::new(port);
    let (begin, end) = (|| firewall.close(), || firewall.open());
    let outage = Outage::of(&site, &viewer, 1, LENGTH, begin, end).await?;
    figures.extend(self::figures("N1/dropped", &outage));
    Ok(figures)
}

fn figures(name: &str, outage: &Outage) -> Vec<Figure> {
    let mut figures = vec![timed(format!("{name}/lost"), &outage.lost, LOST)];
    figures.extend(outage.figures(name, LIVE));
    figures
}
