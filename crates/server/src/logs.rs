//! Where `tracing` goes.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Files kept, one a day.
const DAYS: usize = 14;

/// Logs into `directory`, and to standard error where `to_terminal`. What is
/// still on its way is written when the guard is dropped.
///
/// `TESSERA_LOG` says what is logged, as in `info,engine=debug`.
pub fn start(directory: &Path, to_terminal: bool) -> anyhow::Result<WorkerGuard> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot write to {}", directory.display()))?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("engine")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(directory)
        .with_context(|| format!("cannot write to {}", directory.display()))?;
    // Lines are dropped rather than recording held up by a slow disk.
    let (files, guard) = tracing_appender::non_blocking(files);
    let filter = EnvFilter::try_from_env("TESSERA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let to_file = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(files);
    let to_terminal = to_terminal
        .then(|| tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::io::stderr));
    tracing_subscriber::registry().with(filter).with(to_file).with(to_terminal).init();
    Ok(guard)
}
