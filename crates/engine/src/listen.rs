//! One stream heard by one viewer.

use std::sync::Arc;

use media::Sound;
use protocol::Failure;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::sound::Heard;
use crate::stream::Stream;
use crate::view;

/// A stream's sound. Keeps the stream open; dropping it ends that.
pub struct Listening {
    // Dropped before the seat, which tells that it is gone.
    heard: broadcast::Receiver<Heard>,
    sequence: u32,
    _seat: Seat,
}

/// One listener's place.
struct Seat(Arc<Stream>);

impl Listening {
    /// Joins `stream`; `start` starts the decoding of its sound where it does not run.
    pub(crate) fn open(stream: Arc<Stream>, start: impl FnOnce(&Arc<Stream>)) -> Self {
        let (heard, must_run) = stream.sounds.join();
        if must_run {
            start(&stream);
        }
        Self { heard, sequence: 0, _seat: Seat(stream) }
    }

    /// The next sound, and its number: a hole in the numbers is sound that was
    /// missed, since the listener was slow. An error where there will be no
    /// more. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<(u32, Sound), Failure> {
        loop {
            match self.heard.recv().await {
                Ok(Heard::Sound(sound)) => {
                    self.sequence = self.sequence.wrapping_add(1);
                    return Ok((self.sequence, sound));
                }
                Ok(Heard::Ended(failure)) => return Err(failure),
                Err(RecvError::Lagged(missed)) => {
                    self.sequence = self.sequence.wrapping_add(missed as u32);
                }
                Err(RecvError::Closed) => return Err(view::not_found("The camera was removed.")),
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.sounds.left();
    }
}
