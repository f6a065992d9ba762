//! Events that somebody is about to take.

use std::collections::BTreeMap;
use std::sync::Mutex;

use media::TrackedEvent;

use super::lock;

/// So many may wait where nobody takes them; then the oldest are lost.
const MOST: usize = 10_000;

/// Events that are new or went on since they were taken last, each as it was
/// known last.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<i64, TrackedEvent>>);

impl Waiting {
    /// Takes an event that is new or went on.
    pub fn note(&self, it: TrackedEvent) {
        let mut waiting = lock(&self.0);
        waiting.insert(it.event.id, it);
        if waiting.len() > MOST {
            waiting.pop_first();
        }
    }

    /// Hands all of them over, by id.
    pub fn take(&self) -> Vec<TrackedEvent> {
        std::mem::take(&mut *lock(&self.0)).into_values().collect()
    }

    /// Takes events back that were handed over, but those that went on since.
    pub fn put_back(&self, events: Vec<TrackedEvent>) {
        let mut waiting = lock(&self.0);
        for it in events {
            waiting.entry(it.event.id).or_insert(it);
        }
    }
}
