use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use protocol::{Command, NewVolume, Reply, Volume};

use crate::say;

/// List, add, change and remove the folders that recordings are written to
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// List the volumes
    List,
    /// Record to a folder, which is made where it is missing
    Add {
        /// The folder
        path: PathBuf,
        #[command(flatten)]
        limits: Limits,
    },
    /// Keep more or less on a volume
    Limit {
        /// The volume's folder
        path: PathBuf,
        #[command(flatten)]
        limits: Limits,
    },
    /// Record to a folder no longer; what is in it stays
    Remove {
        /// The volume's folder
        path: PathBuf,
    },
}

#[derive(clap::Args)]
struct Limits {
    /// Keep at most so many gigabytes [default: what fits]
    #[arg(long, value_name = "GB")]
    max_gb: Option<f64>,
    /// Keep recordings for so many days [default: while there is room]
    #[arg(long, value_name = "DAYS")]
    max_days: Option<u32>,
}

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let mut client = super::connect(data).await?;
    let known = client.snapshot().volumes.clone();
    match args.action {
        Action::List => known.iter().for_each(|volume| say(describe(volume))),
        Action::Add { path, limits } => {
            let path = std::path::absolute(path)?.to_string_lossy().into_owned();
            let max_bytes = limits.bytes()?;
            let volume = NewVolume { path, max_bytes, max_days: limits.max_days };
            let Reply::Volume { volume } = client.command(Command::AddVolume { volume }).await?
            else {
                bail!("the engine answered something else");
            };
            say(describe(&volume));
        }
        Action::Limit { path, limits } => {
            let known = find(&known, &path)?;
            let (max_bytes, max_days) = (limits.bytes()?, limits.max_days);
            let volume = Volume { max_bytes, max_days, ..known.clone() };
            client.command(Command::SetVolume { volume: volume.clone() }).await?;
            say(describe(&volume));
        }
        Action::Remove { path } => {
            let volume = find(&known, &path)?.id.clone();
            client.command(Command::RemoveVolume { volume }).await?;
        }
    }
    client.close().await;
    Ok(())
}

impl Limits {
    fn bytes(&self) -> anyhow::Result<Option<u64>> {
        let Some(gigabytes) = self.max_gb else { return Ok(None) };
        if !(0.001..1e9).contains(&gigabytes) {
            bail!("--max-gb is a number of gigabytes, such as 500");
        }
        Ok(Some((gigabytes * 1e9) as u64))
    }
}

fn find<'a>(known: &'a [Volume], path: &Path) -> anyhow::Result<&'a Volume> {
    let absolute = std::path::absolute(path)?;
    let path = absolute.canonicalize().unwrap_or(absolute);
    let found = known.iter().find(|volume| Path::new(&volume.path) == path);
    found.with_context(|| {
        format!("{} is no volume. `tessera-server volume list` names them", path.display())
    })
}

fn describe(volume: &Volume) -> String {
    let mut words = volume.path.clone();
    if let Some(bytes) = volume.max_bytes {
        words += &format!(", at most {:.1} GB", bytes as f64 / 1e9);
    }
    if let Some(days) = volume.max_days {
        words += &format!(", for {days} days");
    }
    words
}
