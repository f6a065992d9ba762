//! One stream on one tile of one viewer.

use std::sync::{Arc, Mutex, PoisonError};

use media::{Picture, Size, StreamId, WallTime};
use protocol::{Failure, ViewerStatistics};
use tokio::sync::watch;

use crate::lag::Lags;
use crate::pictures::Newest;
use crate::stream::Stream;
use crate::view;

/// What a viewer asks for.
#[derive(Clone, Debug)]
pub struct TileRequest {
    /// Number of the viewer's session.
    pub session: u32,
    /// The viewer's name for the tile.
    pub subscription: u32,
    /// What to show.
    pub stream: StreamId,
    /// Size of the tile in device pixels.
    pub size: Size,
}

/// A tile's pictures. Dropping it ends the subscription.
pub struct Tile {
    // Dropped before the seat, which tells that it is gone.
    newest: watch::Receiver<Newest>,
    seat: Seat,
    /// [`Newest::count`] of the picture returned last.
    seen: u32,
    sequence: u32,
    tally: Arc<Tally>,
    start: Start,
}

/// Starts the decoding of a stream.
type Start = Box<dyn Fn(&Arc<Stream>) + Send + Sync>;

/// What is counted of a tile.
pub struct Tally {
    request: TileRequest,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    sent: u64,
    drawn: u64,
    in_flight: Option<(u32, WallTime)>,
    draw_lags: Lags,
}

/// One place at a size.
struct Seat {
    stream: Arc<Stream>,
    size: Size,
}

impl Tile {
    /// Joins `stream`; `start` starts its decoding where it does not run.
    pub(crate) fn open(
        request: TileRequest,
        stream: Arc<Stream>,
        start: impl Fn(&Arc<Stream>) + Send + Sync + 'static,
    ) -> Self {
        let size = request.size;
        let (newest, must_run) = stream.pictures.join(size);
        if must_run {
            start(&stream);
        }
        let tally = Arc::new(Tally::new(request));
        let seat = Seat { stream, size };
        Self { seat, newest, seen: 0, sequence: 0, tally, start: Box::new(start) }
    }

    /// The newest picture not returned yet, and its number: a hole in the
    /// numbers is a picture that was made and passed over. Safe to drop while
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
                    self.sequence = self.sequence.wrapping_add(made);
                    return Ok((self.sequence, picture));
                }
            }
            if self.newest.changed().await.is_err() {
                return Err(view::not_found("The camera was removed."));
            }
        }
    }

    /// The tile has another size now.
    pub fn resize(&mut self, size: Size) {
        if size == self.seat.size {
            return;
        }
        let stream = self.seat.stream.clone();
        let (newest, must_run) = stream.pictures.join(size);
        if must_run {
            (self.start)(&stream);
        }
        self.newest = newest;
        self.seen = 0;
        self.seat = Seat { stream, size };
    }

    /// What is counted of it.
    pub fn tally(&self) -> Arc<Tally> {
        self.tally.clone()
    }
}

impl Tally {
    pub(crate) fn new(request: TileRequest) -> Self {
        Self { request, counts: Mutex::default() }
    }

    /// Something was sent that needs no answer.
    pub(crate) fn passed(&self) {
        self.with(|counts| counts.sent += 1);
    }

    /// Picture `sequence`, which left the worker at `ready`, was sent.
    pub fn sent(&self, sequence: u32, ready: WallTime) {
        self.with(|counts| {
            counts.sent += 1;
            counts.in_flight = Some((sequence, ready));
        });
    }

    /// The viewer says that it drew picture `sequence` at `drawn` by its own
    /// clock; it is heard at `now`, and a draw call cannot be later than that.
    pub fn drawn(&self, sequence: u32, drawn: WallTime, now: WallTime) {
        self.with(|counts| {
            if let Some((_, ready)) = counts.in_flight.take_if(|(sent, _)| *sent == sequence) {
                counts.drawn += 1;
                let lag = drawn.clamp(ready.min(now), now).since(ready);
                counts.draw_lags.add(lag.as_secs_f64() * 1000.0);
            }
        });
    }

    pub(crate) fn statistics(&self, server: &str) -> ViewerStatistics {
        self.with(|counts| ViewerStatistics {
            session: self.request.session,
            subscription: self.request.subscription,
            stream: view::stream_address(server, self.request.stream),
            sent: counts.sent,
            drawn: counts.drawn,
            draw_lag_ms: counts.draw_lags.spread(),
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Counts) -> T) -> T {
        act(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.stream.pictures.left();
    }
}
