//! One stream on its way to a worker and back: flow control and events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use media::{AccessUnit, Clock, Need, Picture, PictureFormat, VideoFormat};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

use crate::pool::lock;
use crate::wire::{self, PictureHeader, Request, UnitHeader};
use crate::{Behind, DecoderEvent};

/// Where messages to a worker go. What is in it is bounded by each stream's
/// outstanding units.
pub type Link = mpsc::UnboundedSender<Outgoing>;

/// One message on its way to a worker.
pub struct Outgoing {
    pub preamble: Vec<u8>,
    pub payload: Bytes,
}

/// The part of a decoder that its worker's task shares.
pub struct Stream {
    pub id: u32,
    pub name: String,
    /// Whether every picture that is wanted is waited for.
    is_patient: bool,
    clock: Clock,
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    link: Option<Link>,
    /// What the worker was last told.
    format: Option<Arc<VideoFormat>>,
    needs: Vec<Need>,
    needs_key: bool,
    outstanding: VecDeque<Outstanding>,
    shown: usize,
    bytes: usize,
    /// When the worker last answered, or was given something to answer.
    progress: Instant,
    strikes: u32,
    events: VecDeque<DecoderEvent>,
    picture_format: Option<Arc<PictureFormat>>,
}

struct Outstanding {
    bytes: usize,
    shown: bool,
}

impl Stream {
    /// Units that are to become pictures: two thirds of a second at 25/s.
    const MAX_SHOWN: usize = 16;
    /// All units: a cached GOP is handed over at once.
    const MAX_UNITS: usize = 16_384;
    /// Their payloads; as much as a cached GOP may have, and a message.
    const MAX_BYTES: usize = wire::MAX_MESSAGE;
    /// Undelivered pictures of one need.
    const MAX_PICTURES: usize = 4;
    /// A stream of this many deaths decodes alone.
    const MAX_STRIKES: u32 = 2;
    /// A unit that takes longer is taken for one that never ends.
    const MAX_SILENCE: Duration = Duration::from_secs(10);

    pub fn new(id: u32, name: String, is_patient: bool, clock: Clock) -> Self {
        let state = State {
            link: None,
            format: None,
            needs: Vec::new(),
            needs_key: true,
            outstanding: VecDeque::new(),
            shown: 0,
            bytes: 0,
            progress: clock.instant(),
            strikes: 0,
            events: VecDeque::new(),
            picture_format: None,
        };
        Self { id, name, is_patient, clock, state: Mutex::new(state), changed: Notify::new() }
    }

    pub fn offer(&self, unit: &Arc<AccessUnit>, shown: bool) -> Result<(), Behind> {
        let mut state = lock(&self.state);
        if state.needs_key && !unit.is_key {
            return Err(Behind);
        }
        let behind = state.outstanding.len() >= Self::MAX_UNITS
            || shown && state.shown >= Self::MAX_SHOWN && !state.is_catching_up()
            || state.bytes + unit.payload.len() > Self::MAX_BYTES
            || self.send(&mut state, unit, shown).is_none();
        state.needs_key = behind;
        if behind {
            return Err(Behind);
        }
        if state.outstanding.is_empty() {
            state.progress = self.clock.instant();
        }
        let bytes = unit.payload.len();
        state.outstanding.push_back(Outstanding { bytes, shown });
        state.bytes += bytes;
        state.shown += usize::from(shown);
        Ok(())
    }

    /// Puts a unit on the link, after its format where that is new. Nothing
    /// where there is no worker or the unit fits no message.
    fn send(&self, state: &mut State, unit: &Arc<AccessUnit>, shown: bool) -> Option<()> {
        let stream = self.id;
        let known = state.format.as_ref();
        if known.is_none_or(|known| !Arc::ptr_eq(known, &unit.format)) {
            if known.is_none_or(|known| **known != *unit.format) {
                let format = VideoFormat::clone(&unit.format);
                state.say(&Request::Format { stream, format }, Bytes::new())?;
            }
            state.format = Some(unit.format.clone());
        }
        let AccessUnit { time, arrived, is_key, .. } = **unit;
        let awaited = shown && self.is_patient;
        let unit_header = UnitHeader { time, arrived, is_key, shown, awaited };
        state.say(&Request::Unit { stream, unit: unit_header }, unit.payload.clone())
    }

