use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use archive::{Finding, Survey, Volume};
use media::Clock;
use store::{KeyKeeping, Store};

use crate::lock::Lock;
use crate::say;

/// Compare the index of a volume with its files; no engine may be recording to it
#[derive(clap::Args)]
pub struct Args {
    /// The volume's folder
    path: PathBuf,
    /// Read every picture as well
    #[arg(long)]
    thorough: bool,
    /// Make the index anew from the files, and take back what they tell to have happened
    #[arg(long)]
    rebuild: bool,
}

/// Rows that are kept at once.
const ROWS: usize = 512;

pub async fn run(args: Args, data: &Path) -> anyhow::Result<()> {
    let _lock = Lock::take(data).await.context("an engine that runs checks its volumes itself")?;
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || check(&args, &data)).await?
}

fn check(args: &Args, data: &Path) -> anyhow::Result<()> {
    let id = archive::identity(&args.path)?;
    let id = id.with_context(|| format!("{} is no volume", args.path.display()))?;
    if args.rebuild {
        let mut volume = Volume::open_anew(&args.path, &id)?;
        let mut survey = Survey::new(&args.path)?;
        let all = survey.left();
        loop {
            let rows: Vec<_> = survey.by_ref().take(ROWS).collect();
            if rows.is_empty() {
                break;
            }
            volume.adopt(&rows)?;
            say(format_args!("{} of {all} files", all - survey.left()));
        }
        volume.close();
        take_back_events(args, data)?;
    } else {
        // Puts right what a crash left, as recording would.
        Volume::open(&args.path, &id)?.close();
    }
    let findings = archive::check(&args.path, args.thorough)?;
    for finding in &findings {
        let (path, what) = match finding {
            Finding::Unlisted(path) => (path, "is not in the index; --rebuild takes it in"),
            Finding::Missing(path) => (path, "is in the index and not there; --rebuild drops it"),
            Finding::Shorter(path) => (path, "is shorter than the index says"),
            Finding::Damaged(path) => (path, "holds something else than was written"),
        };
        say(format_args!("{} {what}", path.display()));
    }
    if findings.is_empty() {
        say("Index and files agree.");
        return Ok(());
    }
    bail!("{} findings", findings.len())
}

/// Takes what the files tell to have happened into the store, where it is missing.
fn take_back_events(args: &Args, data: &Path) -> anyhow::Result<()> {
    let mut survey = Survey::new(&args.path)?;
    let mut store = None;
    let mut count = 0;
    while let Some(events) = survey.next_events() {
        if events.is_empty() {
            continue;
        }
        let store = match &mut store {
            Some(store) => store,
            // Asked for so, a key stays where it is.
            None => {
                let (opened, notices) = Store::open(data, KeyKeeping::Keychain, Clock::system())?;
                notices.into_iter().for_each(|notice| say(notice.0));
                store.insert(opened)
            }
        };
        count += store.take_back_events(&events, |last| last + 1)?;
    }
    if count > 0 {
        say(format_args!("{count} events were taken from the files."));
    }
    Ok(())
}
