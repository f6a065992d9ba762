//! Opening, whatever lies there.
//!
//! A database gets its name by a rename of a whole file, and a broken one
//! loses it first, its side files after it, so that no log is ever applied to
//! a database it does not belong to. A kill anywhere leaves the database there
//! was, or none, in which case the next opening takes up where this one ended.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use media::Clock;
use rusqlite::{Connection, ffi};

use crate::backup::{self, Backup, Occasion};
use crate::check::{self, Verdict};
use crate::folder::{Folder, create_dir, create_file, discard, side_files, sync_dir};
use crate::header::{Found, look};
use crate::migration::{KNOWN, migrate};
use crate::{Notice, StoreError, camera, connection, stamp};

/// The database, sound and of the version this program knows, and whether it was
/// begun anew or restored from a backup.
pub(crate) fn open(
    folder: &Folder,
    clock: &Clock,
    notices: &mut Vec<Notice>,
) -> Result<(Connection, bool), StoreError> {
    let database = folder.database();
    let found = look(&database).or_else(|error| match error.kind() {
        // The folder is a file; `prepare` says so.
        io::ErrorKind::NotADirectory => Ok(Found::Missing),
        _ => Err(StoreError::not_writable(&database)(error)),
    })?;
    match found {
        Found::Foreign => return Err(StoreError::Foreign { path: database }),
        Found::Ours { version } => refuse_newer(version, &database)?,
        _ => {}
    }

    folder.prepare()?;
    discard(&folder.unfinished()).map_err(StoreError::not_writable(folder.dir()))?;
    let was = match found {
        Found::Missing => "missing",
        Found::Empty => "empty",
        _ => "damaged",
    };
    if let Found::Ours { .. } = found {
        match open_sound(&database)? {
            Ok((db, version)) => {
                return Ok((bring_up_to_date(db, version, folder, clock)?, false));
            }
            Err(reason) => tracing::error!(%reason, "the database is damaged"),
        }
    }
    replace(folder, clock, was, notices)?;
    match open_sound(&database)? {
        Ok((db, version)) => Ok((bring_up_to_date(db, version, folder, clock)?, true)),
        // The disk gives back other bytes than it was given.
        Err(reason) => {
            let error = ffi::Error::new(ffi::SQLITE_CORRUPT);
            Err(rusqlite::Error::SqliteFailure(error, Some(reason)).into())
        }
    }
}

fn refuse_newer(found: u32, path: &Path) -> Result<(), StoreError> {
    if found > KNOWN {
        return Err(StoreError::Newer { found, known: KNOWN, path: path.to_owned() });
    }
    Ok(())
}

/// The connection and its version, or why the database is damaged.
fn open_sound(database: &Path) -> Result<Result<(Connection, u32), String>, StoreError> {
    let db = match connection::connect(database) {
        Ok(db) => db,
        Err(error) if check::is_damage(&error) => return Ok(Err(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    Ok(match check::examine(&db)? {
        Verdict::Damaged(reason) => Err(reason),
        Verdict::Sound { version } => {
            connection::settle(&db)?;
            Ok((db, version))
        }
    })
}

fn bring_up_to_date(
    mut db: Connection,
    version: u32,
    folder: &Folder,
    clock: &Clock,
) -> Result<Connection, StoreError> {
    if version < KNOWN {
        backup::make(&db, folder, Occasion::BeforeMigration { to: KNOWN }, clock.wall())?;
        migrate(&mut db, KNOWN)?;
    }
    Ok(db)
}

/// Puts the newest good backup, or else a new database, in place of what is there.
fn replace(
    folder: &Folder,
    clock: &Clock,
    was: &str,
    notices: &mut Vec<Notice>,
) -> Result<(), StoreError> {
    let database = folder.database();
    let backups = backup::newest_first(folder)?;
    let restored = restore_newest(folder, &backups)?;
    if restored.is_none() {
        build(&folder.unfinished(), None, |db| migrate(db, KNOWN))?;
    }

    let kept = move_aside(folder, clock).map_err(StoreError::not_writable(folder.damaged()))?;
    fs::rename(folder.unfinished(), &database)
        .and_then(|()| sync_dir(folder.dir()))
        .map_err(StoreError::not_writable(&database))?;

    let kept_at = kept
        .map_or(String::new(), |dir| format!(" What was left of it is kept in {}.", dir.display()));
    if let Some(backup) = restored {
        notices.push(Notice(format!(
            "The database was {was} and was restored from the backup of {}; changes since then \
             are lost.{kept_at}",
            stamp::spoken(backup.made)
        )));
    } else if !kept_at.is_empty() || !backups.is_empty() || folder.damaged().exists() {
        notices.push(Notice(format!(
            "The database was {was} and there is no backup that can be read: cameras, layouts, \
             settings, recording plans, recording gaps, events, evidence and bookmarks are lost \
             and begin anew.{kept_at}"
        )));
    }
    Ok(())
}

/// Builds the unfinished database from the newest backup that is sound.
fn restore_newest(folder: &Folder, backups: &[Backup]) -> Result<Option<Backup>, StoreError> {
    for backup in backups {
        // One that cannot be read is worth as much as one that is broken.
        if let Ok(Found::Ours { version }) = look(&backup.path) {
            // Going back behind a newer program's work would lose it silently.
            refuse_newer(version, &backup.path)?;
            if build(&folder.unfinished(), Some(&backup.path), |db| camera::skip_ids(db))? {
                return Ok(Some(backup.clone()));
            }
        }
        tracing::warn!(path = %backup.path.display(), "a backup is damaged; trying an older one");
    }
    Ok(None)
}

/// Makes a database at `path`, empty or a copy of `from`, lets `finish` change
/// it and syncs it. False where the copy is damaged.
fn build(
    path: &Path,
    from: Option<&Path>,
    finish: impl FnOnce(&mut Connection) -> rusqlite::Result<()>,
) -> Result<bool, StoreError> {
    let not_writable = |error| StoreError::not_writable(path)(error);
    discard(path).map_err(not_writable)?;
    let mut file = create_file(path).map_err(not_writable)?;
    if let Some(from) = from {
        let mut from = fs::File::open(from).map_err(StoreError::not_writable(from))?;
        io::copy(&mut from, &mut file).map_err(not_writable)?;
        match open_sound(path)? {
            Ok((db, _)) => connection::close(db)?,
            Err(_) => return Ok(false),
        }
    }
    let mut db = connection::connect(path)?;
    finish(&mut db)?;
    connection::settle(&db)?;
    connection::close(db)?;
    file.sync_all().map_err(not_writable)?;
    Ok(true)
}

/// Moves a broken database out of the way; where to, if there was anything.
fn move_aside(folder: &Folder, clock: &Clock) -> io::Result<Option<PathBuf>> {
    let database = folder.database();
    let mut paths = vec![database.clone()];
    paths.extend(side_files(&database));
    paths.retain(|path| path.exists());
    if paths.is_empty() {
        return Ok(None);
    }
    let stamp = clock.wall().stamp();
    let dir = (1..)
        .map(|n| match n {
            1 => folder.damaged().join(&stamp),
            _ => folder.damaged().join(format!("{stamp}-{n}")),
        })
        .find(|dir| !dir.exists())
        .expect("numbers do not run out");
    if !folder.damaged().exists() {
        create_dir(&folder.damaged())?;
    }
    create_dir(&dir)?;
    for path in &paths {
        fs::rename(path, dir.join(path.file_name().unwrap_or_default()))?;
        // The database's name must be gone from the disk before its log's is.
        sync_dir(folder.dir())?;
    }
    sync_dir(&dir)?;
    Ok(Some(dir))
}
