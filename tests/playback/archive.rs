//! An archive of real pictures: cameras are recorded for a moment, and what
//! came is written again and again, over as many hours as are wanted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use archive::{Batch, Footage, Item, Limits, Volume};
use media::{AccessUnit, CameraId, MediaTime, StreamId, StreamRole, WallTime};
use protocol::StreamAddress;
use testkit::{CameraClip, Place, Server, measure_for};

use crate::recording::rig::{self, Rig, RigOptions};

/// How long cameras are recorded.
const TAKE: Duration = Duration::from_secs(6);

/// Recordings, and an engine that has them.
pub struct Archive {
    pub server: Server,
    /// Main streams of the cameras, and their others.
    pub mains: Vec<StreamAddress>,
    pub subs: Vec<StreamAddress>,
    /// All of it is recorded in this span, in µs since 1970 UTC.
    pub span: (i64, i64),
    pub place: Place,
    pub data: Place,
}

impl Archive {
    /// Of cameras that play `mains` and `subs`, over so much time.
    pub async fn make(
        mains: &[CameraClip],
        subs: Vec<CameraClip>,
        length: Duration,
    ) -> Result<Self> {
        let rig = Rig::start_with(mains, RigOptions { subs, ..Default::default() }).await?;
        let client = rig.server.client().await?;
        let cameras = client.snapshot().cameras.clone();
        measure_for(TAKE).await;
        client.close().await;
        rig.end().await?;
        let Rig { cameras: playing, data, volume, place, ids, .. } = rig;
        playing.end().await?;
        let span = tokio::task::spawn_blocking(move || extend(&volume, &ids, length)).await??;
        let server = rig::start(&place, data.path(), &[]).await?;
        let address = |role| {
            let of =
                |camera: &protocol::Camera| StreamAddress { camera: camera.address.clone(), role };
            cameras.iter().map(of).collect()
        };
        let (mains, subs) =
            (address(protocol::StreamRole::Main), address(protocol::StreamRole::Sub));
        Ok(Self { server, mains, subs, span, place, data })
    }
}

/// Writes what was recorded again, before it, and again before that. The span
/// in which everything is recorded without a hole.
fn extend(root: &Path, ids: &[u32], length: Duration) -> Result<(i64, i64)> {
    let mut takes = Vec::new();
    let index = archive::open_index(root)?;
    for id in ids {
        for role in [StreamRole::Main, StreamRole::Sub] {
            let stream = StreamId { camera: CameraId(*id), role };
            let mut units = Vec::new();
            for row in index.between(stream, WallTime(0), WallTime(i64::MAX))? {
                let mut footage = Footage::open(root, &row)?;
                let format = Arc::new(footage.head().video.clone());
                for picture in footage.pictures().to_vec() {
                    units.push(AccessUnit {
                        format: format.clone(),
                        sequence: 0,
                        time: MediaTime(picture.time),
                        duration: Duration::from_micros(picture.duration.into()),
                        arrived: WallTime(row.start.0 + picture.time),
                        is_key: picture.is_key,
                        payload: footage.payload(&picture)?.into(),
                    });
                }
            }
            // Whole groups only.
            let last = units.iter().rposition(|it| it.is_key).unwrap_or(0);
            units.truncate(last);
            let begin = units.iter().position(|it| it.is_key).unwrap_or(units.len());
            units.drain(..begin);
            if !units.is_empty() {
                at_a_steady_rate(&mut units);
                takes.push((stream, units));
            }
        }
    }
    let earliest = takes.iter().filter_map(|(_, units)| units.first()).map(|it| it.arrived.0);
    let end = earliest.min().context("nothing was recorded")? - 5_000_000;
    let begin = end - length.as_micros() as i64;
    drop(index);
    let id = archive::identity(root)?.context("a volume")?;
    let mut volume = Volume::open(root, &id)?;
    let mut writers: Vec<Writer> = takes
        .into_iter()
        .zip(0..)
        // Cameras keep no step with each other.
        .map(|((stream, units), place)| Writer {
            stream,
            units,
            next: 0,
            at: begin + place * 6007,
            sequence: 0,
        })
        .collect();
    let mut until = begin;
    while until < end {
        until = (until + 60_000_000).min(end);
        let batches = writers.iter_mut().map(|writer| writer.until(until)).collect();
        let round = volume.round(batches, &Limits::default(), WallTime(end));
        anyhow::ensure!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
    }
    volume.close();
    // Up to where the last whole minute of each is on the disk.
    Ok((begin + 1_000_000, end - 1_000_000))
}

/// Gives every picture the duration that most have: a camera on a busy machine
/// stalls at times, and a stall would be written again and again.
fn at_a_steady_rate(units: &mut [AccessUnit]) {
    let mut durations: Vec<Duration> = units.iter().map(|it| it.duration).collect();
    durations.sort_unstable();
    let usual = durations[durations.len() / 2];
    units.iter_mut().for_each(|it| it.duration = usual);
}

struct Writer {
    stream: StreamId,
    units: Vec<AccessUnit>,
    next: usize,
    /// Time of the next unit.
    at: i64,
    sequence: u64,
}

impl Writer {
    fn until(&mut self, until: i64) -> Batch {
        let mut items = Vec::new();
        while self.at < until {
            let unit = &self.units[self.next % self.units.len()];
            items.push(Item::Unit(Arc::new(AccessUnit {
                sequence: self.sequence,
                time: MediaTime(self.at),
                arrived: WallTime(self.at),
                ..unit.clone()
            })));
            self.next += 1;
            self.sequence += 1;
            self.at += unit.duration.as_micros() as i64;
        }
        Batch { stream: self.stream, camera_name: "Gate".into(), items, audio: Vec::new() }
    }
}
