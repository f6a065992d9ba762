//! System calls that fail or take long, of one file alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use testkit::{Place, Process, until};

const LIMIT: Duration = Duration::from_secs(10);

/// Follows the threads that write to volumes, as far as one file is concerned.
pub struct Tracer {
    process: Process,
    log: PathBuf,
}

/// A call that was followed.
#[derive(Clone, Debug)]
pub struct Call {
    /// When, in µs since 1970 UTC.
    pub at: i64,
    /// As strace shows it.
    pub text: String,
}

impl Tracer {
    /// Why there can be none here, where that is so.
    pub async fn lacking() -> Option<String> {
        let mut command = Command::new("strace");
        command.args(["-o", "/dev/null", "-e", "inject=fdatasync:error=EIO", "true"]);
        let output = Process::run(&command, LIMIT).await;
        let works = output.is_ok_and(|output| output.status.success());
        (!works).then(|| "strace is missing, or may not trace here".to_owned())
    }

    /// Does `what` (as strace's `inject` says it) to calls of the process `id`
    /// with `file`, from now on.
    pub async fn start(place: &Place, id: u32, file: &Path, what: &str) -> Result<Self> {
        let log = place.join("strace.log");
        let mut command = Command::new("strace");
        let threads = volume_threads(id)?;
        for thread in &threads {
            command.args(["-p", thread]);
        }
        command.arg("-P").arg(file).arg("-o").arg(&log).arg("-ttt");
        command.args(["-e", "trace=fdatasync,fsync,write,writev,pwrite64,ftruncate"]);
        command.args(["-e", &format!("inject={what}")]);
        let process = Process::start(&command)?;
        until(LIMIT, "strace to attach", async || {
            ensure!(process.runs(), "strace ended and said: {}", process.stderr());
            Ok((process.stderr().matches("attached").count() >= threads.len()).then_some(()))
        })
        .await?;
        Ok(Self { process, log })
    }

    /// What was called.
    pub fn calls(&self) -> Result<Vec<Call>> {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let calls = text.lines().filter(|line| line.contains('(')).map(|line| {
            // The thread stands before it where there are many.
            let mut words = line.split_whitespace().filter(|word| word.contains('.'));
            let at: f64 = words.next().context("a call has a time")?.parse()?;
            Ok(Call { at: (at * 1e6) as i64, text: line.to_owned() })
        });
        calls.collect()
    }

    /// Waits for the call that was meddled with.
    pub async fn injected(&self) -> Result<Call> {
        until(LIMIT, "the call that is meddled with", async || {
            let calls = self.calls()?;
            Ok(calls.into_iter().find(|it| it.text.contains("INJECTED")))
        })
        .await
    }

    /// Waits until a call that is delayed begins.
    pub async fn begun(&self, name: &str) -> Result<Call> {
        until(LIMIT, "the call that is delayed", async || {
            let calls = self.calls()?;
            Ok(calls.into_iter().find(|it| it.text.contains(name)))
        })
        .await
    }

    /// Lets go of the process.
    pub async fn end(self) -> Result<()> {
        self.process.end().await.map(drop)
    }
}

/// Those of the process `id`.
fn volume_threads(id: u32) -> Result<Vec<String>> {
    let mut threads = Vec::new();
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let path = thread?.path();
        let name = fs::read_to_string(path.join("comm")).unwrap_or_default();
        if name.trim() == "volume" {
            threads.extend(path.file_name().map(|it| it.to_string_lossy().into_owned()));
        }
    }
    ensure!(!threads.is_empty(), "no thread writes to a volume");
    Ok(threads)
}
