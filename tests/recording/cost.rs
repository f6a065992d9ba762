//! What recording costs, beside the program everybody knows.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use protocol::StreamRole;
use testkit::{CameraClip, Figure, Process, Usage, measure_for, monotonic_ns, statistics};

use super::rig::{Rig, RigOptions};

/// Of what FFmpeg spends on the same cameras.
const SHARE: f64 = 0.35;

/// With 32 cameras, workers included, in MB.
const MEMORY: f64 = 64.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 20 } else { 60 });
    let mut figures = Vec::new();
    let clips: Vec<CameraClip> = (1..=32).map(CameraClip::main).collect();
    let few = Rig::start(&clips[..8]).await?;
    let spent = spent(&[few.engine()], time).await?;
    figures.push(told("record-cost/8", spent / 8.0));
    drop(few);
    let rig = Rig::start(&clips).await?;
    let ours = self::spent(&[rig.engine()], time).await? / 32.0;
    figures.push(told("record-cost/32", ours));
    let memory = memory(&rig).await?;
    figures.push(Figure::at_most("record-cost/memory", memory, "MB", MEMORY).speed());
    let Rig { cameras, server, place, .. } = rig;
    server.end().await?;
    let mut peers = Vec::new();
    for number in 1..=32 {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-rtsp_transport", "tcp", "-i"]);
        command.arg(cameras.address(number, StreamRole::Main));
        command.args(["-c", "copy", "-f", "segment", "-segment_time", "60"]);
        command.arg(place.join(&format!("ffmpeg-{number}-%03d.mp4")));
        peers.push(Process::start(&command)?);
    }
    // Each of them looks at its stream for five seconds before it writes.
    measure_for(Duration::from_secs(10)).await;
    let ids: Vec<u32> = peers.iter().map(Process::id).collect();
    let theirs = self::spent(&ids, time).await? / 32.0;
    figures.push(told("record-cost/ffmpeg", theirs));
    figures.push(Figure::at_most("record-cost/share", ours / theirs, "of ffmpeg", SHARE).speed());
    drop((cameras, peers));

    let subs = (1..=32).map(CameraClip::sub).collect();
    let both = Rig::start_with(&clips, RigOptions { subs, ..Default::default() }).await?;
    let spent = self::spent(&[both.engine()], time).await? / 32.0;
    let figure = told("record-cost/main-and-sub", spent);
    let memory = self::memory(&both).await?;
    figures.push(figure.noted(format!("both streams of 32 cameras; {memory:.1} MB")));
    Ok(figures)
}

/// What engine and workers have of memory, in MB.
async fn memory(rig: &Rig) -> Result<f64> {
    let workers = statistics(&mut rig.server.client().await?).await?.workers;
    let all = workers.into_iter().chain([rig.engine()]);
    Ok(all.map(proportional).sum::<Result<u64>>()? as f64 / 1e6)
}

/// Seconds of a processor that a camera costs a minute; told, not promised.
fn told(name: &str, percent: f64) -> Figure {
    Figure::at_most(name, percent * 0.6, "CPU-s a camera-minute", f64::INFINITY).speed()
}

/// What processes spend, in % of a core.
async fn spent(processes: &[u32], time: Duration) -> Result<f64> {
    let sum = || processes.iter().map(|id| Ok(Usage::of(*id)?.processor)).sum::<Result<Duration>>();
    let (before, begin) = (sum()?, monotonic_ns());
    measure_for(time).await;
    let spent = sum()?.saturating_sub(before);
    Ok(spent.as_secs_f64() * 1e11 / (monotonic_ns() - begin) as f64)
}

/// What a process has of the memory it shares with others, in bytes.
fn proportional(process: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kibibytes.context("the kernel does not tell")?.parse::<u64>()? * 1024)
}
