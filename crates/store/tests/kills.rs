//! Kills a process that writes, migrates or restores the database, at random
//! instants, and looks whether anything was lost or mixed (rows R15 and R17 of
//! the catalogue of faults). `KILLS=n` says how often; 10 unless told.
//!
//! The last line it prints is JSON: `{"kills":10,"lost":0,"mixed":0,"failed_opens":0}`.
//!
//! - **kills**: processes killed, half while they write, a quarter each while
//!   they migrate and while they restore;
//! - **lost**: openings after which an acknowledged change was not there;
//! - **mixed**: openings after which there was a state that no order of the
//!   changes explains, or a backup that is not whole;
//! - **failed_opens**: openings that needed a hand.
#![expect(
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that the lints do not know for one, since it has its own main"
)]

mod kills {
    pub mod model;
    pub mod rounds;
}

use std::process::ExitCode;

use kills::rounds::{self, Tally};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    // This program again, as the one that is killed.
    if let [_, role, work, dir, seed, cameras] = arguments.as_slice()
        && role == "child"
    {
        rounds::child(work, dir.as_ref(), seed.parse().unwrap(), cameras.parse().unwrap());
        return ExitCode::SUCCESS;
    }

    let kills = std::env::var("KILLS").map_or(10, |kills| kills.parse().unwrap());
    let Tally { kills, lost, mixed, failed_opens } = rounds::run(kills);
    println!(r#"{{"kills":{kills},"lost":{lost},"mixed":{mixed},"failed_opens":{failed_opens}}}"#);
    if lost + mixed + failed_opens == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
