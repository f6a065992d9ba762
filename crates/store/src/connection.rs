//! How SQLite is opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, ffi};

use crate::StoreError;

/// The release that mended a corruption in resetting the write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

pub(crate) fn assert_sqlite() -> Result<(), StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::OldSqlite { found: rusqlite::version() });
    }
    Ok(())
}

/// Opens the file at `path`, which is there, for a commit to be on the disk
/// when it returns.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = open(path)?;
    db.busy_timeout(Duration::from_secs(5))?;
    // Until it is known to be sound, nothing of it is rewritten: see `settle`.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    // macOS: through the drive's cache, too.
    db.pragma_update(None, "fullfsync", true)?;
    db.pragma_update(None, "checkpoint_fullfsync", true)?;
    let mode: String = db.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    if mode != "wal" {
        let message = format!("no write-ahead log here, but {mode}");
        let error = ffi::Error::new(ffi::SQLITE_CANTOPEN);
        return Err(rusqlite::Error::SqliteFailure(error, Some(message)));
    }
    db.pragma_update(None, "synchronous", "full")?;
    Ok(db)
}

/// The database is sound: closing it may fold the write-ahead log into it.
pub(crate) fn settle(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

/// Opens the file at `path`, which is there, as it is.
pub(crate) fn open(path: &Path) -> rusqlite::Result<Connection> {
    // Without CREATE: files are made by `folder`, with their modes. Without URI: `?` is a name's.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// Closes, and says whether that worked.
pub(crate) fn close(db: Connection) -> rusqlite::Result<()> {
    db.close().map_err(|(_, error)| error)
}
