//! The timeline of a year of sixty-four cameras: how long the engine takes to
//! say what is recorded, and the page to draw it, at any zoom.

mod page;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use archive::{Index, Segment, Volume};
use media::{CameraId, Clock, GapCause, RecordingGap, StreamId, StreamRole, WallTime};
use protocol::{CameraAddress, Command, Reply};
use store::{CameraSource, KeyKeeping, NewCamera, RecordingMode, RecordingPlan, Store};
use testkit::{Figure, Place, Server};

const CAMERAS: u32 = 64;
const DAYS: i64 = 365;

/// Of so many, every hour breaks off; of the others, every day.
const FLAKY: u32 = 4;

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// 2025-01-01, 0:00 UTC.
const BEGIN: i64 = 1_735_689_600_000_000;

/// Pixels of a wide screen.
const BUCKETS: u32 = 1800;

const ZOOMS: [(&str, i64); 6] = [
    ("second", SECOND_US),
    ("hour", HOUR_US),
    ("day", DAY_US),
    ("week", 7 * DAY_US),
    ("month", 31 * DAY_US),
    ("year", DAYS * DAY_US),
];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = engine(short).await?;
    figures.extend(page::run().await?);
    Ok(figures)
}

/// From a viewer's question to the answer of an engine that has the year.
async fn engine(short: bool) -> Result<Vec<Figure>> {
    let (place, data) = (Place::new()?, Place::new()?);
    let (volume, kept) = (place.join("volume"), data.path().to_owned());
    tokio::task::spawn_blocking(move || fill(&volume, &kept, short)).await??;
    let server = Server::start(&place, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let cameras: Vec<CameraAddress> =
        client.snapshot().cameras.iter().map(|camera| camera.address.clone()).collect();
    let mut figures = Vec::new();
    for (name, length) in ZOOMS {
        let (mut slowest, mut lanes) = (Duration::ZERO, Vec::new());
        for turn in 0..5 {
            let from = BEGIN + (DAYS * DAY_US - length) / 4 * turn;
            let (cameras, to) = (cameras.clone(), from + length);
            let asked = Command::Timeline { cameras, from, to, buckets: BUCKETS };
            let begin = Instant::now();
            let Reply::Timeline { timeline } = client.command(asked).await? else {
                bail!("asked for a timeline and got something else");
            };
            slowest = slowest.max(begin.elapsed());
            lanes = timeline.lanes;
        }
        let recorded = lanes.iter().filter(|lane| !lane.runs.is_empty()).count();
        ensure!(recorded == CAMERAS as usize, "{name}: {recorded} lanes have anything on them");
        let bytes: usize = lanes.iter().map(|lane| lane.runs.len() + lane.events.len()).sum();
        let ms = slowest.as_secs_f64() * 1e3;
        let figure = Figure::at_most(format!("timeline-year/{name}"), ms, "ms", 30.0).speed();
        figures.push(figure.noted(format!("{bytes} bytes for {CAMERAS} lanes")));
    }
    client.close().await;
    server.end().await?;
    Ok(figures)
}

/// Writes the year. The short form has one row a recording in place of one a
/// minute, and as many recordings: no others are looked at.
fn fill(path: &Path, data: &Path, short: bool) -> Result<()> {
    let id = Volume::create(path)?;
    drop(Volume::open(path, &id)?);
    let mut index = Index::open(path, &id)?;
    let (mut store, _) = Store::open(data, KeyKeeping::KeyFile, Clock::simulated(WallTime(BEGIN)))?;
    let path = path.to_string_lossy().into_owned();
    store.add_volume(&store::Volume { id, path, max_bytes: None, max_days: None })?;
    for number in 1..=CAMERAS {
        let source = CameraSource::Demo;
        store.add_camera(&NewCamera { name: format!("Camera {number}"), source })?;
    }
    for stream in streams() {
        let off = RecordingPlan { mode: RecordingMode::Off, ..RecordingPlan::default() };
        store.set_plan(stream, &off)?;
    }
    for day in 0..DAYS {
        let recordings: Vec<(StreamId, i64, i64)> =
            streams().flat_map(|it| a_day(it, day)).collect();
        let rows: Vec<Segment> =
            recordings.iter().flat_map(|&recording| segments(recording, short)).collect();
        index.advance(&rows, &[])?;
        let gaps: Vec<RecordingGap> = recordings.iter().map(|&it| gap_after(it)).collect();
        store.record_gaps(&gaps)?;
    }
    Ok(())
}

fn streams() -> impl Iterator<Item = StreamId> {
    let roles = [StreamRole::Main, StreamRole::Sub];
    (1..=CAMERAS)
        .flat_map(move |camera| roles.map(|role| StreamId { camera: CameraId(camera), role }))
}

/// When it was recorded, which ends a little before the next begins.
fn a_day(stream: StreamId, day: i64) -> impl Iterator<Item = (StreamId, i64, i64)> {
    let length = if stream.camera.0 <= FLAKY { HOUR_US } else { DAY_US };
    (0..DAY_US / length).map(move |i| {
        let from = BEGIN + day * DAY_US + i * length;
        (stream, from, from + length - length / 100)
    })
}

fn segments(
    (stream, from, to): (StreamId, i64, i64),
    short: bool,
) -> impl Iterator<Item = Segment> {
    let length = if short || stream.role == StreamRole::Sub { to - from } else { MINUTE_US };
    (0..((to - from + length - 1) / length)).map(move |i| Segment {
        stream,
        start: WallTime(from + i * length),
        end: WallTime((from + (i + 1) * length).min(to)),
        bytes: 30_000_000,
        recording: WallTime(from),
        run: 1,
        begins_with_key: true,
        is_open: false,
    })
}

fn gap_after((stream, from, to): (StreamId, i64, i64)) -> RecordingGap {
    let next = from + (to - from) / 99 * 100;
    RecordingGap { stream, from: WallTime(to), to: WallTime(next), cause: GapCause::NetworkLoss }
}
