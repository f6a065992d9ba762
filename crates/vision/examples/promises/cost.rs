//! What it costs to look at a picture.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use media::MediaTime;
use rustix::time::{ClockId, clock_gettime};
use vision::{Grey, Motion, TamperWatch, Tracker};

use crate::clip::{Pictures, RATE};
use crate::figure::Figure;

/// Runs of which the quickest counts: what else the machine does only ever adds.
const RUNS: usize = 9;

/// So many pictures are looked at in each, of short clips again and again.
const PICTURES: usize = 400;

pub fn run(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for clip in ["car-detection", "one-by-one-person", "pets2001_campus_a", "traffic_jitter_mjpeg"]
    {
        let file = fs::read_dir(folder.join("video"))?
            .filter_map(|it| it.ok().map(|it| it.path()))
            .find(|it| it.file_stem().is_some_and(|it| it == clip));
        let pictures = Pictures::of_clip(&file.context(clip)?, 320, 180)?;
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let (mut motion, mut tracker) = (Motion::new(), Tracker::new());
            runs.push(spent_ms(&pictures, |picture, time| {
                tracker.follow(&motion.observe(picture, time));
            })?);
        }
        let name = format!("motion-cost/{clip}");
        figures.push(
            Figure::at_most(
                name,
                runs.into_iter().fold(f64::INFINITY, f64::min),
                "ms a picture",
                0.15,
            )
            .speed(),
        );
    }
    let pictures = Pictures::of_clip(&folder.join("video/pets2001_campus_a.mp4"), 320, 180)?;
    let mut watch = TamperWatch::new();
    let tamper = spent_ms(&pictures, |picture, time| {
        watch.look(picture, time);
    })?;
    figures.push(Figure::told("motion-cost/tamper", tamper, "ms a picture").speed());
    Ok(figures)
}

/// Milliseconds of a processor that `look` takes for each picture.
fn spent_ms(pictures: &Pictures, mut look: impl FnMut(Grey<'_>, MediaTime)) -> Result<f64> {
    let rounds = PICTURES.div_ceil(pictures.len());
    let interval = 1e6 / RATE;
    let before = processor_ms();
    for round in 0..rounds {
        for index in 0..pictures.len() {
            let count = round * pictures.len() + index;
            look(pictures.grey(index)?, MediaTime((count as f64 * interval) as i64));
        }
    }
    Ok((processor_ms() - before) / (rounds * pictures.len()) as f64)
}

/// Time that this thread has been running.
fn processor_ms() -> f64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}
