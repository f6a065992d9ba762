//! `cargo xtask test`: everything.

use std::collections::BTreeSet;
use std::thread;

use anyhow::{Context, Result, anyhow};

use crate::accept::{self, Built};
use crate::figures::{Figure, Kind};
use crate::minimums;
use crate::packages;
use crate::shell::{ask, cargo, npm, stream};
use crate::steps::{Outcome, Steps, minutes};
use crate::ui;

/// So many promises are held again.
const MAX_AGAIN: usize = 3;

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
/// others are held, which takes the machine from both: what is found wrong then
/// is held once more, alone. What it was before is told all the same.
fn promises(built: &Built) -> Result<Vec<Figure>> {
    let (busy, patient) = thread::scope(|scope| {
        let patient = scope.spawn(|| hold(built, &["--all", "--patient"]));
        (hold(built, &["--all", "--busy"]), patient.join())
    });
    let patient = patient.map_err(|_| anyhow!("holding the patient promises panicked"))??;
    let mut figures = [busy?, patient].concat();
    let wrong: BTreeSet<String> =
        figures.iter().filter(|it| it.is_wrong()).map(|it| it.promise.clone()).collect();
    // More is no matter of the machine.
    if wrong.len() > MAX_AGAIN {
        return Ok(figures);
    }
    for promise in wrong {
        eprintln!("\n{promise} once more, alone; at first:");
        let first: Vec<Figure> = figures.extract_if(.., |it| it.promise == promise).collect();
        first.iter().filter(|it| !it.ok).for_each(|it| eprintln!("{}", it.shown()));
        figures.extend(hold(built, &[&promise])?);
    }
    Ok(figures)
}

/// The figures of the promises that `which` says, in their short form.
fn hold(built: &Built, which: &[&str]) -> Result<Vec<Figure>> {
    let words = [&["accept", "--short"], which].concat();
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    built.figures(&words, |line, figure| {
        println!("{line}");
        eprintln!("{}", figure.shown());
    })
}

fn lint(what: &[&str]) -> Result<()> {
    stream(cargo().arg("clippy").args(what).args(["--", "-D", "warnings"]))
}

/// Tells how it went, in its last line as every test runner does, and ends.
fn summarize(steps: &Steps, figures: &[Figure]) -> Result<()> {
    eprintln!();
    let count = |is_it: fn(&&Figure) -> bool| figures.iter().filter(is_it).count();
    // A miss of speed is told, and no failure: the machine may be busy.
    let (mut passed, mut failed) = (count(|it| it.ok), count(|it| it.is_wrong()));
    let not_run = count(|it| !it.ok && it.kind == Kind::NotRun);
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
