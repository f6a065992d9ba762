//! The ledger of what should have been recorded and was not. Millions of rows:
//! 64 cameras, for years.

use std::collections::BTreeMap;
use std::time::Duration;

use media::{CameraId, GapCause, RecordingGap, StreamId, WallTime};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};

use crate::stream;

/// The values of the column `reach_us`: a minute, an hour, a day, 32 days, any time.
const REACHES_US: [i64; 5] =
    [60_000_000, 3_600_000_000, 86_400_000_000, 2_764_800_000_000, i64::MAX];

/// Writes gaps down. One that is there under the same stream and `from` is
/// replaced; one of no length takes it away.
pub(crate) fn record(db: &Connection, gaps: &[RecordingGap]) -> rusqlite::Result<()> {
    let mut put = db.prepare_cached(
        "insert or replace into recording_gap (camera_id, role, from_us, to_us, cause)
         values (?, ?, ?, ?, ?)",
    )?;
    let mut delete = db.prepare_cached(
        "delete from recording_gap where camera_id = ? and role = ? and from_us = ?",
    )?;
    for RecordingGap { stream, from, to, cause } in gaps {
        let (camera, role) = (stream.camera.0, stream::role_word(stream.role));
        if from < to {
            put.execute(params![camera, role, from.0, to.0, cause.name()])?;
        } else {
            delete.execute(params![camera, role, from.0])?;
        }
    }
    Ok(())
}

/// The first `limit` that have a moment in `from..to`, by when they begin.
pub(crate) fn between(
    db: &Connection,
    from: WallTime,
    to: WallTime,
    camera: Option<CameraId>,
    limit: u32,
) -> rusqlite::Result<Vec<RecordingGap>> {
    let mut found = reaching(db, from, to, camera, limit, &REACHES_US)?;
    found.sort_by_key(|gap| (gap.from, gap.stream));
    found.truncate(limit as usize);
    Ok(found)
}

/// All that have a moment in `from..to`, in no order; such as are all shorter
/// than `least` may be left out, for they are too many.
pub(crate) fn longer(
    db: &Connection,
    from: WallTime,
    to: WallTime,
    least: Duration,
) -> rusqlite::Result<Vec<RecordingGap>> {
    let is_long = |reach: &&i64| Duration::from_micros(reach.unsigned_abs()) > least;
    let reaches: Vec<i64> = REACHES_US.iter().filter(is_long).copied().collect();
    reaching(db, from, to, None, u32::MAX, &reaches)
}

fn reaching(
    db: &Connection,
    from: WallTime,
    to: WallTime,
    camera: Option<CameraId>,
    limit: u32,
    reaches: &[i64],
) -> rusqlite::Result<Vec<RecordingGap>> {
    let mut found = Vec::new();
    if from < to {
        let mut statement = db.prepare_cached(BETWEEN)?;
        for &reach in reaches {
            let earliest = from.0.saturating_sub(reach);
            let camera = camera.map(|camera| camera.0);
            let key = params![reach, earliest, from.0, to.0, camera, limit];
            for gap in statement.query_map(key, read)? {
                found.push(gap?);
            }
        }
    }
    Ok(found)
}

/// How much of `from..to` each stream misses, and why. What is in two gaps of a
/// stream counts for the one that began first.
pub(crate) fn durations(
    db: &Connection,
    from: WallTime,
    to: WallTime,
) -> rusqlite::Result<BTreeMap<(StreamId, GapCause), Duration>> {
    let mut durations = BTreeMap::new();
    let mut counted = BTreeMap::new();
    for gap in between(db, from, to, None, u32::MAX)? {
        let counted = counted.entry(gap.stream).or_insert(from);
        let (begin, end) = (gap.from.max(*counted), gap.to.min(to));
        if begin < end {
            *durations.entry((gap.stream, gap.cause)).or_default() += end.since(begin);
            *counted = end;
        }
    }
    Ok(durations)
}

/// The one of a stream that began last.
pub(crate) fn last(db: &Connection, stream: StreamId) -> rusqlite::Result<Option<RecordingGap>> {
    let key = params![stream.camera.0, stream::role_word(stream.role)];
    db.prepare_cached(LAST)?.query_row(key, read).optional()
}

/// Those of one reach, in time order as the index has them.
const BETWEEN: &str = "select camera_id, role, from_us, to_us, cause from recording_gap
    where reach_us = ?1 and ?2 < from_us and from_us < ?4 and ?3 < to_us
      and (?5 is null or camera_id = ?5)
    order by from_us, camera_id, role limit ?6";

const LAST: &str = "select camera_id, role, from_us, to_us, cause from recording_gap
    where camera_id = ? and role = ? order by from_us desc limit 1";

fn read(row: &Row<'_>) -> rusqlite::Result<RecordingGap> {
    let cause = GapCause::from_name(&row.get::<_, String>(4)?);
    Ok(RecordingGap {
        stream: stream::read(row)?,
        from: WallTime(row.get(2)?),
        to: WallTime(row.get(3)?),
        cause: cause.ok_or_else(|| Error::InvalidColumnType(4, "cause".to_owned(), Type::Text))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::{KNOWN, migrate};

    fn new_database() -> Connection {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, KNOWN).unwrap();
        db
    }

    #[test]
    fn lookups_go_by_an_index_and_sort_nothing() {
        let db = new_database();
        let check = |sql: &str, expected: &str| {
            let mut statement = db.prepare(&format!("explain query plan {sql}")).unwrap();
            // Parameters without a value are null.
            let rows = statement.raw_query().mapped(|row| row.get("detail"));
            let plan: Vec<String> = rows.map(Result::unwrap).collect();
            assert_eq!(plan, [format!("SEARCH recording_gap USING {expected}")], "{sql}");
        };
        check(BETWEEN, "INDEX recording_gap_time (reach_us=? AND from_us>? AND from_us<?)");
        check(LAST, "PRIMARY KEY (camera_id=? AND role=?)");
    }

    #[test]
    fn every_length_has_the_least_reach_that_it_is_not_longer_than() {
        let db = new_database();
        for reach in REACHES_US {
            for (length, expected) in [(reach - 1, reach), (reach, reach)] {
                let sql =
                    "insert or replace into recording_gap (camera_id, role, from_us, to_us, cause)
                    values (1, 'main', 0, ?, 'auth') returning reach_us";
                let found: i64 = db.query_row(sql, [length], |row| row.get(0)).unwrap();
                assert_eq!(found, expected, "{length}");
            }
        }
    }
}
