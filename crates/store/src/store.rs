//! The one door to the database.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use media::{
    CameraId, Clock, Event, EventKind, GapCause, RecordingGap, StreamId, Track, TrackedEvent,
    WallTime,
};
use rusqlite::{Connection, TransactionBehavior};

use crate::backup::{self, Occasion};
use crate::folder::Folder;
use crate::key::Keys;
use crate::keychain::{Keychain, SystemKeychain};
use crate::{
    Bookmark, Camera, Credentials, Evidence, KeyKeeping, Layout, MotionSettings, NewBookmark,
    NewCamera, NewEvidence, Notice, RecordingPlan, Secret, Settings, StoreError, Volume, bookmark,
    camera, check, connection, credential, event, evidence, gap, layout, motion, plan, recovery,
    settings, volume,
};

/// The database of a data directory, open. Every call blocks, shortly; a
/// change is on the disk when its call returns.
pub struct Store {
    db: Connection,
    folder: Folder,
    clock: Clock,
    server_id: String,
    keys: Keys,
    is_anew: bool,
}

impl Store {
    /// Opens the database in `dir`, and makes both where they are missing.
    ///
    /// An older database is backed up and migrated; a damaged or missing one
    /// is moved aside and restored from the newest good backup; one of a newer
    /// program is refused untouched. The notices say what was done.
    pub fn open(
        dir: &Path,
        keys: KeyKeeping,
        clock: Clock,
    ) -> Result<(Self, Vec<Notice>), StoreError> {
        Self::open_with(dir, keys, clock, Arc::new(SystemKeychain))
    }

    pub(crate) fn open_with(
        dir: &Path,
        keeping: KeyKeeping,
        clock: Clock,
        keychain: Arc<dyn Keychain>,
    ) -> Result<(Self, Vec<Notice>), StoreError> {
        connection::assert_sqlite()?;
        let mut notices = Vec::new();
        let folder = Folder::at(dir);
        let (db, is_anew) = recovery::open(&folder, &clock, &mut notices)?;
        let server_id = check::server_id(&db)?;
        let keys = Keys::open(&db, keeping, &server_id, folder.key(), keychain, &mut notices)?;
        Ok((Self { db, folder, clock, server_id, keys, is_anew }, notices))
    }

    /// This server's name on the wire: a UUID, made once.
    pub fn server_id(&self) -> &str {
        &self.server_id
    }

    /// Whether opening it began it anew or restored it from a backup: something
    /// that happened may be missing.
    pub fn is_anew(&self) -> bool {
        self.is_anew
    }

    /// The cameras that are not removed, by number.
    pub fn cameras(&self) -> Result<Vec<Camera>, StoreError> {
        Ok(camera::all(&self.db)?)
    }

    /// One that is not removed.
    pub fn camera(&self, id: CameraId) -> Result<Camera, StoreError> {
        camera::get(&self.db, id)
    }

    /// Adds a camera under the lowest free number.
    pub fn add_camera(&mut self, camera: &NewCamera) -> Result<Camera, StoreError> {
        let now = self.clock.wall();
        self.change(|db| camera::add(db, camera, now))
    }

    /// Gives a camera another name.
    pub fn rename_camera(&mut self, id: CameraId, name: &str) -> Result<Camera, StoreError> {
        self.change(|db| camera::rename(db, id, name))
    }

    /// Removes a camera; [`Store::restore_camera`] takes it back.
    pub fn remove_camera(&mut self, id: CameraId) -> Result<(), StoreError> {
        let now = self.clock.wall();
        self.change(|db| camera::remove(db, id, now))
    }

    /// Brings a removed camera back with its credentials, under its old number
    /// if that is free, else under the lowest free one.
    pub fn restore_camera(&mut self, id: CameraId) -> Result<Camera, StoreError> {
        self.change(|db| camera::restore(db, id))
    }

    /// Keeps how to log in to a camera; the password encrypted.
    pub fn set_credentials(
        &mut self,
        id: CameraId,
        user: &str,
        password: &Secret,
    ) -> Result<Camera, StoreError> {
        camera::get(&self.db, id)?;
        self.keys.replace_missing(&self.db)?;
        let Self { db, keys, .. } = self;
        change(db, |db| credential::set(db, keys, id, user, password))
    }

    /// Forgets how to log in to a camera. Backups still hold it, encrypted, for a day.
    pub fn forget_credentials(&mut self, id: CameraId) -> Result<Camera, StoreError> {
        self.change(|db| credential::forget(db, id))
    }

    /// How to log in to a camera, if that was set.
    pub fn credentials(&self, id: CameraId) -> Result<Option<Credentials>, StoreError> {
        credential::get(&self.db, &self.keys, id)
    }

    /// All layouts, by id.
    pub fn layouts(&self) -> Result<Vec<Layout>, StoreError> {
        Ok(layout::all(&self.db)?)
    }

    /// Adds a layout under an id of its own, whatever `layout` has; as it is kept.
    pub fn add_layout(&mut self, layout: &Layout) -> Result<Layout, StoreError> {
        self.change(|db| layout::add(db, layout))
    }

