use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::until;

/// A process that a test started, with its descendants in a group of its own.
/// Whichever way the test ends, they end: by `Drop`, and where the test itself
/// is killed, by the kernel.
pub struct Process {
    name: String,
    pid: Pid,
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

/// What a process that ended said.
#[derive(Debug)]
pub struct Output {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Process {
    /// Starts `command`.
    pub fn start(command: &std::process::Command) -> Result<Self> {
        Self::start_with(command, Stdio::null())
    }

    /// Starts `command` with something on its standard input.
    pub fn start_with(command: &std::process::Command, stdin: Stdio) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        // `setpriv` asks the kernel for a signal at our death and then becomes
        // the program: the same process, without unsafe code between fork and exec.
        let mut tied = Command::new("setpriv");
        tied.args(["--pdeathsig", "KILL", "--"]).arg(command.get_program());
        tied.args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => tied.env(key, value),
                None => tied.env_remove(key),
            };
        }
        if let Some(dir) = command.get_current_dir() {
            tied.current_dir(dir);
        }
        tied.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = tied.spawn().with_context(|| format!("starting {name}"))?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let pid = pid.with_context(|| format!("{name} ended at once"))?;
        let stdout = Lines::of(child.stdout.take().context("standard output is piped")?);
        let stderr = Lines::of(child.stderr.take().context("standard error is piped")?);
        Ok(Self { name, pid, child, stdout, stderr })
    }

    /// Its standard input, if that is a pipe and nobody took it before.
    pub fn stdin(&mut self) -> Result<ChildStdin> {
        self.child.stdin.take().with_context(|| format!("{} has no standard input", self.name))
    }

    /// Runs `command` to its end.
    pub async fn run(command: &std::process::Command, limit: Duration) -> Result<Output> {
        Self::start(command)?.output(limit).await
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// Sends it a signal; it alone.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.pid, signal).with_context(|| format!("signalling {}", self.name))
    }

    /// Whether it still runs.
    pub fn runs(&self) -> bool {
        alive(self.id())
    }

    /// The first line of its standard output in which `find` finds something.
    pub async fn line<T>(&self, limit: Duration, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        let what = format!("an answer of {}", self.name);
        until(limit, &what, async || {
            let found = self.stdout.read().iter().find_map(|line| find(line));
            anyhow::ensure!(
                found.is_some() || self.runs(),
                "{} ended and said: {}",
                self.name,
                self.stderr.text().trim()
            );
            Ok(found)
        })
        .await
    }

    /// What it wrote to standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits for its end.
    pub async fn exit(&mut self, limit: Duration) -> Result<ExitStatus> {
        let ended = tokio::time::timeout(limit, self.child.wait()).await;
        let ended = ended.with_context(|| {
            format!("{} did not end within {} s", self.name, limit.as_secs_f64())
        })?;
        Ok(ended?)
    }

    /// Waits for its end and for all it said.
    pub async fn output(mut self, limit: Duration) -> Result<Output> {
        let status = self.exit(limit).await?;
        // A descendant that lives on may hold the pipes; what came is enough then.
        let closed = async || Ok((self.stdout.closed() && self.stderr.closed()).then_some(()));
        let _ = until(Duration::from_secs(1), "the end of its output", closed).await;
        Ok(Output { status, stdout: self.stdout.text(), stderr: self.stderr.text() })
    }

    /// Asks it to end, and ends it where it does not.
    pub async fn end(mut self) -> Result<ExitStatus> {
        // An error means that it is gone already, and `wait` says how.
        let _ = self.signal(Signal::TERM);
        match self.exit(Duration::from_secs(10)).await {
            Ok(status) => Ok(status),
            Err(_) => {
                let _ = self.signal(Signal::KILL);
                self.exit(Duration::from_secs(5)).await
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group may be empty by now.
        let _ = kill_process_group(self.pid, Signal::KILL);
    }
}

impl Output {
    /// Standard output, if it ended well.
    pub fn success(self) -> Result<String> {
        anyhow::ensure!(
            self.status.success(),
            "ended with {} and said: {}",
            self.status,
            self.stderr.trim()
        );
        Ok(self.stdout)
    }

    /// Whether it refused: an exit code other than 0, and no signal.
    pub fn refused(&self) -> bool {
        self.status.signal().is_none() && !self.status.success()
    }
}

/// Whether process `id` runs. One that only waits to be reaped does not.
pub fn alive(id: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { return false };
    // The name, in parentheses, may hold anything; the state follows it.
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

/// The lines of a pipe, read as they come.
struct Lines {
    lines: Arc<Mutex<Vec<String>>>,
    reader: tokio::task::JoinHandle<()>,
}

impl Lines {
    fn of(pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let reader = tokio::spawn(async move {
            let mut pipe = BufReader::new(pipe);
            let mut line = Vec::new();
            while pipe.read_until(b'\n', &mut line).await.is_ok_and(|count| count > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                line.clear();
            }
        });
        Self { lines, reader }
    }

    fn read(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self) -> String {
        self.read().join("\n")
    }

    fn closed(&self) -> bool {
        self.reader.is_finished()
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[tokio::test]
    async fn says_how_it_ended_and_what_it_said() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let output = Process::run(&command, Duration::from_secs(5)).await.unwrap();
        assert!(output.refused());
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("out", "err"));
    }

    #[tokio::test]
    async fn dropping_ends_descendants_too() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]);
        let process = Process::start(&command).unwrap();
        let limit = Duration::from_secs(5);
        let sleeper = process.line(limit, |line| line.parse::<u32>().ok()).await.unwrap();
        assert!(alive(sleeper));
        drop(process);
        until(limit, "its end", async || Ok((!alive(sleeper)).then_some(()))).await.unwrap();
    }
}
