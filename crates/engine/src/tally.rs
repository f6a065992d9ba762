//! What is counted of one tile of one viewer, and what it has not answered.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use media::WallTime;
use protocol::{Delivery, ViewerStatistics};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::lag::Lags;
use crate::view;
use crate::viewing::ViewRequest;

/// What is counted of a tile.
pub struct Tally {
    request: ViewRequest,
    counts: Mutex<Counts>,
    acknowledged: Notify,
}

/// What was sent to be shown and is not acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InFlight {
    /// Pictures or units.
    pub count: usize,
    /// Of their payloads.
    pub bytes: usize,
    /// Since the oldest was sent. Nothing is old before the first is
    /// acknowledged: the viewer may have much to decode in front of it.
    pub age: Duration,
}

#[derive(Default)]
struct Counts {
    delivery: Option<Delivery>,
    reason: String,
    sent: u64,
    drawn: u64,
    /// The oldest first.
    in_flight: VecDeque<Sent>,
    has_answered: bool,
    draw_lags: Lags,
    lags: Lags,
}

struct Sent {
    sequence: u32,
    bytes: usize,
    arrived: WallTime,
    ready: WallTime,
    at: Instant,
}

impl Sent {
    /// Numbers wrap.
    fn is_within(&self, sequence: u32) -> bool {
        sequence.wrapping_sub(self.sequence) <= u32::MAX / 2
    }
}

impl Tally {
    pub(crate) fn new(request: ViewRequest) -> Self {
        Self { request, counts: Mutex::default(), acknowledged: Notify::new() }
    }

    /// From now on it is delivered in this way, and why. What was sent in
    /// another is not waited for.
    pub fn delivers(&self, delivery: Delivery, reason: &str) {
        self.with(|counts| {
            counts.delivery = Some(delivery);
            reason.clone_into(&mut counts.reason);
            counts.in_flight.clear();
            counts.has_answered = false;
        });
    }

    /// Something to be shown was sent under this number, which had `arrived` at
    /// the engine and was `ready` there at those times.
    pub fn sent(&self, sequence: u32, bytes: usize, arrived: WallTime, ready: WallTime) {
        let sent = Sent { sequence, bytes, arrived, ready, at: Instant::now() };
        self.with(|counts| {
            counts.sent += 1;
            counts.in_flight.push_back(sent);
        });
    }

    /// The viewer is done with what was sent, up to `sequence`. It drew that at
    /// `drawn` by its own clock, if it did; it is heard at `now`, and a draw call
    /// cannot be later than that.
    pub fn acknowledged(&self, sequence: u32, drawn: Option<WallTime>, now: WallTime) {
        self.with(|counts| {
            while let Some(sent) = counts.in_flight.pop_front_if(|it| it.is_within(sequence)) {
                counts.has_answered = true;
                if let Some(drawn) = drawn.filter(|_| sent.sequence == sequence) {
                    counts.drawn += 1;
                    let since = |begin: WallTime| {
                        let lag = drawn.clamp(begin.min(now), now).since(begin);
                        lag.as_secs_f64() * 1000.0
                    };
                    counts.draw_lags.add(since(sent.ready));
                    counts.lags.add(since(sent.arrived));
                }
            }
        });
        self.acknowledged.notify_one();
    }

    /// What the viewer has to answer.
    pub fn in_flight(&self) -> InFlight {
        self.with(|counts| InFlight {
            count: counts.in_flight.len(),
            bytes: counts.in_flight.iter().map(|sent| sent.bytes).sum(),
            age: match counts.in_flight.front() {
                Some(oldest) if counts.has_answered => oldest.at.elapsed(),
                _ => Duration::ZERO,
            },
        })
    }

    /// Waits until all that was sent is acknowledged. For one task.
    pub async fn is_answered(&self) {
        while self.with(|counts| !counts.in_flight.is_empty()) {
            self.acknowledged.notified().await;
        }
    }

    pub(crate) fn statistics(&self, server: &str) -> ViewerStatistics {
        self.with(|counts| ViewerStatistics {
            session: self.request.session,
            subscription: self.request.subscription,
            stream: view::stream_address(server, self.request.stream),
            delivery: counts.delivery,
            reason: counts.reason.clone(),
            sent: counts.sent,
            drawn: counts.drawn,
            draw_lag_ms: counts.draw_lags.spread(),
            lag_ms: counts.lags.spread(),
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Counts) -> T) -> T {
        act(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::{CameraId, StreamId, StreamRole};

    /// A tally, after pictures of ten bytes with these numbers were sent and
    /// these acknowledged.
    fn after(sent: &[u32], acknowledged: &[u32]) -> Tally {
        let stream = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let tally = Tally::new(ViewRequest { session: 1, subscription: 1, stream });
        for sequence in sent {
            tally.sent(*sequence, 10, WallTime(0), WallTime(2000));
        }
        for sequence in acknowledged {
            tally.acknowledged(*sequence, Some(WallTime(5000)), WallTime(9000));
        }
        tally
    }

    #[track_caller]
    fn check(sent: &[u32], acknowledged: &[u32], in_flight: usize, drawn: u64) {
        let tally = after(sent, acknowledged);
        let left = tally.in_flight();
        assert_eq!((left.count, left.bytes), (in_flight, 10 * in_flight));
        let counted = tally.statistics("here");
        assert_eq!((counted.sent, counted.drawn), (sent.len() as u64, drawn));
    }

    #[tokio::test(start_paused = true)]
    async fn an_acknowledgement_is_for_all_before_it() {
        check(&[1, 2, 3, 4], &[], 4, 0);
        check(&[1, 2, 3, 4], &[3], 1, 1);
        check(&[1, 2, 4], &[3], 1, 0);
        check(&[u32::MAX, 0, 1], &[0], 1, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_twice_or_makes_no_sense_counts_for_nothing() {
        check(&[1, 2], &[1, 1, 1], 1, 1);
        check(&[7, 8], &[3, 6], 2, 0);
        check(&[7, 8], &[999], 0, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn lag_is_of_what_was_drawn() {
        let tally = after(&[1, 2], &[1]);
        tally.acknowledged(2, None, WallTime(9000));
        let counted = tally.statistics("here");
        assert_eq!(counted.drawn, 1);
        assert_eq!((counted.draw_lag_ms.max, counted.lag_ms.max), (3.0, 5.0));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_old_before_the_first_answer() {
        let tally = after(&[1, 2], &[]);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(tally.in_flight().age, Duration::ZERO);
        tally.acknowledged(1, None, WallTime(0));
        assert_eq!(tally.in_flight().age, Duration::from_secs(3));
        tally.acknowledged(2, None, WallTime(0));
        assert_eq!(tally.in_flight(), InFlight::default());
    }
}
