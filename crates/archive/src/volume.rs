//! A volume: a folder on a disk, footage in it, and its index.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use media::{StreamId, TrackedEvent, WallTime};
use serde::{Deserialize, Serialize};

use crate::index::{self, Held, Index, Segment};
use crate::limits::{self, Limits};
use crate::root::{Root, Space};
use crate::segment::Folders;
use crate::writer::{Batch, Span, StreamWriter};
use crate::{ArchiveError, place, recovery};

/// A volume that is written to. Every call blocks, as long as the disk takes.
pub struct Volume {
    id: String,
    root: Root,
    index: Index,
    run: i64,
    lacks_rows: bool,
    folders: Folders,
    writers: BTreeMap<StreamId, StreamWriter>,
    /// On the disk, and not in the index yet: somebody held it up.
    rows: BTreeMap<(StreamId, WallTime), Segment>,
    /// Not on the disk any more, and still in the index.
    gone: Vec<Segment>,
    /// Not in the index any more, and still on the disk.
    doomed: Vec<PathBuf>,
}

/// What came of a round of writing.
#[derive(Debug, Default)]
pub struct Round {
    /// What is on the disk since the last round.
    pub recorded: Vec<(StreamId, Span)>,
    /// What was removed for want of room or for its age.
    pub removed: Vec<Segment>,
    /// Streams that could not be written, and why.
    pub failures: Vec<(StreamId, ArchiveError)>,
    /// Why the index did not follow, where it did not. It does later.
    pub index: Option<ArchiveError>,
}

/// The file by which a volume is known again.
const IDENTITY: &str = "tessera-volume.json";

#[derive(Serialize, Deserialize)]
struct Identity {
    id: String,
}

impl Volume {
    /// Makes a volume of the folder at `path`, or finds the one that is there;
    /// the folder is made where only it is missing. What else is in it stays
    /// untouched. Its id.
    pub fn create(path: &Path) -> Result<String, ArchiveError> {
        let file = path.join(IDENTITY);
        let error = ArchiveError::disk(&file);
        if !path.is_dir() {
            let made = fs::create_dir(path);
            made.map_err(|_| ArchiveError::Missing { path: path.to_owned() })?;
        }
        if let Some(id) = identity(path)? {
            return Ok(id);
        }
        let id = uuid::Uuid::new_v4().to_string();
        let words = serde_json::to_vec(&Identity { id: id.clone() });
        let words = words.expect("a text can be written");
        fs::write(&file, words).map_err(&error)?;
        fs::File::open(&file).and_then(|file| file.sync_all()).map_err(&error)?;
        let root = Root::open(path)?;
        for folder in ["", place::RECORDINGS] {
            if !folder.is_empty() {
                root.create_folder(Path::new(folder)).map_err(&error)?;
            }
            root.sync_folder(Path::new(folder)).map_err(&error)?;
        }
        Ok(id)
    }

    /// Opens the volume `id` at `path` and puts right what a crash left: only
    /// what was being written then is read. Recording can begin at once. An
    /// index that is damaged is set aside, and another begun: see
    /// [`Volume::lacks_rows`].
    pub fn open(path: &Path, id: &str) -> Result<Self, ArchiveError> {
        let opened = Self::try_open(path, id);
        if opened.as_ref().is_err_and(ArchiveError::is_damaged_index) {
            return Self::open_anew(path, id);
        }
        opened
    }

    /// As [`Volume::open`], with another index whatever there is.
    pub fn open_anew(path: &Path, id: &str) -> Result<Self, ArchiveError> {
        // Not the index of another volume.
        recognize(path, id)?;
        set_aside(path)?;
        Self::try_open(path, id)
    }

    /// Sets the index aside and begins another, as what is being written goes
    /// on: see [`Volume::lacks_rows`].
    pub fn renew_index(&mut self) -> Result<(), ArchiveError> {
        // Some systems rename no file that is open.
        self.index = Index::none()?;
        set_aside(self.root.path())?;
        self.index = Index::open(self.root.path(), &self.id)?;
        // The run goes on, and those that follow have larger numbers.
        self.index.begin_run(self.run)?;
        self.lacks_rows = true;
        self.gone.clear();
        Ok(())
    }

