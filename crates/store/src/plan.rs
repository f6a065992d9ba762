//! How streams are recorded.

use std::collections::BTreeMap;

use media::StreamId;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension as _, Row, params};

use crate::week::Week;
use crate::{StoreError, camera, limit, stream, volume};

/// The longest time in front of an event, in seconds.
const MAX_PRE_SECONDS: u32 = 60;

/// The longest time after an event, in seconds.
const MAX_POST_SECONDS: u32 = 600;

/// How a stream is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingPlan {
    /// When it is.
    pub mode: RecordingMode,
    /// Seconds kept from before an event, 0 to 60.
    pub pre_seconds: u32,
    /// Seconds recorded after an event, 0 to 600.
    pub post_seconds: u32,
    /// Whether its sound is recorded, too.
    pub audio: bool,
    /// Id of the volume it is written to; the first one where nothing is said.
    pub volume: Option<String>,
    /// How many days its recordings stay, 1 to 36500; as the volume says where
    /// nothing is said.
    pub max_days: Option<u32>,
    /// How many bytes of recordings it may have; as the volume says where
    /// nothing is said.
    pub max_bytes: Option<u64>,
    /// What is recorded at each hour, in [`RecordingMode::Schedule`].
    pub week: Week,
}

/// When a stream is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordingMode {
    /// Never.
    Off,
    /// Always.
    #[default]
    Continuous,
    /// Around events.
    Event,
    /// As the hours of the week say.
    Schedule,
}

/// What is recorded in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HourMode {
    /// Nothing.
    Off,
    /// What is around events.
    Event,
    /// Everything.
    Continuous,
}

impl Default for RecordingPlan {
    /// Always, with sound, on the first volume and without limits.
    fn default() -> Self {
        Self {
            mode: RecordingMode::Continuous,
            pre_seconds: 5,
            post_seconds: 10,
            audio: true,
            volume: None,
            max_days: None,
            max_bytes: None,
            week: Week::default(),
        }
    }
}

impl RecordingMode {
    const ALL: [Self; 4] = [Self::Off, Self::Continuous, Self::Event, Self::Schedule];

    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Continuous => "continuous",
            Self::Event => "event",
            Self::Schedule => "schedule",
        }
    }
}

impl HourMode {
    const ALL: [Self; 3] = [Self::Off, Self::Event, Self::Continuous];

    pub(crate) fn letter(self) -> char {
        match self {
            Self::Off => '.',
            Self::Event => 'e',
            Self::Continuous => 'c',
        }
    }

    pub(crate) fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.letter() == letter)
    }
}

/// Those that are not the default, removed cameras' too.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<BTreeMap<StreamId, RecordingPlan>> {
    db.prepare_cached(SELECT)?.query_map([], read)?.collect()
}

/// That of one stream, which need not be there.
pub(crate) fn get(db: &Connection, stream: StreamId) -> rusqlite::Result<RecordingPlan> {
    let sql = format!("{SELECT} where camera_id = ? and role = ?");
    let key = params![stream.camera.0, stream::role_word(stream.role)];
    let found = db.prepare_cached(&sql)?.query_row(key, read).optional()?;
    Ok(found.map(|(_, plan)| plan).unwrap_or_default())
}

/// Keeps the plan of a stream, whose camera must be there.
pub(crate) fn set(
    db: &Connection,
    stream: StreamId,
    plan: &RecordingPlan,
) -> Result<(), StoreError> {
    camera::get(db, stream.camera)?;
    if let Some(id) = &plan.volume {
        volume::expect(db, id)?;
    }
    check_seconds("before", plan.pre_seconds, MAX_PRE_SECONDS)?;
    check_seconds("after", plan.post_seconds, MAX_POST_SECONDS)?;
    put(db, stream, plan)
}

/// Writes to the first volume what is written to the one with this id. The
/// plans that changed, as they are now.
pub(crate) fn leave_volume(
    db: &Connection,
    id: &str,
) -> Result<BTreeMap<StreamId, RecordingPlan>, StoreError> {
    let mut changed = all(db)?;
    changed.retain(|_, plan| plan.volume.as_deref() == Some(id));
    for (stream, plan) in &mut changed {
        plan.volume = None;
        put(db, *stream, plan)?;
    }
    Ok(changed)
}

const SELECT: &str = "select camera_id, role, mode, pre_seconds, post_seconds, audio, volume_id,
    max_bytes, max_days, week from recording_plan";

fn read(row: &Row<'_>) -> rusqlite::Result<(StreamId, RecordingPlan)> {
    let word: String = row.get(2)?;
    let mode = RecordingMode::ALL.into_iter().find(|mode| mode.word() == word);
    let week = Week::from_text(&row.get::<_, String>(9)?);
    let plan = RecordingPlan {
        mode: mode.unwrap_or_default(),
        pre_seconds: row.get(3)?,
        post_seconds: row.get(4)?,
        audio: row.get(5)?,
        volume: row.get(6)?,
        max_bytes: row.get::<_, Option<i64>>(7)?.map(i64::unsigned_abs),
        max_days: row.get(8)?,
        week: week.ok_or_else(|| Error::InvalidColumnType(9, "week".to_owned(), Type::Text))?,
    };
    Ok((stream::read(row)?, plan))
}

/// A default plan is no row.
fn put(db: &Connection, stream: StreamId, plan: &RecordingPlan) -> Result<(), StoreError> {
    let role = stream::role_word(stream.role);
    if *plan == RecordingPlan::default() {
        let sql = "delete from recording_plan where camera_id = ? and role = ?";
        db.execute(sql, params![stream.camera.0, role])?;
        return Ok(());
    }
    db.execute(
        "insert or replace into recording_plan (camera_id, role, mode, pre_seconds, post_seconds,
         audio, volume_id, max_bytes, max_days, week) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            stream.camera.0,
            role,
            plan.mode.word(),
            plan.pre_seconds,
            plan.post_seconds,
            plan.audio,
            plan.volume,
            limit::bytes(plan.max_bytes)?,
            limit::days(plan.max_days)?,
            plan.week.text(),
        ],
    )?;
    Ok(())
}

fn check_seconds(when: &str, seconds: u32, limit: u32) -> Result<(), StoreError> {
    if seconds > limit {
        return Err(StoreError::invalid(format!(
            "What is recorded {when} an event is 0 to {limit} seconds. Type fewer."
        )));
    }
    Ok(())
}
