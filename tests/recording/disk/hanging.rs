//! R11: one of two volumes answers nothing for twenty seconds.

use std::time::Duration;

use anyhow::{Result, bail};
use protocol::{
    Command, NewVolume, RecordingMode, RecordingPlan, Reply, StreamAddress, StreamRole, VolumeState,
};
use testkit::{Figure, Place, Recorded, measure_for, until};

use super::alarm::Alarm;
use super::footage::{Footage, clip, newest_file};
use super::tracer::Tracer;
use super::{PATIENCE, TOLD};
use crate::recording::rig::{self, Rig};

pub async fn hanging(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Tracer::lacking().await {
        return Ok(vec![Figure::not_run("R11/lost-by-others", why)]);
    }
    let clips: Vec<_> = (1..=4).map(|camera| clip(camera, 2_000_000)).collect();
    let rig = Rig::start(&clips).await?;
    let second = rig.place.join("second");
    // Half of the cameras go to the second volume.
    let mut client = rig.server.client().await?;
    let path = second.to_string_lossy().into_owned();
    let volume = NewVolume { path, max_bytes: None, max_days: None };
    let Reply::Volume { volume } = client.command(Command::AddVolume { volume }).await? else {
        bail!("asked for a volume");
    };
    for id in &rig.ids[2..] {
        let cameras = &client.snapshot().cameras;
        let server = cameras.first().map(|it| it.address.server.clone()).unwrap_or_default();
        let camera = protocol::CameraAddress { server, camera: *id };
        let stream = StreamAddress { camera, role: StreamRole::Main };
        let volume = Some(volume.id.clone());
        let plan = RecordingPlan { volume, ..rig::plan(RecordingMode::Continuous) };
        rig::set_plan(&rig.server, &stream, plan).await?;
    }
    client.close().await;
    let alarm = Alarm::listen(&rig.server).await?;
    until(PATIENCE, "recordings on the second volume", async || {
        let read = |id: &u32| Recorded::read(&second, *id, StreamRole::Main);
        Ok(rig.ids[2..]
            .iter()
            .all(|id| read(id).is_ok_and(|it| !it.units.is_empty()))
            .then_some(()))
    })
    .await?;
    let mut told = 0.0_f64;
    for _ in 0..if short { 1 } else { 3 } {
        let file = newest_file(&rig.volume, rig.ids[0])?;
        let place = Place::new()?;
        let what = "fdatasync:delay_enter=20000000:when=1";
        let tracer = Tracer::start(&place, rig.engine(), &file, what).await?;
        let begun = tracer.begun("fdatasync").await?;
        let slow = |state: &VolumeState| *state == VolumeState::Slow;
        let heard = alarm.after(begun.at, PATIENCE, "a volume that hangs", slow).await?;
        told = told.max((heard - begun.at) as f64 / 1e6);
        let ready = |state: &VolumeState| *state == VolumeState::Ready;
        alarm.after(heard, PATIENCE, "a volume that is ready", ready).await?;
        tracer.end().await?;
        measure_for(Duration::from_secs(5)).await;
    }
    let Rig { server, volume, ids, place: _place, cameras: _cameras, .. } = rig;
    server.end().await?;
    let lost = |volume: &std::path::Path, ids: &[u32]| -> Result<u64> {
        let footage = ids.iter().map(|id| Footage::read(volume, *id));
        footage.map(|it| Ok(it?.missing())).sum()
    };
    Ok(vec![
        Figure::exactly("R11/lost-by-others", lost(&second, &ids[2..])? as f64, "units", 0.0),
        Figure::exactly("R11/lost", lost(&volume, &ids[..2])? as f64, "units", 0.0),
        Figure::at_most("R11/told", told, "s", TOLD),
    ])
}
