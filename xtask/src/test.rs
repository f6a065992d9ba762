//! `cargo xtask test`: everything.

use std::thread;

use anyhow::{Context, Result, anyhow};

use crate::accept::{self, Built};
use crate::figures::{Figure, Kind};
use crate::minimums;
use crate::packages;
use crate::shell::{ask, cargo, npm, stream};
use crate::steps::{Outcome, Steps, minutes};
use crate::ui;

#[derive(clap::Args)]
pub struct Args {
    /// Install missing system packages without asking
    #[arg(long)]
    yes: bool,
}

/// Takes every step, whatever failed before: one run tells all that is wrong.
pub fn run(args: &Args) -> Result<()> {
    let mut steps = Steps::new(13);
    steps.take("Rust, C compiler, Node", minimums::check);
    steps.take("system packages", || {
        let wanted = [packages::ENGINE, packages::WINDOW, packages::TESTS].concat();
        packages::install(&wanted, args.yes)
    });
    steps.take("format", || stream(cargo().args(["fmt", "--all", "--check"])));
    steps.take("the UI's packages", ui::install);
    steps.take("UI: checks", || stream(npm().args(["run", "check"])));
    steps.take("UI: tests", || stream(npm().arg("test")));
    steps.take("UI: build", ui::build);
    steps.take("lints", || lint(&["--workspace", "--all-targets"]));
    // No test by default, so not among all targets.
    steps.take("lints of the promises", || lint(&["-p", "testkit", "--test", "acceptance"]));
    steps.take("Rust tests", || stream(cargo().args(["test", "--workspace", "--no-fail-fast"])));
    if ask("cargo-deny", &["--version"]).is_some() {
        steps.take("dependencies", || stream(cargo().args(["deny", "check"])));
    } else {
        steps.skip("dependencies", "cargo-deny is not installed");
    }
    let built = steps.take("release builds", accept::build);
    let mut figures = Vec::new();
    steps.take("promises, short form", || {
        let built = built.as_ref().context("there are no release builds to hold to them")?;
        figures = promises(built)?;
        Ok(())
    });
    summarize(&steps, &figures)
}

/// The figures of all promises. Those that mostly wait are waited for while the
/// others are held.
fn promises(built: &Built) -> Result<Vec<Figure>> {
    let hold = |half: &str| {
        let words = ["accept", "--all", "--short", half].map(str::to_owned);
        built.figures(&words, |line, figure| {
            println!("{line}");
            eprintln!("{}", figure.shown());
        })
    };
    let (busy, patient) = thread::scope(|scope| {
        let patient = scope.spawn(|| hold("--patient"));
        (hold("--busy"), patient.join())
    });
    let patient = patient.map_err(|_| anyhow!("holding the patient promises panicked"))??;
    Ok([busy?, patient].concat())
}

fn lint(what: &[&str]) -> Result<()> {
    stream(cargo().arg("clippy").args(what).args(["--", "-D", "warnings"]))
}

/// Tells how it went, in its last line as every test runner does, and ends.
fn summarize(steps: &Steps, figures: &[Figure]) -> Result<()> {
    eprintln!();
    let missed = |kind: Kind| figures.iter().filter(|it| !it.ok && it.kind == kind).count();
    // A miss of speed is told, and no failure: the machine may be busy.
    let (mut passed, mut failed) =
        (figures.iter().filter(|it| it.ok).count(), missed(Kind::Correctness));
    let not_run = missed(Kind::NotRun);
    for step in steps.taken() {
        let outcome = match &step.outcome {
            Outcome::Passed => {
                passed += 1;
                "ok".to_owned()
            }
            Outcome::Failed(why) => {
                failed += 1;
                format!("FAILED  {}", why.lines().next().unwrap_or_default())
            }
            Outcome::Skipped(why) => format!("left out: {why}"),
        };
        eprintln!("{:>7}  {:<24} {outcome}", minutes(step.time), step.name);
    }
    eprintln!("{:>7}  in all; {not_run} figures not run", minutes(steps.elapsed()));
    // Once more at the end, where they are found.
    for figure in figures.iter().filter(|it| !it.ok && it.kind != Kind::NotRun) {
        eprintln!("{}", figure.shown());
    }
    println!("{passed} passed, {failed} failed");
    std::process::exit(i32::from(failed > 0));
}