    /// Keeps a layout in place of the one with its id; as it is kept.
    pub fn set_layout(&mut self, layout: &Layout) -> Result<Layout, StoreError> {
        self.change(|db| layout::set(db, layout))
    }

    /// Removes a layout, unless it is the last. The settings after it, which
    /// have another one where they had this.
    pub fn remove_layout(&mut self, id: u32) -> Result<Settings, StoreError> {
        self.change(|db| {
            layout::remove(db, id)?;
            Ok(settings::get(db)?)
        })
    }

    /// What the owner chose.
    pub fn settings(&self) -> Result<Settings, StoreError> {
        Ok(settings::get(&self.db)?)
    }

    /// Keeps what the owner chose.
    pub fn set_settings(&mut self, settings: &Settings) -> Result<(), StoreError> {
        self.change(|db| settings::set(db, settings))
    }

    /// Where recordings are written to, in the order they were added: the first
    /// is for streams that have none of their own.
    pub fn volumes(&self) -> Result<Vec<Volume>, StoreError> {
        Ok(volume::all(&self.db)?)
    }

    /// Adds a volume. Refused where there is one with its id or folder.
    pub fn add_volume(&mut self, volume: &Volume) -> Result<(), StoreError> {
        self.change(|db| volume::add(db, volume))
    }

    /// Keeps a volume in place of the one with its id. Refused where another one
    /// has its folder.
    pub fn set_volume(&mut self, volume: &Volume) -> Result<(), StoreError> {
        self.change(|db| volume::set(db, volume))
    }

    /// Forgets a volume; what lies on it stays. The plans that named it, as they
    /// are now: they name none.
    pub fn remove_volume(
        &mut self,
        id: &str,
    ) -> Result<BTreeMap<StreamId, RecordingPlan>, StoreError> {
        self.change(|db| {
            let changed = plan::leave_volume(db, id)?;
            volume::remove(db, id)?;
            Ok(changed)
        })
    }

    /// How streams are recorded that are not recorded as [`RecordingPlan`]'s
    /// default says, those of removed cameras among them.
    pub fn plans(&self) -> Result<BTreeMap<StreamId, RecordingPlan>, StoreError> {
        Ok(plan::all(&self.db)?)
    }

    /// How a stream is recorded; the default for one that nobody knows.
    pub fn plan(&self, stream: StreamId) -> Result<RecordingPlan, StoreError> {
        Ok(plan::get(&self.db, stream)?)
    }

    /// Keeps how a stream is recorded. It stays when the camera is removed, and
    /// is there when it is restored.
    pub fn set_plan(&mut self, stream: StreamId, plan: &RecordingPlan) -> Result<(), StoreError> {
        self.change(|db| plan::set(db, stream, plan))
    }

    /// Writes down what was not recorded: all of it or nothing. A gap of the same
    /// stream that begins at the same moment is replaced; it may have grown, or
    /// have another cause. One of no length, or less, takes it away.
    pub fn record_gaps(&mut self, gaps: &[RecordingGap]) -> Result<(), StoreError> {
        self.change(|db| Ok(gap::record(db, gaps)?))
    }

    /// The first `limit` gaps, by when they begin, that have a moment from
    /// `from` on and before `to`; of one camera, or of all. They are whole, and
    /// may begin earlier and end later.
    pub fn gaps(
        &self,
        from: WallTime,
        to: WallTime,
        camera: Option<CameraId>,
        limit: u32,
    ) -> Result<Vec<RecordingGap>, StoreError> {
        Ok(gap::between(&self.db, from, to, camera, limit)?)
    }

    /// All gaps that have a moment from `from` on and before `to`, whole and in
    /// no order. Where there are many, some or all of those shorter than
    /// `least` are left out.
    pub fn long_gaps(
        &self,
        from: WallTime,
        to: WallTime,
        least: Duration,
    ) -> Result<Vec<RecordingGap>, StoreError> {
        Ok(gap::longer(&self.db, from, to, least)?)
    }

    /// The gap of a stream that began last.
    pub fn last_gap(&self, stream: StreamId) -> Result<Option<RecordingGap>, StoreError> {
        Ok(gap::last(&self.db, stream)?)
    }

    /// How much from `from` on and before `to` was not recorded of each stream,
    /// by cause; exact to the microsecond. No moment of a stream counts twice:
    /// where gaps overlap, the one that began first has it.
    pub fn gap_durations(
        &self,
        from: WallTime,
        to: WallTime,
    ) -> Result<BTreeMap<(StreamId, GapCause), Duration>, StoreError> {
        Ok(gap::durations(&self.db, from, to)?)
    }

    /// What is looked for at cameras of which [`MotionSettings`]' default is not
    /// true, removed ones among them.
    pub fn motion(&self) -> Result<BTreeMap<CameraId, MotionSettings>, StoreError> {
        Ok(motion::all(&self.db)?)
    }

    /// Keeps what is looked for at a camera. It stays when the camera is removed,
    /// and is there when it is restored.
    pub fn set_motion(
        &mut self,
        camera: CameraId,
        settings: &MotionSettings,
    ) -> Result<(), StoreError> {
        self.change(|db| motion::set(db, camera, settings))
    }

