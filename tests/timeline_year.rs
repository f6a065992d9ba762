//! The timeline of a year of sixty-four cameras: how long the engine takes to
//! say what is recorded, and the page to draw it, at any zoom.

mod page;

use std::time::{Duration, Instant};

use anyhow::Result;
use archive::{Index, Segment, Volume};
use engine::timeline::{Buckets, draw};
use media::{CameraId, Clock, GapCause, RecordingGap, StreamId, StreamRole, WallTime};
use store::{KeyKeeping, Store};
use testkit::{Figure, Place};

const CAMERAS: u32 = 64;
const DAYS: i64 = 365;

/// Of so many, every hour breaks off; of the others, every day.
const FLAKY: u32 = 4;

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;
const HOUR_US: i64 = 60 * MINUTE_US;
const DAY_US: i64 = 24 * HOUR_US;

/// 2026-01-01, 0:00 UTC.
const BEGIN: i64 = 1_767_225_600_000_000;

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
    let mut figures = tokio::task::spawn_blocking(move || engine(short)).await??;
    figures.extend(page::run().await?);
    Ok(figures)
}

/// The short form has one row a recording in place of one a minute, and as
/// many recordings: no others are looked at.
fn engine(short: bool) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let path = place.join("volume");
    let id = Volume::create(&path)?;
    drop(Volume::open(&path, &id)?);
    let mut index = Index::open(&path, &id)?;
    let (mut store, _) =
        Store::open(&place.join("data"), KeyKeeping::KeyFile, Clock::simulated(WallTime(BEGIN)))?;
    for day in 0..DAYS {
        let recordings: Vec<(StreamId, i64, i64)> =
            streams().flat_map(|it| a_day(it, day)).collect();
        let rows: Vec<Segment> =
            recordings.iter().flat_map(|&recording| segments(recording, short)).collect();
        index.advance(&rows, &[])?;
        let gaps: Vec<RecordingGap> = recordings.iter().map(|&it| gap_after(it)).collect();
        store.record_gaps(&gaps)?;
    }
    let cameras: Vec<CameraId> = (1..=CAMERAS).map(CameraId).collect();
    let mut figures = Vec::new();
    for (name, length) in ZOOMS {
        let mut slowest = Duration::ZERO;
        let mut bytes = 0;
        for turn in 0..5 {
            let from = BEGIN + (DAYS * DAY_US - length) / 4 * turn;
            let begin = Instant::now();
            let (from, to) = (WallTime(from), WallTime(from + length));
            let Some(buckets) = Buckets::new(from, to, BUCKETS) else { continue };
            let gaps = store.long_gaps(from, to, buckets.length() / 4)?;
            let volumes = std::slice::from_ref(&path);
            let lanes = draw(volumes, &gaps, &store.evidence()?, &cameras, buckets);
            slowest = slowest.max(begin.elapsed());
            bytes = bytes.max(lanes.iter().map(Vec::len).sum());
        }
        let ms = slowest.as_secs_f64() * 1e3;
        let figure = Figure::at_most(format!("timeline-year/{name}"), ms, "ms", 30.0).speed();
        figures.push(figure.noted(format!("{bytes} bytes for {CAMERAS} lanes")));
    }
    // As in an engine, whoever writes had it open: the first to read a log alone reads all of it.
    drop(index);
    Ok(figures)
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
