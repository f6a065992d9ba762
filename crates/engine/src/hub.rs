//! The live units of one stream and who wants them.
//!
//! A hub keeps what came lately and hands every unit to each subscriber's own
//! bounded queue. Publishing never waits.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use media::{AccessUnit, AudioUnit};
use tokio::sync::{Notify, broadcast};
use tokio::time::Instant;

use crate::memory::{Lately, Memory};

/// A GOP larger than this is not kept for newcomers.
pub const MAX_GOP_BYTES: usize = 32 * 1024 * 1024;

/// Sound that may wait for a listener, in units of some 20 to 60 ms; one that
/// is slower misses the oldest.
const MAX_AUDIO: usize = 256;

/// The live units of one stream.
pub struct Hub {
    state: Mutex<State>,
    audio: broadcast::Sender<Arc<AudioUnit>>,
}

struct State {
    memory: Memory,
    subscribers: Vec<Weak<Queue>>,
}

/// How a subscriber's queue behaves when its owner is slow.
#[derive(Clone, Copy, Debug)]
pub enum Policy {
    /// For viewers: newer matters more. When more than `max_bytes` wait, or
    /// the oldest has waited longer than `max_age`, everything waiting is
    /// dropped and the queue goes on at the next key frame. `max_bytes` must be more than
    /// [`MAX_GOP_BYTES`], which a newcomer is given at once.
    Offer {
        /// Limit of what waits, in bytes of payload.
        max_bytes: usize,
        /// Limit of how long a unit waits.
        max_age: Duration,
    },
    /// For recording: what waits is never dropped. When more than `max_bytes`
    /// wait, newcomers are refused until the next key frame that fits, so
    /// that only whole GOPs are missing.
    Push {
        /// Limit of what waits, in bytes of payload.
        max_bytes: usize,
    },
}

/// What a subscriber receives, in order.
#[derive(Debug)]
pub enum Item {
    /// The next unit.
    Unit {
        /// The unit.
        unit: Arc<AccessUnit>,
        /// How far the newest unit waiting is ahead of this one.
        behind: Duration,
        /// Whether the one that follows it was there before the subscription,
        /// and is shown later: nobody waits for this one's picture.
        is_outdated: bool,
    },
    /// So many units are missing here, at least; a key frame follows.
    Missed(u64),
    /// So many units were refused here, since too much was waiting; a key frame follows.
    Refused(u64),
    /// The session was lost; a key frame of another one follows.
    Lost,
}

/// One subscriber's end. Dropping it unsubscribes.
pub struct Subscription(Arc<Queue>);

struct Queue {
    policy: Policy,
    state: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    items: VecDeque<Entry>,
    bytes: usize,
    /// Set while units are refused until the next key frame.
    needs_key: bool,
    /// Units missed since the last one taken.
    missed: u64,
    /// Units refused since the last one taken.
    refused: u64,
}

enum Entry {
    Unit { unit: Arc<AccessUnit>, since: Instant, is_outdated: bool },
    Missed(u64),
    Refused(u64),
    Lost,
}

impl Hub {
    /// A hub with no units and no subscribers.
    pub fn new() -> Self {
        let state = State { memory: Memory::new(MAX_GOP_BYTES), subscribers: Vec::new() };
        Self { state: Mutex::new(state), audio: broadcast::Sender::new(MAX_AUDIO) }
    }

    /// Hands the next unit to everyone.
    pub fn publish(&self, unit: &Arc<AccessUnit>) {
        let mut state = self.lock();
        state.memory.push(unit);
        state.each(|queue| queue.add(unit));
    }

    /// Something was lost: the next unit is a key frame.
    pub fn interrupt(&self) {
        let mut state = self.lock();
        state.memory.interrupt();
        state.each(Queue::interrupt);
    }

