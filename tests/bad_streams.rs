//! What comes damaged, late, changed, endless or nonsensical is told or
//! survived, and no other camera is harmed by it: the faults N3, N4 and
//! N8 to N12 of the catalogue.

mod change;
mod codec;
mod corrupt;
mod datagrams;
mod keyless;
mod limit;
mod times;
mod worker;

use anyhow::Result;
use testkit::{Figure, statistics};

use crate::cameras::Site;

pub use change::run as sizes;
pub use corrupt::run as corruption;
pub use datagrams::{jitter, loss};
pub use worker::{dead as dead_workers, stopped as stopped_workers};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    // One that breaks off says nothing about the others.
    let mut take = |id: &str, run: Result<Vec<Figure>>| match run {
        Ok(run) => figures.extend(run),
        Err(error) => figures.push(Figure::broke_off(id, &error)),
    };
    take("bad-streams/loss", loss(short).await);
    take("bad-streams/jitter", jitter(short).await);
    take("bad-streams/size", sizes(short).await);
    take("bad-streams/codec", codec::run(short).await);
    take("bad-streams/keyless", keyless::run(short).await);
    take("bad-streams/corruption", corruption(short).await);
    take("bad-streams/limit", limit::run(short).await);
    take("bad-streams/times", times::run(short).await);
    take("bad-streams/dead-workers", dead_workers(short).await);
    take("bad-streams/stopped-workers", stopped_workers(short).await);
    Ok(figures)
}

/// N8: other sizes and codecs, and long stretches without a key frame.
pub async fn changes(short: bool) -> Result<Vec<Figure>> {
    let mut figures = sizes(short).await?;
    figures.extend(codec::run(short).await?);
    figures.extend(keyless::run(short).await?);
    Ok(figures)
}

/// N10: more than any camera sends, and times that no camera has.
pub async fn limits(short: bool) -> Result<Vec<Figure>> {
    let mut figures = limit::run(short).await?;
    figures.extend(times::run(short).await?);
    Ok(figures)
}

/// Sessions with cameras that were ever begun, of the streams that `of` takes.
async fn sessions(site: &Site, of: impl Fn(u32) -> bool) -> Result<f64> {
    let counted = statistics(&mut site.server.client().await?).await?;
    let streams = site.numbered();
    let known = counted
        .streams
        .iter()
        .filter(|it| streams.iter().any(|(stream, number)| *stream == it.stream && of(*number)));
    Ok(known.map(|it| f64::from(it.sessions)).sum())
}
