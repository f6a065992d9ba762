//! What others wrote: MP4 files that no recorder of ours wrote, under names of
//! ours, and folders of somebody else's on the volume. They come from the
//! folder of test material that `TESSERA_TEST_DATA` names.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use archive::{ArchiveError, Footage, Segment, Volume};
use testkit::{Figure, Place, Random, Usage};

use super::generated::{AN_HOUR, Generated, rows};
use crate::corpus_rtsp::FOLDER;

/// What is ours on the volume.
const OURS: Generated =
    Generated { cameras: 1, segments: 3, seconds: 10, rate: 10, picture: 900, age: AN_HOUR };

/// What reading them may cost, in MiB, and how long each may take.
const MEBIBYTES: f64 = 64.0;
const SLOW: Duration = Duration::from_secs(1);

/// What came of the files.
#[derive(Default)]
struct Outcome {
    files: u32,
    refused: u32,
    /// Refused without saying where in the file.
    vague: Vec<String>,
    changed: Vec<String>,
    slowest: Duration,
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return Ok(vec![Figure::not_run("foreign-files", format!("{FOLDER} names no folder"))]);
    };
    let engine = std::process::id();
    let before = Usage::of(engine)?.memory;
    let work = async { tokio::task::spawn_blocking(move || read_all(&folder, short)).await? };
    let (figures, peak) = Usage::peak_memory(engine, work).await?;
    let growth = peak.saturating_sub(before) as f64 / f64::from(1 << 20);
    let growth = Figure::at_most("foreign-files/growth", growth, "MiB", MEBIBYTES);
    Ok([figures, vec![growth]].concat())
}

fn read_all(folder: &Path, short: bool) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let root = place.join("volume");
    OURS.write(&root, false)?;
    let (ours, id) = (rows(&root)?, Volume::create(&root)?);
    let last = *ours.last().context("no segment was written")?;
    let strangers = [root.join("holidays/beach.mp4"), root.join("recordings/notes.txt")];
    for path in &strangers {
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(path, path.display().to_string())?;
    }
    let mut outcome = Outcome::default();
    let mut files = Vec::new();
    find(&folder.join("malformed/mp4"), &mut files)?;
    for path in &files {
        outcome.take(&root, &id, &last, path, &fs::read(path)?)?;
    }
    let whole = fs::read(root.join(last.place()))?;
    let mut random = Random::new(7);
    for number in 0..if short { 300 } else { 5000 } {
        let mut file = whole.clone();
        for _ in 0..=random.below(8) {
            let at = random.below(file.len());
            file[at] = random.below(256) as u8;
        }
        outcome.read(&root, &last, &format!("damaged file {number}"), &file)?;
    }
    let kept = rows(&root)?;
    let lost = ours.iter().filter(|it| !kept.contains(it)).count();
    let untouched = strangers
        .iter()
        .filter(|path| fs::read(path).is_ok_and(|it| it == path.display().to_string().as_bytes()))
        .count();
    let count = |what: &str, all: &[String]| {
        let figure = Figure::exactly(what, all.len() as f64, "files", 0.0);
        if all.is_empty() { figure } else { figure.noted(all[..all.len().min(3)].join(", ")) }
    };
    let slowest = outcome.slowest.as_secs_f64();
    Ok(vec![
        Figure::at_least("foreign-files/read", files.len() as f64, "files", 100.0),
        Figure::at_least("foreign-files/refused", outcome.refused.into(), "files", 100.0)
            .noted(format!("of {}, damaged ones of ours among them", outcome.files)),
        count("foreign-files/without-offset", &outcome.vague),
        count("foreign-files/changed", &outcome.changed),
        Figure::at_most("foreign-files/slowest", slowest, "s", SLOW.as_secs_f64()),
        Figure::exactly("foreign-files/lost", lost as f64, "segments", 0.0),
        Figure::exactly("foreign-files/untouched", untouched as f64, "files", 2.0),
    ])
}

impl Outcome {
    /// Puts a file where a segment of ours would be that was being written when
    /// an engine was killed, and lets another engine open the volume.
    fn take(
        &mut self,
        root: &Path,
        id: &str,
        last: &Segment,
        from: &Path,
        file: &[u8],
    ) -> Result<()> {
        let name = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let newest = Segment { start: last.end + Duration::from_secs(60), ..*last };
        self.read(root, &newest, &name, file)?;
        let path = root.join(newest.place());
        fs::write(&path, file)?;
        let begin = Instant::now();
        let volume = Volume::open(root, id)?;
        self.slowest = self.slowest.max(begin.elapsed());
        ensure!(volume.close().index.is_none(), "the index did not follow");
        let kept = path.with_extension("damaged");
        if !file.is_empty() && fs::read(&kept).ok().as_deref() != Some(file) {
            self.changed.push(name);
        }
        for path in [path, kept] {
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Reads a file as the segment `as_if`, every picture of it.
    fn read(&mut self, root: &Path, as_if: &Segment, name: &str, file: &[u8]) -> Result<()> {
        let path = root.join(as_if.place());
        let before = fs::read(&path).ok();
        fs::create_dir_all(path.parent().context("a folder")?)?;
        fs::write(&path, file)?;
        let begin = Instant::now();
        let outcome = pictures(root, &Segment { bytes: file.len() as u64, ..*as_if });
        self.slowest = self.slowest.max(begin.elapsed());
        self.files += 1;
        if let Err(error) = outcome {
            self.refused += 1;
            if !matches!(error, ArchiveError::Unreadable { .. }) {
                self.vague.push(format!("{name}: {error}"));
            }
        }
        match before {
            Some(before) => fs::write(&path, before)?,
            None => fs::remove_file(&path)?,
        }
        Ok(())
    }
}

fn pictures(root: &Path, segment: &Segment) -> Result<(), ArchiveError> {
    let mut footage = Footage::open(root, segment)?;
    for picture in footage.pictures().to_vec() {
        footage.payload(&picture)?;
    }
    Ok(())
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}
