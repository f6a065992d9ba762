//! Building executables, and finding where cargo put them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell::{cargo, shown};

/// Both executables in one build: two would share fewer crates.
pub const BOTH: &[&str] =
    &["-p", "server", "-p", "tessera", "--features", "tessera/custom-protocol"];

/// The server alone, where there is no window system.
pub const SERVER: &[&str] = &["-p", "server"];

/// Executables by the names of their targets.
pub type Executables = BTreeMap<String, PathBuf>;

#[derive(Deserialize)]
struct Artifact {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Runs `cargo build` with `args`; cargo's progress is shown.
pub fn executables(args: &[&str]) -> Result<Executables> {
    let mut build = cargo();
    build.arg("build").args(args).arg("--message-format=json-render-diagnostics");
    let output = build
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting {}", shown(&build)))?;
    if !output.status.success() {
        bail!("{} failed", shown(&build));
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let artifacts = lines.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
    let built = artifacts.filter(|artifact| artifact.reason == "compiler-artifact");
    Ok(built.filter_map(|it| Some((it.target?.name, it.executable?))).collect())
}

/// The one named `name`.
pub fn named(executables: &Executables, name: &str) -> Result<PathBuf> {
    executables.get(name).cloned().with_context(|| format!("cargo built no executable {name}"))
}
