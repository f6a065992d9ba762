//! When a session that ended is tried again.

use std::time::Duration;

use media::{Cause, SourceError};

use crate::backoff::Backoff;
use crate::origin::{Origin, Sources};

/// How often a camera that is lost is asked for a bare connection.
const PROBE_EVERY: Duration = Duration::from_secs(2);

/// The first wait after a login was refused, and every other: cameras lock
/// themselves after few wrong ones.
const LOGIN_WAITS: [Duration; 2] = [Duration::from_secs(30), Duration::from_secs(600)];

/// Waits between the sessions of one stream.
#[derive(Debug, Default)]
pub struct Retry {
    backoff: Backoff,
    /// Logins refused one after another.
    refused: usize,
}

impl Retry {
    /// Attempts since the last success.
    pub fn attempt(&self) -> u32 {
        self.backoff.attempt()
    }

    /// A picture came.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// How long to wait after `error`.
    pub fn next(&mut self, error: &SourceError) -> Duration {
        match error.cause {
            Cause::NotAllowed => {
                let wait = LOGIN_WAITS[self.refused.min(1)];
                self.refused += 1;
                wait
            }
            // The pool has another worker ready at once; only one that keeps
            // dying is waited for.
            Cause::WorkerLost if self.attempt() == 0 => {
                self.backoff.next();
                Duration::ZERO
            }
            Cause::Slept => Duration::ZERO,
            _ => self.backoff.next(),
        }
    }

    /// Waits, and less where there is a sign that it is worth trying again.
    pub async fn wait(
        &self,
        wait: Duration,
        error: &SourceError,
        origin: &Origin,
        sources: &Sources,
    ) {
        let mut wakes = sources.wakes.clone();
        wakes.mark_unchanged();
        let woke = async {
            if wakes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = sources.clock.sleep(wait) => {}
            () = origin.login_changed() => {}
            () = woke => {}
            () = answers(error, origin, sources) => {}
        }
    }
}

/// Waits until a camera that could not be reached takes connections.
async fn answers(error: &SourceError, origin: &Origin, sources: &Sources) {
    let is_of_the_network =
        matches!(error.cause, Cause::Unreachable | Cause::Silent | Cause::Ended | Cause::Slept);
    let address = origin.address().filter(|_| is_of_the_network);
    let Some(address) = address else { return std::future::pending().await };
    loop {
        sources.clock.sleep(PROBE_EVERY).await;
        if sources.dialer.answers(address).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_login_is_tried_seldom() {
        let mut retry = Retry::default();
        let refused = SourceError::new(Cause::NotAllowed, "no");
        let waits: Vec<u64> = (0..3).map(|_| retry.next(&refused).as_secs()).collect();
        assert_eq!(waits, [30, 600, 600]);
        retry.succeeded();
        assert_eq!(retry.next(&refused).as_secs(), 30);
    }

    #[test]
    fn a_worker_that_died_is_replaced_at_once() {
        let mut retry = Retry::default();
        let lost = SourceError::new(Cause::WorkerLost, "gone");
        assert_eq!(retry.next(&lost), Duration::ZERO);
        assert!(retry.next(&lost) > Duration::ZERO);
    }
}
