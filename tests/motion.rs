//! What moves is seen, and what does not is not; and what is done to a camera
//! is told. All of it is measured by the crate `vision` itself, on real footage
//! from the folder of test material.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use testkit::{Figure, Process, programs};

/// The figures of one of the promises of the crate `vision`.
pub async fn run(name: &str) -> Result<Vec<Figure>> {
    let mut command = Command::new(programs::vision_promises()?);
    command.arg(name);
    let output = Process::run(&command, Duration::from_secs(15 * 60)).await?;
    // One means that a figure missed its target.
    let is_done = matches!(output.status.code(), Some(0 | 1));
    ensure!(is_done, "{name} ended with {} and said: {}", output.status, output.stderr.trim());
    let figure = |line| serde_json::from_str(line).with_context(|| format!("not a figure: {line}"));
    output.stdout.lines().map(figure).collect()
}
