//! What is kept of one hour of a camera, and of its minutes.

use media::{CameraId, Grid};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::slot::Slot;
use super::{Trace, row_id};

const MINUTES: usize = 60;

/// In which cells something moved, minute by minute.
pub(super) struct Hour([Grid; MINUTES]);

/// In which slots of a minute something moved, cell by cell.
struct Minute([u16; Grid::CELLS]);

/// Adds traces of one camera and one hour, in order.
pub(super) fn add(db: &Connection, traces: &[Trace]) -> rusqlite::Result<()> {
    let Some(&Trace { camera, slot, .. }) = traces.first() else { return Ok(()) };
    let hour_id = row_id(camera, slot.hour());
    let known = db
        .prepare_cached("select cells from hour where id = ?")?
        .query_row([hour_id], |row| Ok(Hour::read(blob(row)?)))
        .optional()?;
    let mut hour = known.unwrap_or(Hour([Grid::default(); MINUTES]));
    let mut put = db.prepare_cached("insert or replace into minute (id, slots) values (?, ?)")?;
    for of_minute in traces.chunk_by(|a, b| a.slot.minute() == b.slot.minute()) {
        let Some(Trace { slot, .. }) = of_minute.first() else { continue };
        let cells = &mut hour.0[slot.minute().rem_euclid(MINUTES as i64) as usize];
        let mut minute = match cells.is_empty() {
            true => Minute([0; Grid::CELLS]),
            false => Minute::get(db, camera, slot.minute(), *cells)?,
        };
        for trace in of_minute {
            cells.unite(trace.cells);
            minute.add(trace.slot, trace.cells);
        }
        if !cells.is_empty() {
            put.execute(params![row_id(camera, slot.minute()), minute.written(*cells)])?;
        }
    }
    let written = hour.written();
    db.prepare_cached("insert or replace into hour (id, cells) values (?, ?)")?
        .execute(params![hour_id, written])?;
    Ok(())
}

/// The slots of an hour in which something moved within `area`, in order.
pub(super) fn moved_in(
    db: &Connection,
    camera: CameraId,
    hour: i64,
    area: Grid,
) -> rusqlite::Result<Vec<Slot>> {
    let mut statement = db.prepare_cached("select cells from hour where id = ?")?;
    let mut rows = statement.query([row_id(camera, hour)])?;
    let Some(row) = rows.next()? else { return Ok(Vec::new()) };
    let mut slots = Vec::new();
    for (minute, cells) in each_minute(blob(row)?) {
        if cells.meets(&area) {
            let minute = hour * MINUTES as i64 + minute as i64;
            let moved = moved_within(db, camera, minute, cells, area)?;
            let first = minute * Slot::OF_MINUTE;
            let is_set = |at: &i64| moved >> at & 1 == 1;
            slots.extend((0..Slot::OF_MINUTE).filter(is_set).map(|at| Slot(first + at)));
        }
    }
    Ok(slots)
}

/// A bit each slot of a minute in which something moved within `area`.
fn moved_within(
    db: &Connection,
    camera: CameraId,
    minute: i64,
    cells: Grid,
    area: Grid,
) -> rusqlite::Result<u16> {
    let mut statement = db.prepare_cached(SLOTS)?;
    let mut rows = statement.query([row_id(camera, minute)])?;
    let Some(row) = rows.next()? else { return Ok(0) };
    let (slots, _) = blob(row)?.as_chunks();
    let of = |rank: usize| slots.get(rank).map_or(0, |bytes| u16::from_le_bytes(*bytes));
    Ok(cells.ranks_in(area).fold(0, |moved, rank| moved | of(rank)))
}

const SLOTS: &str = "select slots from minute where id = ?";

impl Hour {
    fn read(bytes: &[u8]) -> Self {
        let mut hour = Self([Grid::default(); MINUTES]);
        for (minute, cells) in each_minute(bytes) {
            hour.0[minute] = cells;
        }
        hour
    }

    fn written(&self) -> Vec<u8> {
        let mut bytes = vec![0; 8];
        let mut minutes = 0_u64;
        for (minute, cells) in self.0.iter().enumerate().filter(|(_, cells)| !cells.is_empty()) {
            minutes |= 1 << minute;
            bytes.extend(cells.to_bytes());
        }
        bytes[..8].copy_from_slice(&minutes.to_le_bytes());
        bytes
    }
}

impl Minute {
    /// What is known of a minute in whose `cells` something moved.
    fn get(db: &Connection, camera: CameraId, minute: i64, cells: Grid) -> rusqlite::Result<Self> {
        let mut known = Self([0; Grid::CELLS]);
        let mut statement = db.prepare_cached(SLOTS)?;
        let mut rows = statement.query([row_id(camera, minute)])?;
        if let Some(row) = rows.next()? {
            let (slots, _) = blob(row)?.as_chunks();
            for (cell, slots) in cells.cells().zip(slots) {
                known.0[cell] = u16::from_le_bytes(*slots);
            }
        }
        Ok(known)
    }

    fn add(&mut self, slot: Slot, cells: Grid) {
        let bit = 1 << slot.0.rem_euclid(Slot::OF_MINUTE);
        for cell in cells.cells() {
            self.0[cell] |= bit;
        }
    }

    fn written(&self, cells: Grid) -> Vec<u8> {
        cells.cells().flat_map(|cell| self.0[cell].to_le_bytes()).collect()
    }
}

/// The minutes of an hour in which something moved, and where. What a damaged
/// row lacks is nothing.
fn each_minute(bytes: &[u8]) -> impl Iterator<Item = (usize, Grid)> {
    let (minutes, cells) = bytes.split_first_chunk().unwrap_or((&[0; 8], &[]));
    let minutes = u64::from_le_bytes(*minutes);
    let (cells, _) = cells.as_chunks();
    let set = (0..MINUTES).filter(move |minute| minutes >> minute & 1 == 1);
    set.zip(cells).map(|(minute, cells)| (minute, Grid::from_bytes(cells)))
}

fn blob<'a>(row: &'a Row<'_>) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(0)?.as_blob()?)
}
