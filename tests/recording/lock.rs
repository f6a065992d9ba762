//! R13: somebody holds the index of a volume up.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use media::WallTime;
use testkit::{Figure, Process, measure_for, until, wall_us};

use super::generated::rows;
use super::losses::{Losses, agreed};
use super::rig::{Rig, light, python};
use crate::cameras::SOON;

/// Lets go when its input ends.
const HOLD: &str = "import sqlite3, sys
index = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
index.execute('begin exclusive')
print('held', flush=True)
sys.stdin.read()
index.execute('rollback')
print('free', flush=True)";

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let rig = Rig::start(&light(4)).await?;
    let mut command = python(HOLD);
    command.arg(rig.volume.join("index.sqlite"));
    let mut holder = Process::start_with(&command, Stdio::piped())?;
    let input = holder.stdin()?;
    let says = |word: &'static str| move |line: &str| (line == word).then_some(());
    holder.line(SOON, says("held")).await?;
    let held = indexed(&rig)?;
    measure_for(time).await;
    let stood_still = indexed(&rig)? == held;
    drop(input);
    holder.line(SOON, says("free")).await?;
    let (free, at) = (Instant::now(), WallTime(wall_us()));
    until(SOON, "every row", async || Ok((indexed(&rig)? >= at).then_some(()))).await?;
    let took = free.elapsed();
    rig.end().await?;
    let losses = Losses::read(&rig.volume, &rig.ids, &[])?;
    Ok(vec![
        Figure::holds("held-index/stood-still", stood_still)
            .noted(format!("for {} s", time.as_secs())),
        Figure::exactly("held-index/lost", losses.elsewhere as f64, "units", 0.0),
        Figure::exactly("held-index/out-of-order", losses.disorder as f64, "units", 0.0),
        Figure::at_most("held-index/caught-up", took.as_secs_f64(), "s", 5.0),
        agreed("held-index", &rig.volume)?,
    ])
}

/// Until when every camera is in the index.
fn indexed(rig: &Rig) -> Result<WallTime> {
    let rows = rows(&rig.volume)?;
    let newest = |id: &u32| {
        let of = rows.iter().filter(|row| row.stream.camera.0 == *id);
        of.map(|row| row.end).max()
    };
    rig.ids.iter().map(newest).min().flatten().context("a camera has no rows")
}
