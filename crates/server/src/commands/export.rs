use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;
use archive::{ExportRequest, Wanted, Wish};
use clap::ValueEnum;
use jiff::tz::TimeZone;
use link::{Client, Event};
use media::{CameraId, Clock, StreamId};
use protocol::{
    Command, ExportState, Message, NewExport, Reply, StreamAddress, StreamRole, Update,
};

use super::moment::{moment, text};
use crate::say;

/// Hand on recordings as MP4 files, with a page that plays several cameras together
#[derive(clap::Args)]
pub struct Args {
    /// A camera's number; several times for several
    #[arg(long = "camera", value_name = "NUMBER", required = true)]
    cameras: Vec<u32>,
    /// From when on: a time as on the wall here (2026-11-22 10:15), one with its
    /// distance from UTC (2026-11-22T10:15+01:00), or so long ago (2h, 30m)
    #[arg(long)]
    from: String,
    /// Until when, in the same ways [default: now]
    #[arg(long)]
    to: Option<String>,
    /// Which stream
    #[arg(long, value_enum, default_value = "main")]
    stream: Role,
    /// One camera without a gap as one file instead of a folder
    #[arg(long)]
    single_file: bool,
    /// Name and time in the pictures, which are encoded again for that
    #[arg(long, conflicts_with = "volume")]
    burn_in: bool,
    /// What the folder and its page are called
    #[arg(long, default_value = "")]
    name: String,
    /// What else there is to say of it, on the page and in the manifest
    #[arg(long, default_value = "")]
    note: String,
    /// Read this volume's folder, without an engine; cameras are then known by
    /// the numbers in the names of its folders
    #[arg(long, value_name = "DIR")]
    volume: Option<PathBuf>,
    /// The folder to write to
    destination: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    /// The best
    Main,
    /// The smaller one
    Sub,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let now = Clock::system().wall();
    let zone = TimeZone::system();
    let from = moment(&args.from, &zone, now)?;
    let to = args.to.as_deref().map_or(Ok(now), |to| moment(to, &zone, now))?;
    let destination = std::path::absolute(&args.destination)?;
    // Asked for in these words, it goes on where it was interrupted.
    writeln!(std::io::stderr(), "from {} to {}", text(from), text(to)).ok();
    match &args.volume {
        Some(volume) => {
            let request = ExportRequest {
                wanted: args.cameras.iter().map(|camera| of_folder(*camera, args.stream)).collect(),
                from,
                to,
                volumes: vec![std::path::absolute(volume)?],
                gaps: Vec::new(),
                destination,
                bare: args.single_file,
                burn_in: false,
                name: args.name,
                note: args.note,
                zone,
                made_by: format!("Tessera {}", env!("CARGO_PKG_VERSION")),
                now,
            };
            without_engine(request).await
        }
        None => {
            let client = super::connect(data).await?;
            let streams = args.cameras.iter().map(|number| stream(&client, *number, args.stream));
            let new = NewExport {
                streams: streams.collect::<anyhow::Result<_>>()?,
                from: from.0,
                to: to.0,
                destination: destination.to_string_lossy().into_owned(),
                zone: zone.iana_name().map(str::to_owned),
                single_file: args.single_file,
                burn_in: args.burn_in,
                name: args.name,
                note: args.note,
            };
            by_engine(client, new).await
        }
    }
}

/// Follows what the engine does; Ctrl+C cancels it there.
async fn by_engine(mut client: Client, new: NewExport) -> anyhow::Result<()> {
    let Reply::Export { export } = client.command(Command::Export { export: new }).await? else {
        bail!("the engine answered something else");
    };
    let mut progress = Progress::new(export.bytes);
    let mut is_cancelled = false;
    loop {
        let event = tokio::select! {
            event = client.next() => event?,
            _ = tokio::signal::ctrl_c(), if !is_cancelled => {
                is_cancelled = true;
                client.command(Command::CancelExport { export: export.id }).await?;
                continue;
            }
        };
        let Event::Message(Message::Update { update: Update::Export { export: told } }) = event
        else {
            continue;
        };
        if told.id != export.id {
            continue;
        }
        match told.state {
            ExportState::Running { done_bytes } => progress.tell(done_bytes),
            ExportState::Done { path, files, bytes, resumed, damaged } => {
                progress.end();
                say(done(&path, files as usize, bytes, resumed as usize, damaged as usize));
                client.close().await;
                return Ok(());
            }
            ExportState::Cancelled => {
                progress.end();
                bail!("The export was cancelled.");
            }
            ExportState::Failed { failure } => {
                progress.end();
                return Err(failure.into());
            }
        }
    }
}

async fn without_engine(request: ExportRequest) -> anyhow::Result<()> {
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let seen = is_cancelled.clone();
    let mut work = tokio::task::spawn_blocking(move || {
        let export = archive::Export::plan(request)?;
        let mut progress = Progress::new(export.bytes());
        let exported = export.run(None, &mut |done| {
            progress.tell(done);
            if seen.load(Ordering::Relaxed) { Wish::Cancel } else { Wish::GoOn }
        });
        progress.end();
        exported
    });
    let exported = tokio::select! {
        exported = &mut work => exported,
        _ = tokio::signal::ctrl_c() => {
            is_cancelled.store(true, Ordering::Relaxed);
            work.await
        }
    };
    let it = exported??;
    say(done(&it.path.to_string_lossy(), it.files, it.bytes, it.resumed, it.damaged));
    Ok(())
}

fn done(path: &str, files: usize, bytes: u64, resumed: usize, damaged: usize) -> String {
    let mut said = format!("{path}: {files} films, {:.1} MB", bytes as f64 / 1e6);
    if resumed > 0 {
        said += &format!(", {resumed} of them from before");
    }
    if damaged > 0 {
        said += &format!("; damaged in {damaged} places, which its manifest names");
    }
    said
}

fn of_folder(camera: u32, role: Role) -> Wanted {
    let role = match role {
        Role::Main => media::StreamRole::Main,
        Role::Sub => media::StreamRole::Sub,
    };
    Wanted { stream: StreamId { camera: CameraId(camera), role }, name: String::new() }
}

fn stream(client: &Client, number: u32, role: Role) -> anyhow::Result<StreamAddress> {
    let camera = super::camera(client, number)?;
    let role = match role {
        Role::Main => StreamRole::Main,
        Role::Sub => StreamRole::Sub,
    };
    Ok(StreamAddress { camera: camera.address.clone(), role })
}

/// How far it is, on a terminal in one line, else a line for each tenth.
struct Progress {
    bytes: u64,
    told: Option<u64>,
    is_terminal: bool,
}

impl Progress {
    fn new(bytes: u64) -> Self {
        Self { bytes, told: None, is_terminal: std::io::stderr().is_terminal() }
    }

    fn tell(&mut self, done: u64) {
        // What is estimated may be too little.
        let share = (done.saturating_mul(100) / self.bytes.max(1)).min(100);
        let step = if self.is_terminal { 1 } else { 10 };
        if self.told.is_some_and(|told| share / step <= told / step) {
            return;
        }
        self.told = Some(share);
        let (done, all) = (done as f64 / 1e6, self.bytes as f64 / 1e6);
        let end = if self.is_terminal { "\r" } else { "\n" };
        write!(std::io::stderr(), "{share:3} %  {done:.1} of about {all:.1} MB{end}").ok();
    }

    fn end(&self) {
        if self.is_terminal && self.told.is_some() {
            writeln!(std::io::stderr()).ok();
        }
    }
}
