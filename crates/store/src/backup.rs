//! Copies of the database, each whole or not there.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use media::WallTime;
use rusqlite::backup::Backup as Copying;
use rusqlite::{Connection, ffi};

use crate::check::{Verdict, examine};
use crate::folder::{Folder, create_file, discard, sync_dir};
use crate::{StoreError, connection};

/// A day of hourly ones.
const HOURLY_KEPT: usize = 24;
const MIGRATION_KEPT: usize = 5;

const HOURLY: &str = "tessera-";
const BEFORE_MIGRATION: &str = "before-migration-";

/// Why a backup is made.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Occasion {
    Hourly,
    BeforeMigration { to: u32 },
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Backup {
    pub(crate) made: WallTime,
    pub(crate) path: PathBuf,
    pub(crate) is_hourly: bool,
}

/// Copies the database and examines the copy before it gets its name.
pub(crate) fn make(
    db: &Connection,
    folder: &Folder,
    occasion: Occasion,
    now: WallTime,
) -> Result<PathBuf, StoreError> {
    let dir = folder.backups();
    let unfinished = dir.join("unfinished.sqlite");
    let not_writable = |error| StoreError::not_writable(&dir)(error);
    discard(&unfinished).map_err(not_writable)?;
    create_file(&unfinished).map_err(not_writable)?;

    let mut copy = connection::open(&unfinished)?;
    // Synced once, below.
    copy.pragma_update(None, "synchronous", "off")?;
    Copying::new(db, &mut copy)?.run_to_completion(1024, Duration::from_millis(1), None)?;
    // The copy says of itself that it has a write-ahead log; a backup is one file.
    let _: String = copy.query_row("pragma journal_mode = delete", [], |row| row.get(0))?;
    if let Verdict::Damaged(reason) = examine(&copy)? {
        let error = ffi::Error::new(ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(error, Some(reason)).into());
    }
    connection::close(copy)?;

    let stamp = now.stamp();
    let path = dir.join(match occasion {
        Occasion::Hourly => format!("{HOURLY}{stamp}.sqlite"),
        Occasion::BeforeMigration { to } => format!("{BEFORE_MIGRATION}{to}-{stamp}.sqlite"),
    });
    // For writing, since Windows syncs no other.
    fs::OpenOptions::new()
        .write(true)
        .open(&unfinished)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&unfinished, &path))
        .and_then(|()| sync_dir(&dir))
        .map_err(not_writable)?;
    prune(folder, &path)?;
    Ok(path)
}

/// All that bear a backup's name, sound or not.
pub(crate) fn newest_first(folder: &Folder) -> Result<Vec<Backup>, StoreError> {
    let dir = folder.backups();
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::not_writable(dir)(error)),
    };
    let mut backups: Vec<_> = entries.flatten().filter_map(|entry| named(entry.path())).collect();
    backups.sort_by(|a, b| b.cmp(a));
    Ok(backups)
}

/// When the newest hourly one was made.
pub(crate) fn last_hourly(folder: &Folder) -> Option<WallTime> {
    newest_first(folder).ok()?.into_iter().find(|it| it.is_hourly).map(|it| it.made)
}

fn named(path: PathBuf) -> Option<Backup> {
    let name = path.file_name()?.to_str()?.strip_suffix(".sqlite")?;
    let (is_hourly, stamp) = match name.strip_prefix(HOURLY) {
        Some(stamp) => (true, stamp),
        None => (false, name.strip_prefix(BEFORE_MIGRATION)?.split_once('-')?.1),
    };
    Some(Backup { made: WallTime::from_stamp(stamp)?, is_hourly, path })
}

/// Keeps the newest of each kind, and in any case `made`: where the clock was
/// set back, it looks the oldest.
fn prune(folder: &Folder, made: &PathBuf) -> Result<(), StoreError> {
    let backups = newest_first(folder)?;
    for (is_hourly, kept) in [(true, HOURLY_KEPT), (false, MIGRATION_KEPT)] {
        let kind = backups.iter().filter(|it| it.is_hourly == is_hourly);
        for old in kind.skip(kept).filter(|it| it.path != *made) {
            if let Err(error) = fs::remove_file(&old.path) {
                tracing::warn!(path = %old.path.display(), %error, "an old backup stays");
            }
        }
    }
    Ok(())
}
