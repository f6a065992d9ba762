//! Recordings handed on: what an export holds is what was recorded, players and
//! a browser show it, and it plays together.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use media::{CameraId, StreamId, StreamRole};
use serde_json::Value;
use testkit::{Audio, Browser, CameraClip, CameraCodec, Figure, Place, Process, Server, until};

use super::export_faults::{kills, names, verify};
use super::fall_back;
use super::generated::rows;
use super::rig::{Rig, RigOptions, light};
use crate::cameras::SOON;

/// How long a program may take with a few seconds of small pictures.
const PATIENCE: Duration = Duration::from_secs(60);

/// Cameras may be so far apart on the page, in ms: two pictures and a half.
const MAX_SKEW: f64 = 100.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = films(short).await?;
    figures.extend(kills(short).await?);
    figures.extend(names(short).await?);
    figures.extend(fall_back::run().await?);
    Ok(figures)
}

async fn films(short: bool) -> Result<Vec<Figure>> {
    let mut clips = light(4);
    clips[2].codec = CameraCodec::H265;
    clips[3] = CameraClip { codec: CameraCodec::Mjpeg, bits_per_second: 2_000_000, ..clips[3] };
    let audio = vec![Audio::Pcmu, Audio::Aac];
    let rig = Rig::start_with(&clips, RigOptions { audio, ..Default::default() }).await?;
    let length = if short { 5 } else { 600 };
    recorded(&rig, length + 3).await?;
    let dest = rig.place.join("dest");
    std::fs::create_dir(&dest)?;
    let from = format!("{}s700ms", length + 1);
    let words = ["export", "--from", &from, "--to", "1s"];
    let cameras = ["--camera", "1", "--camera", "2", "--camera", "3", "--camera", "4"];
    let to = dest.to_str().context("a path in UTF-8")?;
    let words = [&words[..], &cameras, &[to]].concat();
    let said = Server::ask(&rig.place, rig.data.path(), &words).await?;
    let package = said.split(": ").next().map(PathBuf::from).context("a path")?;
    let manifest = verify(&package)?;
    let (mut inexact, mut foreign, mut pictures, mut complaints) = (0.0f64, 0, 0, 0);
    for (camera, id) in cameras_of(&manifest)?.iter().zip(&rig.ids) {
        let stream = StreamId { camera: CameraId(*id), role: StreamRole::Main };
        let sources: Vec<PathBuf> = rows(&rig.volume)?
            .iter()
            .filter(|row| row.stream == stream)
            .map(|row| rig.volume.join(row.place()))
            .collect();
        let mut recorded = Vec::new();
        for source in &sources {
            recorded.extend(hashes(source).await?.0);
        }
        for part in camera["parts"].as_array().context("parts")? {
            let film = package.join(part["file"].as_str().context("a file")?);
            let (exported, complained) = hashes(&film).await?;
            pictures += exported.len();
            complaints += complained;
            let is_there = recorded.windows(exported.len()).any(|it| it == exported);
            foreign += usize::from(!is_there);
            let wanted = part["to"].as_i64().zip(part["from"].as_i64());
            let wanted = wanted.map(|(to, from)| to - from).context("a span")?;
            let off = duration(&film).await? - wanted as f64;
            inexact = inexact.max(off.abs());
        }
    }
    let mut figures = vec![
        Figure::exactly("export/films", cameras_of(&manifest)?.len() as f64, "cameras", 4.0),
        Figure::exactly("export/other-pictures", foreign as f64, "films", 0.0)
            .noted(format!("{pictures} pictures compared with those recorded")),
        Figure::exactly("export/complaints", complaints as f64, "of FFmpeg", 0.0),
        Figure::at_most("export/inexact", inexact, "µs", 0.5),
    ];
    figures.extend(burnt(&rig, &manifest).await?);
    figures.extend(page(&rig.place, &package).await?);
    figures.push(vlc(&package, &manifest).await?);
    rig.end().await?;
    Ok(figures)
}

