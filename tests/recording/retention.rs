//! A day of recording in a minute: what is kept, what must stay, and whether
//! the forecast was right. The clock is ours, the disk a real one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use archive::{Batch, Item, Limit, Limits, Volume};
use bytes::Bytes;
use media::{
    AccessUnit, CameraId, Codec, MediaTime, Rotation, Size, StreamId, StreamRole, VideoFormat,
    WallTime,
};
use testkit::{Figure, Place};

const CAMERAS: u32 = 4;

/// 2026-11-22, 0:00 UTC.
const BEGIN: i64 = 1_795_305_600_000_000;

const HOUR_US: i64 = 3_600_000_000;

/// What a camera sends a second, in bytes.
const RATE: usize = 200;

/// As much as six hours of all of them.
const QUOTA: u64 = CAMERAS as u64 * RATE as u64 * 6 * 3600;

/// How far forecasts may be off, in %.
const OFF: f64 = 15.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    tokio::task::spawn_blocking(move || day(if short { 9 } else { 24 })).await?
}

fn day(hours: i64) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let path = place.join("volume");
    let id = Volume::create(&path)?;
    let mut volume = Volume::open(&path, &id)?;
    let locked = (CameraId(2), WallTime(BEGIN + HOUR_US / 2), WallTime(BEGIN + HOUR_US));
    let limit = Limit { bytes: Some(QUOTA), age: None };
    let limits = Limits { volume: limit, streams: BTreeMap::new(), locked: vec![locked] };
    let mut cameras: Vec<Camera> = (1..=CAMERAS).map(Camera::new).collect();
    let (mut forecast, mut most, mut evidence) = (None, 0, None);
    let mut first_removed = None;
    for minute in 0..hours * 60 {
        let now = WallTime(BEGIN + (minute + 1) * 60_000_000);
        let batches = cameras.iter_mut().map(|camera| camera.minute(minute)).collect();
        let round = volume.round(batches, &limits, now);
        anyhow::ensure!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
        if let Some(removed) = round.removed.first()
            && first_removed.is_none()
        {
            first_removed = Some(now.since(removed.start));
        }
        let held = volume.held()?;
        most = most.max(held.iter().map(|held| held.bytes).sum::<u64>());
        if now.0 == BEGIN + 2 * HOUR_US {
            forecast = archive::forecast(&held, volume.space()?, limit, now);
            evidence = Some(contents(&path, &volume, locked)?);
        }
    }
    let after = contents(&path, &volume, locked)?;
    let evidence = evidence.context("two hours")?;
    let changed = evidence.iter().filter(|(place, bytes)| after.get(*place) != Some(bytes)).count();
    let (forecast, stayed) = (forecast.context("a forecast")?, first_removed.context("a removal")?);
    let off = 100.0 * (forecast.as_secs_f64() / stayed.as_secs_f64() - 1.0).abs();
    volume.close();
    let findings = archive::check(&path, true)?.len();
    Ok(vec![
        Figure::at_most("retention/quota", most as f64 / 1e6, "MB", QUOTA as f64 / 1e6),
        Figure::at_least("retention/evidence", evidence.len() as f64, "segments", 30.0),
        Figure::exactly("retention/evidence-changed", changed as f64, "segments", 0.0),
        Figure::at_most("retention/forecast-off", off, "%", OFF).noted(format!(
            "{:.2} h foretold, {:.2} h stayed",
            forecast.as_secs_f64() / 3600.0,
            stayed.as_secs_f64() / 3600.0
        )),
        Figure::exactly("retention/findings", findings as f64, "findings", 0.0),
    ])
}

/// The files of what is locked.
fn contents(
    path: &Path,
    volume: &Volume,
    (camera, from, to): (CameraId, WallTime, WallTime),
) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let index = archive::open_index(volume.path())?;
    let stream = StreamId { camera, role: StreamRole::Main };
    let mut contents = BTreeMap::new();
    for segment in index.between(stream, from, to)? {
        let place = segment.place();
        let bytes = std::fs::read(path.join(&place))?;
        contents.insert(place, bytes);
    }
    Ok(contents)
}

/// One picture a second, each a key frame.
struct Camera {
    stream: StreamId,
    format: Arc<VideoFormat>,
    payload: Bytes,
}

impl Camera {
    fn new(number: u32) -> Self {
        let format = VideoFormat {
            codec: Codec::MJPEG,
            extradata: Bytes::new(),
            size: Size { width: 64, height: 48 },
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        };
        Self {
            stream: StreamId { camera: CameraId(number), role: StreamRole::Main },
            format: Arc::new(format),
            payload: vec![number as u8; RATE].into(),
        }
    }

    fn minute(&mut self, minute: i64) -> Batch {
        let unit = |second: i64| {
            let second = minute * 60 + second;
            Item::Unit(Arc::new(AccessUnit {
                format: self.format.clone(),
                sequence: second.unsigned_abs(),
                time: MediaTime(second * 1_000_000),
                duration: Duration::from_secs(1),
                arrived: WallTime(BEGIN + second * 1_000_000),
                is_key: true,
                payload: self.payload.clone(),
            }))
        };
        let items = (0..60).map(unit).collect();
        Batch { stream: self.stream, camera_name: "Gate".into(), items, audio: Vec::new() }
    }
}
