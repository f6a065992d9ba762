//! T1: the wall clock is set while the engine records.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use protocol::{Command, Reply, StreamRole, Volume};
use testkit::{CameraClip, Figure, Recorded, measure_for, until};

use super::in_order;
use crate::cameras::SOON;
use crate::recording::clock::Clocks;
use crate::recording::generated::{Generated, rows};
use crate::recording::rig::{self, Rig, RigOptions, light, status};

/// To where the clock is set, in seconds from ours.
const STEPS: [i64; 4] = [3600, 0, -3600, 0];

/// What is a day old in a quarter of an hour, and is to stay for a day.
const OLD: Generated = Generated {
    cameras: 2,
    segments: 10,
    seconds: 10,
    rate: 1,
    picture: 1000,
    age: Duration::from_secs(23 * 3600 + 45 * 60),
};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let each = Duration::from_secs(if short { 5 } else { 30 });
    let mut clocks = Clocks::new().await?;
    let place = testkit::Place::new()?;
    let volume = place.join("volume");
    OLD.write(&volume, false)?;
    let old = rows(&volume)?;
    let clips: Vec<CameraClip> = light(2);
    let options =
        RigOptions { volume: Some(volume), wrapper: clocks.wrapper(), ..Default::default() };
    let rig = Rig::start_with(&clips, options).await?;
    keep_a_day(&rig).await?;
    let begin = clocks.wall_us();
    measure_for(each).await;
    let mut flagged = Duration::ZERO;
    let mut before = 0;
    for step in STEPS {
        clocks.set_ahead(step)?;
        let begin = Instant::now();
        let by = (step - before) as f64;
        until(SOON, "the engine to tell that the clock was set", async || {
            let told = status(&rig.server).await?.clock_set;
            let is_it = |set: protocol::ClockSet| (set.by as f64 / 1e6 - by).abs() < 2.0;
            Ok(told.is_some_and(is_it).then_some(()))
        })
        .await?;
        flagged = flagged.max(begin.elapsed());
        before = step;
        measure_for(each).await;
    }
    let gaps = rig::gaps(&rig.server, begin - 2 * 3_600_000_000).await?;
    rig.end().await?;
    let Rig { volume, ids, .. } = rig;
    let now = rows(&volume)?;
    let removed = old.iter().filter(|it| !now.contains(it)).count();
    let (mut missing, mut disorder) = (0, 0);
    for id in &ids {
        let (lost, turned) = Recorded::read(&volume, *id, StreamRole::Main)?.faults();
        (missing, disorder) = (missing + lost, disorder + turned);
    }
    // Each start begins with a gap of less than a group of pictures, if any.
    let false_gaps: Vec<String> = gaps
        .iter()
        .filter(|gap| gap.to - gap.from > 2_000_000)
        .map(|gap| {
            let (from, length) =
                ((gap.from - begin) as f64 / 1e6, (gap.to - gap.from) as f64 / 1e6);
            format!("{:?} {length:.1} s at {from:.1}", gap.cause)
        })
        .collect();
    let negative_gaps = gaps.iter().filter(|gap| gap.to <= gap.from).count();
    let count = |what: &str, count: u64, unit: &str| {
        Figure::exactly(format!("T1/{what}"), count as f64, unit, 0.0)
    };
    let mut figures = in_order("T1", &volume)?;
    figures.extend([
        Figure::at_most("T1/flagged", flagged.as_secs_f64(), "s", 10.0),
        count("missing", missing, "units"),
        count("out-of-order", disorder, "units"),
        count("removed-early", removed as u64, "segments"),
        count("false-gaps", false_gaps.len() as u64, "rows").noted(false_gaps.join(", ")),
        count("negative-gaps", negative_gaps as u64, "rows"),
    ]);
    figures.push(crate::recording::losses::agreed("T1", &volume)?);
    Ok(figures)
}

/// Says that footage stays for a day.
async fn keep_a_day(rig: &Rig) -> Result<()> {
    let mut client = rig.server.client().await?;
    let Some(known) = client.snapshot().volumes.first().cloned() else {
        bail!("the engine has no volume");
    };
    let volume = Volume { max_days: Some(1), ..known };
    let answer = client.command(Command::SetVolume { volume }).await?;
    client.close().await;
    match answer {
        Reply::Nothing => Ok(()),
        other => bail!("set a limit, got {other:?}"),
    }
}