    /// Writes down what happened: all of it or nothing. An event that is there
    /// under the same id is replaced. The newest 200 000 are kept.
    pub fn record_events(&mut self, events: &[TrackedEvent]) -> Result<(), StoreError> {
        self.change(|db| Ok(event::record(db, events)?))
    }

    /// Takes back events that footage tells, each perhaps several times as it went
    /// on: all of it or nothing. How many were not there. One that is there stays
    /// as it is where it ends as late, and those older than the newest 200 000 are
    /// passed over. An id that another event has since is left to it: `next` then
    /// gives one, after the largest that is there.
    pub fn take_back_events(
        &mut self,
        events: &[TrackedEvent],
        next: impl FnMut(i64) -> i64,
    ) -> Result<usize, StoreError> {
        self.change(|db| Ok(event::take_back(db, events, next)?))
    }

    /// Says of events whether somebody looked through them: all of it or nothing.
    /// One that is not there is passed over.
    pub fn review(
        &mut self,
        ids: &[i64],
        is_reviewed: bool,
        now: WallTime,
    ) -> Result<(), StoreError> {
        self.change(|db| Ok(event::review(db, ids, is_reviewed, now)?))
    }

    /// Which of these events somebody looked through.
    pub fn reviewed(&self, ids: &[i64]) -> Result<HashSet<i64>, StoreError> {
        Ok(event::reviewed(&self.db, ids)?)
    }

    /// Where the thing went that an event is of; empty where nothing was followed,
    /// and of an event that is not there any more.
    pub fn track(&self, event: i64) -> Result<Track, StoreError> {
        Ok(event::track(&self.db, event)?)
    }

    /// The largest id of an event; 0 before the first.
    pub fn last_event_id(&self) -> Result<i64, StoreError> {
        Ok(event::last_id(&self.db)?)
    }

    /// The first `limit` events of these cameras that begin from `from` on and
    /// before `to`; where the newest are wanted the last, which then come first.
    pub fn events(
        &self,
        cameras: &[CameraId],
        from: WallTime,
        to: WallTime,
        limit: u32,
        is_newest_first: bool,
    ) -> Result<Vec<Event>, StoreError> {
        Ok(event::beginning(&self.db, cameras, from, to, limit, is_newest_first)?)
    }

    /// Calls `each` with what happened at a camera from `from` on and before `to`,
    /// in part or all of it: what it was, when it began and when it was seen last.
    pub fn each_event(
        &self,
        camera: CameraId,
        from: WallTime,
        to: WallTime,
        each: impl FnMut(EventKind, WallTime, WallTime),
    ) -> Result<(), StoreError> {
        Ok(event::touching(&self.db, camera, from, to, each)?)
    }

    /// What must not be removed to make room, in the order it was added.
    pub fn evidence(&self) -> Result<Vec<Evidence>, StoreError> {
        Ok(evidence::all(&self.db)?)
    }

    /// Says that a span of recordings must stay.
    pub fn add_evidence(&mut self, evidence: &NewEvidence) -> Result<Evidence, StoreError> {
        let now = self.clock.wall();
        self.change(|db| evidence::add(db, evidence, now))
    }

    /// Says that a span of recordings need not stay any longer.
    pub fn remove_evidence(&mut self, id: u32) -> Result<(), StoreError> {
        self.change(|db| evidence::remove(db, id))
    }

    /// What somebody wants to find again, by id.
    pub fn bookmarks(&self) -> Result<Vec<Bookmark>, StoreError> {
        Ok(bookmark::all(&self.db)?)
    }

    /// Adds a bookmark.
    pub fn add_bookmark(&mut self, bookmark: &NewBookmark) -> Result<Bookmark, StoreError> {
        let now = self.clock.wall();
        self.change(|db| bookmark::add(db, bookmark, now))
    }

    /// Lets a bookmark mark something else; as it is kept.
    pub fn set_bookmark(
        &mut self,
        id: u32,
        bookmark: &NewBookmark,
    ) -> Result<Bookmark, StoreError> {
        self.change(|db| bookmark::set(db, id, bookmark))
    }

    /// Forgets a bookmark; what it marks stays.
    pub fn remove_bookmark(&mut self, id: u32) -> Result<(), StoreError> {
        self.change(|db| bookmark::remove(db, id))
    }

    /// Makes a backup, to be called once an hour, and removes all but the
    /// newest 24 of them. Where it lies.
    pub fn back_up(&mut self) -> Result<PathBuf, StoreError> {
        backup::make(&self.db, &self.folder, Occasion::Hourly, self.clock.wall())
    }

    /// When the last of these was made. Nothing, too, where that is yet to
    /// come: the clock was set back, and a backup is due.
    pub fn last_backup(&self) -> Option<WallTime> {
        backup::last_hourly(&self.folder).filter(|made| *made <= self.clock.wall())
    }

    fn change<T>(
        &mut self,
        change_it: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        change(&mut self.db, change_it)
    }
}

/// All of a change or nothing of it.
fn change<T>(
    db: &mut Connection,
    change_it: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcome = change_it(&transaction)?;
    transaction.commit()?;
    Ok(outcome)
}
