//! Anything that yields access units.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{AccessUnit, AudioUnit};

/// One session with something that yields access units: a camera's stream, a
/// file, a demonstration. Dropping it ends the session.
pub trait Source: Send {
    /// What comes next. After an error the session is over.
    ///
    /// Safe to drop while waiting: nothing is lost.
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Result<Received, SourceError>> + Send + '_>>;

    /// Whether what comes may wait for a fraction of a second, as where
    /// nobody looks at it: some sources cost less then. After an error the
    /// session is over.
    fn set_patience(&mut self, _is_patient: bool) -> Result<(), SourceError> {
        Ok(())
    }
}

/// What a source yields.
#[derive(Clone, Debug)]
pub enum Received {
    /// The next picture, which builds on nothing that was lost.
    Unit(Arc<AccessUnit>),
    /// Sound.
    Audio(Arc<AudioUnit>),
    /// Something was lost here. No unit follows before the next key frame.
    Gap(Gap),
    /// A unit came that builds on something lost, and was dropped: the source
    /// is alive.
    Dropped,
    /// How far the source's clock is ahead of ours, by its own account.
    Clock(ClockOffset),
}

/// A loss inside a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// RTP packets that did not come, as far as their numbers tell.
    pub packets: u32,
}

/// How far another clock is from ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockOffset {
    /// How far it is off.
    pub by: Duration,
    /// Whether it is behind ours; ahead otherwise.
    pub is_behind: bool,
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
    /// Nothing answers at its address.
    Unreachable,
    /// User name or password are missing or wrong.
    NotAllowed,
    /// It answered in a way that makes no sense or breaks a limit.
    BadAnswer,
    /// It is there and is no video.
    NotVideo,
    /// It is video in a form nothing here decodes.
    Unsupported,
    /// It is connected and says nothing any more.
    Silent,
    /// The worker that read it died; it starts again at once.
    WorkerLost,
    /// This machine slept.
    Slept,
    /// It ended by itself.
    Ended,
}

impl SourceError {
    /// An error of `cause`, said as `sentence`.
    pub fn new(cause: Cause, sentence: impl Into<String>) -> Self {
        Self { cause, sentence: sentence.into() }
    }
}

impl ClockOffset {
    /// From the other clock's time minus ours, in µs.
    pub fn from_micros(micros: i64) -> Self {
        Self { by: Duration::from_micros(micros.unsigned_abs()), is_behind: micros < 0 }
    }

    /// The other clock's time minus ours, in ms.
    pub fn millis(self) -> i64 {
        let millis = i64::try_from(self.by.as_millis()).unwrap_or(i64::MAX);
        if self.is_behind { -millis } else { millis }
    }
}
