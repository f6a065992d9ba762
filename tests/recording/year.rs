//! A year of sixty-four cameras in the index: opening it and looking anything
//! up takes no time.

use std::time::{Duration, Instant};

use anyhow::Result;
use archive::{Index, Segment, Volume};
use media::{CameraId, StreamId, StreamRole, WallTime};
use testkit::{Figure, Place};

const CAMERAS: u32 = 64;

const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 1440 * MINUTE_US;

/// 2026-01-01, 0:00 UTC.
const BEGIN: i64 = 1_767_225_600_000_000;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(move || year(if short { 20 } else { 365 })).await?
}

fn year(days: i64) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let path = place.join("volume");
    let id = Volume::create(&path)?;
    drop(Volume::open(&path, &id)?);
    let mut index = Index::open(&path, &id)?;
    for day in 0..days {
        let rows: Vec<Segment> = (1..=CAMERAS).flat_map(|camera| a_day(camera, day)).collect();
        index.advance(&rows, &[])?;
    }
    drop(index);
    let begin = Instant::now();
    let volume = Volume::open(&path, &id)?;
    let opened = begin.elapsed();
    let index = archive::open_index(&path)?;
    let mut slowest = Duration::ZERO;
    let mut found = 0;
    for camera in 1..=CAMERAS {
        let stream = stream(camera);
        for span in [1, days.min(7), days.min(30), days] {
            let from = WallTime(BEGIN + i64::from(camera) % (days - span + 1) * DAY_US);
            let begin = Instant::now();
            found += index.recordings(stream, from, WallTime(from.0 + span * DAY_US))?.len();
            slowest = slowest.max(begin.elapsed());
        }
        let begin = Instant::now();
        let at = BEGIN + (i64::from(camera) * 977 * MINUTE_US) % (days * DAY_US);
        found += index.between(stream, WallTime(at), WallTime(at + 10 * MINUTE_US))?.len();
        slowest = slowest.max(begin.elapsed());
    }
    let begin = Instant::now();
    found += volume.held()?.len();
    slowest = slowest.max(begin.elapsed());
    let rows = days * 1440 * i64::from(CAMERAS);
    let ms = |span: Duration| span.as_secs_f64() * 1e3;
    Ok(vec![
        Figure::at_most("index-year/start", ms(opened), "ms", 500.0)
            .speed()
            .noted(format!("{rows} segments")),
        Figure::at_most("index-year/query", ms(slowest), "ms", 30.0).speed(),
        Figure::at_least("index-year/found", found as f64, "rows", 64.0 * 20.0),
    ])
}

/// Segments of a minute, in recordings of an hour.
fn a_day(camera: u32, day: i64) -> impl Iterator<Item = Segment> {
    (0..1440).map(move |minute| {
        let start = BEGIN + day * DAY_US + minute * MINUTE_US;
        Segment {
            stream: stream(camera),
            start: WallTime(start),
            // The last of an hour ends before the next begins.
            end: WallTime(start + MINUTE_US - if minute % 60 == 59 { 5_000_000 } else { 0 }),
            bytes: 30_000_000,
            recording: WallTime(start - minute % 60 * MINUTE_US),
            run: 1,
            begins_with_key: true,
            is_open: false,
        }
    })
}

fn stream(camera: u32) -> StreamId {
    StreamId { camera: CameraId(camera), role: StreamRole::Main }
}
