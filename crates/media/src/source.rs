//! Anything that yields access units.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::AccessUnit;

/// One session with something that yields access units: a camera's stream, a
/// file, a demonstration. Dropping it ends the session.
pub trait Source: Send {
    /// The next unit. After an error the session is over.
    ///
    /// Safe to drop while waiting: no unit is lost.
    fn next(
        &mut self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<AccessUnit>, SourceError>> + Send + '_>>;
}

/// Why a session could not be opened or ended.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct SourceError {
    /// What to do about it.
    pub cause: Cause,
    /// For people: what happened and, where there is one, the next step.
    pub sentence: String,
}

/// Kinds of trouble that are handled differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cause {
    /// It is not there, or cannot be opened.
    NotFound,
    /// It is there and is no video.
    NotVideo,
    /// It is video in a form nothing here decodes.
    Unsupported,
    /// The worker that read it died; it starts again at once.
    WorkerLost,
    /// It ended by itself.
    Ended,
}
