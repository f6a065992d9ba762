//! What is loaded, by what the UI's own script counts after a build.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use testkit::{Figure, Process, programs};

/// Packages that run in the page.
const DEPENDENCIES: f64 = 8.0;

pub async fn run() -> Result<Vec<Figure>> {
    let ui = programs::checkout()?.join("ui");
    let package: Value = serde_json::from_slice(&std::fs::read(ui.join("package.json"))?)?;
    let count = package["dependencies"].as_object().context("dependencies of the UI")?.len();
    let mut command = std::process::Command::new("node");
    command.arg("scripts/budgets.js").current_dir(&ui);
    let said = Process::run(&command, Duration::from_secs(30)).await?;
    let mut figures =
        vec![Figure::at_most("ui-budgets/dependencies", count as f64, "packages", DEPENDENCIES)];
    for (name, of) in
        [("script", "entry JavaScript"), ("style", "style sheets"), ("scripts", "JavaScript")]
    {
        let (weight, limit) = weight(&said.stdout, of)
            .with_context(|| format!("no weight of {of}: {}{}", said.stdout, said.stderr))?;
        figures.push(Figure::at_most(format!("ui-budgets/{name}"), weight, "kB, gzipped", limit));
    }
    Ok(figures)
}

/// Reads `NAME: WEIGHT of LIMIT kB, gzipped`.
fn weight(said: &str, name: &str) -> Option<(f64, f64)> {
    let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))?;
    let (weight, rest) = line.split_once(" of ")?;
    Some((weight.parse().ok()?, rest.split(' ').next()?.parse().ok()?))
}
