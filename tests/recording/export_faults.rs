//! R15, exports: killed, stopped or cancelled at any time, one is whole or not
//! there. I1: whatever cameras are called, nothing is written elsewhere.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use archive::{ExportRequest, Wanted, Wish};
use link::{Client, Event};
use media::{CameraId, StreamId, StreamRole, WallTime};
use protocol::{
    CameraAddress, Command, Export, ExportState, Message, NewExport, NewVolume, Reply,
    StreamAddress, Update,
};
use rustix::process::Signal;
use serde_json::Value;
use sha2::{Digest, Sha256};
use testkit::{Figure, Place, Random, until, wall_us};

use super::generated::{AN_HOUR, Generated, rows};
use super::rig::start;
use crate::cameras::SOON;

/// What those that were generated are numbered from.
const FIRST: u32 = 1001;
const CAMERAS: u32 = 4;

/// What an engine may take more of memory while it exports, in MB.
const MAX_MEMORY: f64 = 32.0;

/// What comes into the folder of an export last, and nothing for its own name,
/// by which people know it.
const LAST_STEPS: [&str; 3] = ["index.html", "manifest.json", ""];

/// Every file of a package is what its manifest says, and there is no other.
pub fn verify(package: &Path) -> Result<Value> {
    let manifest = std::fs::read(package.join("manifest.json"))?;
    let manifest: Value = serde_json::from_slice(&manifest)?;
    let cameras = manifest["cameras"].as_array().context("cameras")?;
    let parts = cameras.iter().filter_map(|camera| camera["parts"].as_array()).flatten();
    let mut known = BTreeSet::from(["manifest.json".to_owned()]);
    for file in parts.chain(manifest["files"].as_array().context("files")?) {
        let name = file["file"].as_str().context("a name")?;
        let found = std::fs::read(package.join(name)).with_context(|| name.to_owned())?;
        let sum: String = Sha256::digest(&found).iter().map(|it| format!("{it:02x}")).collect();
        ensure!(file["sha256"] == *sum && file["bytes"] == found.len(), "{name} is another");
        known.insert(name.to_owned());
    }
    let found: BTreeSet<String> = listed(package)?.into_iter().collect();
    ensure!(found == known, "{found:?} instead of {known:?}");
    Ok(manifest)
}

