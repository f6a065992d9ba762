//! Which cameras are watched, and for what.

use std::collections::BTreeMap;

use media::CameraId;
use rusqlite::{Connection, Row, params};

use crate::{StoreError, camera};

/// The most that rules may take, in bytes.
const MAX_RULES: usize = 65_536;

/// What is looked for in the pictures of a camera.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MotionSettings {
    /// Whether anything is.
    pub mode: MotionMode,
    /// Zones, masks and lines, in words of the engine; empty where there are none.
    pub rules: String,
}

/// Whether a camera is watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MotionMode {
    /// Where something of it is recorded at events.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl MotionMode {
    const ALL: [Self; 3] = [Self::Auto, Self::On, Self::Off];

    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

/// Those that are not the default, removed cameras' too.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<BTreeMap<CameraId, MotionSettings>> {
    db.prepare_cached("select camera_id, mode, rules from motion")?.query_map([], read)?.collect()
}

/// Keeps those of a camera, which must be there.
pub(crate) fn set(
    db: &Connection,
    id: CameraId,
    settings: &MotionSettings,
) -> Result<(), StoreError> {
    camera::get(db, id)?;
    let MotionSettings { mode, rules } = settings;
    if rules.len() > MAX_RULES {
        return Err(StoreError::invalid(
            "The zones of a camera have too many corners together. Draw simpler ones.",
        ));
    }
    if *settings == MotionSettings::default() {
        db.execute("delete from motion where camera_id = ?", [id.0])?;
    } else {
        let sql = "insert or replace into motion (camera_id, mode, rules) values (?, ?, ?)";
        db.execute(sql, params![id.0, mode.word(), rules])?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<(CameraId, MotionSettings)> {
    let word: String = row.get(1)?;
    let mode = MotionMode::ALL.into_iter().find(|mode| mode.word() == word).unwrap_or_default();
    Ok((CameraId(row.get(0)?), MotionSettings { mode, rules: row.get(2)? }))
}
