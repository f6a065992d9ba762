//! A volume with recordings, and a place to export to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use archive::{
    Batch, Export, ExportError, ExportRequest, Exported, Item, Limits, Volume, Wanted, Wish,
};
use jiff::tz::TimeZone;
use media::{AccessUnit, AudioUnit, CameraId, MediaTime, StreamId, StreamRole, WallTime};

/// 2026-11-22, 10:15 UTC.
pub const BEGIN: i64 = 1_795_342_500_000_000;

pub const STREAM: StreamId = StreamId { camera: CameraId(12), role: StreamRole::Main };

pub struct Rig {
    pub place: tempfile::TempDir,
    pub volume: Option<Volume>,
}

impl Rig {
    pub fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("volume");
        let id = Volume::create(&path).unwrap();
        std::fs::create_dir(place.path().join("dest")).unwrap();
        Self { volume: Some(Volume::open(&path, &id).unwrap()), place }
    }

    pub fn dest(&self) -> PathBuf {
        self.place.path().join("dest")
    }

    pub fn path(&self) -> PathBuf {
        self.place.path().join("volume")
    }

    /// Records units whose times are those since `at`, in µs since [`BEGIN`],
    /// a second a round.
    pub fn record(&mut self, stream: StreamId, units: &[AccessUnit], audio: &[AudioUnit], at: i64) {
        let second = |time: MediaTime| time.0.div_euclid(1_000_000);
        let volume = self.volume.as_mut().unwrap();
        let mut audio = audio.iter().peekable();
        // In the order of decoding, whatever their times.
        for group in units.chunk_by(|a, b| second(a.time) == second(b.time)) {
            let items = group.iter().map(|unit| {
                let arrived = WallTime(BEGIN + at + unit.time.0);
                Item::Unit(Arc::new(AccessUnit { arrived, ..unit.clone() }))
            });
            let until = second(group[0].time) + 1;
            let mut heard = Vec::new();
            while let Some(unit) = audio.next_if(|unit| second(unit.time) < until) {
                heard.push(Arc::new(unit.clone()));
            }
            let items = items.collect();
            let batch = Batch { stream, camera_name: "Gate".into(), items, audio: heard };
            let round = volume.round(vec![batch], &Limits::default(), WallTime(BEGIN));
            assert!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
        }
    }

    /// What follows is another recording.
    pub fn pause(&mut self, stream: StreamId) {
        self.volume.as_mut().unwrap().end(stream).unwrap();
    }

    pub fn request(&self, from: i64, to: i64) -> ExportRequest {
        request(&self.path(), &self.dest(), from, to)
    }

    pub fn export(&self, from: i64, to: i64) -> Result<Exported, ExportError> {
        run(self.request(from, to))
    }

    /// Names in the destination, those that are not for people with a mark.
    pub fn names(&self) -> Vec<String> {
        names(&self.dest())
    }
}

pub fn request(volume: &Path, dest: &Path, from: i64, to: i64) -> ExportRequest {
    ExportRequest {
        wanted: vec![Wanted { stream: STREAM, name: "Gate".into() }],
        from: WallTime(BEGIN + from),
        to: WallTime(BEGIN + to),
        volumes: vec![volume.to_owned()],
        gaps: Vec::new(),
        destination: dest.to_owned(),
        bare: false,
        burn_in: false,
        name: String::new(),
        note: String::new(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        made_by: "Tessera test".into(),
        now: WallTime(BEGIN) + Duration::from_secs(10 * 86_400),
    }
}

pub fn run(request: ExportRequest) -> Result<Exported, ExportError> {
    Export::plan(request)?.run(None, &mut |_| Wish::GoOn)
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Its films, with the spans the manifest says, in µs since [`BEGIN`].
pub fn films(folder: &Path) -> Vec<(PathBuf, i64, i64)> {
    let manifest = manifest(folder);
    let cameras = manifest["cameras"].as_array().unwrap();
    let parts = cameras.iter().flat_map(|camera| camera["parts"].as_array().unwrap());
    parts
        .map(|part| {
            let time = |name: &str| part[name].as_i64().unwrap() - BEGIN;
            (folder.join(part["file"].as_str().unwrap()), time("from"), time("to"))
        })
        .collect()
}
