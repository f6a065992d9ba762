//! R12 and R14: the index is overwritten, or its log is lost or another's.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use archive::Segment;
use rustix::process::Signal;
use testkit::{Figure, Place, Process, Random, Server, measure_for, said_sentence, until};

use super::generated::{AN_HOUR, Generated, rows, share};
use super::losses::{Kill, Losses, agreed};
use super::rig::{Rig, light};
use crate::cameras::SOON;

/// Many small segments: an index of many pages.
const MANY: Generated =
    Generated { cameras: 10, segments: 150, seconds: 1, rate: 5, picture: 400, age: AN_HOUR };

/// A running engine looks at its index every minute.
const SEEN: Duration = Duration::from_secs(90);

/// Of the seconds that were recorded.
const BACK: f64 = 0.999;

const INDEX: &str = "index.sqlite";
const ASIDE: &str = "damaged-index.sqlite";

/// An engine on a volume that holds much already.
struct Filled {
    rig: Rig,
    volume: PathBuf,
    kills: Vec<Kill>,
    slowest: Duration,
    least: f64,
    detected: u32,
    times: u32,
    _place: Place,
}

/// R12: part of the index is overwritten.
pub async fn overwritten(short: bool) -> Result<Vec<Figure>> {
    let mut random = Random::new(4);
    let mut filled = Filled::start().await?;
    for time in 0..if short { 3 } else { 20 } {
        filled.rig.end().await?;
        let at_ns = testkit::monotonic_ns();
        let before = rows(&filled.volume)?;
        // The header, too.
        let share = if time == 0 { 0.0 } else { random.share() };
        overwrite(&filled.volume, share, &mut random)?;
        filled.start_again(&before, at_ns).await?;
    }
    let mut figures = filled.figures("overwritten-index").await?;

    let mut filled = Filled::start().await?;
    let before = rows(&filled.volume)?;
    // What is used seldom is overwritten: the rest is in its memory, or its log.
    overwrite(&filled.volume, 0.5, &mut random)?;
    let begin = Instant::now();
    until(SEEN, "the damage to be seen", async || {
        Ok(filled.volume.join(ASIDE).exists().then_some(()))
    })
    .await?;
    let seen = begin.elapsed();
    filled.back(&before).await?;
    measure_for(Duration::from_secs(2)).await;
    figures.push(Figure::at_most("overwritten-running/seen", seen.as_secs_f64(), "s", 90.0));
    figures.extend(filled.figures("overwritten-running").await?);
    Ok(figures)
}

/// R14: the log is deleted, or is that of another time or another volume.
pub async fn log(short: bool) -> Result<Vec<Figure>> {
    const LOG: &str = "index.sqlite-wal";
    let mut filled = Filled::start().await?;
    let other = Place::new()?;
    let foreign = foreign_log(&filled, other.path())?;
    let old = fs::read(filled.volume.join(LOG))?;
    for time in 0..if short { 3 } else { 12 } {
        measure_for(Duration::from_secs(2)).await;
        let before = rows(&filled.volume)?;
        let at_ns = filled.rig.kill().await?;
        let log = filled.volume.join(LOG);
        match time % 3 {
            0 => fs::remove_file(&log)?,
            1 => fs::write(&log, &old)?,
            _ => fs::write(&log, &foreign)?,
        }
        filled.start_again(&before, at_ns).await?;
    }
    let mut figures = second(&filled.rig).await?;
    // An index without its log may be sound, and only old.
    filled.detected = filled.times;
    figures.extend(filled.figures("other-log").await?);
    Ok(figures)
}

/// The log of an index that is of another volume.
fn foreign_log(filled: &Filled, place: &Path) -> Result<Vec<u8>> {
    let volume = place.join("volume");
    let generated = Generated { cameras: 3, segments: 20, ..MANY };
    generated.write(&volume, true)?;
    let id = archive::identity(&volume)?.context("no volume")?;
    let mut index = archive::Index::open(&volume, &id)?;
    index.advance(&rows(&filled.volume)?[..9], &[])?;
    Ok(fs::read(volume.join("index.sqlite-wal"))?)
}