/// The same once more, with name and time in the pictures: as many of them, at
/// the same times, as H.264 whatever the camera sends.
async fn burnt(rig: &Rig, plain: &Value) -> Result<Vec<Figure>> {
    let text = |name: &str| plain[name].as_str().context("a time");
    let words = ["export", "--burn-in", "--from", text("fromText")?, "--to", text("toText")?];
    let cameras = ["--camera", "1", "--camera", "2", "--camera", "3", "--camera", "4"];
    let dest = rig.place.join("burnt");
    std::fs::create_dir(&dest)?;
    let to = dest.to_str().context("a path in UTF-8")?;
    let mut command = Server::asking(&rig.place, rig.data.path())?;
    command.args([&words[..], &cameras, &[to]].concat());
    let begin = Instant::now();
    let said = Process::run(&command, PATIENCE * 10).await?.success()?;
    let took = begin.elapsed();
    let package = said.split(": ").next().map(PathBuf::from).context("a path")?;
    let manifest = verify(&package)?;
    let (mut others, mut missing, mut complaints) = (0, 0, 0);
    let (mut pictures, mut inexact) = (0, 0.0f64);
    for (camera, plain) in cameras_of(&manifest)?.iter().zip(cameras_of(plain)?) {
        let parts = camera["parts"].as_array().context("parts")?;
        let plain = plain["parts"].as_array().context("parts")?;
        ensure!(parts.len() == plain.len(), "{} films for {}", parts.len(), plain.len());
        for (part, plain) in parts.iter().zip(plain) {
            let film = package.join(part["file"].as_str().context("a file")?);
            let (found, complained) = hashes(&film).await?;
            complaints += complained;
            pictures += found.len();
            others += usize::from(part["video"] != "h264" || part["audio"] != plain["audio"]);
            missing += usize::from(plain["pictures"] != found.len());
            let span = part["to"].as_i64().zip(part["from"].as_i64());
            let span = span.map(|(to, from)| to - from).context("a span")?;
            inexact = inexact.max((duration(&film).await? - span as f64).abs());
        }
    }
    let rate = pictures as f64 / took.as_secs_f64();
    Ok(vec![
        Figure::holds(
            "export/burnt/said",
            manifest["burntIn"] == true && plain["burntIn"] == false,
        ),
        Figure::exactly("export/burnt/other-format", others as f64, "films", 0.0),
        Figure::exactly("export/burnt/missing-pictures", missing as f64, "films", 0.0)
            .noted(format!("{pictures} pictures")),
        Figure::exactly("export/burnt/complaints", complaints as f64, "of FFmpeg", 0.0),
        Figure::at_most("export/burnt/inexact", inexact, "µs", 0.5),
        Figure::at_least("export/burnt/rate", rate, "pictures/s", 50.0).speed(),
    ])
}

/// The page plays what Chromium plays, together, and says what it does not.
async fn page(place: &Place, package: &Path) -> Result<Vec<Figure>> {
    let url = url::Url::from_file_path(package.join("index.html"));
    let url = url.ok().context("a path from the root")?;
    let browser = Browser::chromium(place, url.as_str(), 1280, 720).await?;
    let begin = Instant::now();
    browser.click("#play").await?;
    let state = "const films = JSON.parse(document.getElementById('manifest').textContent).cameras;
        const now = Number(document.body.dataset.now);
        return [...document.querySelectorAll('figure')].map((figure, index) => {
            const video = figure.querySelector('video');
            const said = figure.querySelector('p').textContent;
            const off = films[index].parts[0].from / 1000 + video.currentTime * 1000 - now / 1000;
            const at = video.currentTime;
            const heard = video.webkitAudioDecodedByteCount;
            return { at, off, said, heard, width: video.videoWidth };
        });";
    let moving = async || {
        let tiles = browser.run(state, Vec::new()).await?;
        let tiles = tiles.as_array().context("tiles")?.clone();
        let moves = |tile: &Value| tile["at"].as_f64().is_some_and(|at| at > 1.5);
        Ok((tiles.iter().filter(|tile| moves(tile)).count() >= 2).then_some(tiles))
    };
    let tiles = until(SOON, "two films to play", moving).await?;
    let started = begin.elapsed();
    let plays = |tile: &&Value| tile["width"].as_u64().is_some_and(|width| width > 0);
    let skew = tiles.iter().filter(plays).filter_map(|it| it["off"].as_f64());
    let skew = skew.map(f64::abs).fold(0.0, f64::max);
    let told = tiles.iter().filter(|it| !plays(it)).filter(|it| it["said"] != "").count();
    let heard = tiles.iter().filter(|it| it["heard"].as_u64().is_some_and(|bytes| bytes > 0));
    let heard = heard.count();
    let playing = tiles.iter().filter(plays).count();
    browser.close().await?;
    Ok(vec![
        Figure::at_least("export/page/plays", playing as f64, "films", 2.0)
            .noted(format!("1.5 s of them after {:.1} s", started.as_secs_f64())),
        Figure::exactly("export/page/silent", (tiles.len() - playing - told) as f64, "films", 0.0)
            .noted("those that this browser cannot play, and that say nothing"),
        Figure::exactly("export/page/heard", heard as f64, "films", 2.0)
            .noted("AAC, and G.711 as PCM"),
        Figure::at_most("export/page/skew", skew, "ms", MAX_SKEW).speed(),
    ])
}

