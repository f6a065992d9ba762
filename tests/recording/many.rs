//! Sixty-four cameras, and not a picture missing.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use protocol::StreamRole;
use testkit::{CameraClip, Figure, Recorded, Usage, measure_for, monotonic_ns};

use super::rig::{Rig, status};

const CAMERAS: u32 = 64;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let seconds = if short { 30 } else { 3600 };
    let clip = |camera| CameraClip {
        width: 640,
        height: 360,
        gop: 25,
        bits_per_second: 1_000_000,
        ..CameraClip::main(camera)
    };
    let clips: Vec<CameraClip> = (1..=CAMERAS).map(clip).collect();
    let rig = Rig::start(&clips).await?;
    let (before, begin) = (Usage::of(rig.engine())?.processor, monotonic_ns());
    measure_for(Duration::from_secs(seconds)).await;
    let spent = Usage::of(rig.engine())?.processor.saturating_sub(before);
    let spent = spent.as_secs_f64() * 1e11 / (monotonic_ns() - begin) as f64;
    let lag = status(&rig.server).await?.volumes.iter().filter_map(|it| it.write_lag_ms).sum();
    let Rig { server, volume, ids, place: _place, .. } = rig;
    server.end().await?;
    let mut all = Faults::default();
    for (number, id) in (1..).zip(&ids) {
        all.add(&volume, *id, number)?;
    }
    let count = |name: &str, count: u64| {
        Figure::exactly(format!("record-64/{name}"), count as f64, "units", 0.0)
    };
    let due = u64::from(CAMERAS) * seconds * 25;
    Ok(vec![
        Figure::at_least("record-64/units", all.units as f64, "units", due as f64),
        count("missing", all.missing),
        count("out-of-order", all.disorder),
        count("mixed-up", all.foreign),
        Figure::exactly("record-64/damaged", all.damaged as f64, "segments", 0.0),
        Figure::at_most("record-64/engine", spent, "% of a core", 100.0).speed(),
        Figure::at_most("record-64/write-lag", lag, "ms", 2000.0).speed(),
    ])
}

/// What is wrong with recordings.
#[derive(Default)]
struct Faults {
    units: u64,
    missing: u64,
    disorder: u64,
    foreign: u64,
    damaged: u64,
}

impl Faults {
    fn add(&mut self, volume: &Path, id: u32, number: u32) -> Result<()> {
        let recorded = Recorded::read(volume, id, StreamRole::Main)?;
        let (missing, disorder) = recorded.faults();
        let marks = recorded.units.iter().filter_map(|unit| unit.mark);
        self.units += recorded.units.len() as u64;
        self.missing += missing;
        self.disorder += disorder;
        self.foreign += marks.filter(|mark| mark.camera != number).count() as u64;
        self.damaged += recorded.damaged as u64;
        Ok(())
    }
}
