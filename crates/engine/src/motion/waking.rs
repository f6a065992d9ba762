//! The pictures of a stream that is decoded whole or, where the weight of what
//! comes says when something moves, by its key frames until something may.
//!
//! Who relies on weights has a decoder of its own, which is handed what comes
//! as late as that is needed.

use std::sync::Arc;
use std::time::Duration;

use media::{MediaTime, Picture};
use protocol::{Failure, FailureCode, MotionAttention};
use vision::{Trust, Wake};
use workers::{Decoder, DecoderEvent};

use super::hindsight::Hindsight;
use super::sight::{NEED, POLICY, Sighting};
use crate::Engine;
use crate::hub::{Item, Subscription};
use crate::stream::Stream;
use crate::tile::Tile;

/// A picture from further back is of another session.
const ANOTHER_SESSION: Duration = Duration::from_secs(10);

/// The pictures of one stream that has as many as analysis wants.
pub struct Waking {
    engine: Engine,
    stream: Arc<Stream>,
    units: Subscription,
    wake: Wake,
    source: Source,
    /// The last picture.
    last: Option<MediaTime>,
}

enum Source {
    /// The decoder that tiles have, too.
    Shared(Tile),
    /// Handed over as is needed.
    Own(Box<Own>),
}

struct Own {
    decoder: Decoder,
    units: Hindsight,
}

enum Made {
    Sighting(Sighting),
    /// The decoder knows nothing any more.
    Restarted,
}

impl Waking {
    /// Of `stream`, all of whose pictures are looked at for now.
    pub fn new(engine: &Engine, stream: &Arc<Stream>) -> Self {
        Self {
            engine: engine.clone(),
            stream: stream.clone(),
            units: stream.hub.subscribe(POLICY),
            wake: Wake::new(),
            source: Source::Shared(engine.open_tile(stream.clone(), NEED)),
            last: None,
        }
    }

    /// The next picture that is to be looked at. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<Sighting, Failure> {
        loop {
            tokio::select! {
                item = self.units.next() => self.take(item),
                made = self.source.next() => match made? {
                    Made::Sighting(sighting) => {
                        self.feed();
                        if self.is_new(&sighting.picture) {
                            return Ok(sighting);
                        }
                    }
                    // Beginning again with the current GOP.
                    Made::Restarted => {
                        self.source.begin_anew();
                        self.units = self.stream.hub.subscribe(POLICY);
                    }
                },
            }
        }
    }

    /// What came of looking at the picture of this time: whether anything
    /// stands out, and when that began which happens.
    pub fn saw(&mut self, time: MediaTime, is_moving: bool, since: Option<MediaTime>) {
        self.wake.see(time, is_moving, since);
        self.feed();
    }

    /// How many pictures are looked at.
    pub fn attention(&self) -> MotionAttention {
        match self.wake.trust() {
            Trust::Learning => MotionAttention::Learning,
            Trust::Trusted => MotionAttention::BySize {
                is_asleep: self.wake.is_asleep(),
                checks: self.wake.checks(),
            },
            Trust::None => MotionAttention::Always,
        }
    }

    fn take(&mut self, item: Item) {
        let unit = match item {
            Item::Unit { unit, .. } => unit,
            // A key frame follows.
            Item::Missed(_) | Item::Refused(_) => return self.source.let_go(),
            Item::Lost => {
                self.last = None;
                return self.source.begin_anew();
            }
        };
        self.wake.weigh(unit.payload.len(), unit.is_key, unit.time);
        self.choose(unit.is_key);
        if let Source::Own(own) = &mut self.source {
            own.units.take(unit, self.wake.is_asleep());
            self.feed();
        }
    }

    /// Changes to a decoder of its own where weights are relied on, at a key
    /// frame, and back where they are not.
    fn choose(&mut self, is_key: bool) {
        match (&self.source, self.wake.trust()) {
            (Source::Shared(_), Trust::Trusted) if is_key && self.wake.is_asleep() => {
                let name = format!("{} motion", self.stream.id);
                let mut decoder = self.engine.sources().pool.patient_decoder(name);
                decoder.set_needs(&[NEED]);
                self.source = Source::Own(Box::new(Own { decoder, units: Hindsight::default() }));
            }
            (Source::Own(_), Trust::Learning | Trust::None) => {
                self.source = Source::Shared(self.engine.open_tile(self.stream.clone(), NEED));
            }
            _ => {}
        }
    }

    /// Hands over what is to be looked at now.
    fn feed(&mut self) {
        let Source::Own(own) = &mut self.source else { return };
        while let Some((unit, is_shown)) = own.units.next(self.wake.is_asleep()) {
            if own.decoder.offer(&unit, is_shown).is_err() {
                return own.units.let_go();
            }
        }
    }

    /// Whether nothing of it was looked at before: a decoder that others have,
    /// too, may begin with what was, and one that was restarted does.
    fn is_new(&mut self, picture: &Picture) -> bool {
        let is_old =
            |last: MediaTime| picture.time <= last && last.since(picture.time) < ANOTHER_SESSION;
        if self.last.is_some_and(is_old) {
            return false;
        }
        self.last = Some(picture.time);
        true
    }
}

impl Source {
    async fn next(&mut self) -> Result<Made, Failure> {
        match self {
            Self::Shared(tile) => {
                let (_, picture) = tile.next().await?;
                Ok(Made::Sighting(Sighting { picture, is_glimpse: false }))
            }
            Self::Own(own) => own.next().await,
        }
    }

    fn let_go(&mut self) {
        if let Self::Own(own) = self {
            own.units.let_go();
        }
    }

    fn begin_anew(&mut self) {
        if let Self::Own(own) = self {
            own.units = Hindsight::default();
        }
    }
}

impl Own {
    async fn next(&mut self) -> Result<Made, Failure> {
        loop {
            match self.decoder.next().await {
                DecoderEvent::Picture { picture, .. } => {
                    if let Some(is_glimpse) = self.units.came(picture.time) {
                        let picture = Arc::new(picture);
                        return Ok(Made::Sighting(Sighting { picture, is_glimpse }));
                    }
                }
                DecoderEvent::Restarted => return Ok(Made::Restarted),
                DecoderEvent::Unsupported(sentence) => {
                    return Err(Failure::new(FailureCode::Unsupported, sentence));
                }
            }
        }
    }
}