    fn try_open(path: &Path, id: &str) -> Result<Self, ArchiveError> {
        let root = Root::open(path)?;
        recognize(path, id)?;
        root.touch(Path::new(IDENTITY)).map_err(ArchiveError::disk(path))?;
        let lacks_rows = !path.join(index::FILE).exists();
        let mut index = Index::open(path, id)?;
        if index.volume()? != id {
            return Err(ArchiveError::ForeignIndex { path: path.to_owned() });
        }
        let (mut rows, mut gone) = recovery::settle(&root, &index, lacks_rows)?;
        let run = rows.iter().map(|row| row.run).max().unwrap_or(0);
        match index.advance(&rows, &gone) {
            Ok(()) => (rows, gone) = Default::default(),
            // Recording does not wait for whoever holds it up.
            Err(error) if error.is_busy() => {}
            Err(error) => return Err(error),
        }
        let mut volume = Self {
            id: id.to_owned(),
            root,
            index,
            run,
            lacks_rows,
            folders: Folders::default(),
            writers: BTreeMap::new(),
            rows: rows.into_iter().map(|row| ((row.stream, row.start), row)).collect(),
            gone,
            doomed: Vec::new(),
        };
        volume.begin_run();
        Ok(volume)
    }

    /// Begins another run, as opening does, and a clock that was set: its
    /// number, which is larger than those before. Rows of one run do not overlap.
    pub fn begin_run(&mut self) -> i64 {
        let least = self.run + 1;
        // An index that somebody holds up is told the next time.
        self.run = self.index.begin_run(least).unwrap_or(least);
        self.run
    }

    /// The number of the run.
    pub fn run(&self) -> i64 {
        self.run
    }

