//! From a clean checkout to the demo painting in the real window, unattended;
//! the same without a display, in Chromium.
//!
//! In full, nothing is shared with the checkout under test. In short, the
//! target directory and the UI's packages are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use testkit::{Browser, Desk, Figure, Place, Process, headless, programs};

use crate::sight::{SOON, TILES, moving};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let checkout = clone(&place, short).await?;
    let limit = Duration::from_secs(if short { 12 * 60 } else { 40 * 60 });
    let target = if short { 300.0 } else { 1200.0 };

    let desk = Desk::start(1920, 1080).await?;
    let begin = Instant::now();
    let command = xtask_run(desk.command("cargo")?, &checkout, &place.join("window"), short)?;
    let program = Process::start(&command)?;
    let painted = moving(&desk, &program, limit).await;
    let mut figures = figures("two-commands/window", &painted, begin.elapsed(), target);
    drop(program);

    let begin = Instant::now();
    let command = headless("cargo", &place)?;
    let command = xtask_run(command, &checkout, &place.join("headless"), short)?;
    let program = Process::start(&command)?;
    let painted = in_chromium(&program, &place, limit).await;
    figures.extend(self::figures("two-commands/headless", &painted, begin.elapsed(), target));
    Ok(figures)
}

async fn clone(place: &Place, short: bool) -> Result<PathBuf> {
    let from = programs::checkout()?;
    let to = place.join("checkout");
    let mut command = Command::new("git");
    command.args(["clone", "--quiet"]).arg(&from).arg(&to);
    Process::run(&command, Duration::from_secs(60)).await?.success().context("cloning")?;
    if short {
        let mut command = Command::new("cp");
        command.arg("-a").arg(from.join("ui/node_modules")).arg(to.join("ui/node_modules"));
        let copied = Process::run(&command, Duration::from_secs(120)).await?.success();
        copied.context("copying the UI's packages")?;
    }
    Ok(to)
}

/// `command`, which is cargo, as the README says it.
fn xtask_run(mut command: Command, checkout: &Path, data: &Path, short: bool) -> Result<Command> {
    command.current_dir(checkout).args(["xtask", "run", "--demo", "--data"]).arg(data);
    // Rust and npm are where the person who runs it has them.
    match std::env::var_os("HOME") {
        Some(home) => command.env("HOME", home),
        None => command.env_remove("HOME"),
    };
    if short {
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let checkout = programs::checkout()?;
        command.env("CARGO_TARGET_DIR", checkout.join(target.unwrap_or_else(|| "target".into())));
    } else {
        command.env_remove("CARGO_TARGET_DIR");
    }
    Ok(command)
}

async fn in_chromium(program: &Process, place: &Place, limit: Duration) -> Result<()> {
    let find = |line: &str| {
        let address = line[line.find("http://127.0.0.1:")?..].split_whitespace().next()?;
        Some(address.to_owned())
    };
    let address = program.line(limit, find).await?;
    let browser = Browser::chromium(place, &address, 1280, 720).await?;
    browser.live(TILES, SOON).await?;
    let readings = browser.watch(Duration::from_secs(2)).await?;
    for tile in 0..TILES {
        anyhow::ensure!(readings.rate(tile) > 1.0, "tile {tile} does not move");
    }
    browser.close().await
}

fn figures<T>(name: &str, painted: &Result<T>, time: Duration, target: f64) -> Vec<Figure> {
    let mut holds = Figure::holds(format!("{name}/paints"), painted.is_ok());
    if let Err(error) = painted {
        holds = holds.noted(format!("{error:#}"));
    }
    vec![holds, Figure::at_most(format!("{name}/time"), time.as_secs_f64(), "s", target).speed()]
}
