//! Access units for one tile: as they come, while the viewer keeps up.

use std::sync::Arc;
use std::time::Duration;

use engine::{Feed, FeedItem, Tally, view};
use media::VideoFormat;
use protocol::{
    Failure, MAX_BYTES_IN_FLIGHT, MAX_IN_FLIGHT_SECONDS, MAX_UNITS_IN_FLIGHT, MediaHeader,
    MediaKind, Message,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::line::Line;
use crate::tile::Formats;

/// Bytes between here and the socket; where it takes no more, units wait in
/// the feed, which misses those up to a key frame when that is too long.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// Units on their way to a viewer.
pub struct Units {
    feed: Feed,
    tally: Arc<Tally>,
    room: Arc<Semaphore>,
    /// Whether units up to the next key frame are left out, since the viewer
    /// has enough to do.
    is_skipping: bool,
    /// The format announced last and its number.
    announced: Option<(Arc<VideoFormat>, u32)>,
}

impl Units {
    /// Those of `feed`.
    pub fn new(feed: Feed, tally: Arc<Tally>) -> Self {
        let room = Arc::new(Semaphore::new(MAX_WAITING_BYTES));
        Self { feed, tally, room, is_skipping: false, announced: None }
    }

    /// Sends them until the stream has another format; an error where there
    /// will be no more.
    pub async fn send(
        &mut self,
        line: &Line,
        sequence: &mut u32,
        reason: &str,
        formats: &mut Formats,
    ) -> Result<(), Failure> {
        loop {
            let mut item = tokio::select! {
                biased;
                // In front of the units that are of it.
                Ok(()) = formats.changed() => return Ok(()),
                item = self.feed.next() => item?,
            };
            *sequence = sequence.wrapping_add(1);
            if item.is_shown && self.is_full() {
                self.is_skipping = true;
            }
            if self.is_skipping {
                if self.is_full() || !item.unit.is_key {
                    continue;
                }
                self.is_skipping = false;
                item.is_after_gap = true;
            }
            self.send_one(line, *sequence, reason, &item).await?;
        }
    }

    fn is_full(&self) -> bool {
        let in_flight = self.tally.in_flight();
        in_flight.count >= MAX_UNITS_IN_FLIGHT
            || in_flight.bytes >= MAX_BYTES_IN_FLIGHT
            || in_flight.age >= Duration::from_secs(MAX_IN_FLIGHT_SECONDS)
    }

    async fn send_one(
        &mut self,
        line: &Line,
        sequence: u32,
        reason: &str,
        item: &FeedItem,
    ) -> Result<(), Failure> {
        let unit = &item.unit;
        let format = self.announce(line, &unit.format, reason).await?;
        let flag = |is_set: bool, flag: u16| if is_set { flag } else { 0 };
        let header = MediaHeader {
            kind: MediaKind::Unit,
            flags: flag(unit.is_key, MediaHeader::KEY)
                | flag(item.is_after_gap, MediaHeader::AFTER_GAP)
                | flag(!item.is_shown, MediaHeader::UNSHOWN),
            subscription: line.subscription(),
            sequence,
            format,
            media_time: unit.time.0,
            wall_time: unit.arrived.0,
        };
        let room = self.room_for(unit.payload.len()).await;
        if item.is_shown {
            self.tally.sent(sequence, unit.payload.len(), unit.arrived, unit.arrived);
        }
        line.send(header, &unit.payload, Some(room)).await
    }

    async fn room_for(&self, bytes: usize) -> OwnedSemaphorePermit {
        let bytes = bytes.min(MAX_WAITING_BYTES) as u32;
        self.room.clone().acquire_many_owned(bytes).await.expect("it is never closed")
    }

    async fn announce(
        &mut self,
        line: &Line,
        format: &Arc<VideoFormat>,
        reason: &str,
    ) -> Result<u32, Failure> {
        if let Some((known, number)) = &self.announced
            && Arc::ptr_eq(known, format)
        {
            return Ok(*number);
        }
        let number = line.number();
        line.say(Message::Encoding {
            format: number,
            subscription: line.subscription(),
            unit: view::units(format),
            reason: reason.to_owned(),
        })
        .await?;
        self.announced = Some((format.clone(), number));
        Ok(number)
    }
}
