//! How to log in to a camera.

use media::CameraId;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::key::Keys;
use crate::secret::Sealed;
use crate::{Camera, Secret, StoreError, camera, words};

/// Longest password, in bytes.
const MAX_PASSWORD: usize = 1024;

/// How to log in to a camera.
#[derive(Debug)]
pub struct Credentials {
    /// User name; may be empty.
    pub user: String,
    /// Password; may be empty.
    pub password: Secret,
}

pub(crate) fn set(
    db: &Connection,
    keys: &Keys,
    id: CameraId,
    user: &str,
    password: &Secret,
) -> Result<Camera, StoreError> {
    let camera = camera::get(db, id)?;
    let user = words::line("The user name of a camera", user)?;
    if password.expose().len() > MAX_PASSWORD {
        return Err(StoreError::invalid(format!(
            "The password of a camera can have {MAX_PASSWORD} bytes. Choose a shorter one."
        )));
    }
    let key = keys.key().map_err(|reason| StoreError::Key {
        sentence: format!(
            "The password of camera {} cannot be kept because {reason}.",
            camera.number
        ),
    })?;
    let sealed = key.seal(&identity(id), password.expose().as_bytes());
    db.execute(
        "insert into credential (camera_id, user, nonce, password) values (?, ?, ?, ?)
         on conflict (camera_id) do update
         set user = excluded.user, nonce = excluded.nonce, password = excluded.password",
        params![id.0, user, sealed.nonce, sealed.text],
    )?;
    camera::get(db, id)
}

pub(crate) fn forget(db: &Connection, id: CameraId) -> Result<Camera, StoreError> {
    camera::get(db, id)?;
    db.execute("delete from credential where camera_id = ?", [id.0])?;
    camera::get(db, id)
}

pub(crate) fn get(
    db: &Connection,
    keys: &Keys,
    id: CameraId,
) -> Result<Option<Credentials>, StoreError> {
    let camera = camera::get(db, id)?;
    let row = db
        .query_row(
            "select user, nonce, password from credential where camera_id = ?",
            [id.0],
            |row| Ok((row.get(0)?, Sealed { nonce: row.get(1)?, text: row.get(2)? })),
        )
        .optional()?;
    let Some((user, sealed)) = row else { return Ok(None) };
    let unreadable = |reason: &str| StoreError::Key {
        sentence: format!(
            "The password of camera {} cannot be read because {reason}.",
            camera.number
        ),
    };
    let key = keys.key().map_err(unreadable)?;
    let password = key
        .open(&identity(id), &sealed)
        .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
        .ok_or_else(|| unreadable("it was encrypted with another key or altered; set it again"))?;
    Ok(Some(Credentials { user, password: Secret::new(password) }))
}

/// How many cameras have a password; each row was read.
pub(crate) fn read_every_row(db: &Connection) -> rusqlite::Result<usize> {
    let mut statement = db.prepare("select user, nonce, password from credential")?;
    let mut rows = statement.query([])?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        let (_, _, _): (String, Vec<u8>, Vec<u8>) = row.try_into()?;
        count += 1;
    }
    Ok(count)
}

/// Bound to the ciphertext, so that no row can be moved to another camera.
fn identity(id: CameraId) -> String {
    format!("camera:{}:password", id.0)
}
