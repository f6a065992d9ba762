//! Everything with real worker processes: this executable is its own worker.
//!
//! Clips are made with the `ffmpeg` program while the tests run.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs, reason = "a test program")]

mod burning;
mod clips;
mod colour;
mod crashes;
mod demo;
mod files;
mod hostile;
mod jpegs;
mod luma;
mod measure;
mod pictures;
mod rig;
mod sound;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use std::time::Instant;

use rig::Test;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|it| it == "worker") {
        return match codec::run_worker() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => panic!("{error}"),
        };
    }
    let tests: Vec<Test> = [
        demo::TESTS,
        files::TESTS,
        pictures::TESTS,
        colour::TESTS,
        crashes::TESTS,
        hostile::TESTS,
        jpegs::TESTS,
        luma::TESTS,
        sound::TESTS,
        measure::TESTS,
        burning::TESTS,
    ]
    .concat();
    if arguments.iter().any(|it| it == "--list") {
        tests.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let filters: Vec<&String> = arguments.iter().filter(|it| !it.starts_with('-')).collect();
    let mut failed = 0;
    for (name, test) in tests {
        if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
            continue;
        }
        let started = Instant::now();
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| rig::run(test)));
        let outcome = if result.is_ok() { "ok" } else { "FAILED" };
        println!("test {name} ... {outcome} ({:.1} s)", started.elapsed().as_secs_f32());
        failed += u32::from(result.is_err());
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
