//! What can go wrong with footage on a disk.

use std::io;
use std::path::{Path, PathBuf};

/// Why the archive refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Nothing more fits on the volume.
    #[error("The disk that holds {} is full. Free space on it or add another.", .path.display())]
    Full {
        /// What could not be written.
        path: PathBuf,
    },
    /// The folder of a volume is not there: a disk is not plugged in or not mounted.
    #[error("{} is not there. Plug in or mount the disk that holds it.", .path.display())]
    Missing {
        /// The volume's folder.
        path: PathBuf,
    },
    /// The folder holds another volume than the one that is known.
    #[error(
        "{} holds another volume of Tessera than before. Bring the old disk back, or remove the \
         volume and add this one.",
        .path.display()
    )]
    Swapped {
        /// The volume's folder.
        path: PathBuf,
    },
    /// The disk is mounted so that nothing can be written.
    #[error("{} cannot be written to: it is mounted for reading only.", .path.display())]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("{}: {source}. Check the disk.", .path.display())]
    Disk {
        /// What was read or written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The index failed; footage is written all the same, and the index can be rebuilt.
    #[error("The index of recordings: {0}. `tessera-server check --rebuild` makes it anew.")]
    Index(#[from] rusqlite::Error),
    /// The index is that of another volume, as its log may be.
    #[error("The index in {} is that of another volume.", .path.display())]
    ForeignIndex {
        /// The volume's folder.
        path: PathBuf,
    },
    /// A file is not what a recorder of ours writes.
    #[error("not a recording: {why} at byte {offset}")]
    Unreadable {
        /// Where in the file.
        offset: u64,
        /// What is wrong there.
        why: String,
    },
    /// The stream has a form that no file of ours can hold.
    #[error("{codec} cannot be recorded. Set the camera to H.264, H.265 or MJPEG.")]
    Unsupported {
        /// FFmpeg's short name.
        codec: String,
    },
}

impl ArchiveError {
    /// Whether the index itself is damaged, so that only making it anew helps.
    pub fn is_damaged_index(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, Unknown};
        let error = match self {
            Self::Index(error) => error,
            Self::ForeignIndex { .. } => return true,
            _ => return false,
        };
        match error.sqlite_error_code() {
            // What is unknown is a table or a column.
            Some(code) => matches!(code, DatabaseCorrupt | NotADatabase | Unknown),
            // A row that is not there or cannot be read as what it must be.
            None => matches!(
                error,
                rusqlite::Error::QueryReturnedNoRows
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::FromSqlConversionFailure(..)
            ),
        }
    }

    /// Whether somebody holds the index up.
    pub fn is_busy(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
        let Self::Index(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked))
    }

    /// Whether nothing can be written, and that is not for want of room.
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::ReadOnly { .. } => true,
            Self::Index(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly),
            _ => false,
        }
    }

    /// Turns what the system says about `path` into an error with its kind.
    pub(crate) fn disk(path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| {
            let path = path.clone();
            match source.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
                io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
                _ => Self::Disk { path, source },
            }
        }
    }

    pub(crate) fn unreadable(offset: u64, why: impl Into<String>) -> Self {
        Self::Unreadable { offset, why: why.into() }
    }
}
