//! What a database file is, read without SQLite.
//!
//! SQLite makes, rewrites or removes files beside a database that has a
//! write-ahead log, even one it opens read-only. A newer program's database
//! must stay as it is, so its version is read here first, from the newest
//! committed copy of page 1: the log's, or else the file's.
//! <https://sqlite.org/fileformat2.html>, sections 1.3 and 4.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::folder::side_files;

/// "Tess"; also in `0001_cameras.sql`.
const APPLICATION_ID: u32 = 0x5465_7373;

/// What lies under a database's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Missing,
    /// A file of no bytes.
    Empty,
    /// Our database, sound as far as its first 100 bytes say.
    Ours { version: u32 },
    /// Somebody else's database.
    Foreign,
    /// Something SQLite would not open.
    NotDatabase,
}

pub(crate) fn look(database: &Path) -> io::Result<Found> {
    let mut file = match File::open(database) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error),
    };
    let mut header = Vec::new();
    file.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    if header.is_empty() {
        return Ok(Found::Empty);
    }
    let [log, ..] = side_files(database);
    if let Ok(log) = File::open(log) {
        // A log that cannot be read to its end holds what could be read, to SQLite as to us.
        if let Ok(Some(page)) = newest_first_page(BufReader::new(log)) {
            header = page;
        }
    }
    Ok(judge(&header))
}

const HEADER: usize = 100;

fn judge(header: &[u8]) -> Found {
    // Where page 1 was overwritten from the middle of the header on, what is left must not pass
    // for a newer version; these fields have one value in every database.
    let is_sound = header.len() >= HEADER
        && header.starts_with(b"SQLite format 3\0")
        && header[21..24] == [64, 32, 32]
        && header[72..92] == [0; 20]
        && number(&header[44..]) <= 4
        && number(&header[56..]) <= 3;
    if !is_sound {
        Found::NotDatabase
    } else if number(&header[68..]) != APPLICATION_ID {
        Found::Foreign
    } else {
        Found::Ours { version: number(&header[60..]) }
    }
}

/// The first [`HEADER`] bytes of page 1 as the last committed transaction in
/// the log left them.
fn newest_first_page(mut log: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; 32];
    log.read_exact(&mut header)?;
    let (magic, page_size) = (number(&header), number(&header[8..]) as usize);
    let is_big_endian = match magic {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return Ok(None),
    };
    let mut sum = Checksum { is_big_endian, sums: (0, 0) };
    sum.add(&header[..24]);
    if !sum.matches(&header[24..]) || !(512..=65_536).contains(&page_size) {
        return Ok(None);
    }

    let mut committed = None;
    let mut written = None;
    let mut frame = vec![0; 24 + page_size];
    while log.read_exact(&mut frame).is_ok() {
        let (head, page) = frame.split_at(24);
        sum.add(&head[..8]);
        sum.add(page);
        // Frames of an earlier round of the log bear other salts.
        if head[8..16] != header[16..24] || !sum.matches(&head[16..]) {
            break;
        }
        if number(head) == 1 {
            written = Some(page[..HEADER].to_vec());
        }
        let is_commit = number(&head[4..]) != 0;
        if is_commit {
            committed = written.clone().or(committed);
        }
    }
    Ok(committed)
}

struct Checksum {
    is_big_endian: bool,
    sums: (u32, u32),
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let word = |bytes: &[u8]| {
            let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
            if self.is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        let (mut first, mut second) = self.sums;
        for pair in bytes.chunks_exact(8) {
            first = first.wrapping_add(word(pair)).wrapping_add(second);
            second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
        }
        self.sums = (first, second);
    }

    fn matches(&self, stored: &[u8]) -> bool {
        (number(stored), number(&stored[4..])) == self.sums
    }
}

/// Big-endian, as nearly all of the format is.
fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;
    use std::fs;

    /// The state of `user_version` as SQLite and as `look` see it, in a database whose changes are
    /// all in its log.
    #[test]
    fn the_version_is_the_last_committed_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tessera.sqlite");
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
             pragma application_id = 0x54657373; pragma user_version = 1; create table x (y);",
        )
        .unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 1 });

        db.execute_batch(
            "begin; pragma user_version = 7; insert into x values (randomblob(99999));",
        )
        .unwrap();
        db.cache_flush().unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 1 }, "not yet committed");
        db.execute_batch("commit").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 7 });

        // After the log begins anew, the frames of the round before are still in its file.
        db.query_row("pragma wal_checkpoint(restart)", [], |_| Ok(())).unwrap();
        db.execute_batch("pragma user_version = 3").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 3 });

        let [log, ..] = side_files(&path);
        let mut bytes = fs::read(&log).unwrap();
        bytes[40] ^= 1;
        fs::write(&log, bytes).unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 7 }, "the log is worth nothing");
    }

    #[test]
    fn tells_ours_from_others_and_from_rubble() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.sqlite");
        assert_eq!(look(&path).unwrap(), Found::Missing);
        fs::write(&path, "").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Empty);
        fs::write(&path, "short").unwrap();
        assert_eq!(look(&path).unwrap(), Found::NotDatabase);
        fs::write(&path, [0x5a; 8192]).unwrap();
        assert_eq!(look(&path).unwrap(), Found::NotDatabase);

        fs::remove_file(&path).unwrap();
        let db = Connection::open(&path).unwrap();
        db.execute_batch("create table x (y)").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Foreign);
        db.execute_batch("pragma application_id = 0x54657373").unwrap();
        assert_eq!(look(&path).unwrap(), Found::Ours { version: 0 });
        drop(db);

        let sound = fs::read(&path).unwrap();
        for from in 0..92 {
            let mut bytes = sound.clone();
            bytes[from..].fill(0x5a);
            fs::write(&path, bytes).unwrap();
            assert_eq!(look(&path).unwrap(), Found::NotDatabase, "overwritten from {from}");
        }
    }
}
