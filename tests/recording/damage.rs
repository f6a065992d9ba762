//! R3: the newest file is cut off, or part of it is zeroed.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use archive::{Difference, Finding, Footage, Volume};
use testkit::{Figure, Place, Random};

use super::generated::{AN_HOUR, Generated, payload, rows};

const FILE: Generated =
    Generated { cameras: 1, segments: 1, seconds: 30, rate: 25, picture: 900, age: AN_HOUR };

/// What is zeroed at once, in bytes.
const PAGE: usize = 4096;

/// What came of the damage, over all offsets.
#[derive(Default)]
struct Outcome {
    offsets: u32,
    intact: u64,
    unread: u64,
    /// Files whose head is damaged, and such that are not kept then.
    headless: u32,
    dropped: u32,
    /// Intact fragments in files whose head is damaged: nothing tells how to
    /// decode them.
    behind: u64,
    disagreements: u64,
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let count = if short { 20 } else { 200 };
    let place = Place::new()?;
    let whole = place.join("whole");
    FILE.write(&whole, true)?;
    let row = rows(&whole)?.pop().context("no segment was written")?;
    let footage = Footage::open(&whole, &row)?;
    let pictures: Vec<Range<usize>> = footage
        .pictures()
        .iter()
        .map(|it| it.offset as usize..it.offset as usize + it.size as usize)
        .collect();
    let head = pictures.first().context("no picture was written")?.start;
    let mut random = Random::new(3);
    let mut figures = Vec::new();
    for (name, is_cut) in [("truncated", true), ("zeroed", false)] {
        let mut outcome = Outcome::default();
        for time in 0..count {
            let volume = place.join("volume");
            copy(&whole, &volume)?;
            let path = newest(&volume)?;
            let mut file = fs::read(&path)?;
            // The head is small, and hit for sure.
            let offset = match time {
                0 => 0,
                1 => head / 2,
                _ => random.below(file.len()),
            };
            let damaged = if is_cut {
                file.truncate(offset);
                offset..usize::MAX
            } else {
                let end = (offset + PAGE).min(file.len());
                file[offset..end].fill(0);
                offset..end
            };
            fs::write(&path, &file)?;
            outcome.add(&volume, &path, &pictures, head, &damaged)?;
            fs::remove_dir_all(&volume)?;
        }
        figures.extend(outcome.figures(&format!("damaged-files/{name}")));
    }
    Ok(figures)
}

impl Outcome {
    fn add(
        &mut self,
        volume: &Path,
        path: &Path,
        pictures: &[Range<usize>],
        head: usize,
        damaged: &Range<usize>,
    ) -> Result<()> {
        self.offsets += 1;
        repair(volume)?;
        let mut sequences = Vec::new();
        for row in rows(volume)? {
            let mut footage = Footage::open(volume, &row)?;
            for picture in footage.pictures().to_vec() {
                let read = footage.payload(&picture)?;
                let sequence = read.first_chunk().map_or(u64::MAX, |it| u64::from_be_bytes(*it));
                if read == payload(sequence, FILE.picture) {
                    sequences.push(sequence);
                }
            }
        }
        // A fragment is a second, and its boxes lie before its pictures.
        let mut intact = 0;
        let mut begin = head.min(pictures[0].start);
        for (second, fragment) in pictures.chunks(FILE.rate).enumerate() {
            let end = fragment.last().map_or(begin, |last| last.end);
            let begin = std::mem::replace(&mut begin, end);
            let begin = if second == 0 { 0 } else { begin };
            if damaged.start >= end || damaged.end <= begin {
                intact += 1;
                let first = (second * FILE.rate) as u64;
                let numbers = first..first + FILE.rate as u64;
                let is_read = numbers.clone().all(|number| sequences.contains(&number));
                if damaged.start < head {
                    self.behind += u64::from(!is_read);
                } else {
                    self.unread += u64::from(!is_read);
                }
            }
        }
        self.intact += intact;
        if damaged.start < head {
            self.headless += 1;
            let is_whole = damaged.end < usize::MAX;
            let is_kept = path.exists() || path.with_extension("damaged").exists();
            self.dropped += u32::from(is_whole && !is_kept);
        }
        // A payload that is damaged stays so.
        let differs = |it: &&Finding| !matches!(it, Finding::Damaged(_));
        self.disagreements += archive::check(volume, true)?.iter().filter(differs).count() as u64;
        Ok(())
    }

    fn figures(&self, name: &str) -> Vec<Figure> {
        let is = |what: &str, count: u64, unit: &str| {
            Figure::exactly(format!("{name}/{what}"), count as f64, unit, 0.0)
        };
        let offsets = f64::from(self.offsets);
        vec![
            Figure::exactly(name, offsets, "offsets", offsets)
                .noted(format!("{} fragments intact", self.intact)),
            is("unread", self.unread, "fragments"),
            is("disagreements", self.disagreements, "findings"),
            is("dropped-without-head", self.dropped.into(), "files").noted(format!(
                "{} heads were damaged; behind them lie {} intact fragments that are not read",
                self.headless, self.behind
            )),
        ]
    }
}

/// As an engine does that starts.
fn repair(path: &Path) -> Result<()> {
    let id = archive::identity(path)?.context("the volume lost its name")?;
    let mut volume = Volume::open(path, &id)?;
    let mut differences = Vec::new();
    archive::compare(path, |difference| {
        differences.push(difference);
        true
    })?;
    for difference in differences {
        match difference {
            Difference::Unlisted(rows) => volume.adopt(&rows)?,
            Difference::Missing(rows) => volume.forget(&rows)?,
        }
    }
    volume.close();
    Ok(())
}

fn newest(volume: &Path) -> Result<PathBuf> {
    let mut files = files(&volume.join("recordings"))?;
    files.sort();
    files.pop().context("no file was written")
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let (path, to) = {
            let entry = entry?;
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(&path, &to)?;
        }
    }
    Ok(())
}
