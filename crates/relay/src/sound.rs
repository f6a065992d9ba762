//! The task behind one stream that a viewer hears.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Bytes;
use engine::Listening;
use media::{Sound, SoundFormat};
use protocol::{MediaHeader, MediaKind, Message};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use crate::outgoing::Outgoing;

/// Sound on its way to the socket: pictures wait behind no more of it, and
/// where it is not taken the oldest is missed before it gets here.
const MAX_IN_FLIGHT: usize = 4;

/// A running listener.
pub struct SoundTask(JoinHandle<()>);

impl SoundTask {
    /// Starts sending what is heard.
    pub fn spawn(
        mut listening: Listening,
        subscription: u32,
        formats: Arc<AtomicU32>,
        outgoing: mpsc::Sender<Outgoing>,
    ) -> Self {
        Self(tokio::spawn(async move {
            let room = Arc::new(Semaphore::new(MAX_IN_FLIGHT));
            let mut sending = Sending { subscription, formats, outgoing, room, format: None };
            let failure = loop {
                match listening.next().await {
                    Ok((sequence, sound)) if sending.send(sequence, &sound).await.is_err() => {
                        return;
                    }
                    Ok(_) => {}
                    Err(failure) => break failure,
                }
            };
            let message = Message::Unsubscribed { subscription, failure };
            // Nobody is there to be told where the session is over.
            sending.outgoing.send(Outgoing::Message(message)).await.ok();
        }))
    }

    /// Whether it ended by itself.
    pub fn is_over(&self) -> bool {
        self.0.is_finished()
    }

    /// Ends it and waits until it has.
    pub async fn stop(self) {
        self.0.abort();
        if let Err(error) = self.0.await
            && !error.is_cancelled()
        {
            tracing::error!("a listener failed: {error}");
        }
    }
}

struct Sending {
    subscription: u32,
    formats: Arc<AtomicU32>,
    outgoing: mpsc::Sender<Outgoing>,
    room: Arc<Semaphore>,
    /// The format announced last and its number.
    format: Option<(SoundFormat, u32)>,
}

impl Sending {
    async fn send(
        &mut self,
        sequence: u32,
        sound: &Sound,
    ) -> Result<(), mpsc::error::SendError<Outgoing>> {
        let room = self.room.clone().acquire_owned().await.expect("it is never closed");
        let format = match self.format {
            Some((format, number)) if format == sound.format => number,
            _ => {
                let number = self.formats.fetch_add(1, Ordering::Relaxed);
                self.format = Some((sound.format, number));
                let SoundFormat { rate, channels } = sound.format;
                let subscription = self.subscription;
                let message = Message::Sound { format: number, subscription, rate, channels };
                self.outgoing.send(Outgoing::Message(message)).await?;
                number
            }
        };
        let header = MediaHeader {
            kind: MediaKind::Sound,
            flags: 0,
            subscription: self.subscription,
            sequence,
            format,
            media_time: sound.time.0,
            wall_time: sound.arrived.0,
        };
        let message = header.with(&sound.samples);
        self.outgoing.send(Outgoing::Sound(Bytes::from(message), room)).await
    }
}
