//! One segment that is being written.

use std::fs::File;
use std::io::{self, IoSlice, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use media::{TrackedEvent, WallTime};

use crate::index::Segment;
use crate::mp4::{self, Fragment, Head, Samples};
use crate::place;
use crate::root::Root;
use crate::{ArchiveError, mp4::Sample};

/// A segment that is being written.
pub struct OpenSegment {
    head: Head,
    path: PathBuf,
    file: File,
    /// Written and, but for what waits to be synced, on the disk.
    bytes: u64,
    fragments: u32,
    last_decoding: Option<i64>,
    /// End of what was written, in µs since the first unit.
    end: i64,
    /// What is surely on the disk.
    synced: Synced,
    /// What it tells to have happened, until that is surely on the disk.
    told: Vec<TrackedEvent>,
}

#[derive(Clone, Copy, Default)]
struct Synced {
    bytes: u64,
    end: i64,
}

impl OpenSegment {
    /// Makes the file. A start that is taken, as after a clock was set back,
    /// is moved by microseconds until it is free.
    pub fn create(
        root: &Root,
        mut head: Head,
        folders: &mut Folders,
    ) -> Result<Self, ArchiveError> {
        // Refused before there is a file.
        head.encode()?;
        let is_first = head.start == head.recording;
        let (path, mut file) = loop {
            let path = place::segment(head.stream(), head.start);
            let error = ArchiveError::disk(&root.path().join(&path));
            folders.make(root, path.parent().unwrap_or(Path::new(""))).map_err(&error)?;
            match root.create(&path) {
                Ok(file) => break (path, file),
                Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => {
                    head.start = head.start + Duration::from_micros(1);
                }
                Err(other) => {
                    // It may have been removed with what was in it.
                    folders.forget(path.parent().unwrap_or(Path::new("")));
                    return Err(error(other));
                }
            }
        };
        if is_first {
            head.recording = head.start;
        }
        let bytes = head.encode()?;
        file.write_all(&bytes).map_err(ArchiveError::disk(&root.path().join(&path)))?;
        folders.note(&path);
        Ok(Self {
            head,
            path,
            file,
            bytes: bytes.len() as u64,
            fragments: 0,
            last_decoding: None,
            end: 0,
            synced: Synced::default(),
            told: Vec::new(),
        })
    }

    /// What it is.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Where it lies in its volume.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When its last unit that was written ended.
    pub fn end(&self) -> WallTime {
        wall(&self.head, self.end)
    }

    /// What was written, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether something was written that may not be on the disk.
    pub fn is_dirty(&self) -> bool {
        self.synced.bytes < self.bytes
    }

    /// Appends a fragment.
    pub fn write(&mut self, samples: Samples) -> io::Result<()> {
        let Some(first) = samples.video.first().map(|it| it.time) else { return Ok(()) };
        let end = samples.video.iter().map(Sample::end).max().unwrap_or(first);
        self.fragments += 1;
        let (audio, at) = (self.head.audio.clone(), wall(&self.head, first));
        let fragment =
            mp4::encode(samples, audio.as_ref(), self.fragments, at, &mut self.last_decoding);
        write_all(&mut self.file, &fragment)?;
        self.bytes += fragment.size;
        self.end = self.end.max(end);
        Ok(())
    }

    /// Appends what happened; nothing follows it. Where that fails, the file
    /// has what it had, and something behind it that is none of it.
    pub fn tell(
        &mut self,
        events: Vec<TrackedEvent>,
    ) -> Result<(), (Vec<TrackedEvent>, io::Error)> {
        let bytes = mp4::encode_events(&events);
        if let Err(error) = self.file.write_all(&bytes) {
            return Err((events, error));
        }
        self.bytes += bytes.len() as u64;
        self.told = events;
        Ok(())
    }

    /// Puts on the disk what was written.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        self.told.clear();
        self.synced = Synced { bytes: self.bytes, end: self.end };
        Ok(())
    }

    /// Writes no more to it, and does not try again what failed. What it was to
    /// tell and may not.
    pub fn give_up(&mut self, root: &Root) -> Vec<TrackedEvent> {
        self.bytes = self.synced.bytes;
        if self.bytes == 0 {
            // Nothing is in it; where that fails, a check finds it.
            root.remove(&self.path).ok();
        }
        std::mem::take(&mut self.told)
    }

    /// Its row: what is surely on the disk.
    pub fn row(&self, is_open: bool) -> Segment {
        Segment {
            stream: self.head.stream(),
            start: self.head.start,
            end: wall(&self.head, self.synced.end),
            bytes: self.synced.bytes,
            recording: self.head.recording,
            run: self.head.run,
            begins_with_key: self.head.begins_with_key,
            is_open,
        }
    }
}

/// Folders that are there, and those whose names are to be put on the disk.
#[derive(Default)]
pub struct Folders {
    known: std::collections::HashSet<PathBuf>,
    changed: std::collections::BTreeSet<PathBuf>,
}

impl Folders {
    /// More than the hours of every stream; then they are looked for anew.
    const MAX: usize = 10_000;

    /// Makes a folder and those above it.
    fn make(&mut self, root: &Root, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || self.known.contains(path) {
            return Ok(());
        }
        self.make(root, path.parent().unwrap_or(Path::new("")))?;
        if root.create_folder(path)? {
            self.note(path);
        }
        if self.known.len() > Self::MAX {
            self.known.clear();
        }
        self.known.insert(path.to_owned());
        Ok(())
    }

    /// `path` was made.
    fn note(&mut self, path: &Path) {
        self.changed.insert(path.parent().unwrap_or(Path::new("")).to_owned());
    }

    /// A folder may be gone.
    pub fn forget(&mut self, path: &Path) {
        self.known.remove(path);
    }

    /// Puts the names of what was made on the disk.
    pub fn sync(&mut self, root: &Root) -> Result<(), ArchiveError> {
        while let Some(path) = self.changed.last() {
            match root.sync_folder(path) {
                // Removed, with what was in it.
                Err(gone) if gone.kind() == io::ErrorKind::NotFound => {}
                synced => synced.map_err(ArchiveError::disk(&root.path().join(path)))?,
            }
            self.changed.pop_last();
        }
        Ok(())
    }
}

/// When something at `time`, in µs since the first unit, came.
fn wall(head: &Head, time: i64) -> WallTime {
    WallTime(head.start.0.saturating_add(time))
}

fn write_all(file: &mut File, fragment: &Fragment) -> io::Result<()> {
    let pieces =
        std::iter::once(&fragment.header[..]).chain(fragment.pieces.iter().map(|it| &it[..]));
    let mut slices: Vec<IoSlice<'_>> = pieces.map(IoSlice::new).collect();
    let mut left = &mut slices[..];
    while !left.is_empty() {
        match file.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
