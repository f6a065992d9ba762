//! What it costs to record a camera and to watch it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use protocol::{CameraAddress, Command, MotionMode, RecordingMode, StreamAddress, StreamRole};
use testkit::{CameraClip, CameraStream, Figure, Usage, measure_for, monotonic_ns, statistics};

use super::attending;
use super::peer::Peer;
use super::scene::{self, Scene, footage, packaged};
use crate::recording::rig::{self, Rig, RigOptions};

const CAMERAS: u32 = 4;

const MANY: u32 = 64;

/// What is in front of the cameras is learned by then.
const LEARNED: Duration = Duration::from_secs(10);

/// Nothing moves in so many pictures, which have noise of their own.
const STILL: Duration = Duration::from_secs(60);

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
    let (quiet, _) = scene::turns(rig.place.path(), &subs[0], STILL).await?;
    watch(&rig, &[StreamRole::Sub]).await?;
    let mut figures = Vec::new();
    play(&rig, &scene.quiet.0, &quiet).await?;
    let at_first = spent(&rig, time).await?;
    attending::asleep(&rig).await?;
    let note = format!("{at_first:.3} while all pictures are looked at");
    let in_the_end = spent(&rig, time).await?;
    figures.push(figure("motion-cost/all-in/quiet", in_the_end, QUIET).noted(note));
    figures.push(theirs("motion-cost/motion/quiet", &rig, time).await?);
    for (name, clip) in busy() {
        let clip = match clip {
            Ok(clip) => clip,
            Err(why) => {
                figures.push(Figure::not_run(format!("motion-cost/all-in/{name}"), why));
                continue;
            }
        };
        let main = footage(rig.place.path(), &clip, &mains[0]).await?;
        let sub = footage(rig.place.path(), &clip, &subs[0]).await?;
        play(&rig, &main, &sub).await?;
        let spent = spent(&rig, time).await?;
        figures.push(figure(format!("motion-cost/all-in/{name}"), spent, BUSY));
        figures.push(theirs(format!("motion-cost/motion/{name}"), &rig, time).await?);
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
    for camera in cameras {
        for role in unrecorded {
            let stream = StreamAddress { camera: camera.clone(), role: *role };
            let plan = rig::plan(RecordingMode::Off);
            client.command(Command::SetPlan { stream, plan }).await?;
        }
    }
    client.close().await;
    attending::watch(rig, MotionMode::On).await?;
    attending::watched(rig).await
}

/// Footage of people who walk by; why there is none where there is none.
fn busy() -> [(&'static str, Result<PathBuf, &'static str>); 2] {
    let campus = std::env::var_os("TESSERA_TEST_DATA")
        .map(|data| PathBuf::from(data).join("video/pets2001_campus_a.mp4"));
    let vtest = packaged("opencv-doc", "vtest.avi");
    [
        ("campus", campus.ok_or("TESSERA_TEST_DATA names no folder")),
        ("vtest", vtest.ok_or("The package opencv-doc is not installed")),
    ]
}

/// Has all cameras play this.
async fn play(rig: &Rig, main: &CameraStream, sub: &CameraStream) -> Result<()> {
    for camera in 1..=CAMERAS {
        for (role, clip) in [(StreamRole::Main, main), (StreamRole::Sub, sub)] {
            rig.cameras.play(camera, role, clip).await?;
        }
    }
    Ok(())
}

/// What engine and workers spend of what is played.
async fn spent(rig: &Rig, time: Duration) -> Result<f64> {
    measure_for(LEARNED).await;
    Ok(rig.processors(time).await? * 60.0 / f64::from(CAMERAS))
}

/// What Motion, the program, spends on the same cameras, where it is installed.
async fn theirs(name: impl Into<String>, rig: &Rig, time: Duration) -> Result<Figure> {
    let Some(peer) = Peer::start(rig, CAMERAS).await? else {
        return Ok(Figure::not_run(name, "Motion is not installed"));
    };
    measure_for(LEARNED).await;
    let spent = Usage::processors(&[peer.id()], time).await? * 60.0 / f64::from(CAMERAS);
    peer.end().await?;
    Ok(figure(name, spent, f64::INFINITY))
}

fn figure(name: impl Into<String>, spent: f64, limit: f64) -> Figure {
    Figure::at_most(name, spent, "CPU-s a camera-minute", limit).speed()
}
