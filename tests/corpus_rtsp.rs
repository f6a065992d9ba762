//! What real cameras answered is read right, and what no camera would answer
//! ends in a sentence. Both come from the folder of test material that
//! `TESSERA_TEST_DATA` names, and are told by cameras that follow a script.

mod answer;
mod elementary;
mod nonsense;
mod packets;
mod recorded;
mod recordings;
mod scripted;
mod stream;

use std::env;
use std::path::PathBuf;

use anyhow::Result;
use testkit::{CamerasOptions, Figure, Usage, alive, door, monotonic_ns, statistics};

use crate::cameras::Site;

pub use answer::Answer;
pub use elementary::Pictures;
pub use packets::{Packets, Source};
pub use scripted::{Script, Scripted, description};

/// What the cameras of a folder may cost together.
const MEBIBYTES: f64 = 64.0;

/// Whose folder it is that was given.
pub const FOLDER: &str = "TESSERA_TEST_DATA";

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return Ok(vec![Figure::not_run("corpus-rtsp", format!("{FOLDER} names no folder"))]);
    };
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    site.add(1).await?;
    let beside = site.watch_live().await?;
    let engine = site.engine();
    let pictures = Pictures::make(&site.place).await?;
    let scripted = Scripted::start().await?;
    let mut figures = recordings::run(&site, &scripted, &pictures, &folder).await?;
    figures.extend(stream::run(&site, &scripted, &folder).await?);

    let from = monotonic_ns();
    let before = Usage::of(engine)?.memory;
    let work = nonsense::run(&site, &scripted, &pictures, &folder, short);
    let (told, peak) = Usage::peak_memory(engine, work).await?;
    figures.extend(told);
    let growth = peak.saturating_sub(before) as f64 / f64::from(1 << 20);
    let faults = site.faults(&beside, from, monotonic_ns(), |_, _| true);
    let counted = statistics(&mut site.server.client().await?).await?;
    let is_same = door(site.data.path()).await?.process == engine && alive(engine);
    figures.extend([
        Figure::at_most("corpus-rtsp/nonsense/growth", growth, "MiB", MEBIBYTES),
        Figure::exactly("corpus-rtsp/beside/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly("corpus-rtsp/beside/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::at_least("corpus-rtsp/beside/units", faults.units as f64, "units", 1.0),
        Figure::holds("corpus-rtsp/same-engine", is_same)
            .noted(format!("{} workers died and came back", counted.workers_lost)),
    ]);
    Ok(figures)
}