    pub fn set_needs(&self, needs: &[Need]) {
        let mut wanted: Vec<Need> = Vec::with_capacity(needs.len());
        for need in needs {
            if need.tile.width > 0 && need.tile.height > 0 && !wanted.contains(need) {
                wanted.push(*need);
            }
        }
        let mut state = lock(&self.state);
        if state.needs != wanted {
            state.needs = wanted;
            state.say_needs(self.id);
        }
    }

    /// Cancel-safe: an event is taken in the same step in which it is answered.
    pub async fn next_event(&self) -> DecoderEvent {
        loop {
            if let Some(event) = lock(&self.state).events.pop_front() {
                return event;
            }
            self.changed.notified().await;
        }
    }

    /// Tells the worker to forget the stream.
    pub fn close(&self) {
        let mut state = lock(&self.state);
        state.say(&Request::Close { stream: self.id }, Bytes::new());
        state.link = None;
    }

    /// From now on messages go to `link`.
    pub fn attach(&self, link: Link) {
        let mut state = lock(&self.state);
        state.link = Some(link);
        if !state.needs.is_empty() {
            state.say_needs(self.id);
        }
    }

    /// The worker is gone. Answers whether the stream is under suspicion often
    /// enough to need a worker of its own.
    pub fn detach(&self) -> bool {
        let mut state = lock(&self.state);
        if !state.outstanding.is_empty() {
            state.strikes += 1;
        }
        state.link = None;
        state.format = None;
        state.needs_key = true;
        state.outstanding.clear();
        (state.shown, state.bytes) = (0, 0);
        state.strikes >= Self::MAX_STRIKES
    }

    /// Tells the decoder's owner that a new worker is there.
    pub fn restarted(&self) {
        let mut state = lock(&self.state);
        state.events.clear();
        state.push(DecoderEvent::Restarted, &self.changed);
    }

    /// The worker's answer to `units` units.
    pub fn consumed(&self, units: u32) {
        let mut state = lock(&self.state);
        for _ in 0..units {
            let Some(unit) = state.outstanding.pop_front() else { break };
            state.bytes -= unit.bytes;
            state.shown -= usize::from(unit.shown);
        }
        state.progress = self.clock.instant();
    }

    /// Whether the worker has had the oldest unit for too long.
    pub fn is_stuck(&self) -> bool {
        let state = lock(&self.state);
        !state.outstanding.is_empty()
            && self.clock.instant().duration_since(state.progress) > Self::MAX_SILENCE
    }

    /// A picture came; its payload was checked against its format.
    pub fn picture(&self, header: PictureHeader, payload: Bytes) {
        let ready = self.clock.wall();
        let mut state = lock(&self.state);
        let format = match &state.picture_format {
            Some(known) if **known == header.format => known.clone(),
            _ => state.picture_format.insert(Arc::new(header.format)).clone(),
        };
        let PictureHeader { time, arrived, .. } = header;
        let packing = format.packing;
        let picture = Picture { format, time, arrived, ready, payload };
        for tile in header.tiles {
            let need = Need { tile, packing };
            if state.needs.contains(&need) {
                if !self.is_patient {
                    state.make_room(need);
                }
                let picture = picture.clone();
                state.push(DecoderEvent::Picture { need, picture }, &self.changed);
            }
        }
    }

    /// The worker cannot decode it.
    pub fn unsupported(&self, sentence: String) {
        lock(&self.state).push(DecoderEvent::Unsupported(sentence), &self.changed);
    }
}

impl State {
    /// Whether units that are not shown are still to be decoded: what waits
    /// behind them says nothing of the worker's pace.
    fn is_catching_up(&self) -> bool {
        self.outstanding.front().is_some_and(|unit| !unit.shown)
    }

    fn say(&self, request: &Request, payload: Bytes) -> Option<()> {
        let preamble = wire::preamble(request, payload.len()).ok()?;
        self.link.as_ref()?.send(Outgoing { preamble, payload }).ok()
    }

    fn say_needs(&self, stream: u32) {
        self.say(&Request::Needs { stream, needs: self.needs.clone() }, Bytes::new());
    }

    fn push(&mut self, event: DecoderEvent, changed: &Notify) {
        self.events.push_back(event);
        changed.notify_one();
    }

    /// Drops the oldest undelivered picture of `wanted` where there are many.
    fn make_room(&mut self, wanted: Need) {
        let is_same = |event: &DecoderEvent| matches!(event, DecoderEvent::Picture { need, .. } if *need == wanted);
        if self.events.iter().filter(|event| is_same(event)).count() >= Stream::MAX_PICTURES
            && let Some(oldest) = self.events.iter().position(is_same)
        {
            self.events.remove(oldest);
        }
    }
}