    /// Whether the index was begun anew: what a [`crate::Survey`] finds is to
    /// be adopted.
    pub fn lacks_rows(&self) -> bool {
        self.lacks_rows
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// Takes what happened at the camera of a stream: new events, and such that
    /// went on. The stream's segment tells it when it is closed.
    pub fn note(&mut self, stream: StreamId, events: Vec<TrackedEvent>) {
        let writer = self.writers.entry(stream);
        writer.or_insert_with(|| StreamWriter::new(stream, self.run)).note(events);
    }

    /// Writes what came and puts it on the disk; frees what `limits` do not
    /// allow, by the time `now`.
    pub fn round(&mut self, batches: Vec<Batch>, limits: &Limits, now: WallTime) -> Round {
        let mut round = Round::default();
        if !self.root.is_there() {
            let path = self.path().to_owned();
            let gone = |batch: &Batch| (batch.stream, ArchiveError::Missing { path: path.clone() });
            round.failures = batches.iter().map(gone).collect();
            return round;
        }
        let needed = batches.iter().map(Batch::size_on_disk).sum();
        self.free(limits, needed, now, &mut round);
        let space = self.root.space();
        if space.as_ref().is_ok_and(|space| !space.fits(needed)) {
            // What is closed may be removed in the next round.
            self.end_all(&mut round);
            let full = || ArchiveError::Full { path: self.root.path().to_owned() };
            round.failures.extend(batches.iter().map(|batch| (batch.stream, full())));
            self.put_on_disk(&mut round);
            return round;
        }
        let largest = space.map_or(u64::MAX, |space| limits.largest(space, batches.len()));
        for batch in batches {
            let stream = batch.stream;
            let writer =
                self.writers.entry(stream).or_insert_with(|| StreamWriter::new(stream, self.run));
            if let Err(error) = writer.write(&self.root, &mut self.folders, batch, largest) {
                round.failures.push((stream, error));
            }
        }
        self.put_on_disk(&mut round);
        round
    }

    /// Ends the recording of a stream; the next round puts it on the disk.
    pub fn end(&mut self, stream: StreamId) -> Result<(), ArchiveError> {
        match self.writers.get_mut(&stream) {
            Some(writer) => writer.end(&self.root),
            None => Ok(()),
        }
    }

    /// Ends every recording and closes the index.
    pub fn close(mut self) -> Round {
        let mut round = Round::default();
        self.end_all(&mut round);
        self.put_on_disk(&mut round);
        if let Err(error) = self.index.tidy() {
            round.index.get_or_insert(error);
        }
        round
    }

    /// Takes rows that a [`crate::Survey`] found into the index, but those it
    /// has, and those whose files were removed meanwhile.
    pub fn adopt(&mut self, found: &[Segment]) -> Result<(), ArchiveError> {
        let mut new = Vec::new();
        for segment in found {
            let is_known = self.rows.contains_key(&(segment.stream, segment.start))
                || self.index.segment(segment.stream, segment.start)?.is_some();
            let path = segment.place();
            if !is_known && !self.doomed.contains(&path) && self.root.reopen(&path).is_ok() {
                new.push(*segment);
            }
        }
        self.index.advance(&new, &[])
    }

    /// Drops rows whose files are not there, as [`crate::compare`] finds them.
    pub fn forget(&mut self, found: &[Segment]) -> Result<(), ArchiveError> {
        let is_gone = |it: &Segment| {
            let file = self.root.reopen(&it.place());
            file.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
        };
        let gone: Vec<Segment> = found.iter().filter(|it| is_gone(it)).copied().collect();
        self.index.advance(&[], &gone)
    }

    /// What its file system has left.
    pub fn space(&self) -> Result<Space, ArchiveError> {
        self.root.space().map_err(ArchiveError::disk(self.path()))
    }

    /// What each stream has here.
    pub fn held(&self) -> Result<Vec<Held>, ArchiveError> {
        self.index.held()
    }

    /// Until when each stream is recorded here.
    pub fn recorded_until(&self) -> Result<Vec<(StreamId, WallTime)>, ArchiveError> {
        let mut ends = Vec::new();
        for held in self.index.held()? {
            ends.extend(self.index.newest(held.stream)?.map(|it| (held.stream, it.end)));
        }
        Ok(ends)
    }

    fn end_all(&mut self, round: &mut Round) {
        for (stream, writer) in &mut self.writers {
            if let Err(error) = writer.end(&self.root) {
                round.failures.push((*stream, error));
            }
        }
    }

    /// Files first, then names, then rows: what the index has is on the disk.
    fn put_on_disk(&mut self, round: &mut Round) {
        let mut rows = Vec::new();
        for (stream, writer) in &mut self.writers {
            if let Err(error) = writer.sync(&self.root) {
                round.failures.push((*stream, error));
            }
            let spans = writer.advance(&mut rows);
            round.recorded.extend(spans.into_iter().map(|span| (*stream, span)));
        }
        self.rows.extend(rows.into_iter().map(|row| ((row.stream, row.start), row)));
        if let Err(error) = self.folders.sync(&self.root) {
            // No row is without the name of its file.
            round.index = Some(error);
            return;
        }
        let rows: Vec<Segment> = self.rows.values().copied().collect();
        if rows.is_empty() && self.gone.is_empty() {
            return;
        }
        match self.index.advance(&rows, &self.gone) {
            Ok(()) => {
                self.rows.clear();
                self.gone.clear();
            }
            Err(error) => round.index = Some(error),
        }
    }

    /// Rows first, then files: no row is without its file.
    fn free(&mut self, limits: &Limits, needed: u64, now: WallTime, round: &mut Round) {
        let chosen = self.root.space().map_err(ArchiveError::disk(self.path())).and_then(|space| {
            let chosen = limits::excess(&self.index, limits, space, needed, now)?;
            if !chosen.is_empty() {
                self.index.advance(&[], &chosen)?;
            }
            Ok(chosen)
        });
        match chosen {
            Ok(chosen) => {
                self.doomed.extend(chosen.iter().map(|it| it.place()));
                round.removed = chosen;
            }
            Err(error) => round.index = Some(error),
        }
        self.doomed.retain(|path| match self.root.remove(path) {
            Ok(()) => {
                let hour = path.parent().unwrap_or(Path::new(""));
                // Fails while others are in it.
                if self.root.remove_folder(hour).is_ok() {
                    self.folders.forget(hour);
                }
                false
            }
            Err(error) => error.kind() != std::io::ErrorKind::NotFound,
        });
    }
}

/// Gives the index other names, under which nobody reads it.
fn set_aside(path: &Path) -> Result<(), ArchiveError> {
    for name in index::files() {
        let from = path.join(&name);
        if from.exists() {
            let to = path.join(format!("damaged-{name}"));
            fs::rename(&from, to).map_err(ArchiveError::disk(&from))?;
        }
    }
    Ok(())
}

/// Refused where the volume `id` is not at `path`.
fn recognize(path: &Path, id: &str) -> Result<(), ArchiveError> {
    match identity(path)? {
        Some(found) if found == id => Ok(()),
        Some(_) => Err(ArchiveError::Swapped { path: path.to_owned() }),
        None => Err(ArchiveError::Missing { path: path.to_owned() }),
    }
}

/// The id of the volume at `path`, where there is one.
pub fn identity(path: &Path) -> Result<Option<String>, ArchiveError> {
    let file = path.join(IDENTITY);
    match fs::read(&file) {
        Ok(words) => {
            let identity: Result<Identity, _> = serde_json::from_slice(&words);
            let why = |error: serde_json::Error| ArchiveError::unreadable(0, error.to_string());
            Ok(Some(identity.map_err(why)?.id))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ArchiveError::disk(&file)(error)),
    }
}

/// The index of the volume at `path`, to be read beside its writer.
pub fn open_index(path: &Path) -> Result<Index, ArchiveError> {
    if !path.join(index::FILE).is_file() {
        return Err(ArchiveError::Missing { path: path.to_owned() });
    }
    Index::open_to_read(path)
}
