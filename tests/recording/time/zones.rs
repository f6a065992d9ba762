//! T2: the hour that comes twice in autumn, and another time zone.

use std::time::Duration;

use anyhow::{Result, ensure};
use media::{CameraId, StreamId, WallTime};
use protocol::{HourMode, RecordingMode, RecordingPlan, StreamAddress, StreamRole};
use testkit::{Figure, measure_for, until};

use super::in_order;
use crate::cameras::SOON;
use crate::recording::clock::Clocks;
use crate::recording::generated::rows;
use crate::recording::rig::{self, Rig, RigOptions, light, status};

/// 2026-10-25, 1:00 UTC: in Berlin it is 2:00 for the second time.
const AGAIN: i64 = 1_792_890_000_000_000;

/// Sunday, 2:00 to 3:00.
const HOUR: usize = 6 * 24 + 2;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    ensure!(
        std::path::Path::new("/usr/share/zoneinfo/Europe/Berlin").exists(),
        "there are no time zones here. Install the package tzdata."
    );
    let each = Duration::from_secs(if short { 8 } else { 60 });
    let mut clocks = Clocks::new().await?;
    let ahead = (AGAIN - clocks.wall_us()) / 1_000_000;
    // So that the hour comes again in the middle.
    clocks.set_ahead(ahead - each.as_secs().cast_signed() - 6)?;
    let in_zone = |zone: &str| [clocks.wrapper(), vec![format!("TZ={zone}")]].concat();
    let options = RigOptions { wrapper: in_zone("Europe/Berlin"), ..Default::default() };
    let mut rig = Rig::start_with(&light(1), options).await?;
    let begin = clocks.wall_us();
    set_week(&rig).await?;
    measure_for(each * 2 + Duration::from_secs(6)).await;
    let end = clocks.wall_us();
    rig.end().await?;
    let before = rows(&rig.volume)?;
    let stream = StreamId { camera: CameraId(rig.ids[0]), role: media::StreamRole::Main };
    let index = archive::open_index(&rig.volume)?;
    // Each second of it is asked for by itself.
    let (mut seconds, mut found) = (0, 0);
    for from in (begin + 2_000_000..end - 3_000_000).step_by(1_000_000) {
        let is_there = |it: &archive::Recording| it.from.0 <= from && from + 1_000_000 <= it.to.0;
        let there = index.recordings(stream, WallTime(from), WallTime(from + 1_000_000))?;
        seconds += 1;
        found += u64::from(there.iter().any(is_there));
    }
    drop(index);
    let is_across = begin < AGAIN && AGAIN < end;

    // Where it is Saturday evening, nothing is to be recorded.
    let elsewhere: Vec<String> = in_zone("America/New_York");
    let elsewhere: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
    rig.server = rig::start(&rig.place, rig.data.path(), &elsewhere).await?;
    until(SOON, "the engine to wait for the hour", async || {
        let streams = status(&rig.server).await?.streams;
        let is_waiting =
            |it: &protocol::StreamRecording| it.state == protocol::StreamRecordingState::Waiting;
        Ok((!streams.is_empty() && streams.iter().all(is_waiting)).then_some(()))
    })
    .await?;
    rig.end().await?;
    let after = rows(&rig.volume)?;
    let changed = before.iter().filter(|it| !after.contains(it)).count();
    let mut figures = in_order("T2", &rig.volume)?;
    figures.extend([
        Figure::holds("T2/hour-came-again", is_across),
        Figure::exactly("T2/found", found as f64, "seconds", f64::from(seconds)),
        Figure::exactly("T2/changed", changed as f64, "rows", 0.0),
        Figure::exactly("T2/more", (after.len() - before.len()) as f64, "rows", 0.0),
    ]);
    Ok(figures)
}

/// Only what happens on Sunday from 2:00 to 3:00 is to be recorded.
async fn set_week(rig: &Rig) -> Result<()> {
    let client = rig.server.client().await?;
    let camera = client.snapshot().cameras[0].address.clone();
    client.close().await;
    let mut week = vec![HourMode::Off; 168];
    week[HOUR] = HourMode::Continuous;
    let plan = RecordingPlan { week, ..rig::plan(RecordingMode::Schedule) };
    let stream = StreamAddress { camera, role: StreamRole::Main };
    rig::set_plan(&rig.server, &stream, plan).await
}
