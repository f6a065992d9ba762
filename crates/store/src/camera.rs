//! Cameras, present and removed.

use media::{CameraId, WallTime};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{StoreError, words};

/// How many cameras there may be.
pub(crate) const MAX_CAMERAS: u32 = 4096;

/// Longest path on the systems we run on, in bytes.
const MAX_PATH: usize = 4096;

/// Longest address of a stream, in bytes.
const MAX_ADDRESS: usize = 2048;

/// A camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Camera {
    /// Never another's, not even after it is removed.
    pub id: CameraId,
    /// What operators type to jump to it; from 1.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub source: CameraSource,
    /// Whether credentials are kept for it.
    pub has_password: bool,
}

/// Where a camera's pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameraSource {
    /// Made by the server itself.
    Demo,
    /// A clip on the server's disk.
    File {
        /// Path on the server.
        path: String,
    },
    /// A device on the network that speaks RTSP.
    Rtsp {
        /// Address of its best stream, without user and password.
        main: String,
        /// Address of a smaller stream, where it has one.
        sub: Option<String>,
        /// How packets come.
        transport: Transport,
    },
}

/// How the packets of an RTSP stream come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// In RTSP's own connection.
    Tcp,
    /// As datagrams.
    Udp,
}

/// A camera to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCamera {
    /// What to call it: 1 to 300 characters.
    pub name: String,
    /// What it is.
    pub source: CameraSource,
}

/// All that are not removed, by number.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<Camera>> {
    let sql = format!("{SELECT} where removed_us is null order by number");
    db.prepare_cached(&sql)?.query_map([], read)?.collect()
}

/// One that is not removed.
pub(crate) fn get(db: &Connection, id: CameraId) -> Result<Camera, StoreError> {
    let sql = format!("{SELECT} where id = ? and removed_us is null");
    db.prepare_cached(&sql)?.query_row([id.0], read).optional()?.ok_or_else(|| missing(id))
}

/// An error where there was never such a camera; a removed one will do.
pub(crate) fn expect_known(db: &Connection, id: CameraId) -> Result<(), StoreError> {
    let sql = "select exists (select 1 from camera where id = ?)";
    let exists: bool = db.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))?;
    if exists { Ok(()) } else { Err(missing(id)) }
}

pub(crate) fn add(db: &Connection, new: &NewCamera, now: WallTime) -> Result<Camera, StoreError> {
    let name = words::name("The name of a camera", &new.name)?;
    let columns = Columns::of(&new.source)?;
    let number = lowest_free_number(db)?;
    db.execute(
        "insert into camera (number, name, source, path, main, sub, transport, added_us)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            number,
            name,
            columns.source,
            columns.path,
            columns.main,
            columns.sub,
            columns.transport,
            now.0
        ],
    )?;
    let id = u32::try_from(db.last_insert_rowid())
        .map_err(|_| StoreError::TooMany { what: "cameras ever", limit: u32::MAX })?;
    get(db, CameraId(id))
}

pub(crate) fn rename(db: &Connection, id: CameraId, name: &str) -> Result<Camera, StoreError> {
    let name = words::name("The name of a camera", name)?;
    db.execute(
        "update camera set name = ? where id = ? and removed_us is null",
        params![name, id.0],
    )?;
    get(db, id)
}

pub(crate) fn remove(db: &Connection, id: CameraId, now: WallTime) -> Result<(), StoreError> {
    let removed = db.execute(
        "update camera set removed_us = ? where id = ? and removed_us is null",
        params![now.0, id.0],
    )?;
    if removed == 0 { Err(missing(id)) } else { Ok(()) }
}

/// Takes back a removal; a camera that is there stays as it is.
pub(crate) fn restore(db: &Connection, id: CameraId) -> Result<Camera, StoreError> {
    let removed = db
        .query_row(
            "select number, removed_us is not null from camera where id = ?",
            [id.0],
            |row| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?)),
        )
        .optional()?;
    let (number, is_removed) = removed.ok_or_else(|| missing(id))?;
    if is_removed {
        let lowest = lowest_free_number(db)?;
        let is_taken: bool = db.query_row(
            "select exists (select 1 from camera where number = ? and removed_us is null)",
            [number],
            |row| row.get(0),
        )?;
        let number = if is_taken { lowest } else { number };
        db.execute(
            "update camera set removed_us = null, number = ? where id = ?",
            params![number, id.0],
        )?;
    }
    get(db, id)
}

