//! What can go wrong, said so that the owner knows the next step.

use std::io;
use std::path::PathBuf;

/// A sentence for the owner about something that was dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice(pub String);

/// Why the database could not be opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program wrote the database. It was not touched.
    #[error(
        "{} was written by a newer Tessera (its database is version {found}, this program knows \
         version {known}). Install the newer program; nothing was changed.",
        path.display()
    )]
    Newer {
        /// Version of the file.
        found: u32,
        /// Newest version this program knows.
        known: u32,
        /// Which file.
        path: PathBuf,
    },

    /// There is a database of another program under our name. It was not touched.
    #[error(
        "{} is a database of another program. Move it away, or choose another folder with --data; \
         nothing was changed.",
        path.display()
    )]
    Foreign {
        /// Which file.
        path: PathBuf,
    },

    /// The data directory, or something in it, cannot be made or written.
    #[error(
        "Tessera cannot write to {}: {}. Choose another folder with --data or change its \
         permissions.",
        path.display(), reason(source)
    )]
    NotWritable {
        /// Folder or file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Something named is not there.
    #[error("There is no {what}; it may have been removed meanwhile.")]
    NotFound {
        /// For example `camera 3`.
        what: String,
    },

    /// A limit on a count was reached.
    #[error("There cannot be more than {limit} {what}. Remove one first.")]
    TooMany {
        /// For example `cameras`.
        what: &'static str,
        /// How many there may be.
        limit: u32,
    },

    /// A value breaks a stated limit.
    #[error("{sentence}")]
    Invalid {
        /// Which, and what is allowed.
        sentence: String,
    },

    /// A password cannot be read or kept, because its key is not at hand.
    #[error("{sentence}")]
    Key {
        /// Which password, why, and the next step.
        sentence: String,
    },

    /// The disk is full.
    #[error("The disk that holds the database is full. Free some space and try again.")]
    Full,

    /// SQLite is older than the release that mended its write-ahead log.
    #[error("SQLite {found} can damage a database; Tessera needs 3.51.3 or newer.")]
    OldSqlite {
        /// What is linked.
        found: &'static str,
    },

    /// Anything else SQLite reports.
    #[error(
        "The database reported an error ({0}). Start Tessera again: it examines the database then, \
         and restores a backup where it must."
    )]
    Sqlite(rusqlite::Error),
}

impl StoreError {
    pub(crate) fn not_writable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::NotWritable { path, source }
    }

    pub(crate) fn invalid(sentence: impl Into<String>) -> Self {
        Self::Invalid { sentence: sentence.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            _ => Self::Sqlite(error),
        }
    }
}

/// Without "(os error 13)", which tells an owner nothing.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only".into(),
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "it is a file, not a folder".into()
        }
        io::ErrorKind::StorageFull => "the disk is full".into(),
        io::ErrorKind::NotFound => "it is not there and cannot be made".into(),
        _ => error.to_string(),
    }
}
