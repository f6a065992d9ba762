//! What it costs to record a camera and to watch it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use protocol::{
    CameraAddress, Command, MotionMode, MotionSettings, MotionState, RecordingMode, StreamAddress,
    StreamRole,
};
use testkit::{
    CameraClip, CameraStream, Figure, Usage, measure_for, monotonic_ns, statistics, until,
};

use super::peer::Peer;
use super::scene::{Scene, footage};
use crate::cameras::SOON;
use crate::recording::rig::{self, Rig, RigOptions};

const CAMERAS: u32 = 4;

const MANY: u32 = 64;

/// What is in front of the cameras is learned by then.
const LEARNED: Duration = Duration::from_secs(10);

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
    watch(&rig, &[StreamRole::Sub]).await?;
    let mut figures = Vec::new();
    let quiet = spent(&rig, &scene.quiet, time).await?;
    figures.push(figure("motion-cost/all-in/quiet", quiet, QUIET));
    figures.push(theirs("motion-cost/motion/quiet", &rig, time).await?);
    if let Some(data) = std::env::var_os("TESSERA_TEST_DATA") {
        let clip = PathBuf::from(data).join("video/pets2001_campus_a.mp4");
        let main = footage(rig.place.path(), &clip, &mains[0]).await?;
        let sub = footage(rig.place.path(), &clip, &subs[0]).await?;
        let busy = spent(&rig, &(main, sub), time).await?;
        figures.push(figure("motion-cost/all-in/campus", busy, BUSY));
        figures.push(theirs("motion-cost/motion/campus", &rig, time).await?);
    }
    rig.end().await?;
    figures.extend(many(time).await?);
    Ok(figures)
}

/// Many cameras that are watched, and not recorded.
async fn many(time: Duration) -> Result<Vec<Figure>> {
    let count = MANY as usize;
    let mains = rig::light(MANY);
    let sub = |camera| CameraClip { rate: 10, gop: 20, pictures: 20, ..CameraClip::sub(camera) };
    let subs: Vec<CameraClip> = (1..=MANY).map(sub).collect();
    let options = RigOptions { subs: subs.clone(), ..Default::default() };
    let rig = Rig::start_with(&mains, options).await?;
    watch(&rig, &[StreamRole::Main, StreamRole::Sub]).await?;
    let (clip, name) = match std::env::var_os("TESSERA_TEST_DATA") {
        Some(data) => (PathBuf::from(data).join("video/pets2001_campus_a.mp4"), "a campus"),
        None => (
            Scene::make(rig.place.path(), mains[0].clone(), subs[0].clone()).await?.moving.1.path,
            "a box",
        ),
    };
    let clip = footage(rig.place.path(), &clip, &subs[0]).await?;
    for camera in 1..=MANY {
        rig.cameras.play(camera, StreamRole::Sub, &clip).await?;
    }
    let looked_at = async || {
        let streams = statistics(&mut rig.server.client().await?).await?.streams;
        let watched = streams.iter().filter(|it| it.stream.role == StreamRole::Sub);
        anyhow::Ok(watched.map(|it| it.looked_at).collect::<Vec<u64>>())
    };
    measure_for(LEARNED).await;
    let (before, begin) = (looked_at().await?, monotonic_ns());
    let spent = rig.processors(time).await?;
    let seconds = (monotonic_ns() - begin) as f64 / 1e9;
    let after = looked_at().await?;
    ensure!(before.len() == count && after.len() == count, "not every camera is watched");
    // With the one that is on its way.
    let rates =
        after.iter().zip(&before).map(|(after, before)| (after - before + 1) as f64 / seconds);
    let slowest = rates.fold(f64::INFINITY, f64::min);
    rig.end().await?;
    let cores = Figure::at_most("motion-cost/64/cores", spent, "cores", 1.0).speed();
    let rate = Figure::at_least("motion-cost/64/rate", slowest, "pictures/s", 5.0).speed();
    Ok(vec![cores.noted(format!("{MANY} cameras that look at {name}")), rate])
}

/// Watches the cameras, and records all of them but the streams of these roles.
async fn watch(rig: &Rig, unrecorded: &[StreamRole]) -> Result<()> {
    let mut client = rig.server.client().await?;
    let cameras: Vec<CameraAddress> =
        client.snapshot().cameras.iter().map(|it| it.address.clone()).collect();
    let count = cameras.len();
    for camera in cameras {
        for role in unrecorded {
            let stream = StreamAddress { camera: camera.clone(), role: *role };
            let plan = rig::plan(RecordingMode::Off);
            client.command(Command::SetPlan { stream, plan }).await?;
        }
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
        Ok((watched >= count).then_some(()))
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
    measure_for(LEARNED).await;
    Ok(rig.processors(time).await? * 60.0 / f64::from(CAMERAS))
}

/// What Motion, the program, spends on the same cameras, where it is installed.
async fn theirs(name: &str, rig: &Rig, time: Duration) -> Result<Figure> {
    let Some(peer) = Peer::start(rig, CAMERAS).await? else {
        return Ok(Figure::not_run(name, "Motion is not installed"));
    };
    measure_for(LEARNED).await;
    let spent = Usage::processors(&[peer.id()], time).await? * 60.0 / f64::from(CAMERAS);
    peer.end().await?;
    Ok(figure(name, spent, f64::INFINITY))
}

fn figure(name: &str, spent: f64, limit: f64) -> Figure {
    Figure::at_most(name, spent, "CPU-s a camera-minute", limit).speed()
}
