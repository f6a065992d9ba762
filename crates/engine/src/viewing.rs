//! One stream seen by one viewer, on one tile.

use std::sync::Arc;

use media::{Need, StreamId, VideoFormat, WallTime};
use tokio::sync::watch;

use crate::feed::Feed;
use crate::stream::Stream;
use crate::tally::Tally;
use crate::tile::{Start, Tile};

/// What a viewer asks for.
#[derive(Clone, Debug)]
pub struct ViewRequest {
    /// Number of the viewer's session.
    pub session: u32,
    /// The viewer's name for the tile.
    pub subscription: u32,
    /// What to show.
    pub stream: StreamId,
}

/// A stream that a viewer sees, in one form after another. Only what was
/// opened of it keeps the stream open.
pub struct Viewing {
    stream: Arc<Stream>,
    tally: Arc<Tally>,
    start: Start,
}

impl Viewing {
    /// Of `stream`; `start` starts its decoding where it does not run.
    pub(crate) fn new(request: ViewRequest, stream: Arc<Stream>, start: Start) -> Self {
        Self { stream, tally: Arc::new(Tally::new(request)), start }
    }

    /// How the stream's units are encoded; nothing before the first ever came.
    pub fn format(&self) -> watch::Receiver<Option<Arc<VideoFormat>>> {
        self.stream.format()
    }

    /// The stream's decoded pictures.
    pub fn pictures(&self, need: Need) -> Tile {
        Tile::open(self.stream.clone(), need, self.start.clone())
    }

    /// The stream's access units, for a viewer that comes at `now`.
    pub fn units(&self, now: WallTime) -> Feed {
        Feed::open(&self.stream, now)
    }

    /// What is counted of it.
    pub fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }
}
