//! R9: a volume is unmounted, and another one is mounted in its place.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use archive::Volume;
use protocol::{GapCause, VolumeState};
use testkit::{Figure, measure_for, wall_us};

use super::alarm::Alarm;
use super::footage::{Footage, clip, gaps, resumed};
use super::image::Image;
use super::{PATIENCE, RESUMED, TOLD};
use crate::recording::rig::Rig;

pub async fn swapped(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await {
        return Ok(vec![Figure::not_run("R9/told", why)]);
    }
    let own = Image::new(256, &[]).await?;
    // Made alike, so that its files have the numbers of those they replace.
    let other = Image::new(256, &[]).await?;
    drop(Volume::open(&other.path(), &Volume::create(&other.path())?)?);
    fs::write(other.path().join("index.sqlite-wal"), "of another")?;
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 2_000_000)).collect();
    let rig = Rig::start_on(&clips, own.path()).await?;
    let alarm = Alarm::listen(&rig.server).await?;
    let time = Duration::from_secs(if short { 6 } else { 20 });
    measure_for(Duration::from_secs(3)).await;

    let begun = wall_us();
    own.unmount(true).await?;
    let is_missing = |state: &VolumeState| matches!(state, VolumeState::Missing { .. });
    let missing = alarm.after(begun, PATIENCE, "that it is missing", is_missing).await?;
    measure_for(time).await;
    let bare = contents(&own.path())?.len();
    let back = wall_us();
    own.mount("rw").await?;
    let after_missing = resumed(&rig, rig.ids[0], back, PATIENCE).await?;
    rig.all_recorded().await?;
    measure_for(Duration::from_secs(3)).await;

    let before = contents(&other.path())?;
    let taken = wall_us();
    own.unmount(true).await?;
    other.bind(&own.path()).await?;
    let is_swapped = |state: &VolumeState| matches!(state, VolumeState::Swapped { .. });
    let swapped = alarm.after(taken, PATIENCE, "that it is another", is_swapped).await?;
    measure_for(time).await;
    let after = contents(&other.path())?;
    let changed = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).count()
        + before.keys().filter(|path| !after.contains_key(*path)).count();
    let is_right = |state: &VolumeState| is_missing(state) || is_swapped(state);
    let wrong_word =
        alarm.heard().iter().filter(|it| it.at > taken && !is_right(&it.state)).count();
    own.unmount(false).await?;
    let back = wall_us();
    own.mount("rw").await?;
    let after_swapped = resumed(&rig, rig.ids[0], back, PATIENCE).await?;
    rig.all_recorded().await?;
    measure_for(Duration::from_secs(3)).await;

    let mut rows = Vec::new();
    for id in &rig.ids {
        rows.push(gaps(&rig.server, *id).await?);
    }
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let mut wrong = 0;
    for (id, rows) in ids.iter().zip(&rows) {
        wrong += Footage::read(&volume, *id)?.unmatched(rows, &[GapCause::VolumeGone]);
    }
    let findings = archive::check(&volume, true)?;
    Ok(vec![
        Figure::at_most("R9/told-missing", (missing - begun) as f64 / 1e6, "s", TOLD),
        Figure::at_most("R9/told-swapped", (swapped - taken) as f64 / 1e6, "s", TOLD),
        Figure::exactly("R9/wrong-word", wrong_word as f64, "times", 0.0),
        Figure::exactly("R9/on-the-mount-point", bare as f64, "files", 0.0),
        Figure::exactly("R9/changed-on-the-other", changed as f64, "files", 0.0),
        Figure::at_most("R9/resumed-missing", after_missing, "s", RESUMED),
        Figure::at_most("R9/resumed-swapped", after_swapped, "s", RESUMED),
        Figure::exactly("R9/rows-wrong", wrong as f64, "rows", 0.0),
        Figure::exactly("R9/findings", findings.len() as f64, "findings", 0.0),
    ])
}

/// Every file below a folder, and what is in it.
fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut contents = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(of) = folders.pop() {
        for entry in fs::read_dir(of)? {
            let path = entry?.path();
            let name = path.strip_prefix(folder)?.to_owned();
            if path.is_dir() {
                contents.insert(name, Vec::new());
                folders.push(path);
            } else {
                contents.insert(name, fs::read(path)?);
            }
        }
    }
    Ok(contents)
}
