//! The engine's side of one stream's sound.
//!
//! AAC is decoded in a worker of its own: whatever a stream does to it, no
//! picture waits, and the sound of others goes on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::{Buf, Bytes};
use media::{AudioCodec, AudioFormat, AudioUnit, Clock, Sound, SoundFormat};
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::backoff::Backoff;
use crate::g711;
use crate::pool::{Shared, lock};
use crate::process::{Lost, Process, Replies, Role};
use crate::wire::{self, Reply, Request, SOUND_RATE};

/// Decodes one stream's sound. Dropping it ends its worker, where it has one.
pub struct SoundDecoder {
    shared: Arc<Shared>,
    lane: Arc<Lane>,
    stop: CancellationToken,
    has_worker: bool,
    _stop: DropGuard,
}

/// What comes of decoding sound.
#[derive(Clone, Debug)]
pub enum SoundEvent {
    /// The next sound.
    Sound(Sound),
    /// It cannot be decoded; the sentence is for people. Sound may still come
    /// if it changes.
    Unsupported(String),
}

impl SoundDecoder {
    pub(crate) fn new(shared: Arc<Shared>, name: String) -> Self {
        let stop = shared.stop.child_token();
        let lane = Arc::new(Lane::new(name, shared.clock.clone()));
        Self { lane, _stop: stop.clone().drop_guard(), stop, has_worker: false, shared }
    }

    /// Hands over the next unit, and never waits: where too many are waiting,
    /// the oldest is dropped.
    pub fn offer(&mut self, unit: &Arc<AudioUnit>) {
        match unit.format.codec {
            AudioCodec::Pcmu => self.lane.expand(unit, g711::mu_law),
            AudioCodec::Pcma => self.lane.expand(unit, g711::a_law),
            AudioCodec::Aac => {
                if !std::mem::replace(&mut self.has_worker, true) {
                    let keep = keep(self.shared.clone(), self.lane.clone(), self.stop.clone());
                    self.shared.spawn(keep);
                }
                self.lane.offer(unit.clone());
            }
        }
    }

    /// Waits for the next event. Safe to drop while waiting. A caller that is
    /// late finds the newest, not all.
    pub async fn next(&mut self) -> SoundEvent {
        self.lane.next_event().await
    }
}

/// What a decoder and its worker's task share.
struct Lane {
    name: String,
    clock: Clock,
    state: Mutex<State>,
    /// A unit waits, or may be taken.
    work: Notify,
    heard: Notify,
}

struct State {
    waiting: VecDeque<Arc<AudioUnit>>,
    /// Units the worker has not answered.
    in_flight: usize,
    /// When the worker last answered, or was given something to answer.
    progress: Instant,
    events: VecDeque<SoundEvent>,
}

impl Lane {
    /// Units for a worker, and what was made of them: a second or two.
    const MAX_WAITING: usize = 32;
    /// Units in a worker: enough for it to have one at hand.
    const MAX_IN_FLIGHT: usize = 4;
    /// A unit that takes longer is taken for one that never ends.
    const MAX_SILENCE: Duration = Duration::from_secs(5);
    /// What browsers play, and any G.711 has.
    const RATES: std::ops::RangeInclusive<u32> = 8_000..=96_000;
    /// Some seconds, of what a worker says of one unit.
    const MAX_BYTES: usize = 1 << 20;

