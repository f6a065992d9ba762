//! The index of one volume: a SQLite file beside the footage, which can be
//! made anew from it.

use std::path::Path;
use std::time::Duration;

use media::{CameraId, StreamId, StreamRole, WallTime};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior, params};

use crate::ArchiveError;

/// The index's file in a volume.
pub(crate) const FILE: &str = "index.sqlite";

/// The index's files in a volume.
pub(crate) fn files() -> [String; 3] {
    ["", "-wal", "-shm"].map(|end| format!("{FILE}{end}"))
}

const SCHEMA: &str = include_str!("../migrations/0001_segments.sql");
const VERSION: u32 = 1;

/// Sums are those of the segments, and each segment lies in its recording.
const AGREE: &str = "with sums as (
        select camera, role, sum(bytes) as bytes, count(*) as segments
        from segment group by camera, role)
    select not exists (
        select 1 from stream full join sums using (camera, role)
        where coalesce(stream.bytes, -1) <> coalesce(sums.bytes, 0)
        or coalesce(stream.segments, -1) <> coalesce(sums.segments, 0))
    and not exists (
        select 1 from segment where not exists (
            select 1 from recording
            where recording.camera = segment.camera and recording.role = segment.role
            and recording.start_us = segment.recording_us
            and from_us <= segment.start_us and recording.end_us >= segment.end_us))";

/// A segment as the index has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Of which stream.
    pub stream: StreamId,
    /// When its first unit came.
    pub start: WallTime,
    /// Until when it is surely on the disk.
    pub end: WallTime,
    /// Its file, in bytes.
    pub bytes: u64,
    /// Start of the recording that it is a part of.
    pub recording: WallTime,
    /// Which start of the engine, or setting of its clock, it comes after; see
    /// [`crate::Volume::begin_run`].
    pub run: i64,
    /// Whether decoding can begin with its first unit.
    pub begins_with_key: bool,
    /// Whether it is being written, or was when the engine ended.
    pub is_open: bool,
}

impl Segment {
    /// Where its file lies in its volume.
    pub fn place(&self) -> std::path::PathBuf {
        crate::place::segment(self.stream, self.start)
    }
}

/// Gapless segments of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Of which stream.
    pub stream: StreamId,
    /// When its first unit that is still there came.
    pub from: WallTime,
    /// When its last unit ended.
    pub to: WallTime,
    /// Which start of the engine, or setting of its clock, it comes after. Two
    /// of one stream overlap only where their runs differ.
    pub run: i64,
}

/// No recording is longer, and a segment more.
pub(crate) const MAX_RECORDING: Duration = Duration::from_secs(24 * 3600);

/// What a stream has on a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which stream.
    pub stream: StreamId,
    /// Of all its files.
    pub bytes: u64,
    /// Its files.
    pub segments: u64,
    /// Start of its oldest.
    pub oldest: WallTime,
}

/// The index of one volume.
pub struct Index(Connection);

impl Index {
    /// Opens the index in the volume at `root`, or makes an empty one.
    pub fn open(root: &Path, volume: &str) -> Result<Self, ArchiveError> {
        let db = Connection::open(root.join(FILE))?;
        // Whoever holds it up: footage is written meanwhile, and rows follow.
        db.busy_timeout(Duration::ZERO)?;
        // Closing removes files by their path otherwise, and by then that may
        // lead to another volume.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        db.pragma_update(None, "trusted_schema", false)?;
        db.pragma_update(None, "cell_size_check", true)?;
        db.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
        db.pragma_update(None, "synchronous", "full")?;
        // macOS: through the drive's cache, too.
        db.pragma_update(None, "fullfsync", true)?;
        let mut index = Self(db);
        index.migrate(volume)?;
        Ok(index)
    }

    /// Opens the index of a volume for reading.
    pub fn open_to_read(root: &Path) -> Result<Self, ArchiveError> {
        let flags =
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(root.join(FILE), flags)?;
        db.busy_timeout(Duration::from_secs(5))?;
        Ok(Self(db))
    }

