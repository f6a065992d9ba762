//! Cameras in front of which nothing moves: what they send says so, and most of
//! it is not decoded. What moves then is seen all the same, from its begin.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use protocol::{Message, MotionAttention, MotionMode, StreamRole, Update};
use testkit::{CameraClip, Figure, measure_for, until, wall_us};

use crate::motion;
use crate::motion_recording::attending::{asleep, attending, watch, watched};
use crate::motion_recording::scene;
use crate::recording::rig::{Rig, RigOptions};

/// Of what it costs to look at all pictures.
const SHARE: f64 = 0.25;

/// From when something moves until its event begins, in seconds.
const LATE: f64 = 1.0;

/// How long it may take until no camera is watched any more.
const WATCHED_NO_MORE: Duration = Duration::from_secs(60);

/// Nothing moves in so many pictures, which have noise of their own.
const QUIET: Duration = Duration::from_secs(60);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = live(short).await?;
    figures.extend(motion::run("wake-up").await?);
    Ok(figures)
}

async fn live(short: bool) -> Result<Vec<Figure>> {
    let (cameras, seconds) = if short { (4, 90) } else { (32, 600) };
    let little = Duration::from_secs(if short { 20 } else { 60 });
    let clip = |camera| CameraClip { rate: 10, gop: 20, pictures: 20, ..CameraClip::sub(camera) };
    let clips: Vec<CameraClip> = (1..=cameras as u32).map(clip).collect();
    let rig = Rig::start_with(&clips, RigOptions::default()).await?;
    let (quiet, moving) = scene::turns(rig.place.path(), &clips[0], QUIET).await?;
    for camera in 1..=cameras as u32 {
        rig.cameras.play(camera, StreamRole::Main, &quiet).await?;
    }
    watch(&rig, MotionMode::On).await?;
    watched(&rig).await?;
    measure_for(Duration::from_secs(15)).await;
    let always = spent(&rig, little).await?;
    let late_always = late(&rig, &quiet, &moving).await?;
    asleep(&rig).await?;
    let by_size = spent(&rig, Duration::from_secs(seconds)).await?;
    let relied = attending(&rig, |it| matches!(it, MotionAttention::BySize { .. })).await?;
    let late = late(&rig, &quiet, &moving).await?;
    watch(&rig, MotionMode::Off).await?;
    until(WATCHED_NO_MORE, "no camera to be watched", async || {
        Ok((attending(&rig, |_| true).await? == 0).then_some(()))
    })
    .await?;
    // Decoders are kept for a moment.
    measure_for(Duration::from_secs(15)).await;
    let off = spent(&rig, little).await?;
    rig.end().await?;
    let note = format!(
        "CPU-s a camera-minute: {always:.4} looking at all, {by_size:.4} by size, {off:.4} not at all"
    );
    // A difference that cannot be is a measurement that failed.
    ensure!(off < by_size && off < always, "not measured: {note}");
    let share = (by_size - off) / (always - off);
    let name = "wake-up/cost";
    Ok(vec![
        Figure::at_most(name, share, "of always-on", SHARE).speed().noted(note),
        Figure::at_most("wake-up/cost/all-in", by_size / always, "of always-on", 1.0).speed(),
        Figure::exactly("wake-up/relied-on", relied as f64, "cameras", cameras as f64),
        Figure::at_most("wake-up/late", late, "s", LATE)
            .speed()
            .noted(format!("{late_always:.2} s where all pictures are looked at")),
    ])
}

/// How much later than something moves its event begins, in seconds.
async fn late(
    rig: &Rig,
    quiet: &testkit::CameraStream,
    moving: &testkit::CameraStream,
) -> Result<f64> {
    let mut client = rig.server.client().await?;
    let begin = wall_us();
    rig.cameras.play(1, StreamRole::Main, moving).await?;
    let told = async {
        loop {
            if let link::Event::Message(Message::Update { update }) = client.next().await?
                && let Update::Event { event, .. } = update
            {
                return anyhow::Ok(event);
            }
        }
    };
    let event = tokio::time::timeout(Duration::from_secs(20), told).await;
    let event = event.context("what moves was not told within 20 s")??;
    rig.cameras.play(1, StreamRole::Main, quiet).await?;
    client.close().await;
    Ok((event.from - begin) as f64 / 1e6)
}

/// CPU seconds that engine and workers spend for a camera and a minute.
async fn spent(rig: &Rig, time: Duration) -> Result<f64> {
    Ok(rig.processors(time).await? * 60.0 / rig.ids.len() as f64)
}