    fn new(name: String, clock: Clock) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            in_flight: 0,
            progress: clock.instant(),
            events: VecDeque::new(),
        };
        Self { name, clock, state: Mutex::new(state), work: Notify::new(), heard: Notify::new() }
    }

    /// Decodes a unit here and now.
    fn expand(&self, unit: &AudioUnit, samples: fn(&[u8]) -> Bytes) {
        let AudioFormat { rate, channels, .. } = *unit.format;
        if !Self::RATES.contains(&rate) || !(1..=2).contains(&channels) {
            let sentence = format!(
                "The camera's sound has {rate} samples a second on {channels} channels, which \
                 cannot be played. Set it to AAC, or to G.711 with 8 kHz."
            );
            return self.push(SoundEvent::Unsupported(sentence));
        }
        let whole = unit.payload.len() - unit.payload.len() % usize::from(channels);
        let samples = samples(&unit.payload[..whole]);
        let format = SoundFormat { rate, channels };
        let AudioUnit { time, arrived, .. } = *unit;
        self.push(SoundEvent::Sound(Sound { format, time, arrived, samples }));
    }

    fn offer(&self, unit: Arc<AudioUnit>) {
        let mut state = lock(&self.state);
        if state.waiting.len() >= Self::MAX_WAITING {
            state.waiting.pop_front();
        }
        state.waiting.push_back(unit);
        drop(state);
        self.work.notify_one();
    }

    fn push(&self, event: SoundEvent) {
        let mut state = lock(&self.state);
        if state.events.len() >= Self::MAX_WAITING {
            state.events.pop_front();
        }
        state.events.push_back(event);
        drop(state);
        self.heard.notify_one();
    }

    async fn next_event(&self) -> SoundEvent {
        loop {
            if let Some(event) = lock(&self.state).events.pop_front() {
                return event;
            }
            self.heard.notified().await;
        }
    }

    /// The next unit for the worker, once it may have one.
    async fn take(&self) -> Arc<AudioUnit> {
        loop {
            {
                let mut state = lock(&self.state);
                if state.in_flight < Self::MAX_IN_FLIGHT
                    && let Some(unit) = state.waiting.pop_front()
                {
                    if state.in_flight == 0 {
                        state.progress = self.clock.instant();
                    }
                    state.in_flight += 1;
                    return unit;
                }
            }
            self.work.notified().await;
        }
    }

    /// A new worker has nothing yet.
    fn begin(&self) {
        lock(&self.state).in_flight = 0;
    }

    fn handle(&self, reply: Reply, payload: Bytes) -> Result<(), Lost> {
        match reply {
            Reply::Alive if self.is_stuck() => Err(Lost::Stuck(self.name.clone())),
            Reply::Alive => Ok(()),
            Reply::Failed { sentence, .. } => {
                self.push(SoundEvent::Unsupported(wire::plain(&sentence)));
                Ok(())
            }
            Reply::Sound { time, arrived, channels } => {
                // What a taken-over worker says is not trusted.
                let is_whole = (1..=2).contains(&channels)
                    && payload.len() <= Self::MAX_BYTES
                    && payload.len().is_multiple_of(2 * usize::from(channels));
                if !is_whole || !self.answered() {
                    return Err(Lost::Violation);
                }
                if !payload.is_empty() {
                    let format = SoundFormat { rate: SOUND_RATE, channels };
                    let sound = Sound { format, time, arrived, samples: payload };
                    self.push(SoundEvent::Sound(sound));
                }
                Ok(())
            }
            Reply::Consumed { .. }
            | Reply::Picture(_)
            | Reply::Unsupported { .. }
            | Reply::Format(_)
            | Reply::Unit { .. }
            | Reply::Burnt { .. } => Err(Lost::Violation),
        }
    }

    /// Answers whether there was something to answer.
    fn answered(&self) -> bool {
        let mut state = lock(&self.state);
        let Some(left) = state.in_flight.checked_sub(1) else { return false };
        state.in_flight = left;
        state.progress = self.clock.instant();
        drop(state);
        self.work.notify_one();
        true
    }

    fn is_stuck(&self) -> bool {
        let state = lock(&self.state);
        let silence = self.clock.instant().duration_since(state.progress);
        state.in_flight > 0 && silence > Self::MAX_SILENCE
    }
}

/// Keeps a worker there until `stop`. What one had when it died is not tried again.
async fn keep(shared: Arc<Shared>, lane: Arc<Lane>, stop: CancellationToken) {
    let mut backoff = Backoff::default();
    loop {
        let started = shared.clock.instant();
        match Process::spawn(&shared, Role::Decoder) {
            Ok((process, input, replies)) => {
                lane.begin();
                let lost = stop.run_until_cancelled(converse(&lane, input, replies)).await;
                let status = process.end().await;
                let Some(lost) = lost else { return };
                shared.count_lost();
                let stream = &lane.name;
                tracing::warn!(stream, %lost, status, "a worker for sound died; starting another");
            }
            Err(error) => tracing::error!(
                program = %shared.program.path.display(),
                %error,
                "cannot start a worker"
            ),
        }
        let delay = backoff.after(shared.clock.instant().duration_since(started));
        if stop.run_until_cancelled(shared.clock.sleep(delay)).await.is_none() {
            return;
        }
    }
}

/// Talks with one process until it is gone or has to be ended.
async fn converse(lane: &Lane, input: ChildStdin, mut replies: Replies) -> Lost {
    let hear = async {
        loop {
            let answer = match replies.next().await {
                Ok((reply, payload)) => lane.handle(reply, payload),
                Err(lost) => Err(lost),
            };
            if let Err(lost) = answer {
                return lost;
            }
        }
    };
    tokio::select! {
        lost = hear => lost,
        lost = speak(lane, input) => lost,
    }
}

/// Writes until the process takes no more.
async fn speak(lane: &Lane, mut input: ChildStdin) -> Lost {
    let mut known: Option<Arc<AudioFormat>> = None;
    loop {
        let unit = lane.take().await;
        let mut message = Vec::new();
        if known.as_ref().is_none_or(|known| **known != *unit.format) {
            let format = AudioFormat::clone(&unit.format);
            match wire::preamble(&Request::AudioFormat(format), 0) {
                Ok(preamble) => message = preamble,
                Err(error) => return Lost::Pipe(error),
            }
            known = Some(unit.format.clone());
        }
        let AudioUnit { time, arrived, .. } = *unit;
        match wire::preamble(&Request::Audio { time, arrived }, unit.payload.len()) {
            Ok(preamble) => message.extend(preamble),
            Err(error) => return Lost::Pipe(error),
        }
        let mut bytes = message.as_slice().chain(unit.payload.clone());
        if let Err(error) = input.write_all_buf(&mut bytes).await {
            return Lost::Pipe(error.into());
        }
    }
}