/// Another engine for the same data, while the first stands still, so that
/// whatever is written is written by the other.
async fn second(rig: &Rig) -> Result<Vec<Figure>> {
    rig.server.process().signal(Signal::STOP)?;
    let list = || Ok::<_, anyhow::Error>((listed(rig.data.path())?, listed(&rig.volume)?));
    let before = list()?;
    let begin = Instant::now();
    let command = Server::command(&rig.place, rig.data.path(), &[])?;
    let output = Process::run(&command, SOON).await;
    let took = begin.elapsed();
    let after = list()?;
    rig.server.process().signal(Signal::CONT)?;
    let output = output?;
    let sentence = said_sentence(&output.stderr);
    let note = sentence.as_ref().map_or_else(|error| format!("{error:#}"), Clone::clone);
    Ok(vec![
        Figure::holds("second-engine/refuses", output.refused() && sentence.is_ok()).noted(note),
        Figure::at_most("second-engine/time", took.as_secs_f64(), "s", 2.0).speed(),
        Figure::holds("second-engine/writes-nothing", before == after),
    ])
}

/// Names, sizes and times of all that is in a folder.
fn listed(folder: &Path) -> Result<Vec<(PathBuf, u64, SystemTime)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let known = entry.metadata()?;
        if known.is_dir() {
            found.extend(listed(&entry.path())?);
        }
        found.push((entry.path(), known.len(), known.modified()?));
    }
    found.sort();
    Ok(found)
}

/// Overwrites 4 KiB of the index at a share of its length.
fn overwrite(volume: &Path, share: f64, random: &mut Random) -> Result<()> {
    let file = fs::File::options().write(true).open(volume.join(INDEX))?;
    let length = file.metadata()?.len();
    let noise: Vec<u8> = (0..4096).map(|_| random.next() as u8).collect();
    let at = (length.saturating_sub(4096) as f64 * share) as u64;
    Ok(file.write_all_at(&noise, at)?)
}

impl Filled {
    async fn start() -> Result<Self> {
        let place = Place::new()?;
        let volume = place.join("volume");
        MANY.write(&volume, false)?;
        let rig = Rig::start_on(&light(4), volume.clone()).await?;
        Ok(Self {
            rig,
            volume,
            kills: Vec::new(),
            slowest: Duration::ZERO,
            least: 1.0,
            detected: 0,
            times: 0,
            _place: place,
        })
    }

    /// Starts the engine, which ended at `at_ns`, and waits until all is back.
    async fn start_again(&mut self, before: &[Segment], at_ns: u64) -> Result<()> {
        let start_ns = self.rig.start_again().await?;
        self.rig.all_recorded().await?;
        self.kills.push(Kill { at_ns, start_ns });
        self.back(before).await
    }

    /// Waits until all that was there `before` is back, and notes how it went.
    async fn back(&mut self, before: &[Segment]) -> Result<()> {
        let begin = Instant::now();
        let mut least = 0.0;
        let back = until(SOON * 2, "every row", async || {
            // Another index may be on its way.
            least = rows(&self.volume).map_or(0.0, |now| share(before, &now));
            Ok((least >= 1.0).then_some(()))
        });
        // How much is back says whether that is enough.
        back.await.ok();
        self.least = self.least.min(least);
        self.slowest = self.slowest.max(begin.elapsed());
        self.times += 1;
        let aside = self.volume.join(ASIDE);
        if aside.exists() {
            self.detected += 1;
            fs::remove_file(aside)?;
        }
        Ok(())
    }

    async fn figures(self, name: &str) -> Result<Vec<Figure>> {
        self.rig.end().await?;
        let is_sound = archive::open_index(&self.volume)?.is_sound()?;
        let times = f64::from(self.times);
        let mut figures = vec![
            Figure::exactly(format!("{name}/detected"), self.detected.into(), "times", times),
            Figure::at_least(format!("{name}/seconds-back"), self.least, "of 1", BACK),
            Figure::at_most(format!("{name}/time"), self.slowest.as_secs_f64(), "s", 10.0).speed(),
            Figure::holds(format!("{name}/sound"), is_sound),
        ];
        figures.extend(Losses::read(&self.volume, &self.rig.ids, &self.kills)?.figures(name));
        figures.push(agreed(name, &self.volume)?);
        Ok(figures)
    }
}
