//! What it costs to look at a picture.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};
use vision::{Motion, TamperWatch, Tracker};

use crate::clip::Pictures;
use crate::figure::Figure;

/// Runs of which the middle one counts.
const RUNS: usize = 7;

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
            runs.push(spent_ms(&pictures, |index| {
                tracker.follow(&motion.observe(pictures.grey(index)?, pictures.times[index]));
                Ok(())
            })?);
        }
        let name = format!("motion-cost/{clip}");
        figures.push(Figure::at_most(name, middle(runs), "ms a picture", 0.15).speed());
    }
    let pictures = Pictures::of_clip(&folder.join("video/pets2001_campus_a.mp4"), 320, 180)?;
    let mut watch = TamperWatch::new();
    let tamper = spent_ms(&pictures, |index| {
        watch.look(pictures.grey(index)?, pictures.times[index]);
        Ok(())
    })?;
    figures.push(Figure::told("motion-cost/tamper", tamper, "ms a picture").speed());
    Ok(figures)
}

/// Milliseconds of a processor that `look` takes for each picture.
fn spent_ms(pictures: &Pictures, mut look: impl FnMut(usize) -> Result<()>) -> Result<f64> {
    let before = processor_ms();
    for index in 0..pictures.len() {
        look(index)?;
    }
    Ok((processor_ms() - before) / pictures.len() as f64)
}

/// Time that this thread has been running.
fn processor_ms() -> f64 {
    let spent = clock_gettime(ClockId::ThreadCPUTime);
    spent.tv_sec as f64 * 1e3 + spent.tv_nsec as f64 / 1e6
}

fn middle(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}
