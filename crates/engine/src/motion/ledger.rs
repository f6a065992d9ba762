//! Events on their way to the store: many at once, and not one write a picture.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use media::TrackedEvent;
use store::Slot;

use super::lock;
use super::waiting::Waiting;
use crate::Engine;

/// How often they are written down.
const EVERY: Duration = Duration::from_secs(1);

/// In one turn of so many it is written down where something moved.
const TRACED: u64 = Slot::LENGTH.as_secs() / EVERY.as_secs();

/// Numbers for events, one after the other.
#[derive(Debug)]
pub struct Ids(AtomicI64);

/// What is to be written down, as it was known last.
#[derive(Default)]
pub struct Ledger {
    waiting: Waiting,
    /// Held by who writes, so that nothing older is written after something newer.
    turn: Mutex<()>,
}

impl Ids {
    /// Those after `last`.
    pub fn after(last: i64) -> Self {
        Self(AtomicI64::new(last))
    }

    /// Leaves out those up to `id`, which were given before.
    pub fn pass(&self, id: i64) {
        self.0.fetch_max(id, Ordering::Relaxed);
    }

    /// The next one.
    pub fn next(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl Ledger {
    /// Takes an event that is new or went on.
    pub fn note(&self, event: TrackedEvent) {
        self.waiting.note(event);
    }

    /// Writes down what there is, and hands it to the files of its cameras. Blocks.
    /// What cannot be written waits on.
    pub fn write(&self, engine: &Engine) {
        let _turn = lock(&self.turn);
        let events = self.waiting.take();
        if events.is_empty() {
            return;
        }
        engine.recorder().note(&events);
        if let Err(error) = engine.store(|store| store.record_events(&events)) {
            tracing::error!("events cannot be kept: {error}");
            self.waiting.put_back(events);
        }
    }
}

/// Writes from time to time: where something moved once in a few turns, as that
/// is kept by as many seconds.
pub async fn run(engine: Engine) {
    let clock = engine.clock().clone();
    for turn in 1_u64.. {
        clock.sleep(EVERY).await;
        let engine = engine.clone();
        let write = move || {
            engine.motion().ledger().write(&engine);
            if turn.is_multiple_of(TRACED) {
                engine.motion().traces().write();
            }
        };
        // Where it fails, the engine is ending.
        tokio::task::spawn_blocking(write).await.ok();
    }
}
