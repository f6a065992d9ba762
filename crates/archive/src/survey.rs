//! Segments as their files have them, for an index that lost its rows, and what
//! they tell to have happened, for who lost that.

use std::path::{Path, PathBuf};

use media::{TrackedEvent, WallTime};

use crate::index::{Index, Segment};
use crate::mp4::{Head, Scan};
use crate::root::Root;
use crate::{ArchiveError, recovery};

/// Every file of a volume, read one after another. Changes nothing.
pub struct Survey {
    root: Root,
    files: std::vec::IntoIter<PathBuf>,
}

/// What is wrong with a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A file has no row.
    Unlisted(PathBuf),
    /// A row's file is missing.
    Missing(PathBuf),
    /// A row says more than its file has.
    Shorter(PathBuf),
    /// A payload is not what was written.
    Damaged(PathBuf),
}

impl Survey {
    /// Of the volume at `path`.
    pub fn new(path: &Path) -> Result<Self, ArchiveError> {
        let root = Root::open(path)?;
        let mut files = Vec::new();
        for (_, folder) in recovery::streams(&root)? {
            files.extend(recovery::files(&root, &folder, "")?.into_iter().map(|(_, path)| path));
        }
        Ok(Self { root, files: files.into_iter() })
    }

    /// What the next files tell to have happened, a few hundred of them or of
    /// events: one that went on is in several, as it was known then. Nothing behind
    /// the last file.
    pub fn next_events(&mut self) -> Option<Vec<TrackedEvent>> {
        let mut events = Vec::new();
        let mut read = 0;
        while read < AT_ONCE
            && events.len() < AT_ONCE
            && let Some(path) = self.files.next()
        {
            read += 1;
            match recovery::events(&self.root, &path) {
                Ok(found) => events.extend(found),
                Err(error) => tracing::warn!("{}: {error}", path.display()),
            }
        }
        (read > 0).then_some(events)
    }

    /// How many files are left.
    pub fn left(&self) -> usize {
        self.files.len()
    }
}

impl Iterator for Survey {
    type Item = Segment;

    /// The next that can be read.
    fn next(&mut self) -> Option<Segment> {
        loop {
            let path = self.files.next()?;
            match recovery::look(&self.root, &path) {
                Ok(Some(segment)) => return Some(segment),
                Ok(None) => {}
                Err(error) => tracing::warn!("{error}"),
            }
        }
    }
}

/// Where the index of a volume disagrees with its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Files without rows: for [`crate::Volume::adopt`].
    Unlisted(Vec<Segment>),
    /// Rows without files: for [`crate::Volume::forget`].
    Missing(Vec<Segment>),
}

/// So many are told at once.
const AT_ONCE: usize = 512;

/// Compares the index of the volume at `path` with its files, beside its
/// writer, and tells `tell` what is different until that says to stop.
/// What only seems so, since the writer goes on, does no harm.
pub fn compare(path: &Path, mut tell: impl FnMut(Difference) -> bool) -> Result<(), ArchiveError> {
    let root = Root::open(path)?;
    let index = Index::open_to_read(path)?;
    let mut unlisted = Vec::new();
    for (stream, folder) in recovery::streams(&root)? {
        for (start, path) in recovery::files(&root, &folder, "")? {
            if index.segment(stream, start)?.is_some() {
                continue;
            }
            match recovery::look(&root, &path) {
                Ok(found) => unlisted.extend(found),
                Err(error) => tracing::warn!("{error}"),
            }
            if unlisted.len() == AT_ONCE
                && !tell(Difference::Unlisted(std::mem::take(&mut unlisted)))
            {
                return Ok(());
            }
        }
    }
    if !unlisted.is_empty() && !tell(Difference::Unlisted(unlisted)) {
        return Ok(());
    }
    for held in index.held()? {
        let mut from = WallTime(i64::MIN);
        loop {
            let rows = index.oldest(held.stream, from, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            from = WallTime(last.start.0 + 1);
            let is_missing = |row: &Segment| !root.path().join(row.place()).is_file();
            let missing: Vec<Segment> = rows.into_iter().filter(is_missing).collect();
            if !missing.is_empty() && !tell(Difference::Missing(missing)) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Compares the index of the volume at `path` with its files; with `thorough`
/// every payload is read as well. What is open is left out.
pub fn check(path: &Path, thorough: bool) -> Result<Vec<Finding>, ArchiveError> {
    let root = Root::open(path)?;
    let index = Index::open_to_read(path)?;
    let mut findings = Vec::new();
    for (stream, folder) in recovery::streams(&root)? {
        for (start, path) in recovery::files(&root, &folder, "")? {
            match index.segment(stream, start)? {
                Some(row) if row.is_open => {}
                Some(row) => findings.extend(look_at(&root, &path, &row, thorough)),
                None => findings.push(Finding::Unlisted(path)),
            }
        }
    }
    let mut from = WallTime(i64::MIN);
    for held in index.held()? {
        loop {
            let rows = index.oldest(held.stream, from, 1000)?;
            let Some(last) = rows.last() else { break };
            from = WallTime(last.start.0 + 1);
            let places = rows.iter().map(|row| row.place());
            let is_missing = |place: &PathBuf| !root.path().join(place).is_file();
            findings.extend(places.filter(is_missing).map(Finding::Missing));
        }
        from = WallTime(i64::MIN);
    }
    Ok(findings)
}

fn look_at(root: &Root, path: &Path, row: &Segment, thorough: bool) -> Option<Finding> {
    let shorter = || Some(Finding::Shorter(path.to_owned()));
    let Ok(mut file) = root.reopen(path) else { return shorter() };
    if file.metadata().is_ok_and(|found| found.len() < row.bytes) {
        return shorter();
    }
    if !thorough {
        return None;
    }
    let read = Head::read(&mut file).and_then(|head| {
        let begin = std::io::Seek::stream_position(&mut file);
        let mut scan = Scan::new(&mut file, begin.unwrap_or(0))?;
        while scan.offset() < row.bytes {
            let Some(fragment) = scan.next()? else { break };
            if !scan.is_sound(&fragment)? {
                return Ok(false);
            }
        }
        scan.events(head.camera).map(|_| true)
    });
    (!read.unwrap_or(false)).then(|| Finding::Damaged(path.to_owned()))
}
