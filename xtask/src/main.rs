//! The project's only scripts: `cargo xtask run`, `test`, `accept`, `bench`
//! and `faults`.
//!
//! One file per command. What a command prints for people goes to standard
//! error; figures go to standard output, one JSON object a line.

// Printing is what a script is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod accept;
mod run;
mod test;

mod build;
mod figures;
mod minimums;
mod packages;
mod shell;
mod steps;
mod ui;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's only scripts", version)]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing, builds, and starts the desktop application;
    /// where there is no display, the headless server
    Run(run::Args),
    /// Runs everything: format, lints, tests, and every promise in its short form
    Test(test::Args),
    /// Runs promises against release builds and prints their figures
    Accept(accept::Args),
    /// Runs measurements against release builds and prints their figures
    Bench(accept::Args),
    /// Injects faults by the names of the catalogue and prints the figures
    Faults(accept::Args),
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match Xtask::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Accept(args) => accept::run("accept", &args),
        Command::Bench(args) => accept::run("bench", &args),
        Command::Faults(args) => accept::run("faults", &args),
    }
}
