//! Recorded pictures for one tile of a playback: at most one undrawn picture
//! is in flight, so that the newest position wins.

use std::convert::Infallible;

use engine::{Playback, RecordedEvent, RecordedTile, Tally};
use media::{Picture, Size};
use protocol::{Failure, MediaHeader, MediaKind, Message};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::announced::Announced;
use crate::line::Line;

/// Sends what `tile` shows until there will be no more, or the session is over.
pub async fn send(
    mut tile: RecordedTile,
    tally: &Tally,
    mut size: watch::Receiver<Size>,
    line: &Line,
    reason: &str,
) -> Result<Infallible, Failure> {
    let mut announced = Announced::default();
    let mut sequence = 0_u32;
    loop {
        tally.is_answered().await;
        let event = tokio::select! {
            Ok(()) = size.changed() => {
                tile.resize(*size.borrow_and_update());
                continue;
            }
            event = tile.next() => event?,
        };
        match event {
            RecordedEvent::State(state) => {
                let subscription = line.subscription();
                line.say(Message::Recorded { subscription, state }).await?;
            }
            RecordedEvent::Picture { made, picture, is_approximate } => {
                sequence = sequence.wrapping_add(made);
                let format = announced.number(line, &picture.format, reason).await?;
                let header = MediaHeader {
                    kind: MediaKind::Picture,
                    flags: if is_approximate { MediaHeader::APPROXIMATE } else { 0 },
                    subscription: line.subscription(),
                    sequence,
                    format,
                    media_time: picture.time.0,
                    wall_time: picture.arrived.0,
                };
                let Picture { payload, ready, .. } = &*picture;
                // What was recorded long ago is not late.
                tally.sent(sequence, payload.len(), *ready, *ready);
                line.send(header, payload, None).await?;
            }
        }
    }
}

/// A playback that the session has, and the task that tells how it goes on.
pub struct PlaybackTask {
    /// The playback.
    pub playback: Playback,
    task: JoinHandle<()>,
}

impl PlaybackTask {
    /// Tells of `playback` by `line`, whose number is the viewer's name for it.
    pub fn spawn(playback: Playback, line: Line) -> Self {
        let told = playback.clone();
        let mut turns = playback.turns();
        let task = tokio::spawn(async move {
            while turns.changed().await.is_ok() {
                let state = told.state();
                let name = line.subscription();
                if line.say(Message::Playback { playback: name, state }).await.is_err() {
                    return;
                }
            }
        });
        Self { playback, task }
    }

    /// Ends telling and waits until it has ended.
    pub async fn stop(self) {
        self.task.abort();
        self.task.await.ok();
    }
}
