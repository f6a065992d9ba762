//! How soon the first unit comes: after a start of the engine, and from a
//! stream that is open.

mod conversation;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use link::{Client, Event};
use protocol::{Delivery, Door, Request, StreamAddress, StreamRole};
use testkit::{CameraClip, Cameras, CamerasOptions, Figure, Place, Process, Server};

use self::conversation::Conversation;
use crate::cameras::Site;

/// How long a first unit may take to be measured at all.
const LIMIT: Duration = Duration::from_secs(20);

/// How often an engine is looked for that has just been started.
const LOOK_EVERY: Duration = Duration::from_millis(1);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = start(if short { 5 } else { 10 }).await?;
    figures.push(joining().await?);
    Ok(figures)
}

/// From starting the engine to the first unit, beyond what the camera takes.
async fn start(runs: usize) -> Result<Vec<Figure>> {
    // Only key frames, so that nobody waits for one.
    let clip = CameraClip { gop: 1, pictures: 25, ..CameraClip::sub(1) };
    let smaller = CameraClip { width: 320, height: 180, bits_per_second: 200_000, ..clip.clone() };
    let clips = [clip, smaller];
    let mut site = Site::start_with(Place::new()?, &clips, CamerasOptions::default()).await?;
    let camera = site.add(1).await?;
    let stream = StreamAddress { camera: camera.address, role: StreamRole::Main };
    let Site { cameras, server, client, data, place, .. } = site;
    client.close().await;
    server.end().await?;
    let path = Cameras::path(1, StreamRole::Main);
    // Somebody looks all the time: the camera takes longer for the first.
    let (mut other, _) = Conversation::begin(cameras.socket(), &path).await?;
    let other = tokio::spawn(async move { other.read_on().await });
    let (mut engine, mut camera) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let command = Server::command(&place, data.path(), &[])?;
        let began = Instant::now();
        let process = Process::start(&command)?;
        let first = first_unit_of(process.id(), data.path(), &stream);
        engine.push(tokio::time::timeout(LIMIT, first).await??.duration_since(began));
        ensure!(process.end().await?.success(), "the engine did not end as it should");
        let (_, took) = Conversation::begin(cameras.socket(), &path).await?;
        camera.push(took);
    }
    ensure!(!other.is_finished(), "nobody looked all the time");
    other.abort();
    let [engine, camera] = [engine, camera].map(median);
    Ok(vec![
        Figure::at_most("first-unit/start", engine - camera, "ms", 50.0)
            .speed()
            .noted(format!("{engine:.1} ms in all, {camera:.1} ms of them the camera's")),
    ])
}

/// When the first unit of `stream` came from the engine `process`, which was
/// just started for the directory `data`.
async fn first_unit_of(process: u32, data: &Path, stream: &StreamAddress) -> Result<Instant> {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    let door: Door = loop {
        ticks.tick().await;
        // One of an engine before may still lie there.
        let door = link::read_door(data).ok().filter(|door| door.process == process);
        if let Some(door) = door {
            break door;
        }
    };
    let mut client = Client::connect(&door).await?;
    subscribe(&mut client, stream).await
}

/// From subscribing to an open stream to its first unit.
async fn joining() -> Result<Figure> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    site.add(1).await?;
    let _viewer = site.watch_live().await?;
    let stream = site.streams().swap_remove(site.index(1, StreamRole::Main));
    let mut took = Vec::new();
    for _ in 0..20 {
        let mut client = site.server.client().await?;
        let began = Instant::now();
        let first = tokio::time::timeout(LIMIT, subscribe(&mut client, &stream)).await??;
        took.push(first.duration_since(began));
        client.close().await;
    }
    Ok(Figure::at_most("first-unit/joining", median(took), "ms", 20.0).speed())
}

/// Subscribes, and says when the first unit came.
async fn subscribe(client: &mut Client, stream: &StreamAddress) -> Result<Instant> {
    let subscribe = Request::Subscribe {
        subscription: 0,
        stream: stream.clone(),
        // Of no meaning where units are taken as they are.
        width: 16,
        height: 16,
        accepts: vec![Delivery::Encoded],
        codecs: None,
        playback: None,
    };
    client.send(&subscribe).await?;
    while !matches!(client.next().await?, Event::Media(..)) {}
    Ok(Instant::now())
}

/// In milliseconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times.get(times.len() / 2).map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}
