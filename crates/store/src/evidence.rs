//! Spans of recordings that are never removed to make room.

use media::{CameraId, WallTime};
use rusqlite::{Connection, Row, params};

use crate::{StoreError, camera, words};

/// How many spans there may be.
const MAX_EVIDENCE: u32 = 10_000;

/// A span of a camera's recordings that is never removed to make room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its id on this server; never another's, not even after it is removed.
    pub id: u32,
    /// Whose, removed or not.
    pub camera: CameraId,
    /// When it begins.
    pub from: WallTime,
    /// When it ends: the first moment that is not part of it.
    pub to: WallTime,
    /// What it is kept for.
    pub note: String,
    /// When it was added.
    pub created: WallTime,
}

/// A span of a camera's recordings that is to stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvidence {
    /// Whose, removed or not.
    pub camera: CameraId,
    /// When it begins.
    pub from: WallTime,
    /// When it ends, later than it begins: the first moment that is not part of it.
    pub to: WallTime,
    /// What it is kept for: one line of at most 300 characters.
    pub note: String,
}

/// All, in the order they were added.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Evidence>> {
    let sql = "select id, camera_id, from_us, to_us, note, created_us from evidence order by id";
    db.prepare_cached(sql)?.query_map([], read)?.collect()
}

pub(crate) fn add(
    db: &Connection,
    new: &NewEvidence,
    now: WallTime,
) -> Result<Evidence, StoreError> {
    camera::expect_known(db, new.camera)?;
    if new.to <= new.from {
        return Err(StoreError::invalid(
            "Evidence ends later than it begins. Choose another begin or end.",
        ));
    }
    let note = words::line("The note of evidence", new.note.trim())?.to_owned();
    let count: u32 = db.query_row("select count(*) from evidence", [], |row| row.get(0))?;
    if count >= MAX_EVIDENCE {
        return Err(StoreError::TooMany { what: "spans of evidence", limit: MAX_EVIDENCE });
    }
    let NewEvidence { camera, from, to, .. } = *new;
    db.execute(
        "insert into evidence (camera_id, from_us, to_us, note, created_us)
         values (?, ?, ?, ?, ?)",
        params![camera.0, from.0, to.0, note, now.0],
    )?;
    let id = u32::try_from(db.last_insert_rowid())
        .map_err(|_| StoreError::TooMany { what: "spans of evidence ever", limit: u32::MAX })?;
    Ok(Evidence { id, camera, from, to, note, created: now })
}

pub(crate) fn remove(db: &Connection, id: u32) -> Result<(), StoreError> {
    let removed = db.execute("delete from evidence where id = ?", [id])?;
    if removed == 0 {
        return Err(StoreError::NotFound { what: format!("evidence {id}") });
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Evidence> {
    Ok(Evidence {
        id: row.get(0)?,
        camera: CameraId(row.get(1)?),
        from: WallTime(row.get(2)?),
        to: WallTime(row.get(3)?),
        note: row.get(4)?,
        created: WallTime(row.get(5)?),
    })
}
