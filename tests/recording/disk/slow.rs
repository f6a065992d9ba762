//! R10: a disk takes half of what comes.

use std::time::Duration;

use anyhow::Result;
use protocol::{GapCause, VolumeState};
use testkit::{Figure, Usage, measure_for, wall_us};

use super::alarm::Alarm;
use super::footage::{Footage, clip, gaps};
use super::image::Image;
use super::throttle::Throttle;
use super::{PATIENCE, TOLD};
use crate::recording::rig::Rig;

/// What the engine may need more while the disk is slow, in MiB.
const GROWTH: f64 = 256.0;

pub async fn slow(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await.or_else(Throttle::lacking) {
        return Ok(vec![Figure::not_run("R10/memory", why)]);
    }
    let image = Image::new(2048, &[]).await?;
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 24_000_000)).collect();
    let rig = Rig::start_on(&clips, image.path()).await?;
    let alarm = Alarm::listen(&rig.server).await?;
    let time = Duration::from_secs(10);
    let before = image.free()?;
    measure_for(time).await;
    let rate = before.saturating_sub(image.free()?) / time.as_secs();
    let memory = Usage::of(rig.engine())?.memory;
    let begun = wall_us();
    let throttle = Throttle::start(rig.engine(), &image, rate / 2)?;
    let time = Duration::from_secs(if short { 60 } else { 180 });
    let measured = async {
        measure_for(time).await;
        drop(throttle);
        Ok(())
    };
    let ((), peak) = Usage::peak_memory(rig.engine(), measured).await?;
    let over = wall_us();
    let is_slow = |state: &VolumeState| *state == VolumeState::Slow;
    let told = alarm.heard().into_iter().find(|it| it.at >= begun && is_slow(&it.state));
    // What waits is written, and then it is ready again.
    let ready =
        alarm.after(over, PATIENCE * 2, "a volume that is ready", |it| *it == VolumeState::Ready);
    let ready = ready.await?;
    measure_for(Duration::from_secs(5)).await;
    let mut rows = Vec::new();
    for id in &rig.ids {
        rows.push(gaps(&rig.server, *id).await?);
    }
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let (mut wrong, mut missing, mut holes, mut undecodable, mut damaged) = (0, 0, 0, 0, 0);
    for (id, rows) in ids.iter().zip(&rows) {
        let footage = Footage::read(&volume, *id)?;
        missing += footage.missing();
        holes += footage.holes.len();
        undecodable += footage.holes.iter().filter(|hole| !hole.is_key).count();
        wrong += footage.unmatched(rows, &[GapCause::DiskSlow]);
        damaged += footage.recorded.damaged;
    }
    let growth = peak.saturating_sub(memory) as f64 / f64::from(1 << 20);
    let told = told.map_or(f64::INFINITY, |it| (it.at - begun) as f64 / 1e6);
    Ok(vec![
        Figure::at_most("R10/memory", growth, "MiB", GROWTH),
        Figure::at_least("R10/missing", missing as f64, "units", 1.0)
            .noted(format!("{holes} holes, {rate} bytes a second came")),
        Figure::exactly("R10/undecodable", undecodable as f64, "holes", 0.0),
        Figure::exactly("R10/rows-wrong", wrong as f64, "rows", 0.0),
        Figure::at_most("R10/told", told, "s", TOLD),
        Figure::at_most("R10/ready", (ready - over) as f64 / 1e6, "s", 30.0),
        Figure::exactly("R10/damaged", damaged as f64, "segments", 0.0),
    ])
}
