//! What a viewer hears of one stream.

use std::convert::Infallible;
use std::sync::Arc;

use engine::{Listening, RecordedSound};
use media::{Sound, SoundFormat};
use protocol::{Failure, MediaHeader, MediaKind, Message};
use tokio::sync::Semaphore;

use crate::line::Line;

/// Sound on its way to the socket: pictures wait behind no more of it, and
/// where it is not taken the oldest is missed before it gets here.
const MAX_IN_FLIGHT: usize = 4;

/// What is heard.
pub enum Heard {
    /// What comes of a stream.
    Live(Listening),
    /// What came of it, at the time of a playback.
    Recorded(RecordedSound),
}

/// Sends what is heard until there will be no more, or the session is over.
pub async fn send(heard: Heard, line: Line) -> Result<Infallible, Failure> {
    let room = Arc::new(Semaphore::new(MAX_IN_FLIGHT));
    Sending { heard, line, room, format: None }.run().await
}

struct Sending {
    heard: Heard,
    line: Line,
    room: Arc<Semaphore>,
    /// The format announced last and its number.
    format: Option<(SoundFormat, u32)>,
}

impl Sending {
    /// Ends where there will be no more, or the session is over.
    async fn run(&mut self) -> Result<Infallible, Failure> {
        loop {
            let (sequence, sound) = match &mut self.heard {
                Heard::Live(listening) => listening.next().await?,
                Heard::Recorded(sound) => sound.next().await?,
            };
            self.send(sequence, &sound).await?;
        }
    }

    async fn send(&mut self, sequence: u32, sound: &Sound) -> Result<(), Failure> {
        let room = self.room.clone().acquire_owned().await.expect("it is never closed");
        let subscription = self.line.subscription();
        let format = match self.format {
            Some((format, number)) if format == sound.format => number,
            _ => {
                let number = self.line.number();
                self.format = Some((sound.format, number));
                let SoundFormat { rate, channels } = sound.format;
                let message = Message::Sound { format: number, subscription, rate, channels };
                self.line.say(message).await?;
                number
            }
        };
        let header = MediaHeader {
            kind: MediaKind::Sound,
            flags: 0,
            subscription,
            sequence,
            format,
            media_time: sound.time.0,
            wall_time: sound.arrived.0,
        };
        self.line.send(header, &sound.samples, Some(room)).await
    }
}
