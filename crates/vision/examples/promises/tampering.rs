//! Five things that are done to a camera, to each of three real clips; and
//! nothing told of the same clips when they go on and on.

use std::path::Path;

use anyhow::Result;
use media::MediaTime;
use vision::{Grey, Tamper, TamperWatch};

use crate::clip::Pictures;
use crate::figure::Figure;

const CLIPS: [(&str, usize); 3] =
    [("one-by-one-person.mp4", 180), ("car-detection.mp4", 180), ("pets2001_campus_a.mp4", 240)];

const KINDS: [(&str, Tamper); 5] = [
    ("covered", Tamper::Covered),
    ("black", Tamper::Black),
    ("defocused", Tamper::Defocused),
    ("frozen", Tamper::Frozen),
    ("shifted", Tamper::Shifted),
];

/// When it begins, in pictures.
const BEGINS: usize = 200;

/// It must be told within so many.
const LIMIT: usize = 100;

/// For so many pictures each clip goes on: all of them, for four hours.
const LOOPED: usize = 4 * 36_000 / CLIPS.len();

pub fn run(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (clip, height) in CLIPS {
        let pictures = Pictures::of_clip(&folder.join("video").join(clip), 320, height)?;
        let clip = clip.trim_end_matches(".mp4");
        for (name, kind) in KINDS {
            let (told, seconds) = first_told(&pictures, kind)?;
            let name = format!("tamper/{clip}/{name}");
            let note = format!("told as {told:?}");
            figures.push(Figure::at_most(&name, seconds, "s", LIMIT as f64 / 10.0).noted(note));
            figures.push(Figure::exactly(
                name + "/right",
                f64::from(u8::from(told == Some(kind))),
                "holds",
                1.0,
            ));
        }
        let mut watch = TamperWatch::new();
        let mut told = 0;
        let mut last = None;
        for count in 0..LOOPED {
            let now = watch.look(pictures.grey(count % pictures.len())?, tenths(count));
            told += u32::from(now.is_some() && last.is_none());
            last = now;
        }
        let name = format!("tamper/{clip}/false");
        let note = format!("in {} minutes", LOOPED / 600);
        figures.push(Figure::exactly(name, f64::from(told), "alarms", 0.0).noted(note));
    }
    Ok(figures)
}

/// What is told first, and how many seconds after it begins.
fn first_told(pictures: &Pictures, kind: Tamper) -> Result<(Option<Tamper>, f64)> {
    let mut watch = TamperWatch::new();
    let mut seed = 1;
    for count in 0..BEGINS + LIMIT * 3 {
        let real = pictures.bytes(count % pictures.len());
        let size = (pictures.width, pictures.height);
        let bytes =
            if count < BEGINS { real.to_vec() } else { done(pictures, real, kind, &mut seed) };
        let told = watch.look(Grey::new(&bytes, size.0, size.1, size.0)?, tenths(count));
        if let Some(told) = told {
            let seconds =
                if count < BEGINS { f64::INFINITY } else { (count - BEGINS) as f64 / 10.0 };
            return Ok((Some(told), seconds));
        }
    }
    Ok((None, f64::INFINITY))
}

/// `real` as it is seen when `kind` was done to the camera.
fn done(pictures: &Pictures, real: &[u8], kind: Tamper, seed: &mut u32) -> Vec<u8> {
    let width = pictures.width;
    let mut noise = |value: u8| {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        value + (*seed >> 29) as u8
    };
    match kind {
        // A cloth: soft folds.
        Tamper::Covered => (0..real.len())
            .map(|at| {
                let (x, y) = ((at % width) as f32, (at / width) as f32);
                noise((70.0 + 30.0 * (x / 60.0).sin() * (y / 50.0).cos()) as u8)
            })
            .collect(),
        Tamper::Black => real.iter().map(|_| noise(12)).collect(),
        Tamper::Defocused => blurred(&blurred(real, width), width),
        Tamper::Frozen => pictures.bytes(BEGINS % pictures.len()).to_vec(),
        Tamper::Shifted => turned(real, width),
    }
}

/// Seen from a camera that was turned by a quarter of its view; what comes into
/// view is the mirror of what left it.
fn turned(real: &[u8], width: usize) -> Vec<u8> {
    let by = width / 4;
    let row = |row: &[u8]| {
        let beyond: Vec<u8> = row[width - by..].iter().rev().copied().collect();
        [&row[by..], &beyond].concat()
    };
    real.chunks_exact(width).flat_map(row).collect()
}

/// Each pixel as the mean of 13×13 around it.
fn blurred(real: &[u8], width: usize) -> Vec<u8> {
    const REACH: usize = 6;
    let height = real.len() / width;
    let mean = |at: &dyn Fn(usize) -> u8, middle: usize, length: usize| {
        let near = middle.saturating_sub(REACH)..(middle + REACH + 1).min(length);
        let count = near.len() as u32;
        (near.map(|it| u32::from(at(it))).sum::<u32>() / count) as u8
    };
    let across: Vec<u8> = (0..real.len())
        .map(|at| mean(&|x| real[at / width * width + x], at % width, width))
        .collect();
    (0..real.len())
        .map(|at| mean(&|y| across[y * width + at % width], at / width, height))
        .collect()
}

fn tenths(count: usize) -> MediaTime {
    MediaTime(count as i64 * 100_000)
}
