//! The task behind one tile: at most one undrawn picture is in flight, so that
//! latency never accumulates.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Bytes;
use engine::{Tile, view};
use media::{Picture, PictureFormat, Size, WallTime};
use protocol::{Failure, MediaHeader, MediaKind, Message};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::outgoing::Outgoing;

const REASON: &str = "Decoded by the engine and scaled to the tile.";

/// A running tile.
pub struct TileTask {
    tally: Arc<engine::Tally>,
    drawn: watch::Sender<Option<u32>>,
    size: watch::Sender<Option<Size>>,
    task: JoinHandle<()>,
}

impl TileTask {
    /// Starts sending the pictures of `tile`.
    pub fn spawn(
        tile: Tile,
        subscription: u32,
        formats: Arc<AtomicU32>,
        outgoing: mpsc::Sender<Outgoing>,
    ) -> Self {
        let tally = tile.tally();
        let (drawn, size) = (watch::Sender::new(None), watch::Sender::new(None));
        let mut sending = Sending {
            tally: tally.clone(),
            subscription,
            formats,
            outgoing,
            format: None,
            drawn: drawn.subscribe(),
            size: size.subscribe(),
        };
        let task = tokio::spawn(async move {
            let failure = sending.run(tile).await;
            let message = Message::Unsubscribed { subscription, failure };
            // Nobody is there to be told where the session is over.
            sending.outgoing.send(Outgoing::Message(message)).await.ok();
        });
        Self { tally, drawn, size, task }
    }

    /// A task that answers to no acknowledgement and has no size.
    pub fn of(tally: Arc<engine::Tally>, task: JoinHandle<()>) -> Self {
        Self { tally, drawn: watch::Sender::new(None), size: watch::Sender::new(None), task }
    }

    /// The viewer drew picture `sequence` at `drawn`; it is heard at `now`.
    pub fn acknowledge(&self, sequence: u32, drawn: WallTime, now: WallTime) {
        self.tally.drawn(sequence, drawn, now);
        self.drawn.send_replace(Some(sequence));
    }

    /// The tile has another size now.
    pub fn resize(&self, size: Size) {
        self.size.send_replace(Some(size));
    }

    /// Whether it ended by itself.
    pub fn is_over(&self) -> bool {
        self.task.is_finished()
    }

    /// Ends it and waits until it has.
    pub async fn stop(self) {
        self.task.abort();
        if let Err(error) = self.task.await
            && !error.is_cancelled()
        {
            tracing::error!("a tile failed: {error}");
        }
    }
}

struct Sending {
    tally: Arc<engine::Tally>,
    subscription: u32,
    formats: Arc<AtomicU32>,
    outgoing: mpsc::Sender<Outgoing>,
    /// The format announced last and its number.
    format: Option<(Arc<PictureFormat>, u32)>,
    drawn: watch::Receiver<Option<u32>>,
    size: watch::Receiver<Option<Size>>,
}

impl Sending {
    async fn run(&mut self, mut tile: Tile) -> Failure {
        loop {
            let next = tokio::select! {
                next = tile.next() => next,
                Ok(()) = self.size.changed() => {
                    let size = *self.size.borrow_and_update();
                    tile.resize(size.expect("sizes are only ever set"));
                    continue;
                }
            };
            let (sequence, picture) = match next {
                Ok(next) => next,
                Err(failure) => return failure,
            };
            if self.send(sequence, &picture).await.is_err() {
                return view::not_found("The session is over.");
            }
            let is_drawn = |drawn: &Option<u32>| *drawn == Some(sequence);
            if self.drawn.wait_for(is_drawn).await.is_err() {
                return view::not_found("The session is over.");
            }
        }
    }

    async fn send(
        &mut self,
        sequence: u32,
        picture: &Picture,
    ) -> Result<(), mpsc::error::SendError<Outgoing>> {
        let format = match &self.format {
            Some((format, number)) if *format == picture.format => *number,
            _ => {
                let number = self.formats.fetch_add(1, Ordering::Relaxed);
                self.format = Some((picture.format.clone(), number));
                let message = Message::Format {
                    format: number,
                    subscription: self.subscription,
                    picture: view::planes(&picture.format),
                    reason: REASON.to_owned(),
                };
                self.outgoing.send(Outgoing::Message(message)).await?;
                number
            }
        };
        let header = MediaHeader {
            kind: MediaKind::Picture,
            flags: 0,
            subscription: self.subscription,
            sequence,
            format,
            media_time: picture.time.0,
            wall_time: picture.arrived.0,
        };
        let message = header.with(&picture.planes);
        self.tally.sent(sequence, picture.ready);
        self.outgoing.send(Outgoing::Media(Bytes::from(message))).await
    }
}