/// Leaves out the ids that may have been given between the backup this
/// database was and now: recordings may bear them.
pub(crate) fn skip_ids(db: &Connection) -> rusqlite::Result<()> {
    let skipped = MAX_CAMERAS;
    let updated =
        db.execute("update sqlite_sequence set seq = seq + ? where name = 'camera'", [skipped])?;
    if updated == 0 {
        db.execute("insert into sqlite_sequence (name, seq) values ('camera', ?)", [skipped])?;
    }
    Ok(())
}

const SELECT: &str = "select id, number, name,
    exists (select 1 from credential where camera_id = id),
    source, path, main, sub, transport from camera";

/// A source as it lies in the database.
#[derive(Default)]
struct Columns<'a> {
    source: &'static str,
    path: Option<&'a str>,
    main: Option<&'a str>,
    sub: Option<&'a str>,
    transport: Option<&'static str>,
}

impl<'a> Columns<'a> {
    fn of(source: &'a CameraSource) -> Result<Self, StoreError> {
        Ok(match source {
            CameraSource::Demo => Self { source: "demo", ..Self::default() },
            CameraSource::File { path } => {
                Self { source: "file", path: Some(checked_path(path)?), ..Self::default() }
            }
            CameraSource::Rtsp { main, sub, transport } => Self {
                source: "rtsp",
                main: Some(checked_address(main)?),
                sub: sub.as_deref().map(checked_address).transpose()?,
                transport: Some(match transport {
                    Transport::Tcp => "tcp",
                    Transport::Udp => "udp",
                }),
                ..Self::default()
            },
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Camera> {
    Ok(Camera {
        id: CameraId(row.get(0)?),
        number: row.get(1)?,
        name: row.get(2)?,
        has_password: row.get(3)?,
        source: match row.get::<_, String>(4)?.as_str() {
            "file" => CameraSource::File { path: row.get(5)? },
            "rtsp" => CameraSource::Rtsp {
                main: row.get(6)?,
                sub: row.get(7)?,
                transport: match row.get::<_, String>(8)?.as_str() {
                    "udp" => Transport::Udp,
                    _ => Transport::Tcp,
                },
            },
            _ => CameraSource::Demo,
        },
    })
}

/// The smallest that no camera bears; an error where there are enough cameras.
fn lowest_free_number(db: &Connection) -> Result<u32, StoreError> {
    let mut statement =
        db.prepare_cached("select number from camera where removed_us is null order by number")?;
    let taken = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<u32>, _>>()?;
    if taken.len() >= MAX_CAMERAS as usize {
        return Err(StoreError::TooMany { what: "cameras", limit: MAX_CAMERAS });
    }
    let free = (1..).zip(&taken).find(|(number, taken)| number != *taken);
    Ok(free.map_or(taken.len() as u32 + 1, |(number, _)| number))
}

fn checked_path(path: &str) -> Result<&str, StoreError> {
    if path.is_empty() || path.len() > MAX_PATH || path.contains('\0') {
        return Err(StoreError::invalid(format!(
            "The path of a file is 1 to {MAX_PATH} bytes long. Choose another file."
        )));
    }
    Ok(path)
}

fn checked_address(address: &str) -> Result<&str, StoreError> {
    if address.is_empty() || address.len() > MAX_ADDRESS || address.contains(char::is_control) {
        return Err(StoreError::invalid(format!(
            "The address of a camera is 1 to {MAX_ADDRESS} bytes long. Type another address."
        )));
    }
    // What is kept here is shown to everybody.
    let authority = address.split_once("://").map_or(address, |(_, rest)| rest);
    if authority.split(['/', '?', '#']).next().is_some_and(|place| place.contains('@')) {
        return Err(StoreError::invalid(
            "User name and password do not belong in a camera's address. Enter them separately.",
        ));
    }
    Ok(address)
}

fn missing(id: CameraId) -> StoreError {
    StoreError::NotFound { what: id.to_string() }
}
