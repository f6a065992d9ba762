//! The decoded pictures of one stream, for one tile.

use std::sync::Arc;

use media::{Need, Picture, Size};
use protocol::Failure;
use tokio::sync::watch;

use crate::pictures::Newest;
use crate::stream::Stream;
use crate::view;

/// A tile's pictures. Dropping it ends them.
pub struct Tile {
    // Dropped before the seat, which tells that it is gone.
    newest: watch::Receiver<Newest>,
    seat: Seat,
    /// [`Newest::count`] of the picture returned last.
    seen: u32,
    start: Start,
}

/// Starts the decoding of a stream.
pub type Start = Arc<dyn Fn(&Arc<Stream>) + Send + Sync>;

/// One place among those that need the same.
struct Seat {
    stream: Arc<Stream>,
    need: Need,
}

impl Tile {
    /// Joins `stream`; `start` starts its decoding where it does not run.
    pub(crate) fn open(stream: Arc<Stream>, need: Need, start: Start) -> Self {
        let newest = join(&stream, need, &start);
        Self { seat: Seat { stream, need }, newest, seen: 0, start }
    }

    /// The newest picture not returned yet, and how many were made since the
    /// last: more than one, and some were passed over. Safe to drop while
    /// waiting.
    pub async fn next(&mut self) -> Result<(u32, Arc<Picture>), Failure> {
        loop {
            {
                let newest = self.newest.borrow_and_update();
                if let Some(failure) = &newest.ended {
                    return Err(failure.clone());
                }
                if let Some(picture) = newest.picture.clone().filter(|_| newest.count != self.seen)
                {
                    // A picture that was there before the tile is its first.
                    let made =
                        if self.seen == 0 { 1 } else { newest.count.wrapping_sub(self.seen) };
                    self.seen = newest.count;
                    return Ok((made, picture));
                }
            }
            if self.newest.changed().await.is_err() {
                return Err(view::not_found("The camera was removed."));
            }
        }
    }

    /// The tile has another size now.
    pub fn resize(&mut self, size: Size) {
        let need = Need { tile: size, ..self.seat.need };
        if need == self.seat.need {
            return;
        }
        let stream = self.seat.stream.clone();
        self.newest = join(&stream, need, &self.start);
        self.seen = 0;
        self.seat = Seat { stream, need };
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.stream.pictures.left();
    }
}

fn join(stream: &Arc<Stream>, need: Need, start: &Start) -> watch::Receiver<Newest> {
    let (newest, must_run) = stream.pictures.join(need);
    if must_run {
        start(stream);
    }
    newest
}
