//! Every second that was not recorded has a row that says why.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use media::CameraId;
use protocol::{
    Command, GapCause, RecordingGap, RecordingMode, Sensitive, StreamAddress, StreamRole, Volume,
};
use testkit::{Authentication, CameraClip, Figure, Scheme, Server, measure_for, until, wall_us};

use super::clock::Clocks;
use super::rig::{self, Rig, RigOptions};
use crate::cameras::SOON;

/// How much of a hole may be without a row, in seconds: what is shorter than a
/// picture's distance from the next is none, and rounds are a second apart.
const SLACK: f64 = 1.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let clip =
        |camera| CameraClip { gop: 25, pictures: 50, ..crate::cameras::light(camera)[0].clone() };
    let mut clocks = Clocks::new().await?;
    let login = Authentication {
        user: "guard".to_owned(),
        password: "as it should be".to_owned(),
        scheme: Scheme::Digest,
    };
    let password = login.password.clone();
    let options =
        RigOptions { wrapper: clocks.wrapper(), authentication: Some(login), ..Default::default() };
    let mut rig = Rig::start_with(&[clip(1), clip(2)], options).await?;
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
    // At no hour.
    rig::set_plan(&rig.server, &stream, rig::plan(RecordingMode::Schedule)).await?;
    measure_for(time).await;
    rig::set_plan(&rig.server, &stream, rig::plan(RecordingMode::Continuous)).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "schedule", from, GapCause::Schedule).await?);

    let from = wall_us();
    set_password(&rig.server, &stream, "another").await?;
    // A session that is open stays.
    rig.cameras.drop_clients(1).await?;
    measure_for(time).await;
    set_password(&rig.server, &stream, &password).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "auth", from, GapCause::Auth).await?);

    let from = wall_us();
    rig.end().await?;
    measure_for(time).await;
    let wrapper = clocks.wrapper();
    let wrapper: Vec<&str> = wrapper.iter().map(String::as_str).collect();
    rig.server = rig::start(&rig.place, rig.data.path(), &wrapper).await?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "stop", from, GapCause::EngineStopped).await?);

    let away = rig.volume.with_extension("away");
    let from = wall_us();
    std::fs::rename(&rig.volume, &away)?;
    measure_for(time).await;
    std::fs::rename(&away, &rig.volume)?;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "disk", from, GapCause::VolumeGone).await?);

    figures.push(removed(&rig, &stream).await?);

    // Last: from here on the clocks of the engine are ahead of ours.
    let from = wall_us();
    clocks.sleep(600)?;
    measure_for(time).await;
    rig.all_recorded().await?;
    figures.push(labelled(&rig, &stream, "sleep", from, GapCause::MachineAsleep).await?);
    Ok(figures)
}

/// Lets half of what there is be removed: how much of it has a row, in %.
async fn removed(rig: &Rig, stream: &StreamAddress) -> Result<Figure> {
    let oldest = || -> Result<i64> {
        let of = media::StreamId { camera: CameraId(rig.ids[0]), role: media::StreamRole::Main };
        let held = archive::open_index(&rig.volume)?.held()?;
        Ok(held.iter().find(|it| it.stream == of).context("footage")?.oldest.0)
    };
    let from = oldest()?;
    let mut client = rig.server.client().await?;
    let known = client.snapshot().volumes.first().cloned().context("a volume")?;
    let bytes = rig::status(&rig.server).await?.volumes[0].recorded_bytes;
    let volume = Volume { max_bytes: Some(bytes / 2), ..known };
    client.command(Command::SetVolume { volume }).await?;
    client.close().await;
    let (to, rows) = until(SOON, "footage to be removed", async || {
        let to = oldest()?;
        let mut rows = rig::gaps(&rig.server, from).await?;
        rows.retain(|gap| gap.stream == *stream && gap.cause == GapCause::Retention);
        // What was missing before has rows of its own.
        let is_told = rows.iter().any(|gap| to - gap.to < 1_000_000);
        Ok((to > from && is_told).then_some((to, rows)))
    })
    .await?;
    let length = (to - from) as f64 / 1e6;
    let without = uncovered(from, to, &rows, Some(GapCause::Retention)).max(0.0);
    let share = 100.0 * (1.0 - (without - SLACK).max(0.0) / length);
    let figure = Figure::at_least("gaps/retention", share, "% of seconds", 100.0);
    Ok(figure.noted(format!("{length:.1} s removed")))
}

async fn set_password(server: &Server, stream: &StreamAddress, password: &str) -> Result<()> {
    let mut client = server.client().await?;
    let (camera, password) = (stream.camera.clone(), Sensitive(password.to_owned()));
    client.command(Command::SetPassword { camera, user: "guard".to_owned(), password }).await?;
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
        let mut rows = rig::gaps(&rig.server, from - 2_000_000).await?;
        rows.retain(|gap| gap.stream == *stream);
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
    let stream = media::StreamId { camera: CameraId(rig.ids[0]), role: media::StreamRole::Main };
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
