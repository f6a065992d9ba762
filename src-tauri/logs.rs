//! Where the window's `tracing` goes, and what a program error leaves behind.

use std::backtrace::Backtrace;
use std::fs;
use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

/// Files kept, one a day.
const DAYS: usize = 14;

/// Logs into `data`/logs, and leaves a file in `data`/crashes at a panic.
/// Nothing is logged where the directory cannot be written. What is still on
/// its way is written when the guard is dropped.
pub fn start(data: &Path) -> Option<WorkerGuard> {
    leave_crashes_in(data);
    // The appender complains on the terminal about a directory it has to make.
    fs::create_dir_all(data.join("logs")).ok()?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("window")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(data.join("logs"))
        .ok()?;
    let (files, guard) = tracing_appender::non_blocking(files);
    tracing_subscriber::fmt().with_ansi(false).with_writer(files).init();
    Some(guard)
}

fn leave_crashes_in(data: &Path) {
    let directory = data.join("crashes");
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print(panic);
        let process = std::process::id();
        let report = format!(
            "tessera {}\n{panic}\n\n{:#}\n",
            env!("CARGO_PKG_VERSION"),
            Backtrace::force_capture()
        );
        // Nothing is left to be done where this fails too.
        let _ = fs::create_dir_all(&directory)
            .and_then(|()| fs::write(directory.join(format!("window-{process}.txt")), report));
    }));
}
