//! `cargo xtask run`: from a checkout to a picture.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::minimums;
use crate::packages;
use crate::shell::{command, shown};
use crate::steps::Steps;
use crate::ui;

#[derive(clap::Args)]
pub struct Args {
    /// Add four demo cameras and show them
    #[arg(long)]
    demo: bool,
    /// Keep everything in this directory, instead of the system's place for it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start the server without a window, even where there is a display
    #[arg(long)]
    headless: bool,
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
    /// Handed to the program as they are
    #[arg(last = true)]
    extra: Vec<String>,
}

pub fn run(args: &Args) -> Result<()> {
    let with_window = !args.headless && has_display();
    let mut steps = Steps::new(5);
    or_stop(steps.take("Rust, C compiler, Node", minimums::check));
    or_stop(steps.take("system packages", || {
        let window = if with_window { packages::WINDOW } else { &[] };
        packages::install(&[packages::ENGINE, window].concat(), args.yes)
    }));
    or_stop(steps.take("the UI", ui::build));
    let (what, packages) =
        if with_window { ("window and engine", build::BOTH) } else { ("server", build::SERVER) };
    let built = or_stop(steps.take(what, || build::executables(packages)));

    // The window finds the engine beside its own executable.
    let name = if with_window { "tessera" } else { "tessera-server" };
    let executable = build::named(&built, name)?;
    let mut program = command(executable.to_str().context("a path in UTF-8")?);
    program.current_dir(std::env::current_dir()?);
    if !with_window {
        program.arg("run");
    }
    if let Some(data) = &args.data {
        program.arg("--data").arg(std::path::absolute(data)?);
    }
    program.args(args.demo.then_some("--demo")).args(&args.extra);
    or_stop(steps.take("start", || {
        eprintln!("{}", shown(&program));
        let status = program.status().with_context(|| format!("starting {name}"))?;
        if !status.success() {
            bail!("{name} ended ({status})");
        }
        Ok(())
    }));
    Ok(())
}

/// The steps after one that failed make no sense; it said why.
fn or_stop<T>(taken: Option<T>) -> T {
    taken.unwrap_or_else(|| std::process::exit(1))
}

fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
