//! R8: the system makes a volume one for reading only.

use std::fs;

use anyhow::Result;
use protocol::{GapCause, VolumeState};
use testkit::{Figure, measure_for, until, wall_us};

use super::alarm::Alarm;
use super::footage::{Footage, clip, gaps, resumed};
use super::image::Image;
use super::{PATIENCE, RESUMED, TOLD};
use crate::recording::rig::{Rig, status};

/// How soon a volume that cannot be written is let go of, in seconds.
const LET_GO: f64 = 10.0;

pub async fn read_only(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await {
        return Ok(vec![Figure::not_run("R8/told", why)]);
    }
    let image = Image::new(256, &[]).await?;
    let trigger = format!("/sys/fs/ext4/{}/trigger_fs_error", image.device()?);
    if !fs::exists(&trigger)? {
        return Ok(vec![Figure::not_run("R8/told", "the kernel cannot be told to find an error")]);
    }
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 2_000_000)).collect();
    let rig = Rig::start_on(&clips, image.path()).await?;
    let alarm = Alarm::listen(&rig.server).await?;
    measure_for(std::time::Duration::from_secs(3)).await;
    let (mut told, mut let_go, mut after, mut untold) = (0.0_f64, 0.0_f64, 0.0_f64, 0);
    for _ in 0..if short { 1 } else { 5 } {
        // What the kernel does itself where it finds an error: files that are
        // open for writing do not keep it from that.
        let begun = wall_us();
        fs::write(&trigger, "1")?;
        let is_told = |state: &VolumeState| matches!(state, VolumeState::ReadOnly { .. });
        let heard = alarm.after(begun, PATIENCE, "that nothing can be written", is_told).await?;
        told = told.max((heard - begun) as f64 / 1e6);
        let closing = wall_us();
        until(PATIENCE, "the volume to be let go of", async || Ok(image.unmount(false).await.ok()))
            .await?;
        let_go = let_go.max((wall_us() - closing) as f64 / 1e6);
        image.repair().await?;
        image.mount("ro").await?;
        measure_for(std::time::Duration::from_secs(6)).await;
        let states = status(&rig.server).await?.volumes;
        untold += states.iter().filter(|it| !is_told(&it.state)).count();
        let repaired = wall_us();
        image.remount("rw").await?;
        after = after.max(resumed(&rig, rig.ids[0], repaired, PATIENCE).await?);
        rig.all_recorded().await?;
        measure_for(std::time::Duration::from_secs(3)).await;
    }
    let mut rows = Vec::new();
    for id in &rig.ids {
        rows.push(gaps(&rig.server, *id).await?);
    }
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let (mut wrong, mut damaged) = (0, 0);
    for (id, rows) in ids.iter().zip(&rows) {
        let footage = Footage::read(&volume, *id)?;
        wrong += footage.unmatched(rows, &[GapCause::VolumeFailed, GapCause::VolumeGone]);
        damaged += footage.recorded.damaged;
    }
    let findings = archive::check(&volume, true)?;
    Ok(vec![
        Figure::at_most("R8/told", told, "s", TOLD),
        Figure::at_most("R8/let-go", let_go, "s", LET_GO),
        Figure::exactly("R8/untold", untold as f64, "volumes", 0.0),
        Figure::at_most("R8/resumed", after, "s", RESUMED),
        Figure::exactly("R8/rows-wrong", wrong as f64, "rows", 0.0),
        Figure::exactly("R8/damaged", damaged as f64, "segments", 0.0),
        Figure::exactly("R8/findings", findings.len() as f64, "findings", 0.0),
    ])
}
