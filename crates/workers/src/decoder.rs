//! What the engine holds of one stream that is being decoded.

use std::sync::Arc;

use media::{AccessUnit, Need, Picture};

use crate::pool::Shared;
use crate::stream::Stream;

/// One stream in a worker. Dropping it ends the decoding.
pub struct Decoder {
    shared: Arc<Shared>,
    stream: Arc<Stream>,
}

/// The worker has as much of this stream as it may: skip to the next key
/// frame. Anything else is refused until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the decoder is behind")]
pub struct Behind;

/// What comes of decoding.
#[derive(Clone, Debug)]
pub enum DecoderEvent {
    /// A picture for every tile that asked for this.
    Picture {
        /// What it was made for.
        need: Need,
        /// The picture.
        picture: Picture,
    },
    /// The worker died; a new one is ready. Offer the current GOP again,
    /// beginning with its key frame.
    Restarted,
    /// This stream cannot be decoded; the sentence is for people. Pictures may
    /// still come if it changes.
    Unsupported(String),
}

impl Decoder {
    pub(crate) fn new(shared: Arc<Shared>, stream: Arc<Stream>) -> Self {
        Self { shared, stream }
    }

    /// Hands over the next unit in the order of decoding, and never waits.
    /// Of a unit that is not `shown` no picture comes: it is decoded because
    /// later ones build on it.
    pub fn offer(&mut self, unit: &Arc<AccessUnit>, shown: bool) -> Result<(), Behind> {
        self.stream.offer(unit, shown)
    }

    /// What pictures are wanted. With none, units are decoded and no picture
    /// is made. What is new gets the newest picture at once, where there is one.
    pub fn set_needs(&mut self, needs: &[Need]) {
        self.stream.set_needs(needs);
    }

    /// Waits for the next event. Safe to drop while waiting. A caller that is
    /// late finds the newest few pictures, not all.
    pub async fn next(&mut self) -> DecoderEvent {
        self.stream.next_event().await
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.shared.forget(self.stream.id);
        self.stream.close();
    }
}
