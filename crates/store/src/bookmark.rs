//! Moments and spans that somebody wants to find again.

use std::collections::{BTreeMap, BTreeSet};

use media::{CameraId, WallTime};
use rusqlite::{Connection, params};

use crate::{StoreError, camera, words};

/// How many bookmarks there may be.
const MAX_BOOKMARKS: u32 = 10_000;

/// How many cameras one may be about.
const MAX_CAMERAS: usize = 256;

/// A moment or span that somebody wants to find again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookmark {
    /// Its id on this server; never another's, not even after it is removed.
    pub id: u32,
    /// What it marks.
    pub marked: NewBookmark,
    /// When it was added.
    pub created: WallTime,
}

/// What a bookmark marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBookmark {
    /// Whose recordings, removed or not: 1 to 256.
    pub cameras: BTreeSet<CameraId>,
    /// When it begins.
    pub from: WallTime,
    /// When it ends: the first moment that is not part of it; when it begins
    /// where it is a moment.
    pub to: WallTime,
    /// What it is called: 1 to 300 characters.
    pub name: String,
    /// What else there is to say: one line of at most 300 characters.
    pub note: String,
}

/// All, by id.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Bookmark>> {
    let mut cameras: BTreeMap<u32, BTreeSet<CameraId>> = BTreeMap::new();
    let mut statement = db.prepare_cached("select bookmark_id, camera_id from bookmark_camera")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        cameras.entry(row.get(0)?).or_default().insert(CameraId(row.get(1)?));
    }
    let sql = "select id, from_us, to_us, name, note, created_us from bookmark order by id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let id = row.get(0)?;
        let marked = NewBookmark {
            cameras: cameras.remove(&id).unwrap_or_default(),
            from: WallTime(row.get(1)?),
            to: WallTime(row.get(2)?),
            name: row.get(3)?,
            note: row.get(4)?,
        };
        Ok(Bookmark { id, marked, created: WallTime(row.get(5)?) })
    })?;
    rows.collect()
}

pub(crate) fn add(
    db: &Connection,
    new: &NewBookmark,
    now: WallTime,
) -> Result<Bookmark, StoreError> {
    let marked = checked(db, new)?;
    let count: u32 = db.query_row("select count(*) from bookmark", [], |row| row.get(0))?;
    if count >= MAX_BOOKMARKS {
        return Err(StoreError::TooMany { what: "bookmarks", limit: MAX_BOOKMARKS });
    }
    let NewBookmark { from, to, ref name, ref note, .. } = marked;
    db.execute(
        "insert into bookmark (name, note, from_us, to_us, created_us) values (?, ?, ?, ?, ?)",
        params![name, note, from.0, to.0, now.0],
    )?;
    let id = u32::try_from(db.last_insert_rowid())
        .map_err(|_| StoreError::TooMany { what: "bookmarks ever", limit: u32::MAX })?;
    insert_cameras(db, id, &marked)?;
    Ok(Bookmark { id, marked, created: now })
}

/// Keeps what it marks in place of what it marked.
pub(crate) fn set(db: &Connection, id: u32, new: &NewBookmark) -> Result<Bookmark, StoreError> {
    let marked = checked(db, new)?;
    let NewBookmark { from, to, ref name, ref note, .. } = marked;
    let created = db
        .prepare_cached(
            "update bookmark set name = ?, note = ?, from_us = ?, to_us = ? where id = ?
         returning created_us",
        )?
        .query_map(params![name, note, from.0, to.0, id], |row| row.get(0))?
        .next();
    let created = WallTime(created.ok_or_else(|| missing(id))??);
    db.execute("delete from bookmark_camera where bookmark_id = ?", [id])?;
    insert_cameras(db, id, &marked)?;
    Ok(Bookmark { id, marked, created })
}

pub(crate) fn remove(db: &Connection, id: u32) -> Result<(), StoreError> {
    let removed = db.execute("delete from bookmark where id = ?", [id])?;
    if removed == 0 { Err(missing(id)) } else { Ok(()) }
}

/// The same if it may be kept, without blanks around its words.
fn checked(db: &Connection, new: &NewBookmark) -> Result<NewBookmark, StoreError> {
    if !(1..=MAX_CAMERAS).contains(&new.cameras.len()) {
        return Err(StoreError::invalid(format!(
            "A bookmark is of 1 to {MAX_CAMERAS} cameras. Choose others."
        )));
    }
    for camera in &new.cameras {
        camera::expect_known(db, *camera)?;
    }
    if new.to < new.from {
        return Err(StoreError::invalid(
            "A bookmark does not end before it begins. Choose another begin or end.",
        ));
    }
    let name = words::name("The name of a bookmark", &new.name)?.to_owned();
    let note = words::line("The note of a bookmark", new.note.trim())?.to_owned();
    Ok(NewBookmark { name, note, ..new.clone() })
}

fn insert_cameras(db: &Connection, id: u32, marked: &NewBookmark) -> rusqlite::Result<()> {
    let mut statement =
        db.prepare_cached("insert into bookmark_camera (bookmark_id, camera_id) values (?, ?)")?;
    for camera in &marked.cameras {
        statement.execute(params![id, camera.0])?;
    }
    Ok(())
}

fn missing(id: u32) -> StoreError {
    StoreError::NotFound { what: format!("bookmark {id}") }
}
