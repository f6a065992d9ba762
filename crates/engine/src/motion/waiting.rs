//! Events that somebody is about to take.

use std::collections::BTreeMap;
use std::sync::Mutex;

use media::Event;

use super::lock;

/// So many may wait where nobody takes them; then the oldest are lost.
const MOST: usize = 10_000;

/// Events that are new or went on since they were taken last, each as it was
/// known last.
#[derive(Default)]
pub struct Waiting(Mutex<BTreeMap<i64, Event>>);

impl Waiting {
    /// Takes an event that is new or went on.
    pub fn note(&self, event: Event) {
        let mut waiting = lock(&self.0);
        waiting.insert(event.id, event);
        if waiting.len() > MOST {
            waiting.pop_first();
        }
    }

    /// Hands all of them over, by id.
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *lock(&self.0)).into_values().collect()
    }

    /// Takes events back that were handed over, but those that went on since.
    pub fn put_back(&self, events: Vec<Event>) {
        let mut waiting = lock(&self.0);
        for event in events {
            waiting.entry(event.id).or_insert(event);
        }
    }
}
