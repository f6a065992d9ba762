//! One worker process, seen from the engine.

use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::Clock;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::log::Log;
use crate::pool::{Listed, Shared};
use crate::wire::{Messages, Reply, WireError};

/// A living worker. Dropping it kills it; [`Process::end`] also waits.
pub struct Process {
    child: Child,
    log: JoinHandle<()>,
    _listed: Listed,
}

/// Why a conversation with a worker is over.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Its end of the pipe was closed: it is dead.
    #[error("it ended")]
    Ended,
    /// It is stopped, or its main thread hangs.
    #[error("it is silent")]
    Silent,
    /// One stream gets no answers.
    #[error("{0} hangs in it")]
    Stuck(String),
    /// It said what no worker of ours says.
    #[error("it broke the protocol")]
    Violation,
    /// Reading or writing failed.
    #[error("{0}")]
    Pipe(#[from] WireError),
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        Self::Pipe(error.into())
    }
}

impl Process {
    /// Starts a worker. The pipes of a decoder are made
    /// deep, so that a picture is one wake-up; those of a source stay shallow,
    /// so that it notices at once when nobody takes its units.
    pub fn spawn(shared: &Arc<Shared>, role: Role) -> io::Result<(Self, ChildStdin, Replies)> {
        let program = &shared.program;
        let mut command = Command::new(&program.path);
        command
            .args(&program.arguments)
            // Every thread would reserve 64 MiB of the worker's address space.
            .env("MALLOC_ARENA_MAX", "4")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // An interrupt typed at the terminal is for the engine, which then
        // ends its workers in order.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let (Some(pid), Some(input), Some(output), Some(errors)) =
            (child.id(), child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("a child without pipes"));
        };
        if role == Role::Decoder {
            deepen(&input);
            deepen(&output);
        }
        let replies = Replies { messages: Messages::new(output), clock: shared.clock.clone() };
        let log = tokio::spawn(pass_on(errors, pid, shared.clock.clone()));
        Ok((Self { child, log, _listed: shared.list(pid) }, input, replies))
    }

    /// Kills the process if it lives, waits for it, and says how it ended.
    pub async fn end(mut self) -> String {
        // Fails where the process is dead already, and waiting says how.
        self.child.start_kill().ok();
        let status = self.child.wait().await;
        self.log.await.ok();
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

/// What a worker was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Decoder,
    Source,
}

/// What a worker says.
pub struct Replies {
    messages: Messages<ChildStdout>,
    clock: Clock,
}

impl Replies {
    /// Four signs of life were missed; a stopped worker must be replaced
    /// within five seconds.
    const MAX_SILENCE: Duration = Duration::from_millis(4500);

    /// The next reply. Cancel-safe.
    pub async fn next(&mut self) -> Result<(Reply, Bytes), Lost> {
        tokio::select! {
            biased;
            message = self.messages.next() => message?.ok_or(Lost::Ended),
            () = self.clock.sleep(Self::MAX_SILENCE) => Err(Lost::Silent),
        }
    }
}

/// A worker reads and writes whole pictures; where the system refuses (an
/// unprivileged user may have 64 MiB of pipes) the usual 64 KiB do as well.
#[cfg(target_os = "linux")]
fn deepen(pipe: &impl std::os::fd::AsFd) {
    rustix::pipe::fcntl_setpipe_size(pipe, 1 << 20).ok();
}

#[cfg(not(target_os = "linux"))]
fn deepen<T>(_: &T) {}

async fn pass_on(mut errors: ChildStderr, pid: u32, clock: Clock) {
    let mut log = Log::new(clock.instant());
    let mut chunk = [0; 4096];
    while let Ok(length @ 1..) = errors.read(&mut chunk).await {
        for line in log.take(&chunk[..length], clock.instant()) {
            tracing::warn!(worker = pid, "{line}");
        }
    }
    if log.dropped > 0 {
        tracing::warn!(worker = pid, dropped = log.dropped, "it had more to say");
    }
}
