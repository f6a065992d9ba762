//! Decoded pictures for one tile: at most one undrawn picture is in flight, so
//! that latency never accumulates.

use std::sync::Arc;

use engine::{Tally, Tile};
use media::{Picture, Size};
use protocol::{Failure, MediaHeader, MediaKind};
use tokio::sync::watch;

use crate::announced::Announced;
use crate::line::Line;
use crate::tile::Formats;

/// Pictures on their way to a viewer.
pub struct Pictures {
    tile: Tile,
    tally: Arc<Tally>,
    size: watch::Receiver<Size>,
    announced: Announced,
}

impl Pictures {
    /// Those of `tile`.
    pub fn new(tile: Tile, tally: Arc<Tally>, size: watch::Receiver<Size>) -> Self {
        Self { tile, tally, size, announced: Announced::default() }
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
            self.tally.is_answered().await;
            let (made, picture) = tokio::select! {
                Ok(()) = formats.changed() => return Ok(()),
                Ok(()) = self.size.changed() => {
                    self.tile.resize(*self.size.borrow_and_update());
                    continue;
                }
                next = self.tile.next() => next?,
            };
            *sequence = sequence.wrapping_add(made);
            let format = self.announced.number(line, &picture.format, reason).await?;
            let header = MediaHeader {
                kind: MediaKind::Picture,
                flags: 0,
                subscription: line.subscription(),
                sequence: *sequence,
                format,
                media_time: picture.time.0,
                wall_time: picture.arrived.0,
            };
            let Picture { payload, arrived, ready, .. } = &*picture;
            self.tally.sent(*sequence, payload.len(), *arrived, *ready);
            line.send(header, payload, None).await?;
        }
    }
}
