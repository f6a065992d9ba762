//! What is detected of what somebody labelled, beside what others detect.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use vision::Motion;

use crate::clip::{self, Pictures};
use crate::figure::Figure;
use crate::peers::Peer;
use crate::score::{self, Answers};
use crate::sequence::Sequence;

/// Parts of the highway that are cameras of their own.
const WINDOWS: [[usize; 4]; 4] =
    [[0, 96, 128, 96], [128, 120, 128, 96], [32, 24, 128, 96], [192, 72, 128, 96]];

/// What a sequence must reach: pixels and parts.
fn targets(name: &str) -> (f64, f64) {
    match name {
        "highway" => (0.86, 0.985),
        "traffic" => (0.70, 0.0),
        // What was not known when this was written.
        _ => (0.0, 0.0),
    }
}

pub fn run(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(folder.join("motion_gt"))?
        .map(|it| it.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    folders.retain(|it| it.join("input").is_dir());
    folders.sort();
    let peers = Peer::all();
    if let Err(why) = &peers {
        figures.push(Figure::told("motion-quality/peers", 0.0, "F1").noted(format!("{why:#}")));
    }
    let peers = peers.unwrap_or_default();
    for folder in folders {
        let sequence = Sequence::open(&folder)?;
        let inputs = sequence.inputs()?;
        let name = format!("motion-quality/{}", sequence.name());
        let (pixels, parts) = targets(&sequence.name());
        let (of_pixels, of_parts) = scored(&sequence, &inputs, &masks(&inputs)?);
        figures.push(
            Figure::at_least(format!("{name}/pixels"), of_pixels.f1(), "F1", pixels).noted(
                format!("precision {:.3}, recall {:.3}", of_pixels.precision(), of_pixels.recall()),
            ),
        );
        figures.push(Figure::at_least(format!("{name}/zones"), of_parts.f1(), "F1", parts));
        for peer in &peers {
            let (of_pixels, of_parts) = scored(&sequence, &inputs, &peer.masks(&inputs)?);
            let name = format!("{name}/{}", peer.name());
            figures.push(Figure::told(format!("{name}/pixels"), of_pixels.f1(), "F1"));
            figures.push(Figure::told(format!("{name}/zones"), of_parts.f1(), "F1"));
        }
        if sequence.name() == "highway" {
            figures.extend(windows(&name, &sequence)?);
        }
    }
    Ok(figures)
}

fn windows(name: &str, sequence: &Sequence) -> Result<Vec<Figure>> {
    let (mut f1, mut false_rate) = (0.0, 0.0);
    let mut note = String::new();
    for window in WINDOWS {
        let verdicts = verdicts(&sequence.window(window)?)?;
        let answers = score::pictures(sequence, window, |it| verdicts[it - sequence.first]);
        write!(note, "{:.4} at {:.4}; ", answers.f1(), answers.false_rate())?;
        f1 += answers.f1() / WINDOWS.len() as f64;
        false_rate += answers.false_rate() / WINDOWS.len() as f64;
    }
    Ok(vec![
        Figure::at_least(format!("{name}/pictures"), f1, "F1", 0.985).noted(note),
        Figure::at_most(format!("{name}/false-pictures"), false_rate, "of the quiet ones", 0.01),
    ])
}

/// Writes the mask of each picture of a sequence, as large as its inputs.
pub fn write_masks(sequence: &Path, folder: &Path) -> Result<()> {
    let sequence = Sequence::open(sequence)?;
    let inputs = sequence.inputs()?;
    let mut bytes = Vec::new();
    for mask in masks(&inputs)? {
        let mask = enlarged(&mask, (inputs.width, inputs.height), sequence.size);
        bytes.extend(mask.into_iter().map(|it| u8::from(it) * 255));
    }
    clip::write(folder, sequence.first, sequence.size, &bytes)
}

/// Writes for each picture of a window whether anything moves.
pub fn write_verdicts(sequence: &Path, window: &str, file: &Path) -> Result<()> {
    let sequence = Sequence::open(sequence)?;
    let numbers: Vec<usize> = window.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let window: [usize; 4] = numbers.try_into().ok().context("a window is X,Y,W,H")?;
    let mut text = String::new();
    for (index, verdict) in verdicts(&sequence.window(window)?)?.into_iter().enumerate() {
        writeln!(text, "{:06} {}", sequence.first + index, u8::from(verdict))?;
    }
    Ok(fs::write(file, text)?)
}

fn scored(sequence: &Sequence, inputs: &Pictures, masks: &[Vec<bool>]) -> (Answers, Answers) {
    let small = (inputs.width, inputs.height);
    let masks: Vec<Vec<bool>> = masks.iter().map(|it| enlarged(it, small, sequence.size)).collect();
    score::pixels(sequence, |number| &masks[number - sequence.first])
}

fn masks(inputs: &Pictures) -> Result<Vec<Vec<bool>>> {
    let mut motion = Motion::new();
    let mut masks = Vec::new();
    for index in 0..inputs.len() {
        motion.observe(inputs.grey(index)?, inputs.times[index]);
        masks.push(motion.mask());
    }
    Ok(masks)
}

fn verdicts(inputs: &Pictures) -> Result<Vec<bool>> {
    let mut motion = Motion::new();
    let verdict = |index| {
        let observation = motion.observe(inputs.grey(index)?, inputs.times[index]);
        Ok(observation.is_moving())
    };
    let verdicts: Vec<bool> = (0..inputs.len()).map(verdict).collect::<Result<_>>()?;
    ensure!(!verdicts.is_empty(), "there are no pictures");
    Ok(verdicts)
}

fn enlarged(mask: &[bool], from: (usize, usize), to: (usize, usize)) -> Vec<bool> {
    if from == to {
        return mask.to_vec();
    }
    let pixel = |at: usize| {
        let (x, y) = (at % to.0 * from.0 / to.0, at / to.0 * from.1 / to.1);
        mask[y * from.0 + x]
    };
    (0..to.0 * to.1).map(pixel).collect()
}
