//! R4: the disk reports that what was written is lost.

use std::fs;
use std::os::unix::fs::MetadataExt;

use anyhow::{Context, Result};
use protocol::{GapCause, VolumeState};
use testkit::{Figure, Place, measure_for};

use super::alarm::Alarm;
use super::footage::{Footage, clip, files, gaps, newest_file};
use super::tracer::Tracer;
use super::{PATIENCE, TOLD};
use crate::recording::rig::Rig;

/// How soon another file is to be begun, in seconds.
const ANOTHER: f64 = 2.0;

pub async fn sync_error(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Tracer::lacking().await {
        return Ok(vec![Figure::not_run("R4/told", why)]);
    }
    let clips: Vec<_> = (1..=4).map(|camera| clip(camera, 2_000_000)).collect();
    let rig = Rig::start(&clips).await?;
    let alarm = Alarm::listen(&rig.server).await?;
    let (mut told, mut another, mut again) = (0.0_f64, 0.0_f64, 0);
    let times = if short { 1 } else { 5 };
    for time in 1..=times {
        let file = newest_file(&rig.volume, rig.ids[0])?;
        let place = Place::new()?;
        let what = "fdatasync:error=EIO:when=1";
        let tracer = Tracer::start(&place, rig.engine(), &file, what).await?;
        let failed = tracer.injected().await?;
        let is_told = |state: &VolumeState| matches!(state, VolumeState::Failed { .. });
        let heard = alarm.after(failed.at, PATIENCE, "the error to be told", is_told).await?;
        told = told.max((heard - failed.at) as f64 / 1e6);
        let next = testkit::until(PATIENCE, "another file", async || {
            Ok(newest_file(&rig.volume, rig.ids[0]).ok().filter(|it| *it != file))
        })
        .await?;
        another = another.max((born(&next)? - failed.at) as f64 / 1e6);
        let size = fs::metadata(&file).map_or(0, |it| it.len());
        measure_for(std::time::Duration::from_secs(5)).await;
        let calls = tracer.calls()?;
        let after = calls.iter().skip_while(|it| !it.text.contains("INJECTED")).skip(1);
        let grown = fs::metadata(&file).map_or(0, |it| it.len()) != size;
        again += after.count() + usize::from(grown);
        tracer.end().await?;
        if time < times {
            // The alarm ends, so that the next one is another.
            let ready = |state: &VolumeState| *state == VolumeState::Ready;
            alarm.after(heard, PATIENCE * 4, "the end of the alarm", ready).await?;
        }
    }
    let Rig { server, volume, ids, place: _place, data: _data, cameras: _cameras, .. } = rig;
    let rows = gaps(&server, ids[0]).await?;
    server.end().await?;
    let hit = Footage::read(&volume, ids[0])?;
    let (mut others, mut damaged) = (0, 0);
    for id in &ids[1..] {
        let footage = Footage::read(&volume, *id)?;
        others += footage.missing();
        damaged += footage.recorded.damaged;
    }
    let wrong = hit.unmatched(&rows, &[GapCause::VolumeFailed]);
    let findings = archive::check(&volume, true)?;
    let counted = files(&volume, ids[0])?.len() as f64;
    Ok(vec![
        Figure::at_most("R4/told", told, "s", TOLD),
        Figure::at_most("R4/new-file", another, "s", ANOTHER),
        Figure::exactly("R4/same-file-again", again as f64, "calls", 0.0),
        Figure::at_least("R4/files", counted, "files", 2.0),
        Figure::at_most("R4/gap", hit.longest(), "s", 3.0),
        Figure::exactly("R4/rows-wrong", wrong as f64, "rows", 0.0),
        Figure::exactly("R4/lost-by-others", others as f64, "units", 0.0),
        Figure::exactly("R4/damaged", damaged as f64, "segments", 0.0),
        Figure::exactly("R4/findings", findings.len() as f64, "findings", 0.0),
    ])
}

/// When a file was made, in µs since 1970 UTC.
fn born(path: &std::path::Path) -> Result<i64> {
    let found = fs::metadata(path)?;
    match found.created() {
        Ok(time) => {
            let since = time.duration_since(std::time::UNIX_EPOCH).context("a clock set right")?;
            Ok(since.as_micros() as i64)
        }
        // Where the file system does not keep it: not later than this.
        Err(_) => Ok(found.ctime() * 1_000_000 + found.ctime_nsec() / 1000),
    }
}
