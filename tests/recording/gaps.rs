//! Every second that was not recorded has a row that says why.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use protocol::{
    Command, GapCause, HourMode, RecordingGap, RecordingMode, RecordingPlan, Reply, StreamAddress,
    StreamRole,
};
use testkit::{CameraClip, Figure, Server, measure_for, until, wall_us};

use super::rig::{self, Rig};
use crate::cameras::SOON;

/// How much of a hole may be without a row, in seconds: what is shorter than a
/// picture's distance from the next is none, and rounds are a second apart.
const SLACK: f64 = 1.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let clip =
        |camera| CameraClip { gop: 25, pictures: 50, ..crate::cameras::light(camera)[0].clone() };
    let rig = Rig::start(&[clip(1), clip(2)]).await?;
    let mut figures = Vec::new();
    let stream = StreamAddress {
        camera: rig.server.client().await?.snapshot().cameras[0].address.clone(),
        role: StreamRole::Main,
    };

    let from = wall_us();
    rig.cameras.unmount(1).await?;
    rig.cameras.drop_clients(1).await?;
    measure_for(time).await;
    rig.cameras.mount(1).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "camera", from, GapCause::Unreachable).await?);

    let from = wall_us();
    rig.cameras.pause(1, StreamRole::Main).await?;
    // As long as its session stays.
    measure_for(Duration::from_secs(4)).await;
    rig.cameras.resume(1, StreamRole::Main).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "network", from, GapCause::NetworkLoss).await?);

    let from = wall_us();
    let nothing = RecordingPlan {
        mode: RecordingMode::Schedule,
        pre_seconds: 0,
        post_seconds: 0,
        audio: false,
        volume: None,
        max_days: None,
        max_bytes: None,
        week: vec![HourMode::Off; 168],
    };
    let always = RecordingPlan { mode: RecordingMode::Continuous, ..nothing.clone() };
    set_plan(&rig.server, &stream, nothing).await?;
    measure_for(time).await;
    set_plan(&rig.server, &stream, always).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "schedule", from, GapCause::Schedule).await?);

    let Rig { cameras, server, data, volume, place, ids } = rig;
    let from = wall_us();
    server.end().await?;
    measure_for(time).await;
    let server = rig::start(&place, data.path(), &[]).await?;
    let rig = Rig { cameras, server, data, volume, place, ids };
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "stop", from, GapCause::EngineStopped).await?);

    let away = rig.volume.with_extension("away");
    let from = wall_us();
    std::fs::rename(&rig.volume, &away)?;
    measure_for(time).await;
    std::fs::rename(&away, &rig.volume)?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "disk", from, GapCause::VolumeGone).await?);
    Ok(figures)
}

async fn set_plan(server: &Server, stream: &StreamAddress, plan: RecordingPlan) -> Result<()> {
    let mut client = server.client().await?;
    let stream = stream.clone();
    client.command(Command::SetPlan { stream, plan }).await?;
    client.close().await;
    Ok(())
}

/// How much of what is missing in the files since `from` has a row of `cause`,
/// in %.
async fn labelled(
    rig: &Rig,
    stream: &StreamAddress,
    name: &str,
    from: i64,
    cause: GapCause,
) -> Result<Figure> {
    let begin = Instant::now();
    // The row is kept when recording is seen to go on.
    let (missing, rows) = until(SOON, "the recording to go on", async || {
        let missing = missing(rig, from)?;
        let rows = gaps(&rig.server, stream, from).await?;
        let is_whole = missing.iter().all(|(from, to)| uncovered(*from, *to, &rows, None) < SLACK);
        let is_late = begin.elapsed() > Duration::from_secs(15);
        Ok((!missing.is_empty() && (is_whole || is_late)).then_some((missing, rows)))
    })
    .await
    .context("a gap in the files")?;
    let length: f64 = missing.iter().map(|(from, to)| (to - from) as f64 / 1e6).sum();
    let without: f64 =
        missing.iter().map(|(from, to)| uncovered(*from, *to, &rows, Some(cause)).max(0.0)).sum();
    let excess =
        rows.iter().filter(|row| row.cause == cause).map(|row| (row.to - row.from) as f64 / 1e6);
    let excess = (excess.sum::<f64>() - length).max(0.0);
    let wrong = (without - SLACK).max(0.0) + (excess - 2.0 * SLACK).max(0.0);
    let share = 100.0 * (1.0 - wrong / length).max(0.0);
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{:?} {:.1} s", row.cause, (row.to - row.from) as f64 / 1e6))
        .collect();
    let figure = Figure::at_least(format!("gaps/{name}"), share, "% of seconds", 100.0);
    Ok(figure.noted(format!("{length:.1} s missing; {}", told.join(", "))))
}

/// What is missing in the recordings of the first camera since `from`.
fn missing(rig: &Rig, from: i64) -> Result<Vec<(i64, i64)>> {
    let index = archive::open_index(&rig.volume)?;
    let stream =
        media::StreamId { camera: media::CameraId(rig.ids[0]), role: media::StreamRole::Main };
    let since = media::WallTime(from - 2_000_000);
    let found = index.recordings(stream, since, media::WallTime(i64::MAX))?;
    Ok(found
        .windows(2)
        .map(|pair| (pair[0].to.0, pair[1].from.0))
        .filter(|(from, to)| to - from > 500_000)
        .collect())
}

/// Seconds between two times that no row has, of `cause` where one is said.
fn uncovered(from: i64, to: i64, rows: &[RecordingGap], cause: Option<GapCause>) -> f64 {
    let of_cause = rows.iter().filter(|row| cause.is_none_or(|cause| row.cause == cause));
    let covered: i64 = of_cause.map(|row| (row.to.min(to) - row.from.max(from)).max(0)).sum();
    (to - from - covered) as f64 / 1e6
}

async fn gaps(server: &Server, stream: &StreamAddress, from: i64) -> Result<Vec<RecordingGap>> {
    let mut client = server.client().await?;
    let camera = Some(stream.camera.clone());
    let gaps = Command::Gaps { from: from - 2_000_000, to: i64::MAX, camera, limit: 1000 };
    let answer = client.command(gaps).await?;
    client.close().await;
    match answer {
        Reply::Gaps { gaps } => Ok(gaps.into_iter().filter(|gap| gap.stream == *stream).collect()),
        other => bail!("asked for gaps, got {other:?}"),
    }
}
