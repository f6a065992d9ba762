//! A volume that is full and goes on: what is oldest makes room.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::VolumeState;
use testkit::{Figure, until};

use super::alarm::Alarm;
use super::footage::{Footage, files};
use super::image::Image;
use crate::recording::rig::Rig;

/// How long a stream may not be recorded, in seconds.
const GAP: f64 = 2.0;

/// Records for `time`, and says as `name` whether room was made as it was needed.
pub async fn rotate(name: &str, rig: Rig, image: &Image, time: Duration) -> Result<Vec<Figure>> {
    let alarm = Alarm::listen(&rig.server).await?;
    let first = rig.ids.iter().map(|id| Ok(files(&rig.volume, *id)?.swap_remove(0)));
    let first: Vec<_> = first.collect::<Result<_>>()?;
    let (mut least_bytes, mut least_files) = (u64::MAX, u64::MAX);
    let end = Instant::now() + time;
    until(time * 2, "the end of the measurement", async || {
        least_bytes = least_bytes.min(image.free()?);
        least_files = least_files.min(image.space()?.f_favail);
        Ok((Instant::now() > end).then_some(()))
    })
    .await?;
    let alive = rig.server.process().runs();
    let removed = first.iter().filter(|it| !it.exists()).count();
    let is_full = |state: &VolumeState| *state == VolumeState::Full;
    let told_full = alarm.heard().iter().filter(|it| is_full(&it.state)).count();
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let (mut gap, mut missing, mut damaged) = (0.0_f64, 0, 0);
    for id in &ids {
        let footage = Footage::read(&volume, *id)?;
        gap = gap.max(footage.longest());
        missing += footage.missing();
        damaged += footage.recorded.damaged;
    }
    let findings = archive::check(&volume, true)?;
    let share = least_bytes as f64 / image.reserve()? as f64;
    let figure = |figure: &str| format!("{name}/{figure}");
    Ok(vec![
        Figure::holds(figure("engine-runs"), alive),
        Figure::exactly(figure("oldest-removed"), removed as f64, "streams", ids.len() as f64),
        Figure::at_most(figure("gap"), gap, "s", GAP),
        Figure::exactly(figure("missing"), missing as f64, "units", 0.0),
        Figure::at_least(figure("kept-free"), share, "of the reserve", 0.9),
        Figure::at_least(figure("files-left"), least_files as f64, "files", 4.0),
        Figure::exactly(figure("told-full"), told_full as f64, "times", 0.0),
        Figure::exactly(figure("damaged"), damaged as f64, "segments", 0.0),
        Figure::exactly(figure("findings"), findings.len() as f64, "findings", 0.0),
    ])
}
