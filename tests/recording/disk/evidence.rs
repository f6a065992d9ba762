//! R6: nothing more fits, and nothing may be removed.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use protocol::{
    CameraAddress, Command, GapCause, NewEvidence, Reply, StreamAddress, StreamRole, VolumeState,
};
use testkit::{Figure, UnitViewer, measure_for, monotonic_ns, wall_us};

use super::alarm::Alarm;
use super::footage::{Footage, clip, files, gaps, resumed};
use super::image::Image;
use super::{PATIENCE, RESUMED, TOLD};
use crate::recording::rig::Rig;

pub async fn evidence(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await {
        return Ok(vec![Figure::not_run("R6/told", why)]);
    }
    let image = Image::new(256, &[]).await?;
    let ballast = image.fill(image.reserve()? + (40 << 20))?;
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 12_000_000)).collect();
    let rig = Rig::start_on(&clips, image.path()).await?;
    let mut client = rig.server.client().await?;
    let streams: Vec<StreamAddress> = client
        .snapshot()
        .cameras
        .iter()
        .map(|camera| StreamAddress { camera: camera.address.clone(), role: StreamRole::Main })
        .collect();
    let viewer = UnitViewer::watch(rig.server.client().await?, &streams).await?;
    let mut locks = Vec::new();
    for stream in &streams {
        locks.push(lock(&mut client, stream.camera.clone()).await?);
    }
    client.close().await;
    let alarm = Alarm::listen(&rig.server).await?;
    let full = |state: &VolumeState| *state == VolumeState::Full;
    let heard = alarm.after(0, PATIENCE * 2, "a full volume", full).await?;
    let stopped = last_unit(&rig)?;
    let before = sums(&rig)?;
    let since = monotonic_ns();
    measure_for(Duration::from_secs(if short { 10 } else { 30 })).await;
    let (units, end) = (viewer.count(0) + viewer.count(1), monotonic_ns());
    let lost: u64 =
        (1..).zip(0..2).map(|(camera, index)| viewer.faults(index, camera, since, end).lost).sum();
    let live = viewer.units_since(0, since).len();
    let changed = sums(&rig)?.iter().filter(|(path, sum)| before.get(*path) != Some(sum)).count();
    let gone = before.keys().filter(|path| !path.exists()).count();
    let left = image.free()? as f64 / image.reserve()? as f64;
    let freed = wall_us();
    fs::remove_file(ballast)?;
    let after_space = resumed(&rig, rig.ids[0], freed, PATIENCE).await?;
    // Full once more, and then what is there need not stay any longer.
    image.fill(image.reserve()? / 4)?;
    let begun = wall_us();
    let again = alarm.after(begun, PATIENCE, "a full volume once more", full).await?;
    let mut client = rig.server.client().await?;
    let unlocked = wall_us();
    for id in locks {
        client.command(Command::RemoveEvidence { id }).await?;
    }
    let after_lock = resumed(&rig, rig.ids[0], unlocked, PATIENCE).await?;
    client.close().await;
    rig.all_recorded().await?;
    measure_for(Duration::from_secs(5)).await;
    let mut rows = Vec::new();
    for id in &rig.ids {
        rows.push(gaps(&rig.server, *id).await?);
    }
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let (mut wrong, mut damaged) = (0, 0);
    for (id, rows) in ids.iter().zip(&rows) {
        let footage = Footage::read(&volume, *id)?;
        wrong += footage.unmatched(rows, &[GapCause::DiskFull]);
        damaged += footage.recorded.damaged;
    }
    Ok(vec![
        Figure::at_most("R6/told", (heard - stopped) as f64 / 1e6, "s", TOLD),
        Figure::at_most("R6/told-again", (again - begun) as f64 / 1e6, "s", TOLD),
        Figure::exactly("R6/locked-changed", (changed + gone) as f64, "files", 0.0),
        Figure::exactly("R6/live-lost", lost as f64, "units", 0.0),
        Figure::at_least("R6/live", live as f64, "units", if short { 200.0 } else { 700.0 })
            .noted(format!("{units} in all")),
        Figure::at_least("R6/left-for-databases", left, "of the reserve", 0.3),
        Figure::at_most("R6/resumed-by-space", after_space, "s", RESUMED),
        Figure::at_most("R6/resumed-by-lock", after_lock, "s", RESUMED),
        Figure::exactly("R6/rows-wrong", wrong as f64, "rows", 0.0),
        Figure::exactly("R6/damaged", damaged as f64, "segments", 0.0),
    ])
}

async fn lock(client: &mut link::Client, camera: CameraAddress) -> Result<u32> {
    let far = wall_us() + 86_400_000_000;
    let evidence = NewEvidence { camera, from: 0, to: far, note: "All of it".to_owned() };
    match client.command(Command::AddEvidence { evidence }).await? {
        Reply::Evidence { evidence } => Ok(evidence.id),
        other => bail!("asked for evidence, got {other:?}"),
    }
}

/// When the last unit ended that is recorded of any camera, in µs since 1970 UTC.
fn last_unit(rig: &Rig) -> Result<i64> {
    let mut last = 0;
    for id in &rig.ids {
        let segments = Footage::read(&rig.volume, *id)?.recorded.segments;
        last = last.max(segments.iter().map(|it| it.end.0).max().unwrap_or(0));
    }
    Ok(last)
}

/// Sums over the bytes of all segments.
fn sums(rig: &Rig) -> Result<BTreeMap<PathBuf, u64>> {
    let mut sums = BTreeMap::new();
    for id in &rig.ids {
        for file in files(&rig.volume, *id)? {
            let mut hasher = DefaultHasher::new();
            fs::read(&file)?.hash(&mut hasher);
            sums.insert(file, hasher.finish());
        }
    }
    Ok(sums)
}
