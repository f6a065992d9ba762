//! `cargo xtask accept`, `bench` and `faults`: promises against release builds.
//!
//! The promises are in `tests/`; which there are, and which answer to `bench`
//! or to a name of the fault catalogue, is listed there too.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::build::{self, Executables};
use crate::figures::Figure;
use crate::shell::{command, root};
use crate::ui;

#[derive(clap::Args)]
pub struct Args {
    /// Which to run; see --list
    #[arg(required_unless_present_any = ["all", "list"], conflicts_with = "all")]
    names: Vec<String>,
    /// Run all there are
    #[arg(long)]
    all: bool,
    /// Tell what there is
    #[arg(long)]
    list: bool,
    /// A quick form of each
    #[arg(long)]
    short: bool,
}

/// The executables a promise is about, and the one that holds the promises.
pub struct Built {
    server: PathBuf,
    window: PathBuf,
    store_kills: PathBuf,
    vision_promises: PathBuf,
    acceptance: PathBuf,
}

/// Runs `form`, which is `accept`, `bench` or `faults`.
pub fn run(form: &str, args: &Args) -> Result<()> {
    if args.list {
        let acceptance = acceptance()?;
        let status = command(text(&acceptance)?).args([form, "--list"]).status()?;
        std::process::exit(status.code().unwrap_or(1));
    }
    let mut words = vec![form.to_owned()];
    words.extend(args.names.iter().cloned());
    words.extend(args.all.then(|| "--all".to_owned()));
    words.extend(args.short.then(|| "--short".to_owned()));
    let built = build()?;
    let figures = built.figures(&words, |line, _| println!("{line}"))?;
    std::process::exit(i32::from(!figures.iter().all(|figure| figure.ok)));
}

/// Builds all that promises need, as it is released; executables named by
/// TESSERA_SERVER and TESSERA_WINDOW are taken as they are.
pub fn build() -> Result<Built> {
    let given = |variable: &str| std::env::var_os(variable).map(PathBuf::from);
    let (server, window) = match (given("TESSERA_SERVER"), given("TESSERA_WINDOW")) {
        (Some(server), Some(window)) => (server, window),
        (server, window) => {
            ui::build()?;
            let both = release(build::BOTH)?;
            (
                server.map_or_else(|| build::named(&both, "tessera-server"), Ok)?,
                window.map_or_else(|| build::named(&both, "tessera"), Ok)?,
            )
        }
    };
    let kills = release(&["-p", "store", "--test", "kills"])?;
    let store_kills = build::named(&kills, "kills")?;
    let vision = release(&["-p", "vision", "--example", "promises"])?;
    let vision_promises = build::named(&vision, "promises")?;
    Ok(Built { server, window, store_kills, vision_promises, acceptance: acceptance()? })
}

impl Built {
    /// Runs promises by `words`, the arguments of their executable. Each line
    /// of figures is shown by `show` as it comes.
    pub fn figures(
        &self,
        words: &[String],
        mut show: impl FnMut(&str, &Figure),
    ) -> Result<Vec<Figure>> {
        // Where we are killed, they are told to end what they started.
        let mut command = command("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(&self.acceptance).args(words);
        command.stdout(Stdio::piped());
        command.env("TESSERA_SERVER", absolute(&self.server)?);
        command.env("TESSERA_WINDOW", absolute(&self.window)?);
        command.env("TESSERA_STORE_KILLS", absolute(&self.store_kills)?);
        command.env("TESSERA_VISION_PROMISES", absolute(&self.vision_promises)?);
        command.env("TESSERA_CHECKOUT", root());
        let mut child = command.spawn().context("starting the promises")?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let mut figures = Vec::new();
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            let figure: Figure =
                serde_json::from_str(&line).with_context(|| format!("not a figure: {line}"))?;
            show(&line, &figure);
            figures.push(figure);
        }
        let status = child.wait()?;
        // One means that a figure missed its target; more, that they broke off.
        if !matches!(status.code(), Some(0 | 1)) || figures.is_empty() {
            bail!("the promises broke off ({status})");
        }
        Ok(figures)
    }
}

/// What holds the promises is not what they are about: it is built as the
/// tests are, and shares their crates.
fn acceptance() -> Result<PathBuf> {
    let tests = ["--workspace", "--exclude", "tessera", "--test", "acceptance"];
    build::named(&build::executables(&tests)?, "acceptance")
}

fn release(args: &[&str]) -> Result<Executables> {
    let args: Vec<&str> = ["--release"].iter().chain(args).copied().collect();
    build::executables(&args)
}

fn absolute(path: &Path) -> Result<OsString> {
    let path = std::path::absolute(path).with_context(|| format!("{}", path.display()))?;
    Ok(path.into_os_string())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}
