//! The executable `tessera-worker`: decodes, or reads a source, for the engine
//! that starts it.

use std::io::Write as _;
use std::process::ExitCode;

/// What an engine says first, and what it must say.
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            writeln!(std::io::stderr(), "tessera-worker: {error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    match std::env::args().nth(1) {
        Some(engine) if engine == VERSION => Ok(codec::run_worker()?),
        Some(engine) => {
            anyhow::bail!("the engine is version {engine}, this is {VERSION}. Restart Tessera.")
        }
        None => anyhow::bail!("it is started by `tessera-server run`, not by hand."),
    }
}
