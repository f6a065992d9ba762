use std::path::PathBuf;

use crate::ArchiveError;

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no moment in the span, or no camera.
    #[error("Nothing was asked for: the span does not end after it begins. Choose a later end.")]
    Empty,
    /// It did not happen yet.
    #[error("The span lies in the future. Choose one that is over.")]
    Future,
    /// There are no recordings.
    #[error("Nothing was recorded in this span. Look at the recordings for one with footage.")]
    Nothing,
    /// It would not fit.
    #[error(
        "{} has {} free, and about {} are needed. Free space on it, choose another folder or a \
         shorter span.",
        .path.display(), size(*.free), size(*.needed)
    )]
    NoRoom {
        /// The folder.
        path: PathBuf,
        /// About so many bytes.
        needed: u64,
        /// So many bytes that may be used.
        free: u64,
    },
    /// The same is being exported.
    #[error("The same is being exported to this folder already. Wait until that is done.")]
    Running,
    /// Footage was removed, to make room, while it was to be read.
    #[error(
        "{} was removed to make room before it was exported. Begin again: what is there is \
         exported.",
        .path.display()
    )]
    Removed {
        /// The file.
        path: PathBuf,
    },
    /// Words could not be drawn into pictures.
    #[error("Name and time could not be burnt in: {sentence}")]
    BurnIn {
        /// Why, and what to do.
        sentence: String,
    },
    /// Somebody cancelled it.
    #[error("The export was cancelled.")]
    Cancelled,
    /// It was stopped, and goes on when it is asked for again.
    #[error("The export was interrupted. Begin it again: it goes on where it stopped.")]
    Paused,
    /// The disk, or a recording.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// For people.
fn size(bytes: u64) -> String {
    if bytes < 1_000_000_000 {
        format!("{:.0} MB", bytes as f64 / 1e6)
    } else {
        format!("{:.1} GB", bytes as f64 / 1e9)
    }
}