    /// Hands sound to whoever listens.
    pub fn publish_audio(&self, unit: Arc<AudioUnit>) {
        // Nobody may be listening.
        let _ = self.audio.send(unit);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<AudioUnit>> {
        self.audio.subscribe()
    }

    /// Tells everyone that the session was lost; what follows is another one.
    pub fn lose(&self) {
        let mut state = self.lock();
        state.memory.interrupt();
        state.each(Queue::lose);
    }

    /// Subscribes, beginning with the current GOP.
    pub fn subscribe(&self, policy: Policy) -> Subscription {
        let mut state = self.lock();
        let mut waiting = Waiting { needs_key: true, ..Waiting::default() };
        let mut gop = state.memory.gop().iter().peekable();
        while let Some(unit) = gop.next() {
            waiting.add(unit, gop.peek().is_some_and(|next| next.time > unit.time));
        }
        let queue = Arc::new(Queue { policy, state: Mutex::new(waiting), changed: Notify::new() });
        state.subscribers.push(Arc::downgrade(&queue));
        Subscription(queue)
    }

    /// Whether more than the current GOP is kept.
    pub fn keep(&self, is_kept: bool) {
        self.lock().memory.keep(is_kept);
    }

    /// What came lately, the oldest first; the last one is the current GOP.
    pub fn lately(&self) -> Vec<Lately> {
        self.lock().memory.groups()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl State {
    fn each(&mut self, tell: impl Fn(&Queue)) {
        self.subscribers.retain(|queue| match queue.upgrade() {
            Some(queue) => {
                tell(&queue);
                true
            }
            None => false,
        });
    }
}

impl Subscription {
    /// The next item. Safe to drop while waiting.
    pub async fn next(&mut self) -> Item {
        loop {
            if let Some(item) = self.0.take() {
                return item;
            }
            self.0.changed.notified().await;
        }
    }

    /// All that waits, without waiting.
    pub fn drain(&mut self) -> Vec<Item> {
        std::iter::from_fn(|| self.0.take()).collect()
    }
}

impl Queue {
    fn add(&self, unit: &Arc<AccessUnit>) {
        let mut waiting = self.lock();
        if waiting.needs_key && !unit.is_key {
            waiting.skip();
            return;
        }
        let size = unit.payload.len();
        match self.policy {
            Policy::Offer { max_bytes, max_age } => {
                let late = waiting.oldest().is_some_and(|since| since.elapsed() > max_age);
                if late || (waiting.bytes > 0 && waiting.bytes + size > max_bytes) {
                    waiting.drop_units();
                    waiting.needs_key = true;
                }
            }
            Policy::Push { max_bytes } => {
                if waiting.bytes > 0 && waiting.bytes + size > max_bytes {
                    waiting.needs_key = true;
                    waiting.refused += 1;
                    return;
                }
            }
        }
        if waiting.needs_key && !unit.is_key {
            waiting.missed += 1;
            return;
        }
        if waiting.missed > 0 {
            let missed = std::mem::take(&mut waiting.missed);
            waiting.items.push_back(Entry::Missed(missed));
        }
        if waiting.refused > 0 {
            let refused = std::mem::take(&mut waiting.refused);
            waiting.items.push_back(Entry::Refused(refused));
        }
        waiting.add(unit, false);
        drop(waiting);
        self.changed.notify_one();
    }

    fn interrupt(&self) {
        let mut waiting = self.lock();
        waiting.needs_key = true;
        waiting.missed += 1;
    }

    fn lose(&self) {
        let mut waiting = self.lock();
        if let Policy::Offer { .. } = self.policy {
            waiting.drop_units();
            waiting.missed = 0;
        }
        waiting.needs_key = true;
        if !matches!(waiting.items.back(), Some(Entry::Lost)) {
            waiting.items.push_back(Entry::Lost);
        }
        drop(waiting);
        self.changed.notify_one();
    }

    fn take(&self) -> Option<Item> {
        let mut waiting = self.lock();
        Some(match waiting.items.pop_front()? {
            Entry::Missed(units) => Item::Missed(units),
            Entry::Refused(units) => Item::Refused(units),
            Entry::Lost => Item::Lost,
            Entry::Unit { unit, is_outdated, .. } => {
                waiting.bytes -= unit.payload.len();
                let newest = waiting.items.iter().rev().find_map(Entry::unit);
                let behind = newest.map_or(Duration::ZERO, |newest| newest.time.since(unit.time));
                Item::Unit { unit, behind, is_outdated }
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn add(&mut self, unit: &Arc<AccessUnit>, is_outdated: bool) {
        self.needs_key = false;
        self.bytes += unit.payload.len();
        let (unit, since) = (unit.clone(), Instant::now());
        self.items.push_back(Entry::Unit { unit, since, is_outdated });
    }

    /// Counts a unit that comes before the key frame that is awaited.
    fn skip(&mut self) {
        if self.refused > 0 { self.refused += 1 } else { self.missed += 1 }
    }

    /// Since when the oldest unit has waited.
    fn oldest(&self) -> Option<Instant> {
        self.items.iter().find_map(|entry| match entry {
            Entry::Unit { since, .. } => Some(*since),
            Entry::Missed(_) | Entry::Refused(_) | Entry::Lost => None,
        })
    }

    /// Drops the units that wait and counts them, with those missed before, as missed.
    fn drop_units(&mut self) {
        let missed = self.items.iter().map(|entry| match entry {
            Entry::Unit { .. } => 1,
            Entry::Missed(units) | Entry::Refused(units) => *units,
            Entry::Lost => 0,
        });
        self.missed += missed.sum::<u64>();
        self.items.retain(|entry| matches!(entry, Entry::Lost));
        self.bytes = 0;
    }
}

impl Entry {
    fn unit(&self) -> Option<&Arc<AccessUnit>> {
        match self {
            Self::Unit { unit, .. } => Some(unit),
            Self::Missed(_) | Self::Refused(_) | Self::Lost => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unit;
    use media::WallTime;

    const OFFER: Policy = Policy::Offer { max_bytes: 40, max_age: Duration::from_secs(50) };
    const PUSH: Policy = Policy::Push { max_bytes: 40 };

    /// `K` and `p` publish a key frame or another unit of ten bytes, one a
    /// second; `x` loses the session, `|` subscribes, `.` lets the subscriber
    /// take one item. What is left is taken at the end. Units are written as
    /// their number, with `-` where they are outdated, `m` counts missed units,
    /// `L` is a loss.
    async fn check(policy: Policy, notation: &str, expected: &str) {
        let hub = Hub::new();
        let mut subscription = None;
        let mut sequence = 0;
        let mut taken = Vec::new();
        for step in notation.chars() {
            match step {
                'K' | 'p' => {
                    hub.publish(&unit(sequence, WallTime::default(), step == 'K', 10));
                    sequence += 1;
                    tokio::time::advance(Duration::from_secs(1)).await;
                }
                'x' => hub.lose(),
                '|' => subscription = Some(hub.subscribe(policy)),
                '.' => taken.extend(take(subscription.as_ref())),
                other => panic!("unknown step {other}"),
            }
        }
        while let Some(item) = take(subscription.as_ref()) {
            taken.push(item);
        }
        assert_eq!(taken.join(" "), expected, "{notation}");
    }

    fn take(subscription: Option<&Subscription>) -> Option<String> {
        Some(match subscription?.0.take()? {
            Item::Unit { unit, is_outdated, .. } => {
                format!("{}{}", unit.sequence, if is_outdated { "-" } else { "" })
            }
            Item::Missed(units) => format!("m{units}"),
            Item::Refused(units) => format!("r{units}"),
            Item::Lost => "L".to_owned(),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_newcomer_starts_with_the_current_gop() {
        check(OFFER, "KpKpp|p", "2- 3- 4 5").await;
        check(PUSH, "KpKp|p", "2- 3 4").await;
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_comes_before_a_key_frame() {
        check(OFFER, "|ppKp", "m2 2 3").await;
        check(OFFER, "pp|ppKp", "m2 4 5").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_viewer_skips_to_the_next_key_frame() {
        check(OFFER, "|KppppppKp", "m7 7 8").await;
        check(OFFER, "|Kp..ppKp", "0 1 2 3 4 5").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_is_never_older_than_its_limit() {
        let policy = Policy::Offer { max_bytes: 1000, max_age: Duration::from_secs(2) };
        check(policy, "|KppppKp", "m5 5 6").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_recorder_keeps_what_waits_and_misses_whole_gops() {
        check(PUSH, "|KpppppKpK", "0 1 2 3").await;
        check(PUSH, "|Kpppp....pKp", "0 1 2 3 r2 6 7").await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_loss_is_told_once_and_a_key_frame_follows() {
        check(OFFER, "|Kp.xxpKp", "0 L m1 3 4").await;
        check(PUSH, "|Kp.xxpKp", "0 1 L m1 3 4").await;
        check(OFFER, "Kpx|pK", "m1 3").await;
    }
}
