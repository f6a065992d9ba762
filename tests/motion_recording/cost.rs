//! What it costs to record a camera and to watch it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use protocol::{
    CameraAddress, Command, HourMode, MotionMode, MotionSettings, MotionState, RecordingMode,
    RecordingPlan, StreamAddress, StreamRole,
};
use testkit::{
    CameraClip, CameraStream, Figure, Usage, measure_for, monotonic_ns, statistics, until,
};

use super::scene::{Scene, footage};
use crate::cameras::SOON;
use crate::recording::rig::{Rig, RigOptions};

const CAMERAS: u32 = 4;

/// Seconds of a processor a minute, where nothing moves and where people walk by.
const QUIET: f64 = 0.35;
const BUSY: f64 = 0.75;

/// All in: the smaller stream is decoded and looked at, the main one recorded.
pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 20 } else { 60 });
    let sub = |camera| CameraClip { rate: 10, gop: 20, pictures: 20, ..CameraClip::sub(camera) };
    let mains: Vec<CameraClip> = (1..=CAMERAS).map(CameraClip::main).collect();
    let subs: Vec<CameraClip> = (1..=CAMERAS).map(sub).collect();
    let options = RigOptions { subs: subs.clone(), ..Default::default() };
    let rig = Rig::start_with(&mains, options).await?;
    let scene = Scene::make(rig.place.path(), mains[0].clone(), subs[0].clone()).await?;
    watch(&rig).await?;
    let mut figures = Vec::new();
    let quiet = spent(&rig, &scene.quiet, time).await?;
    figures.push(figure("motion-cost/all-in/quiet", quiet, QUIET));
    if let Some(data) = std::env::var_os("TESSERA_TEST_DATA") {
        let clip = PathBuf::from(data).join("video/pets2001_campus_a.mp4");
        let main = footage(rig.place.path(), &clip, &mains[0]).await?;
        let sub = footage(rig.place.path(), &clip, &subs[0]).await?;
        let busy = spent(&rig, &(main, sub), time).await?;
        figures.push(figure("motion-cost/all-in/campus", busy, BUSY));
    }
    rig.end().await?;
    Ok(figures)
}

/// Records the main streams and watches the cameras.
async fn watch(rig: &Rig) -> Result<()> {
    let mut client = rig.server.client().await?;
    let cameras: Vec<CameraAddress> =
        client.snapshot().cameras.iter().map(|it| it.address.clone()).collect();
    for camera in cameras {
        let stream = StreamAddress { camera: camera.clone(), role: StreamRole::Sub };
        let plan = RecordingPlan {
            mode: RecordingMode::Off,
            pre_seconds: 0,
            post_seconds: 0,
            audio: false,
            volume: None,
            max_days: None,
            max_bytes: None,
            week: vec![HourMode::Continuous; 168],
        };
        client.command(Command::SetPlan { stream, plan }).await?;
        let (zones, masks, lines) = (Vec::new(), Vec::new(), Vec::new());
        let settings = MotionSettings { mode: MotionMode::On, zones, masks, lines };
        client.command(Command::SetMotion { camera, settings }).await?;
    }
    client.close().await;
    until(SOON, "every camera to be watched", async || {
        let client = rig.server.client().await?;
        let is_watched = |it: &&protocol::CameraMotion| {
            matches!(it.state, MotionState::Watching { is_coarse: false, .. })
        };
        let watched = client.snapshot().motion.iter().filter(is_watched).count();
        client.close().await;
        Ok((watched >= CAMERAS as usize).then_some(()))
    })
    .await
}

/// What engine and workers spend while all cameras play this.
async fn spent(rig: &Rig, clips: &(CameraStream, CameraStream), time: Duration) -> Result<f64> {
    for camera in 1..=CAMERAS {
        for (role, clip) in [(StreamRole::Main, &clips.0), (StreamRole::Sub, &clips.1)] {
            rig.cameras.play(camera, role, clip).await?;
        }
    }
    // What is in front of the cameras is learned.
    measure_for(Duration::from_secs(10)).await;
    let workers = statistics(&mut rig.server.client().await?).await?.workers;
    let ids: Vec<u32> = workers.into_iter().chain([rig.engine()]).collect();
    let sum = || ids.iter().map(|id| Ok(Usage::of(*id)?.processor)).sum::<Result<Duration>>();
    let (before, begin) = (sum()?, monotonic_ns());
    measure_for(time).await;
    let spent = sum()?.saturating_sub(before).as_secs_f64();
    let minutes = (monotonic_ns() - begin) as f64 / 60e9;
    Ok(spent / minutes / f64::from(CAMERAS))
}

fn figure(name: &str, spent: f64, limit: f64) -> Figure {
    Figure::at_most(name, spent, "CPU-s a camera-minute", limit).speed()
}
