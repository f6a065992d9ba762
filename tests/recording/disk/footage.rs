//! What is missing in recordings, and what is said of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use media::{CameraId, StreamId};
use protocol::{Command, GapCause, RecordingGap, Reply, StreamRole};
use testkit::{CameraClip, Recorded, Server};

use crate::recording::rig::Rig;

/// A clip with a key frame each second.
pub fn clip(camera: u32, bits_per_second: u32) -> CameraClip {
    CameraClip { gop: 25, bits_per_second, ..CameraClip::main(camera) }
}

/// A hole in the recordings of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Hole {
    /// How many units are missing.
    pub units: u64,
    /// When the last unit before it ended, in µs since 1970 UTC.
    pub from: i64,
    /// When the first unit after it came.
    pub to: i64,
    /// Whether what follows can be decoded.
    pub is_key: bool,
}

impl Hole {
    /// How long it is.
    pub fn seconds(&self) -> f64 {
        (self.to - self.from) as f64 / 1e6
    }
}

/// What a volume has of a stream.
pub struct Footage {
    /// As its files have it.
    pub recorded: Recorded,
    /// What is missing in between.
    pub holes: Vec<Hole>,
}

impl Footage {
    /// Of the camera with this id.
    pub fn read(volume: &Path, id: u32) -> Result<Self> {
        let recorded = Recorded::read(volume, id, StreamRole::Main)?;
        let units = recorded.units.iter().filter_map(|unit| Some((unit.mark?.number, unit)));
        let units: Vec<_> = units.collect();
        let holes = units.windows(2).filter_map(|pair| {
            let [(before, last), (after, first)] = pair else { return None };
            let (from, to) = (last.wall.0 + 40_000, first.wall.0);
            let units = after.saturating_sub(before + 1);
            (units > 0).then_some(Hole { units, from, to, is_key: first.is_key })
        });
        let holes = holes.collect();
        Ok(Self { recorded, holes })
    }

    /// How many units are missing.
    pub fn missing(&self) -> u64 {
        self.holes.iter().map(|hole| hole.units).sum()
    }

    /// The longest hole, in seconds.
    pub fn longest(&self) -> f64 {
        self.holes.iter().map(Hole::seconds).fold(0.0, f64::max)
    }

    /// Holes for which there is no row of one of `causes` that begins and ends
    /// where they do, within a second; and rows for which there is no hole,
    /// but those from before its first unit.
    pub fn unmatched(&self, rows: &[RecordingGap], causes: &[GapCause]) -> usize {
        let near = |a: i64, b: i64| a.abs_diff(b) <= 1_000_000;
        let fits = |hole: &Hole, row: &RecordingGap| {
            near(hole.from, row.from) && near(hole.to, row.to) && causes.contains(&row.cause)
        };
        let first = self.recorded.units.first().map_or(i64::MAX, |it| it.wall.0);
        let rows = rows.iter().filter(|row| row.from >= first);
        // One that is shorter is none for the recorder: pictures do not come on the tick.
        let told = self.holes.iter().filter(|hole| hole.seconds() >= 0.5);
        let untold = told.filter(|hole| !rows.clone().any(|row| fits(hole, row))).count();
        let is_unfounded = |row: &RecordingGap| !self.holes.iter().any(|hole| fits(hole, row));
        untold + rows.filter(|row| is_unfounded(row)).count()
    }
}

/// What a server says was not recorded of the camera with this id, but what
/// was removed to make room.
pub async fn gaps(server: &Server, id: u32) -> Result<Vec<RecordingGap>> {
    let mut client = server.client().await?;
    let command = Command::Gaps { from: 0, to: i64::MAX, camera: None, limit: 10_000 };
    let answer = client.command(command).await?;
    client.close().await;
    let Reply::Gaps { gaps } = answer else { bail!("asked for gaps, got {answer:?}") };
    let is_of =
        |it: &RecordingGap| it.stream.camera.camera == id && it.cause != GapCause::Retention;
    Ok(gaps.into_iter().filter(is_of).collect())
}

/// Waits until something of the camera with this id that came after `since` is
/// on the disk; how many seconds after it the first of it came.
pub async fn resumed(rig: &Rig, id: u32, since: i64, limit: Duration) -> Result<f64> {
    let stream = StreamId { camera: CameraId(id), role: media::StreamRole::Main };
    let newest = testkit::until(limit, "recording to go on", async || {
        let index = archive::open_index(&rig.volume).ok();
        let newest = index.and_then(|index| index.newest(stream).ok().flatten());
        Ok(newest.filter(|it| it.end.0 > since))
    });
    // What waited when it was over may be older.
    Ok(newest.await.map_or(f64::INFINITY, |it| (it.start.0 - since).max(0) as f64 / 1e6))
}

/// The segment that is being written of the camera with this id.
pub fn newest_file(volume: &Path, id: u32) -> Result<PathBuf> {
    let newest = files(volume, id)?.pop();
    newest.with_context(|| format!("camera {id} has no segment"))
}

/// The segments of the camera with this id, in order.
pub fn files(volume: &Path, id: u32) -> Result<Vec<PathBuf>> {
    let folder = volume.join("recordings").join(format!("camera-{id}-main"));
    let mut files = Vec::new();
    for hour in std::fs::read_dir(&folder)? {
        for file in std::fs::read_dir(hour?.path())? {
            files.push(file?.path());
        }
    }
    files.sort();
    Ok(files)
}
