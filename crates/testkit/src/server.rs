use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use link::Client;
use protocol::{Door, Reply, Statistics};

use crate::{Place, Process, headless, programs, until};

/// A cold start reads executables and libraries from disk.
const START: Duration = Duration::from_secs(20);

/// `tessera-server run`, headless.
pub struct Server {
    process: Process,
    data: PathBuf,
    address: String,
}

impl Server {
    /// Starts one for the data directory `data` on a free port; its other
    /// directories are below `place`.
    pub async fn start(place: &Place, data: &Path, args: &[&str]) -> Result<Self> {
        let command = Self::command(place, data, args)?;
        Self::start_as(&command, data).await
    }

    /// The command that [`Server::start`] runs.
    pub fn command(place: &Place, data: &Path, args: &[&str]) -> Result<Command> {
        let mut command = headless(programs::server()?, place)?;
        command.arg("run").arg("--data").arg(data).args(["--port", "0"]).args(args);
        Ok(command)
    }

    /// Runs `command`, which becomes the server of `data`.
    pub async fn start_as(command: &Command, data: &Path) -> Result<Self> {
        let process = Process::start(command)?;
        let address = process.line(START, find_address).await?;
        Ok(Self { process, data: data.to_owned(), address })
    }

    /// Runs `command`, which is to refuse, and returns the sentence it says.
    pub async fn refusal(command: &Command, limit: Duration) -> Result<String> {
        let output = Process::run(command, limit).await?;
        ensure!(output.refused(), "it ended with {} and said: {}", output.status, output.stderr);
        said_sentence(&output.stderr)
    }

    /// The address it printed. Its ticket is good once.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// A session with it.
    pub async fn client(&self) -> Result<Client> {
        Ok(Client::connect(&door(&self.data).await?).await?)
    }

    /// Runs a subcommand of the command line for the same data directory and
    /// returns what it prints.
    pub async fn ask(place: &Place, data: &Path, subcommand: &[&str]) -> Result<String> {
        let mut command = Self::asking(place, data)?;
        command.args(subcommand);
        Process::run(&command, Duration::from_secs(10)).await?.success()
    }

    /// The command that [`Server::ask`] runs, without what it is asked.
    pub fn asking(place: &Place, data: &Path) -> Result<Command> {
        let mut command = headless(programs::server()?, place)?;
        command.arg("--data").arg(data);
        Ok(command)
    }

    /// A fresh address of the engine of `data`, for a browser.
    pub async fn fresh_address(place: &Place, data: &Path) -> Result<String> {
        let said = Self::ask(place, data, &["address"]).await?;
        said.lines().find_map(find_address).with_context(|| format!("no address in: {said}"))
    }

    /// Asks it to end, as a service manager does.
    pub async fn end(self) -> Result<()> {
        let status = self.process.end().await?;
        ensure!(status.success(), "the server ended with {status} when asked to end");
        Ok(())
    }
}

/// How to reach the engine of the data directory `data`, once it says so and
/// its process runs.
pub async fn door(data: &Path) -> Result<Door> {
    until(START, "an engine", async || {
        let door = link::read_door(data).ok();
        Ok(door.filter(|door| crate::alive(door.process)))
    })
    .await
}

/// What an engine counted.
pub async fn statistics(client: &mut Client) -> Result<Statistics> {
    match client.command(protocol::Command::Statistics).await? {
        Reply::Statistics { statistics } => Ok(statistics),
        other => bail!("asked for statistics, got {other:?}"),
    }
}

/// Holds what a program said when it refused to what is promised: one clear
/// sentence. Returns it.
pub fn said_sentence(said: &str) -> Result<String> {
    let said = said.trim();
    ensure!(!said.is_empty(), "it said nothing");
    ensure!(said.lines().count() == 1, "more than one line: {said}");
    ensure!(said.split_whitespace().count() >= 4, "no sentence: {said}");
    ensure!(said.len() <= 400, "longer than anybody reads: {said}");
    for inner in ["panicked", "backtrace", "Error(", "Os {", "Some(", "unwrap"] {
        ensure!(!said.contains(inner), "the program's inside shows: {said}");
    }
    Ok(said.to_owned())
}

fn find_address(line: &str) -> Option<String> {
    let start = line.find("http://")?;
    let address = line[start..].split_whitespace().next()?;
    address.contains("#ticket=").then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_a_sentence() {
        let line = "Open http://127.0.0.1:7117/#ticket=abc in a browser.";
        assert_eq!(find_address(line).as_deref(), Some("http://127.0.0.1:7117/#ticket=abc"));
        assert_eq!(find_address("see http://example.org for more"), None);
    }

    #[test]
    fn a_sentence_is_not_a_dump() {
        assert!(said_sentence("Port 7117 is taken; choose another with --port.\n").is_ok());
        assert!(said_sentence("").is_err());
        assert!(said_sentence("Error: Os { code: 13 } in the program").is_err());
        assert!(said_sentence("the first line of many\nthe second").is_err());
    }
}
