//! Whether a database is whole.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ErrorCode};

use crate::migration::{self, KNOWN};
use crate::{bookmark, evidence, layout, motion, plan, settings, volume};

/// What an examination found.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// All of it can be read.
    Sound { version: u32 },
    /// Something of it cannot; the reason is for the log.
    Damaged(String),
}

/// Reads all of it. An error means that it could not be examined (locked,
/// unreadable disk), which is no reason to replace it.
pub(crate) fn examine(db: &Connection) -> rusqlite::Result<Verdict> {
    match read_everything(db) {
        Err(error) if is_damage(&error) => Ok(Verdict::Damaged(error.to_string())),
        verdict => verdict,
    }
}

/// Whether `error` says that the file is broken, not that reading it failed.
pub(crate) fn is_damage(error: &Error) -> bool {
    match error {
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::QueryReturnedNoRows
        | Error::Utf8Error(..) => true,
        error => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ),
    }
}

fn read_everything(db: &Connection) -> rusqlite::Result<Verdict> {
    // The thorough check takes a millisecond or two, and two seconds where there
    // are a million recording gaps.
    let report: String = db.query_row("pragma integrity_check(1)", [], |row| row.get(0))?;
    if report != "ok" {
        return Ok(Verdict::Damaged(report));
    }
    if db.prepare("pragma foreign_key_check")?.exists([])? {
        return Ok(Verdict::Damaged("a row refers to one that is not there".into()));
    }

    let version = migration::user_version(db)?;
    if version == 0 || version > KNOWN {
        return Ok(Verdict::Damaged(format!("there is no version {version}")));
    }
    let found = schema(db)?;
    let expected = expected_schema(version)?;
    if let Some(missing) = expected.iter().find(|it| !found.contains(it)) {
        return Ok(Verdict::Damaged(format!("{} {} is missing", missing.0, missing.1)));
    }

    // SQLite does not look into texts and numbers; reading them does.
    for (_, table, _) in expected.iter().filter(|(kind, ..)| kind == "table") {
        read_every_row(db, table)?;
    }
    server_id(db)?;
    if version >= 2 {
        db.query_row("select one from settings", [], |_| Ok(()))?;
    }
    if version == KNOWN {
        layout::all(db)?;
        settings::get(db)?;
        volume::all(db)?;
        plan::all(db)?;
        motion::all(db)?;
        evidence::all(db)?;
        bookmark::all(db)?;
    }
    Ok(Verdict::Sound { version })
}

/// Whatever version the table is of.
fn read_every_row(db: &Connection, table: &str) -> rusqlite::Result<()> {
    let mut statement = db.prepare(&format!("select * from {table}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            if let ValueRef::Text(text) = row.get_ref(column)? {
                std::str::from_utf8(text).map_err(|error| Error::Utf8Error(column, error))?;
            }
        }
    }
    Ok(())
}

pub(crate) fn server_id(db: &Connection) -> rusqlite::Result<String> {
    db.query_row("select id from server", [], |row| row.get(0))
}

type Item = (String, String, Option<String>);

/// Tables and indexes as the migrations make them.
fn expected_schema(version: u32) -> rusqlite::Result<Vec<Item>> {
    let mut db = Connection::open_in_memory()?;
    migration::migrate(&mut db, version)?;
    schema(&db)
}

fn schema(db: &Connection) -> rusqlite::Result<Vec<Item>> {
    db.prepare("select type, name, sql from sqlite_schema")?
        .query_map([], |row| row.try_into())?
        .collect()
}
