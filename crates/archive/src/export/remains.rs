//! What exports that were interrupted left where nobody went on with them.

use std::collections::BTreeSet;
use std::fs::{self, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use media::WallTime;

use crate::root::Root;

/// Before what belongs to an export while it is being written; what it is
/// known by and one of the next two follow.
pub const PREFIX: &str = ".tessera-export-";
/// Of its folder.
pub const FOLDER: &str = ".part";
/// Of its journal.
pub const JOURNAL: &str = ".journal";

/// Whoever wants to go on with an export does so within that time.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// Removes what is older from a destination, but for what belongs to the
/// export that `own` names and to those that are being written. What cannot be
/// removed stays for the next time.
pub fn remove_old(root: &Root, own: &str, now: WallTime) -> io::Result<()> {
    let names = root.names(Path::new(""))?;
    let stem = |name: &'_ str| {
        let stem = name.strip_suffix(FOLDER).or_else(|| name.strip_suffix(JOURNAL))?;
        (stem.starts_with(PREFIX) && stem != own).then(|| stem.to_owned())
    };
    let stems: BTreeSet<String> = names.iter().filter_map(|name| stem(name)).collect();
    for stem in stems {
        if let Err(error) = remove(root, &stem, now) {
            tracing::debug!("what is left of an export stays: {error}");
        }
    }
    Ok(())
}

fn remove(root: &Root, stem: &str, now: WallTime) -> io::Result<()> {
    let [folder, journal] = [FOLDER, JOURNAL].map(|end| PathBuf::from(format!("{stem}{end}")));
    let changed = [&folder, &journal].into_iter().filter_map(|it| changed(&root.path().join(it)));
    if changed.max().is_none_or(|changed| now.since(changed) < KEPT) {
        return Ok(());
    }
    let locked = root.reopen(&journal);
    if let Ok(journal) = &locked
        && let Err(TryLockError::WouldBlock) = journal.try_lock()
    {
        return Ok(());
    }
    for name in root.names(&folder)? {
        root.remove(&folder.join(name))?;
    }
    if fs::exists(root.path().join(&folder))? {
        root.remove_folder(&folder)?;
    }
    if locked.is_ok() {
        root.remove(&journal)?;
    }
    Ok(())
}

fn changed(path: &Path) -> Option<WallTime> {
    let changed = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(WallTime(i64::try_from(changed.as_micros()).ok()?))
}
