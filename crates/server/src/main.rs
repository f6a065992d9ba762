//! The executable `tessera-server`: the engine, and the command line that talks
//! to a running one.

mod awake;
mod commands;
mod crash;
mod door_file;
mod lifetime;
mod lock;
mod logs;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// How long a thread for files and names is kept that has nothing to do. Many
/// are needed at once when many cameras come back, and hardly any after that.
const IDLE_THREAD: Duration = Duration::from_secs(2);

/// Watches, records and relays cameras.
#[derive(Parser)]
#[command(name = "tessera-server", version)]
struct Arguments {
    /// Where configuration, keys and logs are kept [default: the user's own data directory]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(commands::run::Args),
    Address(commands::address::Args),
    Status(commands::status::Args),
    Camera(commands::camera::Args),
    Volume(commands::volume::Args),
    Record(commands::record::Args),
    Check(commands::check::Args),
    Export(commands::export::Args),
    Snapshot(commands::snapshot::Args),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // In one line: the window shows it as it is.
            let line = match error.downcast_ref::<store::StoreError>() {
                Some(error) => error.to_string(),
                None => format!("{error:#}"),
            };
            writeln!(std::io::stderr(), "tessera-server: {line}").ok();
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let data = match arguments.data {
        Some(data) => std::path::absolute(data)?,
        None => own_data_directory()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads())
        .thread_keep_alive(IDLE_THREAD)
        .enable_all()
        .build()
        .context("starting the threads")?;
    match arguments.command {
        Command::Run(args) => runtime.block_on(commands::run::run(args, &data)),
        Command::Address(args) => runtime.block_on(commands::address::run(args, &data)),
        Command::Status(args) => runtime.block_on(commands::status::run(args, &data)),
        Command::Camera(args) => runtime.block_on(commands::camera::run(args, &data)),
        Command::Volume(args) => runtime.block_on(commands::volume::run(args, &data)),
        Command::Record(args) => runtime.block_on(commands::record::run(args, &data)),
        Command::Check(args) => runtime.block_on(commands::check::run(args, &data)),
        Command::Export(args) => runtime.block_on(commands::export::run(args, &data)),
        Command::Snapshot(args) => runtime.block_on(commands::snapshot::run(args, &data)),
    }
}

/// The engine only passes on; what takes time is done by workers, which need
/// the processors. Each thread more costs a wake-up more for every picture.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(4))
}

fn own_data_directory() -> anyhow::Result<PathBuf> {
    let user = directories::ProjectDirs::from("app", "", "Tessera")
        .context("this user has no home directory. Say where to keep data with --data")?;
    Ok(user.data_local_dir().to_owned())
}

/// Prints a line of the command's result.
fn say(line: impl std::fmt::Display) {
    // Whoever reads it may have gone.
    writeln!(std::io::stdout(), "{line}").ok();
}
