//! The task behind one subscription to access units.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Bytes;
use engine::{Feed, FeedItem, view};
use media::VideoFormat;
use protocol::{MediaHeader, MediaKind, Message};
use tokio::sync::mpsc;

use crate::outgoing::Outgoing;
use crate::tile::TileTask;

/// Starts sending the units of `feed`. A viewer that takes them too slowly
/// misses those up to a key frame; that is the feed's business.
pub fn spawn(
    mut feed: Feed,
    subscription: u32,
    formats: Arc<AtomicU32>,
    outgoing: mpsc::Sender<Outgoing>,
) -> TileTask {
    let tally = feed.tally();
    let task = tokio::spawn(async move {
        let mut sending = Sending { subscription, formats, outgoing, format: None };
        let failure = loop {
            match feed.next().await {
                Ok(item) if sending.send(&item).await.is_err() => return,
                Ok(_) => {}
                Err(failure) => break failure,
            }
        };
        let message = Message::Unsubscribed { subscription, failure };
        // Nobody is there to be told where the session is over.
        sending.outgoing.send(Outgoing::Message(message)).await.ok();
    });
    TileTask::of(tally, task)
}

struct Sending {
    subscription: u32,
    formats: Arc<AtomicU32>,
    outgoing: mpsc::Sender<Outgoing>,
    /// The format announced last and its number.
    format: Option<(Arc<VideoFormat>, u32)>,
}

impl Sending {
    async fn send(&mut self, item: &FeedItem) -> Result<(), mpsc::error::SendError<Outgoing>> {
        let unit = &item.unit;
        let format = match &self.format {
            Some((format, number)) if Arc::ptr_eq(format, &unit.format) => *number,
            _ => {
                let number = self.formats.fetch_add(1, Ordering::Relaxed);
                self.format = Some((unit.format.clone(), number));
                let message = Message::Encoding {
                    format: number,
                    subscription: self.subscription,
                    unit: view::units(&unit.format),
                };
                self.outgoing.send(Outgoing::Message(message)).await?;
                number
            }
        };
        let key = if unit.is_key { MediaHeader::KEY } else { 0 };
        let gap = if item.is_after_gap { MediaHeader::AFTER_GAP } else { 0 };
        let header = MediaHeader {
            kind: MediaKind::Unit,
            flags: key | gap,
            subscription: self.subscription,
            sequence: item.sequence,
            format,
            media_time: unit.time.0,
            wall_time: unit.arrived.0,
        };
        let message = header.with(&unit.payload);
        self.outgoing.send(Outgoing::Media(Bytes::from(message))).await
    }
}
