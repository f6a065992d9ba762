//! What detection promises, measured on real footage: `promises NAME…` prints
//! one figure a line as JSON. The footage is in the folder that
//! `TESSERA_TEST_DATA` names and is decoded by the program `ffmpeg`.
//!
//! `promises masks SEQUENCE FOLDER` writes what is detected in a sequence of
//! the same form as a picture each, and `promises verdicts SEQUENCE X,Y,W,H
//! FILE` whether anything moves in a part of it, for other programs to score.

// Figures are printed; that is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod cost;
mod events;
mod quality;
mod tampering;
mod wake_up;

mod clip;
mod figure;
mod peers;
mod score;
mod sequence;
mod stream;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use figure::Figure;

type Promise = fn(&Path) -> Result<Vec<Figure>>;

const PROMISES: [(&str, Promise); 5] = [
    ("motion-quality", quality::run),
    ("motion-events", events::run),
    ("motion-cost", cost::run),
    ("tamper", tampering::run),
    ("wake-up", wake_up::run),
];

/// Ends with 0 where all figures hold, with 1 where one does not, with 3 where
/// they could not be had.
fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(all_hold) => ExitCode::from(u8::from(!all_hold)),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(words: &[String]) -> Result<bool> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["masks", sequence, folder] => {
            quality::write_masks(Path::new(sequence), Path::new(folder))?;
            return Ok(true);
        }
        ["verdicts", sequence, window, file] => {
            quality::write_verdicts(Path::new(sequence), window, Path::new(file))?;
            return Ok(true);
        }
        _ => {}
    }
    let folder = env::var_os("TESSERA_TEST_DATA").map(PathBuf::from);
    let mut all_hold = true;
    for name in words.iter().copied() {
        let promise = PROMISES.iter().find(|(known, _)| *known == name);
        let Some((_, promise)) = promise else { bail!("there is no promise {name}") };
        let figures = match &folder {
            Some(folder) => promise(folder).with_context(|| name.to_owned())?,
            None => vec![Figure::not_run(name, "TESSERA_TEST_DATA names no folder")],
        };
        for figure in figures {
            all_hold &= figure.ok();
            println!("{figure}");
        }
    }
    Ok(all_hold)
}
