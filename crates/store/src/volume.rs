//! Folders that recordings are written to.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{StoreError, limit};

/// How many volumes there may be.
const MAX_VOLUMES: u32 = 64;

/// Longest path on the systems we run on, in bytes.
const MAX_PATH: usize = 4096;

/// A folder that recordings are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// A UUID, given by whoever adds it: 36 characters.
    pub id: String,
    /// The folder on the server, 1 to 4096 bytes; no other volume has it.
    pub path: String,
    /// How many bytes of recordings it may hold; as many as fit where nothing
    /// is said.
    pub max_bytes: Option<u64>,
    /// How many days recordings stay, 1 to 36500; while there is room where
    /// nothing is said.
    pub max_days: Option<u32>,
}

/// All, in the order they were added.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Volume>> {
    db.prepare_cached("select id, path, max_bytes, max_days from volume order by number")?
        .query_map([], read)?
        .collect()
}

pub(crate) fn add(db: &Connection, volume: &Volume) -> Result<(), StoreError> {
    if volume.id.chars().count() != 36 {
        return Err(StoreError::invalid("The id of a volume is a UUID of 36 characters."));
    }
    let count: u32 = db.query_row("select count(*) from volume", [], |row| row.get(0))?;
    if count >= MAX_VOLUMES {
        return Err(StoreError::TooMany { what: "volumes", limit: MAX_VOLUMES });
    }
    let present = "select path from volume where id = ?";
    let present: Option<String> =
        db.query_row(present, [&volume.id], |row| row.get(0)).optional()?;
    if let Some(path) = present {
        return Err(StoreError::invalid(format!(
            "This volume is in use already, as {path}. Choose another folder."
        )));
    }
    check_path(db, volume)?;
    db.execute(
        "insert into volume (id, path, max_bytes, max_days) values (?, ?, ?, ?)",
        params![
            volume.id,
            volume.path,
            limit::bytes(volume.max_bytes)?,
            limit::days(volume.max_days)?
        ],
    )?;
    Ok(())
}

/// Keeps `volume` in place of the one with its id.
pub(crate) fn set(db: &Connection, volume: &Volume) -> Result<(), StoreError> {
    expect(db, &volume.id)?;
    check_path(db, volume)?;
    db.execute(
        "update volume set path = ?, max_bytes = ?, max_days = ? where id = ?",
        params![
            volume.path,
            limit::bytes(volume.max_bytes)?,
            limit::days(volume.max_days)?,
            volume.id
        ],
    )?;
    Ok(())
}

/// Removes a volume that no plan names any more.
pub(crate) fn remove(db: &Connection, id: &str) -> Result<(), StoreError> {
    let removed = db.execute("delete from volume where id = ?", [id])?;
    if removed == 0 { Err(missing()) } else { Ok(()) }
}

/// An error where there is no volume with this id.
pub(crate) fn expect(db: &Connection, id: &str) -> Result<(), StoreError> {
    let sql = "select exists (select 1 from volume where id = ?)";
    let exists: bool = db.prepare_cached(sql)?.query_row([id], |row| row.get(0))?;
    if exists { Ok(()) } else { Err(missing()) }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Volume> {
    Ok(Volume {
        id: row.get(0)?,
        path: row.get(1)?,
        max_bytes: row.get::<_, Option<i64>>(2)?.map(i64::unsigned_abs),
        max_days: row.get(3)?,
    })
}

fn check_path(db: &Connection, volume: &Volume) -> Result<(), StoreError> {
    let Volume { id, path, .. } = volume;
    if path.is_empty() || path.len() > MAX_PATH || path.contains('\0') {
        return Err(StoreError::invalid(format!(
            "The folder of a volume has a path of 1 to {MAX_PATH} bytes. Choose another folder."
        )));
    }
    let is_taken: bool = db.query_row(
        "select exists (select 1 from volume where path = ? and id <> ?)",
        [path, id],
        |row| row.get(0),
    )?;
    if is_taken {
        return Err(StoreError::invalid(format!(
            "{path} is the folder of another volume. Choose another folder."
        )));
    }
    Ok(())
}

fn missing() -> StoreError {
    // Its id is nothing that people have seen.
    StoreError::NotFound { what: "such volume".to_owned() }
}
