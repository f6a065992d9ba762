//! The promises to the user, each a file. `cargo xtask accept NAME` builds what
//! they are about and runs them; their figures are JSON, one a line.
//!
//! What they stand on (screens, browsers, clips, figures) is `crates/testkit`.

// Figures are printed; that is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]
#![allow(missing_docs)]

mod a11y;
mod bad_input;
mod bad_streams;
mod browser;
mod corpus_rtsp;
mod deliveries;
mod demo;
mod first_unit;
mod handover;
mod isolation;
mod latency;
mod latency_camera;
mod motion;
mod motion_recording;
mod outages;
mod picture_truth;
mod playback;
mod processes;
mod recording;
mod region_search;
mod review;
mod rtsp_16;
mod screens;
mod soak;
mod stale;
mod states;
mod store;
mod switch;
mod timeline_year;
mod two_commands;
mod ui_budgets;
mod wake_up;
mod wall;

mod cameras;
mod harness;
mod promises;
mod references;
mod sight;

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use serde::Serialize;
use testkit::{Figure, orphans};
use tokio::signal::unix::{SignalKind, signal};

use promises::{Figures, PROMISES, Promise};

/// What was asked for, under the name that was asked for.
struct Chosen {
    name: &'static str,
    says: &'static str,
    run: fn(bool) -> Figures,
}

/// A figure as it is printed.
#[derive(Serialize)]
struct Line {
    /// What it was asked for by.
    promise: &'static str,
    #[serde(flatten)]
    figure: Figure,
}

#[derive(Parser)]
struct Args {
    form: Form,
    names: Vec<String>,
    #[arg(long)]
    all: bool,
    #[arg(long)]
    list: bool,
    #[arg(long)]
    short: bool,
    /// Of all, those that mostly wait
    #[arg(long, requires = "all", conflicts_with = "busy")]
    patient: bool,
    /// Of all, those that do not
    #[arg(long, requires = "all")]
    busy: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Accept,
    Bench,
    Faults,
}

impl Form {
    /// What of `promise` can be asked for.
    fn choices(self, promise: &Promise) -> Vec<Chosen> {
        let Promise { name, says, run, .. } = *promise;
        let whole = Chosen { name, says, run };
        match self {
            Self::Accept => vec![whole],
            Self::Bench => promise.is_bench.then_some(whole).into_iter().collect(),
            Self::Faults => {
                let cases = promise.faults.iter();
                cases.map(|case| Chosen { name: case.id, says, run: case.run }).collect()
            }
        }
    }
}

/// Ends with 0 where all figures hold, with 1 where one does not, with more
/// where they could not be had.
fn main() -> ExitCode {
    let args = Args::parse();
    if args.list {
        for Chosen { name, says, .. } in PROMISES.iter().flat_map(|it| args.form.choices(it)) {
            println!("{name:<14} {says}");
        }
        return ExitCode::SUCCESS;
    }
    match run(&args) {
        Ok(all_hold) => ExitCode::from(u8::from(!all_hold)),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(args: &Args) -> Result<bool> {
    let chosen = choose(args)?;
    orphans::adopt()?;
    // One thread: children are tied to the life of the thread that starts them.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut all_hold = true;
        for promise in chosen {
            // Dropping a promise ends what it started.
            let figures = tokio::select! {
                figures = hold(&promise, args.short) => figures,
                () = interrupted() => Err(anyhow::anyhow!("interrupted")),
            };
            let ended = orphans::end().await?;
            if !ended.is_empty() {
                eprintln!("{}: ended what it left running: {}", promise.name, ended.join(", "));
            }
            for figure in figures? {
                all_hold &= figure.ok;
                println!("{}", serde_json::to_string(&Line { promise: promise.name, figure })?);
            }
            std::io::stdout().flush()?;
        }
        Ok(all_hold)
    })
}

/// Ctrl+C, or `cargo xtask` is gone.
async fn interrupted() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

/// The figures of one promise. What breaks it off is a figure that is wrong.
async fn hold(promise: &Chosen, short: bool) -> Result<Vec<Figure>> {
    eprintln!("{}: {}", promise.name, promise.says);
    let limit = Duration::from_secs(if short { 15 * 60 } else { 90 * 60 });
    let begin = Instant::now();
    let figures = tokio::time::timeout(limit, (promise.run)(short)).await;
    let figures = figures
        .with_context(|| format!("not done within {} minutes", limit.as_secs() / 60))
        .and_then(|figures| figures)
        .unwrap_or_else(|error| vec![Figure::broke_off(promise.name, &error)]);
    eprintln!("{}: {:.1} s", promise.name, begin.elapsed().as_secs_f64());
    Ok(figures)
}

fn choose(args: &Args) -> Result<Vec<Chosen>> {
    let is_asked = |it: &&Promise| match (args.patient, args.busy) {
        (true, _) => it.is_patient,
        (_, true) => !it.is_patient,
        _ => true,
    };
    let all = || PROMISES.iter().filter(is_asked).flat_map(|it| args.form.choices(it));
    if args.all {
        return Ok(all().collect());
    }
    let find = |name: &String| {
        all().find(|it| it.name == name).with_context(|| format!("there is no {name}; see --list"))
    };
    let chosen: Vec<_> = args.names.iter().map(find).collect::<Result<_>>()?;
    if chosen.is_empty() {
        bail!("say which to run; see --list");
    }
    Ok(chosen)
}
