//! Exports.

use archive::{ExportError, Exported};
use protocol::{ExportState, Failure, FailureCode};

/// An export that is there.
pub fn exported(done: &Exported) -> ExportState {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    ExportState::Done {
        path: done.path.to_string_lossy().into_owned(),
        files: count(done.files),
        bytes: done.bytes,
        resumed: count(done.resumed),
        damaged: count(done.damaged),
    }
}

/// Why something could not be exported.
pub fn export_failure(error: &ExportError) -> Failure {
    let code = match error {
        ExportError::Empty | ExportError::Future => FailureCode::BadRequest,
        ExportError::Nothing | ExportError::Removed { .. } => FailureCode::NotFound,
        ExportError::Running => FailureCode::TooMany,
        ExportError::NoRoom { .. } | ExportError::Archive(_) => FailureCode::Storage,
        ExportError::BurnIn { .. } => FailureCode::Unsupported,
        ExportError::Paused => FailureCode::Stopping,
        ExportError::Cancelled => FailureCode::Ended,
    };
    Failure::new(code, error.to_string())
}
