//! `cargo xtask test`: everything.

use anyhow::{Context, Result};

use crate::accept;
use crate::figures::Kind;
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
    let mut not_run = 0;
    let mut wrong = 0;
    let mut held = 0;
    steps.take("promises, short form", || {
        let built = built.as_ref().context("there are no release builds to hold to them")?;
        let words = ["accept", "--all", "--short"].map(str::to_owned);
        for figure in built.figures(&words, |line, _| println!("{line}"))? {
            match figure.kind {
                _ if figure.ok => held += 1,
                Kind::Correctness => wrong += 1,
                Kind::NotRun => not_run += 1,
                // Told, and no failure: the machine may be busy.
                Kind::Speed => {}
            }
            eprintln!("{}", figure.shown());
        }
        Ok(())
    });
    summarize(&steps, held, wrong, not_run)
}

fn lint(what: &[&str]) -> Result<()> {
    stream(cargo().arg("clippy").args(what).args(["--", "-D", "warnings"]))
}

/// Tells how it went, in its last line as every test runner does, and ends.
fn summarize(steps: &Steps, held: usize, wrong: usize, not_run: usize) -> Result<()> {
    eprintln!();
    let (mut passed, mut failed) = (held, wrong);
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
    println!("{passed} passed, {failed} failed");
    std::process::exit(i32::from(failed > 0));
}