pub async fn kills(short: bool) -> Result<Vec<Figure>> {
    let times = if short { 3 } else { 100 };
    let place = Place::new()?;
    let (volume, dest, data) = (place.join("volume"), place.join("dest"), Place::new()?);
    std::fs::create_dir(&dest)?;
    let segments = if short { 10 } else { 30 };
    Generated { cameras: CAMERAS, segments, seconds: 10, rate: 25, picture: 15_000, age: AN_HOUR }
        .write(&volume, false)?;
    let rows = rows(&volume)?;
    let from = rows.iter().map(|row| row.start.0).min().context("rows")?;
    let to = rows.iter().map(|row| row.end.0).max().context("rows")?;
    let mut server = start(&place, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let path = volume.to_string_lossy().into_owned();
    let new = NewVolume { path, max_bytes: None, max_days: None };
    client.command(Command::AddVolume { volume: new }).await?;
    let new = NewExport {
        streams: (FIRST..FIRST + CAMERAS).map(|camera| address(&client, camera)).collect(),
        from,
        to,
        destination: dest.to_string_lossy().into_owned(),
        zone: None,
        single_file: false,
        burn_in: false,
        name: String::new(),
        note: String::new(),
    };

    // Once without a fault: how fast, and what it takes.
    let before = most_memory(server.process().id())?;
    let begin = Instant::now();
    let export = ask(&mut client, new.clone()).await?;
    let (ended, told) = ended(&mut client, export.id).await?;
    let whole = begin.elapsed();
    let ExportState::Done { path, bytes, files, .. } = ended else { bail!("{ended:?}") };
    let memory = most_memory(server.process().id())? - before;
    verify(Path::new(&path))?;
    std::fs::remove_dir_all(&path)?;

    // Cancelled: nothing is left.
    let export = ask(&mut client, new.clone()).await?;
    client.command(Command::CancelExport { export: export.id }).await?;
    let cancelled = self::ended(&mut client, export.id).await?.0;
    let left = listed(&dest)?.len();
    client.close().await;

    let mut random = Random::new(15);
    let (mut partial, mut whole_ones, mut is_first, mut resumed) = (0, 0, true, 0);
    for _ in 0..times {
        let mut client = server.client().await?;
        ask(&mut client, new.clone()).await?;
        // The last steps take too little time to be met by chance.
        match LAST_STEPS.get((random.share() * 2.0 * LAST_STEPS.len() as f64) as usize) {
            Some(name) => until_named(&dest, name).await?,
            None => until_share(whole.mul_f64(random.share())).await?,
        }
        // The first is asked to end, as at an update.
        let signal = if std::mem::take(&mut is_first) { Signal::TERM } else { Signal::KILL };
        server.process().signal(signal)?;
        let gone = async || Ok((!server.process().runs()).then_some(()));
        until(SOON, "the engine's end", gone).await?;
        for name in listed(&dest)?.iter().filter(|name| !name.starts_with('.')) {
            whole_ones += 1;
            partial += usize::from(verify(&dest.join(name)).is_err());
            std::fs::remove_dir_all(dest.join(name))?;
        }
        server = start(&place, data.path(), &[]).await?;
    }
    // And once when half of it is there.
    let mut client = server.client().await?;
    let export = ask(&mut client, new.clone()).await?;
    half(&mut client, &export).await?;
    server.process().signal(Signal::KILL)?;
    let gone = async || Ok((!server.process().runs()).then_some(()));
    until(SOON, "the engine's end", gone).await?;
    server = start(&place, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let export = ask(&mut client, new.clone()).await?;
    let last = self::ended(&mut client, export.id).await?.0;
    if let ExportState::Done { path, resumed: from_before, .. } = &last {
        resumed = *from_before;
        verify(Path::new(path))?;
        std::fs::remove_dir_all(path)?;
    }
    let remains = listed(&dest)?;
    client.close().await;
    server.end().await?;
    let rate = bytes as f64 / 1e6 / whole.as_secs_f64();
    Ok(vec![
        Figure::at_least("export/rate", rate, "MB/s", 40.0)
            .speed()
            .noted(format!("{files} films, {:.0} MB, hashed and synced", bytes as f64 / 1e6)),
        Figure::at_most("export/memory", memory, "MB", MAX_MEMORY),
        Figure::at_least("export/progress", told as f64, "updates", 1.0),
        Figure::holds("export/cancelled", cancelled == ExportState::Cancelled && left == 0)
            .noted(format!("{left} names left")),
        Figure::exactly("export/kills/partial", partial as f64, "packages", 0.0)
            .noted(format!("{times} kills, {whole_ones} of them behind the last step")),
        Figure::exactly("export/kills/remains", remains.len() as f64, "names", 0.0)
            .noted(remains.join(", ")),
        Figure::at_least("export/kills/goes-on", f64::from(resumed), "films", 1.0)
            .noted(format!("of {files}, left by an engine that was killed halfway")),
    ])
}

/// I1: packages of films of cameras whose names are paths.
pub async fn names(short: bool) -> Result<Vec<Figure>> {
    const EACH: usize = 100;
    let packages = if short { 2 } else { 100 };
    let place = Place::new()?;
    let (volume, dest) = (place.join("volume"), place.join("dest"));
    std::fs::create_dir(&dest)?;
    Generated { cameras: 1, segments: 1, seconds: 1, rate: 1, picture: 100, age: AN_HOUR }
        .write(&volume, false)?;
    let row = *rows(&volume)?.first().context("a row")?;
    let pieces = [
        "..",
        "/",
        "\\",
        "%2e%2e%2f",
        "\0",
        "\n",
        "~",
        "CON",
        ":",
        "\u{202e}",
        "\u{2215}",
        "é",
        "<",
    ];
    let mut random = Random::new(1);
    let mut outside = 0;
    for _ in 0..packages {
        let mut name = || {
            let piece = |_| pieces[(random.share() * pieces.len() as f64) as usize];
            Wanted {
                stream: StreamId { camera: CameraId(FIRST), role: StreamRole::Main },
                name: (0..8).map(piece).collect(),
            }
        };
        let request = ExportRequest {
            wanted: (0..EACH).map(|_| name()).collect(),
            from: row.start,
            to: row.end,
            volumes: vec![volume.clone()],
            gaps: Vec::new(),
            destination: dest.clone(),
            bare: false,
            burn_in: false,
            name: String::new(),
            note: String::new(),
            zone: jiff::tz::TimeZone::UTC,
            made_by: "Tessera test".to_owned(),
            now: WallTime(wall_us()),
        };
        let work = tokio::task::spawn_blocking(move || {
            archive::Export::plan(request)?.run(None, &mut |_| Wish::GoOn)
        });
        let done = work.await??;
        verify(&done.path)?;
        outside += usize::from(done.path.parent() != Some(&dest) || done.files != EACH);
        outside += usize::from(listed(&dest)?.len() != 1);
        std::fs::remove_dir_all(&done.path)?;
    }
    let beside = listed(place.path())?.into_iter().filter(|it| it != "volume" && it != "dest");
    outside += beside.count();
    let names = packages * EACH;
    let figure = Figure::exactly("export/names/outside", outside as f64, "files", 0.0);
    Ok(vec![figure.noted(format!("{names} names"))])
}

async fn ask(client: &mut Client, export: NewExport) -> Result<Export> {
    match client.command(Command::Export { export }).await? {
        Reply::Export { export } => Ok(export),
        other => bail!("asked for an export, got {other:?}"),
    }
}

/// How an export ended, and how often its progress was told.
async fn ended(client: &mut Client, id: u32) -> Result<(ExportState, usize)> {
    let mut told = 0;
    loop {
        let event = tokio::time::timeout(Duration::from_secs(120), client.next()).await??;
        let Event::Message(Message::Update { update: Update::Export { export } }) = event else {
            continue;
        };
        match export.state {
            ExportState::Running { .. } => told += usize::from(export.id == id),
            state if export.id == id => return Ok((state, told)),
            _ => {}
        }
    }
}

/// Returns when half of an export is done.
async fn half(client: &mut Client, export: &Export) -> Result<()> {
    loop {
        let event = tokio::time::timeout(Duration::from_secs(120), client.next()).await??;
        let Event::Message(Message::Update { update: Update::Export { export: told } }) = event
        else {
            continue;
        };
        match told.state {
            ExportState::Running { done_bytes } if done_bytes * 2 < export.bytes => {}
            ExportState::Running { .. } => return Ok(()),
            ended => bail!("it ended before: {ended:?}"),
        }
    }
}

fn address(client: &Client, camera: u32) -> StreamAddress {
    let camera = CameraAddress { server: client.server().to_owned(), camera };
    StreamAddress { camera, role: protocol::StreamRole::Main }
}

async fn until_share(wait: Duration) -> Result<()> {
    let begin = Instant::now();
    until(SOON * 12, "the moment of a kill", async || Ok((begin.elapsed() >= wait).then_some(())))
        .await
}

/// Returns as soon as `name` is in a folder of `dest`; as soon as a package is
/// there for people, whatever is in it.
async fn until_named(dest: &Path, name: &'static str) -> Result<()> {
    let (dest, deadline) = (dest.to_owned(), Instant::now() + SOON * 12);
    let look = move || loop {
        for folder in listed(&dest)? {
            let is_there = !folder.starts_with('.');
            if is_there || !name.is_empty() && dest.join(folder).join(name).exists() {
                return Ok(());
            }
        }
        ensure!(Instant::now() < deadline, "no export came to its end");
    };
    tokio::task::spawn_blocking(look).await?
}

fn listed(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// The most memory that a process had, in MB.
fn most_memory(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes / 1e3)
}