    /// Keeps segments, new ones and such that grew, and forgets `removed`. All
    /// of it is on the disk when this returns, or nothing of it.
    pub fn advance(
        &mut self,
        segments: &[Segment],
        removed: &[Segment],
    ) -> Result<(), ArchiveError> {
        let change = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for segment in segments {
            put(&change, segment)?;
        }
        for segment in removed {
            remove(&change, segment)?;
        }
        Ok(change.commit()?)
    }

    /// Moves what was written last to where it belongs, as far as nobody reads.
    pub fn tidy(&self) -> Result<(), ArchiveError> {
        Ok(self.0.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?)
    }

    /// Segments that were being written when the engine ended.
    pub fn open_segments(&self) -> Result<Vec<Segment>, ArchiveError> {
        self.list("where is_open = 1", [])
    }

    /// The newest segment of a stream.
    pub fn newest(&self, stream: StreamId) -> Result<Option<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? order by start_us desc limit 1";
        Ok(self.list(of, params![stream.camera.0, role(stream)])?.pop())
    }

    /// The last segment of a stream that begins before `at`.
    pub fn before(&self, stream: StreamId, at: WallTime) -> Result<Option<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? and start_us < ? order by start_us desc limit 1";
        Ok(self.list(of, params![stream.camera.0, role(stream), at.0])?.pop())
    }

    /// The first segment of a stream that begins after `at`.
    pub fn after(&self, stream: StreamId, at: WallTime) -> Result<Option<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? and start_us > ? order by start_us limit 1";
        Ok(self.list(of, params![stream.camera.0, role(stream), at.0])?.pop())
    }

    /// The oldest segments of a stream, at most `limit`, from `from` on.
    pub fn oldest(
        &self,
        stream: StreamId,
        from: WallTime,
        limit: usize,
    ) -> Result<Vec<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? and start_us >= ? and is_open = 0
                  order by start_us limit ?";
        self.list(of, params![stream.camera.0, role(stream), from.0, limit as i64])
    }

    /// Segments of a stream that overlap `[from, to)`, in the order in which
    /// they were written.
    pub fn between(
        &self,
        stream: StreamId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<Segment>, ArchiveError> {
        // No segment is longer than two minutes.
        let earliest = from - Duration::from_secs(120);
        let of = "where camera = ? and role = ? and start_us >= ? and start_us < ? and end_us > ?
                  order by run, start_us";
        self.list(of, params![stream.camera.0, role(stream), earliest.0, to.0, from.0])
    }

    /// The segment of a stream and a run that was written before the one that
    /// began at `start`.
    pub fn preceding(
        &self,
        stream: StreamId,
        run: i64,
        start: WallTime,
    ) -> Result<Option<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? and start_us < ? and run = ?
                  order by start_us desc limit 1";
        Ok(self.list(of, params![stream.camera.0, role(stream), start.0, run])?.pop())
    }

    /// A segment by its place.
    pub fn segment(
        &self,
        stream: StreamId,
        start: WallTime,
    ) -> Result<Option<Segment>, ArchiveError> {
        let of = "where camera = ? and role = ? and start_us = ?";
        Ok(self.list(of, params![stream.camera.0, role(stream), start.0])?.pop())
    }

    /// Recordings of a stream that overlap `[from, to)`, in the order in which
    /// they were written.
    pub fn recordings(
        &self,
        stream: StreamId,
        from: WallTime,
        to: WallTime,
    ) -> Result<Vec<Recording>, ArchiveError> {
        // A segment is no longer than two minutes.
        let earliest = from - MAX_RECORDING - Duration::from_secs(120);
        let sql = "select from_us, end_us, run from recording
                   where camera = ? and role = ? and start_us >= ? and start_us < ? and end_us > ?
                   order by run, start_us";
        let mut statement = self.0.prepare_cached(sql)?;
        let found = statement
            .query_map(params![stream.camera.0, role(stream), earliest.0, to.0, from.0], |row| {
                let (from, to) = (WallTime(row.get(0)?), WallTime(row.get(1)?));
                Ok(Recording { stream, from, to, run: row.get(2)? })
            })?
            .collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// From when to when something of a stream is recorded that overlaps
    /// `[from, to)`, by when it was begun. Whole, and such that come by clocks
    /// that were set since may overlap.
    pub fn recorded(
        &self,
        stream: StreamId,
        from: WallTime,
        to: WallTime,
        mut each: impl FnMut(WallTime, WallTime),
    ) -> Result<(), ArchiveError> {
        let earliest = from - MAX_RECORDING - Duration::from_secs(120);
        let sql = "select from_us, end_us from recording
                   where camera = ? and role = ? and start_us >= ? and start_us < ? and end_us > ?
                   order by start_us";
        let mut statement = self.0.prepare_cached(sql)?;
        let of = params![stream.camera.0, role(stream), earliest.0, to.0, from.0];
        let mut rows = statement.query(of)?;
        while let Some(row) = rows.next()? {
            each(WallTime(row.get(0)?), WallTime(row.get(1)?));
        }
        Ok(())
    }

    /// What each stream has here.
    pub fn held(&self) -> Result<Vec<Held>, ArchiveError> {
        let sql = "select camera, role, bytes, segments, (select start_us from segment
                       where segment.camera = stream.camera and segment.role = stream.role
                       order by start_us limit 1)
                   from stream where segments > 0 order by camera, role";
        let mut statement = self.0.prepare_cached(sql)?;
        let held = statement
            .query_map([], |row| {
                Ok(Held {
                    stream: stream_of(row, 0)?,
                    bytes: row.get::<_, i64>(2)?.unsigned_abs(),
                    segments: row.get::<_, i64>(3)?.unsigned_abs(),
                    oldest: WallTime(row.get::<_, Option<i64>>(4)?.unwrap_or(0)),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(held)
    }

    /// Whether SQLite finds the file sound, and its tables agree with each
    /// other: pages of another time may be sound, each by itself.
    pub fn is_sound(&self) -> Result<bool, ArchiveError> {
        let check = self.0.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0))?;
        Ok(check == "ok" && self.0.query_row(AGREE, [], |row| row.get(0))?)
    }

    /// An index that holds nothing, in memory.
    pub(crate) fn none() -> Result<Self, ArchiveError> {
        Ok(Self(Connection::open_in_memory()?))
    }

    /// The volume it is of.
    pub fn volume(&self) -> Result<String, ArchiveError> {
        Ok(self.0.query_row("select id from volume", [], |row| row.get(0))?)
    }

    /// Begins another run: its number, which is `least` where none was larger.
    pub fn begin_run(&self, least: i64) -> Result<i64, ArchiveError> {
        let sql = "update volume set run = max(run + 1, ?) returning run";
        Ok(self.0.query_row(sql, [least], |row| row.get(0))?)
    }

    fn migrate(&mut self, volume: &str) -> Result<(), ArchiveError> {
        let version: u32 = self.0.query_row("pragma user_version", [], |row| row.get(0))?;
        if version < VERSION {
            let change = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
            change.execute_batch(SCHEMA)?;
            change.execute("insert into volume (id, run) values (?, 0)", [volume])?;
            change.pragma_update(None, "user_version", VERSION)?;
            change.commit()?;
        }
        Ok(())
    }

    fn list(
        &self,
        of: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<Segment>, ArchiveError> {
        let sql = format!(
            "select camera, role, start_us, end_us, bytes, recording_us, run, begins_with_key, is_open
             from segment {of}"
        );
        let mut statement = self.0.prepare_cached(&sql)?;
        let segments = statement
            .query_map(parameters, |row| {
                Ok(Segment {
                    stream: stream_of(row, 0)?,
                    start: WallTime(row.get(2)?),
                    end: WallTime(row.get(3)?),
                    bytes: row.get::<_, i64>(4)?.unsigned_abs(),
                    recording: WallTime(row.get(5)?),
                    run: row.get(6)?,
                    begins_with_key: row.get(7)?,
                    is_open: row.get(8)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(segments)
    }
}

fn put(change: &Transaction<'_>, segment: &Segment) -> rusqlite::Result<()> {
    let Segment { stream, start, end, recording, .. } = *segment;
    let (camera, role, bytes) = (stream.camera.0, role(stream), segment.bytes.cast_signed());
    let known: Option<(i64, i64)> = change
        .prepare_cached(
            "select bytes, end_us from segment where camera = ? and role = ? and start_us = ?",
        )?
        .query_row(params![camera, role, start.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    change
        .prepare_cached(
            "insert into segment values (?, ?, ?, ?, ?, ?, ?, ?, ?)
             on conflict do update set end_us = excluded.end_us, bytes = excluded.bytes,
             is_open = excluded.is_open",
        )?
        .execute(params![
            camera,
            role,
            start.0,
            end.0,
            bytes,
            recording.0,
            segment.run,
            segment.begins_with_key,
            segment.is_open
        ])?;
    change
        .prepare_cached(
            "insert into recording values (?1, ?2, ?3, ?4, ?5, ?6)
             on conflict do update set from_us = min(from_us, excluded.from_us),
             end_us = case when end_us = ?7 then excluded.end_us
                      else max(end_us, excluded.end_us) end",
        )?
        .execute(params![
            camera,
            role,
            recording.0,
            start.0,
            end.0,
            segment.run,
            known.map(|(_, end)| end)
        ])?;
    let had = known.map_or(0, |(bytes, _)| bytes);
    count(change, stream, bytes - had, i64::from(known.is_none()))
}

fn remove(change: &Transaction<'_>, segment: &Segment) -> rusqlite::Result<()> {
    let Segment { stream, start, recording, .. } = *segment;
    let (camera, role) = (stream.camera.0, role(stream));
    let of = params![camera, role, start.0];
    let bytes: Option<i64> = change
        .prepare_cached(
            "delete from segment where camera = ? and role = ? and start_us = ? returning bytes",
        )?
        .query_row(of, |row| row.get(0))
        .optional()?;
    let Some(bytes) = bytes else { return Ok(()) };
    let next: Option<i64> = change
        .prepare_cached(
            "select start_us from segment where camera = ?1 and role = ?2 and start_us >= ?3
             and recording_us = ?3 order by start_us limit 1",
        )?
        .query_row(params![camera, role, recording.0], |row| row.get(0))
        .optional()?;
    match next {
        Some(next) => change
            .prepare_cached(
                "update recording set from_us = max(from_us, min(?4, end_us)),
                 end_us = case when end_us = ?5 then coalesce((select end_us from segment
                     where camera = ?1 and role = ?2 and start_us < ?6 and recording_us = ?3
                     and start_us >= ?3 order by start_us desc limit 1), end_us) else end_us end
                 where camera = ?1 and role = ?2 and start_us = ?3",
            )?
            .execute(params![camera, role, recording.0, next, segment.end.0, start.0])?,
        None => change
            .prepare_cached("delete from recording where camera = ? and role = ? and start_us = ?")?
            .execute(params![camera, role, recording.0])?,
    };
    count(change, stream, -bytes, -1)
}

fn count(
    change: &Transaction<'_>,
    stream: StreamId,
    bytes: i64,
    segments: i64,
) -> rusqlite::Result<()> {
    change
        .prepare_cached(
            "insert into stream values (?, ?, ?, ?) on conflict do update
             set bytes = bytes + excluded.bytes, segments = segments + excluded.segments",
        )?
        .execute(params![stream.camera.0, role(stream), bytes, segments])
        .map(drop)
}

fn role(stream: StreamId) -> i64 {
    match stream.role {
        StreamRole::Main => 0,
        StreamRole::Sub => 1,
    }
}

fn stream_of(row: &Row<'_>, at: usize) -> rusqlite::Result<StreamId> {
    let role = if row.get::<_, i64>(at + 1)? == 0 { StreamRole::Main } else { StreamRole::Sub };
    Ok(StreamId { camera: CameraId(row.get(at)?), role })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: StreamId = StreamId { camera: CameraId(3), role: StreamRole::Sub };

    fn segment(start: i64, end: i64, recording: i64) -> Segment {
        Segment {
            stream: STREAM,
            start: WallTime(start),
            end: WallTime(end),
            bytes: (end - start).unsigned_abs(),
            recording: WallTime(recording),
            run: 1,
            begins_with_key: true,
            is_open: false,
        }
    }

    fn recordings(index: &Index, from: i64, to: i64) -> Vec<(i64, i64)> {
        let found = index.recordings(STREAM, WallTime(from), WallTime(to)).unwrap();
        found.iter().map(|it| (it.from.0, it.to.0)).collect()
    }

    #[test]
    fn recordings_grow_with_their_segments_and_shrink_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open(folder.path(), "v").unwrap();
        let rows = [segment(100, 160, 100), segment(160, 220, 100), segment(300, 330, 300)];
        index.advance(&rows, &[]).unwrap();
        index.advance(&[Segment { end: WallTime(350), bytes: 50, ..rows[2] }], &[]).unwrap();
        assert_eq!(recordings(&index, 0, 1000), [(100, 220), (300, 350)]);
        assert_eq!(recordings(&index, 200, 300), [(100, 220)]);
        assert_eq!(recordings(&index, 220, 300), []);
        assert_eq!(recordings(&index, 340, 341), [(300, 350)]);
        let mut recorded = Vec::new();
        let each = |from: WallTime, to: WallTime| recorded.push((from.0, to.0));
        index.recorded(STREAM, WallTime(219), WallTime(301), each).unwrap();
        assert_eq!(recorded, [(100, 220), (300, 350)]);
        let held = Held { stream: STREAM, bytes: 170, segments: 3, oldest: WallTime(100) };
        assert_eq!(index.held().unwrap(), [held]);
        index.advance(&[], &rows[..1]).unwrap();
        assert_eq!(recordings(&index, 0, 1000), [(160, 220), (300, 350)]);
        index.advance(&[], &[rows[1], rows[1]]).unwrap();
        assert_eq!(recordings(&index, 0, 1000), [(300, 350)]);
        let held = Held { stream: STREAM, bytes: 50, segments: 1, oldest: WallTime(300) };
        assert_eq!(index.held().unwrap(), [held]);
        assert!(index.is_sound().unwrap());
        index.0.execute("update stream set bytes = bytes + 1", []).unwrap();
        assert!(!index.is_sound().unwrap());
    }

    #[test]
    fn segments_are_found_by_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::open(folder.path(), "v").unwrap();
        let rows = [segment(100, 160, 100), segment(160, 220, 100), segment(300, 330, 300)];
        index.advance(&rows, &[]).unwrap();
        let between = |from, to| index.between(STREAM, WallTime(from), WallTime(to)).unwrap();
        assert_eq!(between(0, 100), []);
        assert_eq!(between(150, 161), rows[..2]);
        assert_eq!(between(220, 301), rows[2..]);
        assert_eq!(index.newest(STREAM).unwrap(), Some(rows[2]));
        assert_eq!(index.oldest(STREAM, WallTime(101), 1).unwrap(), rows[1..2]);
        assert_eq!(index.segment(STREAM, WallTime(160)).unwrap(), Some(rows[1]));
    }
}
