//! The pictures of a stream that is decoded whole or, where the weight of what
//! comes says when something moves, by its key frames until something may.
//!
//! Who relies on weights has a decoder of its own: what builds on the key frame
//! that was looked at last is kept, so that whoever wakes sees what came since.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, MediaTime, Picture};
use protocol::{Failure, FailureCode, MotionAttention};
use vision::{Trust, Wake};
use workers::{Decoder, DecoderEvent};

use super::sight::{NEED, POLICY, Sighting};
use crate::Engine;
use crate::hub::{Item, Subscription};
use crate::stream::Stream;
use crate::tile::Tile;

/// Key frames that come faster than this are not all looked at while nothing moves.
const LEAST_APART: Duration = Duration::from_millis(1900);

/// So many units are being decoded at once; of more, pictures would be dropped.
const AT_ONCE: u32 = 4;

/// More than a GOP that is relied on has.
const MAX_HELD: usize = 1024;

/// A picture from further back is of another session.
const ANOTHER_SESSION: Duration = Duration::from_secs(10);

/// The pictures of one stream that has as many as analysis wants.
pub struct Waking {
    engine: Engine,
    stream: Arc<Stream>,
    units: Subscription,
    wake: Wake,
    source: Source,
    /// What is not handed over, each building on those before it.
    held: VecDeque<Arc<AccessUnit>>,
    /// Whether what comes builds on what was handed over or held.
    has_base: bool,
    /// Units whose pictures are awaited.
    awaited: u32,
    /// The last key frame that was looked at for many pictures.
    glimpsed: Option<MediaTime>,
    /// The last picture.
    last: Option<MediaTime>,
}

enum Source {
    /// The decoder that tiles have, too.
    Shared(Tile),
    /// Handed over as is needed.
    Own(Box<Decoder>),
}

enum Made {
    Picture(Arc<Picture>),
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
            held: VecDeque::new(),
            has_base: false,
            awaited: 0,
            glimpsed: None,
            last: None,
        }
    }

    /// The next picture that is to be looked at. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<Sighting, Failure> {
        loop {
            tokio::select! {
                item = self.units.next() => self.take(item),
                made = self.source.next() => match made? {
                    Made::Picture(picture) => {
                        self.awaited = self.awaited.saturating_sub(1);
                        self.feed();
                        if let Some(sighting) = self.sighting(picture) {
                            return Ok(sighting);
                        }
                    }
                    // Beginning again with the current GOP.
                    Made::Restarted => {
                        self.let_go();
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
        let Item::Unit { unit, .. } = item else {
            // A key frame follows.
            self.let_go();
            return;
        };
        self.wake.weigh(unit.payload.len(), unit.is_key, unit.time);
        self.choose(unit.is_key);
        if let Source::Shared(_) = self.source {
            return;
        }
        if unit.is_key {
            self.awaited = 0;
            self.has_base = true;
            if self.wake.is_asleep() {
                self.held.clear();
            }
        }
        if self.held.len() >= MAX_HELD {
            self.let_go();
        }
        if self.has_base {
            self.held.push_back(unit);
            self.feed();
        }
    }

    /// Changes to a decoder of its own where weights are relied on, at a key
    /// frame, and back where they are not.
    fn choose(&mut self, is_key: bool) {
        match (&self.source, self.wake.trust()) {
            (Source::Shared(_), Trust::Trusted) if is_key && self.wake.is_asleep() => {
                let name = format!("{} motion", self.stream.id);
                let mut decoder = self.engine.sources().pool.decoder(name);
                decoder.set_needs(&[NEED]);
                self.source = Source::Own(Box::new(decoder));
            }
            (Source::Own(_), Trust::Learning | Trust::None) => {
                self.let_go();
                self.source = Source::Shared(self.engine.open_tile(self.stream.clone(), NEED));
            }
            _ => {}
        }
    }

    /// Hands over what is to be looked at now.
    fn feed(&mut self) {
        let Source::Own(decoder) = &mut self.source else { return };
        while self.awaited < AT_ONCE
            && let Some(unit) = self.held.front()
        {
            if self.wake.is_asleep() {
                let is_early =
                    |last: MediaTime| unit.time >= last && unit.time.since(last) < LEAST_APART;
                if !unit.is_key || self.glimpsed.is_some_and(is_early) {
                    return;
                }
                self.glimpsed = Some(unit.time);
            }
            if decoder.offer(unit, true).is_err() {
                return self.let_go();
            }
            self.awaited += 1;
            self.held.pop_front();
        }
    }

    /// What is held is of no use: the next key frame is.
    fn let_go(&mut self) {
        self.held.clear();
        self.has_base = false;
    }

    /// Nothing of a picture that was looked at before: a decoder that others
    /// have, too, may begin with that.
    fn sighting(&mut self, picture: Arc<Picture>) -> Option<Sighting> {
        let is_old =
            |last: MediaTime| picture.time <= last && last.since(picture.time) < ANOTHER_SESSION;
        if self.last.is_some_and(is_old) {
            return None;
        }
        self.last = Some(picture.time);
        let is_glimpse = self.glimpsed == Some(picture.time);
        Some(Sighting { picture, is_glimpse })
    }
}

impl Source {
    async fn next(&mut self) -> Result<Made, Failure> {
        match self {
            Self::Shared(tile) => tile.next().await.map(|(_, picture)| Made::Picture(picture)),
            Self::Own(decoder) => match decoder.next().await {
                DecoderEvent::Picture { picture, .. } => Ok(Made::Picture(Arc::new(picture))),
                DecoderEvent::Restarted => Ok(Made::Restarted),
                DecoderEvent::Unsupported(sentence) => {
                    Err(Failure::new(FailureCode::Unsupported, sentence))
                }
            },
        }
    }
}
