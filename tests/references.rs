//! Pictures that somebody looked at, and what is there now compared with them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use testkit::{Figure, Picture, programs};

/// How far a colour may be off; the edges of letters are.
const TOLERANCE: u8 = 24;

/// Compares `shot` with `tests/FOLDER/NAME.png`, of whose pixels `percent` may differ.
pub fn compare(folder: &str, name: &str, shot: &Picture, percent: f64) -> Result<Figure> {
    let kept = programs::checkout()?.join("tests").join(folder).join(format!("{name}.png"));
    if is_updating() {
        keep(shot, &kept)?;
    }
    let figure = format!("{folder}/{name}");
    if !kept.exists() {
        return Ok(Figure::holds(figure, false).noted("there is no reference to compare with"));
    }
    let differs = 100.0 * Picture::open(&kept)?.difference(shot, TOLERANCE);
    let figure = Figure::at_most(figure, differs, "% of the pixels differ", percent);
    if figure.ok {
        return Ok(figure);
    }
    let left = std::env::temp_dir().join(format!("tessera-{folder}-{name}.png"));
    shot.save(&left)?;
    Ok(figure.noted(format!("see {}", left.display())))
}

/// Whether what is there now is to be kept.
pub fn is_updating() -> bool {
    std::env::var_os("TESSERA_UPDATE_SCREENS").is_some()
}

pub fn keep(shot: &Picture, path: &Path) -> Result<()> {
    fs::create_dir_all(path.parent().context("a directory")?)?;
    shot.save(path)
}
