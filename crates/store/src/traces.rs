//! Where something moved, to be searched by a part of the picture. In a file of
//! its own, of which there is no backup: it grows by megabytes a day, and who
//! loses it loses no more than a way to search.
//!
//! A search reads what moved in each minute, a row an hour, and only where that
//! meets what is looked for when exactly.

mod hour;
mod search;
mod slot;

use std::path::{Path, PathBuf};

use media::{CameraId, Grid, WallTime};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use crate::folder::{create_file, discard, tighten_file};
use crate::{Notice, StoreError, check, connection};
pub use search::{MAX_TRACED, Search, Traced, TracedSpan};
pub use slot::Slot;

const FILE: &str = "traces.sqlite";
const SCHEMA: &str = include_str!("../migrations/traces.sql");
const VERSION: u32 = 1;

/// So many rows are forgotten at once: whoever waits does not wait long.
const FORGOTTEN_AT_ONCE: u32 = 1000;

/// Where something moved at a camera within some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// At which.
    pub camera: CameraId,
    /// When.
    pub slot: Slot,
    /// Where.
    pub cells: Grid,
}

/// Where something moved at every camera. Every call blocks, shortly.
pub struct Traces {
    db: Connection,
    path: PathBuf,
}

impl Traces {
    /// Opens those in the data directory `dir`, which is there. What cannot be
    /// read begins anew, as the notice says.
    pub fn open(dir: &Path) -> Result<(Self, Option<Notice>), StoreError> {
        let path = dir.join(FILE);
        let is_there = path.exists();
        if let Some(db) = open(&path)? {
            return Ok((Self { db, path }, None));
        }
        let db = begin(&path)?;
        let notice = is_there.then(|| {
            Notice(
                "What was kept of where something moved cannot be read. It begins anew: a search \
                 finds what moves from now on."
                    .to_owned(),
            )
        });
        Ok((Self { db, path }, notice))
    }

    /// Adds traces to what is known: all of it or nothing. Those of a power cut's
    /// last seconds may be lost.
    pub fn record(&mut self, traces: &[Trace]) -> Result<(), StoreError> {
        let mut traces: Vec<Trace> =
            traces.iter().filter(|it| it.slot.is_kept()).copied().collect();
        traces.sort_by_key(|it| (it.camera, it.slot));
        self.change(|db| {
            for of_hour in
                traces.chunk_by(|a, b| (a.camera, a.slot.hour()) == (b.camera, b.slot.hour()))
            {
                hour::add(db, of_hour)?;
            }
            Ok(())
        })
    }

    /// When and where something moved.
    pub fn search(&mut self, search: &Search<'_>) -> Result<Traced, StoreError> {
        // All of it in one: each statement would lock the file anew.
        let found = self.db.transaction().and_then(|transaction| search.run(&transaction));
        self.mend(found)
    }

    /// The cameras of which there are traces.
    pub fn cameras(&mut self) -> Result<Vec<CameraId>, StoreError> {
        let found = cameras(&self.db);
        self.mend(found)
    }

    /// Forgets some hours of a camera that ended before `before`; whether there
    /// may be more of them.
    pub fn forget(&mut self, camera: CameraId, before: WallTime) -> Result<bool, StoreError> {
        let slot = Slot::of(before).clamp_kept();
        self.change(|db| {
            let mut removed = 0;
            for (table, until) in [("minute", slot.hour() * 60), ("hour", slot.hour())] {
                let sql = format!(
                    "delete from {table} where id in (
                       select id from {table} where ? <= id and id < ? order by id limit ?)"
                );
                let (first, end) = (row_id(camera, 0), row_id(camera, until));
                let limits = params![first, end, FORGOTTEN_AT_ONCE];
                removed = db.prepare_cached(&sql)?.execute(limits)?.max(removed);
            }
            Ok(removed >= FORGOTTEN_AT_ONCE as usize)
        })
    }

    fn change<T>(
        &mut self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let changed = self.db.transaction_with_behavior(TransactionBehavior::Immediate).and_then(
            |transaction| {
                let outcome = change(&transaction)?;
                transaction.commit()?;
                Ok(outcome)
            },
        );
        self.mend(changed)
    }

    /// Begins anew where the file turns out to be broken.
    fn mend<T>(&mut self, outcome: rusqlite::Result<T>) -> Result<T, StoreError> {
        if let Err(error) = &outcome
            && check::is_damage(error)
        {
            tracing::error!("traces of motion are damaged and begin anew: {error}");
            // Closed, so that the file can be removed everywhere.
            self.db = Connection::open_in_memory()?;
            self.db = begin(&self.path)?;
        }
        Ok(outcome?)
    }
}

/// The file at `path`, unless it is not there or nothing that this program made.
fn open(path: &Path) -> Result<Option<Connection>, StoreError> {
    if !path.exists() {
        return Ok(None);
    }
    tighten_file(path).map_err(StoreError::not_writable(path))?;
    let opened = connect(path).and_then(|db| {
        let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok((version == VERSION).then_some(db))
    });
    match opened {
        Err(error) if check::is_damage(&error) => Ok(None),
        opened => Ok(opened?),
    }
}

/// An empty file in place of what lies at `path`.
fn begin(path: &Path) -> Result<Connection, StoreError> {
    discard(path).map_err(StoreError::not_writable(path))?;
    create_file(path).map_err(StoreError::not_writable(path))?;
    let mut db = connect(path)?;
    let transaction = db.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(db)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = connection::connect(path)?;
    connection::settle(&db)?;
    // A power cut may take the last seconds, and the file stays whole.
    db.pragma_update(None, "synchronous", "normal")?;
    Ok(db)
}

fn cameras(db: &Connection) -> rusqlite::Result<Vec<CameraId>> {
    let mut next = db.prepare_cached("select id from hour where id >= ? order by id limit 1")?;
    let mut cameras = Vec::new();
    let mut from = 0;
    // From camera to camera, never through all rows.
    while let Some(id) = next.query_row([from], |row| row.get::<_, i64>(0)).optional()? {
        let camera = CameraId((id >> 32) as u32);
        cameras.push(camera);
        from = row_id(camera, 0) + (1 << 32);
    }
    Ok(cameras)
}

/// Of the row of a camera and an hour, or minute, since 1970.
fn row_id(camera: CameraId, number: i64) -> i64 {
    i64::from(camera.0) << 32 | number
}