async fn vlc(package: &Path, manifest: &Value) -> Result<Figure> {
    const NAME: &str = "export/vlc";
    let paths = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&paths).any(|path| path.join("cvlc").is_file()) {
        return Ok(Figure::not_run(NAME, "VLC is not installed"));
    }
    let mut complained = Vec::new();
    for camera in cameras_of(manifest)? {
        let film = package.join(camera["parts"][0]["file"].as_str().context("a file")?);
        let mut command = Command::new("cvlc");
        if rustix::process::geteuid().is_root() {
            // It refuses to be.
            command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "cvlc"]);
            command.env("HOME", "/nonexistent");
        }
        command.args(["-vv", "--intf", "dummy", "--vout", "dummy", "--aout", "dummy"]);
        command.args(["--run-time", "3", "--play-and-exit", "fd://0"]);
        let process = Process::start_with(&command, std::fs::File::open(&film)?.into())?;
        let output = process.output(PATIENCE).await?;
        // Whatever it is given, it ends as if all were well.
        if !output.status.success() || !output.stderr.contains("Received first picture") {
            complained.push(film.display().to_string());
        }
    }
    Ok(Figure::holds(NAME, complained.is_empty()).noted(complained.join("; ")))
}

/// Waits until so many seconds are on the disk.
async fn recorded(rig: &Rig, seconds: u64) -> Result<()> {
    let wanted = Duration::from_secs(seconds);
    until(SOON + wanted * 2, "enough recordings", async || {
        let rows = rows(&rig.volume)?;
        let length = |id: &u32| -> Duration {
            let of = rows.iter().filter(|row| row.stream.camera == CameraId(*id));
            of.map(|row| row.end.since(row.start)).sum()
        };
        Ok(rig.ids.iter().all(|id| length(id) >= wanted).then_some(()))
    })
    .await
}

fn cameras_of(manifest: &Value) -> Result<&Vec<Value>> {
    manifest["cameras"].as_array().context("cameras")
}

/// Hashes of the decoded pictures of a file, and of what FFmpeg complains.
async fn hashes(path: &Path) -> Result<(Vec<String>, usize)> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(path);
    command.args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-"]);
    let output = Process::run(&command, PATIENCE * 10).await?;
    let complaints = output.stderr.lines().count();
    let text = output.success()?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let hash = |line: &str| line.rsplit(',').next().map(|it| it.trim().to_owned());
    Ok((lines.filter_map(hash).collect(), complaints))
}

/// Of a film, in µs.
pub async fn duration(path: &Path) -> Result<f64> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]).arg(path);
    let said = Process::run(&command, PATIENCE).await?.success()?;
    let seconds: f64 = said.trim().parse().with_context(|| format!("a duration in {said:?}"))?;
    ensure!(seconds > 0.0, "{} has no length", path.display());
    Ok(seconds * 1e6)
}
