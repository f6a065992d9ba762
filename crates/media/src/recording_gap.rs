use serde::{Deserialize, Serialize};

use crate::{GapCause, StreamId, WallTime};

/// A span that should have been recorded and was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordingGap {
    /// Of which stream.
    pub stream: StreamId,
    /// When it begins.
    pub from: WallTime,
    /// When it ends: the first moment that is not part of it.
    pub to: WallTime,
    /// Why.
    pub cause: GapCause,
}
