//! From any older schema to the one this program knows.

use rusqlite::{Connection, TransactionBehavior};

/// The schema, as it grew. Number n leaves the database at version n.
const MIGRATIONS: [&str; 9] = [
    include_str!("../migrations/0001_cameras.sql"),
    include_str!("../migrations/0002_layouts_settings.sql"),
    include_str!("../migrations/0003_rtsp.sql"),
    include_str!("../migrations/0004_shapes_spot_shortcuts.sql"),
    include_str!("../migrations/0005_recording.sql"),
    include_str!("../migrations/0006_bookmarks.sql"),
    include_str!("../migrations/0007_motion.sql"),
    include_str!("../migrations/0008_reviewed.sql"),
    include_str!("../migrations/0009_tracks.sql"),
];

/// The newest version this program knows.
pub(crate) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Brings the database to `version`, a transaction each step, so that a kill
/// leaves one version or the next.
pub(crate) fn migrate(db: &mut Connection, version: u32) -> rusqlite::Result<()> {
    let found = user_version(db)?;
    for (number, sql) in (1..=version).zip(MIGRATIONS).skip(found as usize) {
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", number)?;
        step.commit()?;
    }
    if found < version {
        // Pages that a step left free could be damaged without being noticed.
        db.execute_batch("vacuum")?;
    }
    Ok(())
}

pub(crate) fn user_version(db: &Connection) -> rusqlite::Result<u32> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}
