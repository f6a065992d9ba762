//! How a stream is named in the database: two columns, `camera_id` and `role`.

use media::{CameraId, StreamId, StreamRole};
use rusqlite::Row;

/// What stands in the column `role`.
pub(crate) fn role_word(role: StreamRole) -> &'static str {
    match role {
        StreamRole::Main => "main",
        StreamRole::Sub => "sub",
    }
}

/// The stream that the first two columns of `row` name.
pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<StreamId> {
    let role = match row.get::<_, String>(1)?.as_str() {
        "sub" => StreamRole::Sub,
        _ => StreamRole::Main,
    };
    Ok(StreamId { camera: CameraId(row.get(0)?), role })
}
