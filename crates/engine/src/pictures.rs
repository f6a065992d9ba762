//! The decoded pictures of one stream: one decoder, one picture a size and
//! packing, however many tiles show it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::{Clock, Need, Packing, Picture};
use protocol::{Failure, FailureCode};
use tokio::sync::{Notify, watch};
use workers::{DecoderEvent, Pool};

use crate::hub::{Item, MAX_GOP_BYTES, Policy};
use crate::stream::{Stream, Wanted};

/// How long a decoder is kept after its last tile: layouts are switched back
/// and forth.
const LINGER: Duration = Duration::from_secs(5);

/// A unit this far behind the newest one is decoded and not shown.
pub const CATCHING_UP: Duration = Duration::from_millis(150);

const POLICY: Policy =
    Policy::Offer { max_bytes: 2 * MAX_GOP_BYTES, max_age: Duration::from_secs(2) };

/// Who needs what, and the newest picture of each.
pub struct Pictures {
    slots: Mutex<Slots>,
    changed: Notify,
}

#[derive(Default)]
struct Slots {
    /// Something is needed while its channel has receivers.
    by_need: HashMap<Need, watch::Sender<Newest>>,
    is_running: bool,
}

/// The newest picture of its kind.
#[derive(Clone, Debug, Default)]
pub struct Newest {
    /// Counts the pictures made since they were first asked for.
    pub count: u32,
    /// Nothing before the first, and after a loss.
    pub picture: Option<Arc<Picture>>,
    /// Set when there will be no more.
    pub ended: Option<Failure>,
}

impl Pictures {
    /// Of a stream that no tile shows.
    pub fn new() -> Self {
        Self { slots: Mutex::default(), changed: Notify::new() }
    }

    /// Asks for what is needed, and says whether [`Pictures::run`]
    /// must be started. Whoever drops the receiver says so with [`Pictures::left`].
    pub fn join(&self, need: Need) -> (watch::Receiver<Newest>, bool) {
        let mut slots = self.lock();
        let mut newest = slots.by_need.entry(need).or_default().subscribe();
        newest.mark_changed();
        let must_run = !slots.is_running;
        slots.is_running = true;
        drop(slots);
        self.changed.notify_one();
        (newest, must_run)
    }

    /// A receiver was dropped.
    pub fn left(&self) {
        self.lock().by_need.retain(|_, newest| newest.receiver_count() > 0);
        self.changed.notify_one();
    }

    /// Decodes while some tile wants it, and a little longer.
    pub async fn run(stream: Arc<Stream>, pool: Pool, clock: Clock) {
        let this = &stream.pictures;
        loop {
            let work = this.decode(&stream, &pool, &clock);
            let failure = match stream.stop.run_until_cancelled(work).await {
                Some(failure) => failure,
                None => Some(Failure::new(FailureCode::NotFound, "The camera was removed.")),
            };
            let mut slots = this.lock();
            if let Some(failure) = failure {
                for slot in slots.by_need.values() {
                    slot.send_modify(|newest| newest.ended = Some(failure.clone()));
                }
                // Whoever asks again, asks for a new decoder.
                slots.by_need.clear();
            }
            // A tile may have come between the last look and the lock.
            if slots.by_need.is_empty() {
                slots.is_running = false;
                return;
            }
        }
    }

    /// Ends with nothing when no tile was left, with the reason when it cannot go on.
    async fn decode(&self, stream: &Arc<Stream>, pool: &Pool, clock: &Clock) -> Option<Failure> {
        let mut wanted = Wanting::of(stream, &self.needs());
        let mut units = stream.hub.subscribe(POLICY);
        let mut decoder = pool.decoder(stream.id.to_string());
        let mut idle_until = None;
        let mut is_behind = false;
        loop {
            tokio::select! {
                item = units.next() => match item {
                    Item::Unit { unit, behind, is_outdated } => {
                        let was_behind = std::mem::take(&mut is_behind);
                        let is_shown = behind < CATCHING_UP && !is_outdated;
                        is_behind = decoder.offer(&unit, is_shown).is_err();
                        if is_behind && !was_behind {
                            tracing::debug!(stream = %stream.id, "tiles wait for a key frame");
                        }
                    }
                    Item::Missed(units) | Item::Refused(units) => {
                        tracing::debug!(stream = %stream.id, units, "tiles skip");
                    }
                    Item::Lost => self.forget(),
                },
                event = decoder.next() => match event {
                    DecoderEvent::Picture { need, picture } => {
                        stream.count(|counts| counts.pictures += 1);
                        self.show(need, Arc::new(picture));
                    }
                    // Beginning again with the current GOP.
                    DecoderEvent::Restarted => units = stream.hub.subscribe(POLICY),
                    DecoderEvent::Unsupported(sentence) => {
                        return Some(Failure::new(FailureCode::Unsupported, sentence));
                    }
                },
                () = self.changed.notified() => {
                    let needs = self.needs();
                    idle_until = needs.is_empty().then(|| clock.instant() + LINGER);
                    let was_seen = wanted.is_seen;
                    if was_seen != is_seen(&needs) {
                        wanted = Wanting::of(stream, &needs);
                    }
                    decoder.set_needs(&needs);
                    if wanted.is_seen && !was_seen {
                        // What analysis alone sees is decoded roughly: the current GOP anew.
                        units = stream.hub.subscribe(POLICY);
                    }
                }
                () = until(clock, idle_until) => return None,
            }
        }
    }

    fn show(&self, need: Need, picture: Arc<Picture>) {
        if let Some(slot) = self.lock().by_need.get(&need) {
            slot.send_modify(|newest| {
                newest.count = newest.count.wrapping_add(1);
                newest.picture = Some(picture);
            });
        }
    }

    /// Whoever comes now must not be shown a picture from before a loss.
    fn forget(&self) {
        for slot in self.lock().by_need.values() {
            slot.send_if_modified(|newest| {
                newest.picture = None;
                false
            });
        }
    }

    fn needs(&self) -> Vec<Need> {
        self.lock().by_need.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps a stream open; what comes may come a moment later where it is only analysed.
struct Wanting {
    is_seen: bool,
    _wanted: Wanted,
}

impl Wanting {
    fn of(stream: &Arc<Stream>, needs: &[Need]) -> Self {
        let is_seen = is_seen(needs);
        let wanted = if is_seen { stream.want() } else { stream.want_unwatched() };
        Self { is_seen, _wanted: wanted }
    }
}

/// Whether somebody looks at pictures, or did so shortly before.
fn is_seen(needs: &[Need]) -> bool {
    needs.is_empty() || needs.iter().any(|need| need.packing != Packing::Luma)
}

async fn until(clock: &Clock, instant: Option<tokio::time::Instant>) {
    match instant {
        Some(instant) => clock.sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
