//! The pictures of a camera that are looked at.

use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, MediaTime, Need, Packing, Picture, Size, StreamRole};
use protocol::{Failure, FailureCode, MotionAttention};
use workers::{Decoder, DecoderEvent};

use super::waking::Waking;
use crate::Engine;
use crate::hub::{Item, MAX_GOP_BYTES, Policy, Subscription};
use crate::stream::{Stream, Wanted};

/// What analysis is made for.
pub const NEED: Need = Need { tile: Size { width: 320, height: 180 }, packing: Packing::Luma };

/// A camera's only stream is decoded whole where its pictures have no more
/// samples; of larger ones the key frames alone.
pub const SMALL: u32 = 640 * 480;

/// Key frames that come faster than this are not all looked at.
pub const LEAST_APART: Duration = Duration::from_millis(122);

/// A watcher that is slow goes on with what is new.
pub const POLICY: Policy =
    Policy::Offer { max_bytes: 2 * MAX_GOP_BYTES, max_age: Duration::from_secs(2) };

/// The pictures of one stream. Those that come while one is looked at are
/// passed over for the newest.
pub struct Sight {
    pictures: Pictures,
    _wanted: Wanted,
}

/// A picture that is to be looked at.
pub struct Sighting {
    /// It.
    pub picture: Arc<Picture>,
    /// Whether it stands for many that are not looked at.
    pub is_glimpse: bool,
}

enum Pictures {
    /// As many as analysis wants, while they are needed.
    All(Box<Waking>),
    /// Of key frames, from a decoder of their own.
    Keys(Box<Keys>),
}

struct Keys {
    stream: Arc<Stream>,
    units: Subscription,
    decoder: Decoder,
    /// When the last key frame that was decoded is shown.
    last: Option<MediaTime>,
}

impl Sight {
    /// Of `stream`; waits until it is known what it sends.
    pub async fn open(engine: &Engine, stream: &Arc<Stream>) -> Self {
        let wanted = stream.want_unwatched();
        let is_small = match stream.id.role {
            StreamRole::Sub => true,
            StreamRole::Main => {
                let mut format = stream.format();
                // The sender is the stream's own.
                let known = format.wait_for(Option::is_some).await;
                let size = known.ok().and_then(|it| it.as_ref().map(|it| it.size));
                size.is_some_and(|size| size.width.saturating_mul(size.height) <= SMALL)
            }
        };
        let pictures = if is_small {
            Pictures::All(Box::new(Waking::new(engine, stream)))
        } else {
            let mut decoder = engine.sources().pool.decoder(format!("{} keys", stream.id));
            decoder.set_needs(&[NEED]);
            let units = stream.hub.subscribe(POLICY);
            Pictures::Keys(Box::new(Keys { stream: stream.clone(), units, decoder, last: None }))
        };
        Self { pictures, _wanted: wanted }
    }

    /// The next picture; an error where there will be no more. Safe to drop
    /// while waiting.
    pub async fn next(&mut self) -> Result<Sighting, Failure> {
        match &mut self.pictures {
            Pictures::All(waking) => waking.next().await,
            Pictures::Keys(keys) => {
                keys.next().await.map(|picture| Sighting { picture, is_glimpse: false })
            }
        }
    }

    /// What came of looking at the picture of this time: whether anything
    /// stands out, and when that began which happens.
    pub fn saw(&mut self, time: MediaTime, is_moving: bool, since: Option<MediaTime>) {
        if let Pictures::All(waking) = &mut self.pictures {
            waking.saw(time, is_moving, since);
        }
    }

    /// How many of the stream's pictures are looked at.
    pub fn attention(&self) -> MotionAttention {
        match &self.pictures {
            Pictures::All(waking) => waking.attention(),
            Pictures::Keys(_) => MotionAttention::Always,
        }
    }
}

impl Keys {
    async fn next(&mut self) -> Result<Arc<Picture>, Failure> {
        loop {
            tokio::select! {
                item = self.units.next() => {
                    if let Item::Unit { unit, .. } = item
                        && self.is_due(&unit)
                    {
                        self.last = Some(unit.time);
                        // One that is refused is passed over.
                        self.decoder.offer(&unit, true).ok();
                    }
                }
                event = self.decoder.next() => match event {
                    DecoderEvent::Picture { picture, .. } => return Ok(Arc::new(picture)),
                    DecoderEvent::Restarted => self.units = self.stream.hub.subscribe(POLICY),
                    DecoderEvent::Unsupported(sentence) => {
                        return Err(Failure::new(FailureCode::Unsupported, sentence));
                    }
                },
            }
        }
    }

    fn is_due(&self, unit: &AccessUnit) -> bool {
        unit.is_key && !is_early(self.last, unit.time, LEAST_APART)
    }
}

/// Whether what is shown at `time` comes sooner than `apart` after the last.
/// Another session begins at an earlier time.
pub fn is_early(last: Option<MediaTime>, time: MediaTime, apart: Duration) -> bool {
    last.is_some_and(|last| time >= last && time.since(last) < apart)
}
