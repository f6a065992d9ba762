//! What a crash left, put right: only what was being written is read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use media::{StreamId, TrackedEvent, WallTime};

use crate::index::{Index, Segment};
use crate::mp4::{Head, Scan};
use crate::root::Root;
use crate::{ArchiveError, place};

/// What the index must be told to agree with the files that were being written
/// when the engine ended, and with such as it does not have yet: rows, and rows
/// that are to go. Of an index that is begun anew, whose rows are found later,
/// only the newest file of each stream is read.
pub(crate) fn settle(
    root: &Root,
    index: &Index,
    is_new: bool,
) -> Result<(Vec<Segment>, Vec<Segment>), ArchiveError> {
    let mut rows = Vec::new();
    let mut gone = Vec::new();
    for known in index.open_segments()? {
        match read(root, &known.place())? {
            Some(found) => rows.push(found),
            None => gone.push(known),
        }
    }
    let unlisted = if is_new { newest(root)? } else { unlisted(root, index)? };
    for path in unlisted {
        rows.extend(read(root, &path)?);
    }
    Ok((rows, gone))
}

/// The row of the segment at `path`, as its file has it; a fragment that was
/// cut off is removed. Nothing where there is no file, or one that we began and
/// wrote nothing to, which is removed then, or where nothing tells what is in
/// it, which gets another name.
pub(crate) fn read(root: &Root, path: &Path) -> Result<Option<Segment>, ArchiveError> {
    let error = ArchiveError::disk(&root.path().join(path));
    let found = look(root, path)?;
    match &found {
        Some(row) => {
            let file = root.reopen(path).map_err(&error)?;
            if file.metadata().map_err(&error)?.len() > row.bytes {
                file.set_len(row.bytes).map_err(&error)?;
                file.sync_all().map_err(&error)?;
            }
        }
        None => {
            // What is behind a head that is damaged may be of use to somebody,
            // and what is none of ours to somebody else.
            let is_empty = match root.reopen(path) {
                Ok(mut file) => Head::is_all(&mut file)?,
                Err(_) => true,
            };
            let moved = if is_empty {
                root.remove(path)
            } else {
                root.rename(path, &path.with_extension("damaged"))
            };
            match moved {
                Err(other) if other.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error(other));
                }
                _ => {}
            }
        }
    }
    Ok(found)
}

/// As [`read`], and changes nothing.
pub(crate) fn look(root: &Root, path: &Path) -> Result<Option<Segment>, ArchiveError> {
    let error = ArchiveError::disk(&root.path().join(path));
    let mut file = match root.reopen(path) {
        Ok(file) => file,
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(error(other)),
    };
    let Ok(head) = Head::read(&mut file) else { return Ok(None) };
    let begin = std::io::Seek::stream_position(&mut file).map_err(&error)?;
    let mut scan = Scan::new(&mut file, begin)?;
    let mut end = None;
    let mut bytes = begin;
    loop {
        match scan.next() {
            Ok(None) => {
                // With what happened, where that is told.
                bytes = scan.offset();
                break;
            }
            Ok(Some(fragment)) => {
                bytes = scan.offset();
                end = end.max(fragment.end());
            }
            // What is whole behind damage is kept.
            Err(_) => {
                if !scan.skip()? {
                    break;
                }
            }
        }
    }
    Ok(end.map(|end| Segment {
        stream: head.stream(),
        start: head.start,
        end: head.start + Duration::from_micros(end.max(0).unsigned_abs()),
        bytes,
        recording: head.recording,
        run: head.run,
        begins_with_key: head.begins_with_key,
        is_open: false,
    }))
}

/// What the file at `path` tells to have happened. Nothing behind what is
/// damaged is believed: what a camera sends could look like it.
pub(crate) fn events(root: &Root, path: &Path) -> Result<Vec<TrackedEvent>, ArchiveError> {
    let error = ArchiveError::disk(&root.path().join(path));
    let mut file = root.reopen(path).map_err(&error)?;
    let head = Head::read(&mut file)?;
    let begin = std::io::Seek::stream_position(&mut file).map_err(&error)?;
    let mut scan = Scan::new(&mut file, begin)?;
    scan.pass()?;
    scan.events(head.camera)
}

/// Files that the index has no row of: the newest of a stream, made just
/// before the engine ended.
fn unlisted(root: &Root, index: &Index) -> Result<Vec<PathBuf>, ArchiveError> {
    let mut unlisted = Vec::new();
    for (stream, folder) in streams(root)? {
        let newest = index.newest(stream)?.map(|it| it.start);
        // A clock that was set back makes files of earlier hours: those a check finds.
        let since = newest.map_or(String::new(), place::hour);
        for (start, path) in files(root, &folder, &since)? {
            if newest.is_none_or(|newest| start > newest) && index.segment(stream, start)?.is_none()
            {
                unlisted.push(path);
            }
        }
    }
    Ok(unlisted)
}

/// The newest file of each stream, which was being written.
fn newest(root: &Root) -> Result<Vec<PathBuf>, ArchiveError> {
    let mut newest = Vec::new();
    for (_, folder) in streams(root)? {
        let names = root.names(&folder).map_err(ArchiveError::disk(&root.path().join(&folder)))?;
        if let Some(hour) = names.last() {
            newest.extend(files(root, &folder, hour)?.pop().map(|(_, path)| path));
        }
    }
    Ok(newest)
}

/// The streams that have a folder.
pub(crate) fn streams(root: &Root) -> Result<Vec<(StreamId, PathBuf)>, ArchiveError> {
    let folder = Path::new(place::RECORDINGS);
    let names = root.names(folder).map_err(ArchiveError::disk(&root.path().join(folder)))?;
    let known = |name: String| Some((place::stream_of(&name)?, folder.join(name)));
    Ok(names.into_iter().filter_map(known).collect())
}

/// The segments in a stream's folder that begin in the hour `since` or later.
pub(crate) fn files(
    root: &Root,
    folder: &Path,
    since: &str,
) -> Result<Vec<(WallTime, PathBuf)>, ArchiveError> {
    let names = |path: &Path| root.names(path).map_err(ArchiveError::disk(&root.path().join(path)));
    let mut files = Vec::new();
    for hour in names(folder)?.into_iter().filter(|hour| hour.as_str() >= since) {
        let hour = folder.join(hour);
        if !root.path().join(&hour).is_dir() {
            continue;
        }
        for name in names(&hour)? {
            files.extend(place::start_of(&name).map(|start| (start, hour.join(name))));
        }
    }
    Ok(files)
}
