//! When a session that ended is tried again.

use std::time::Duration;

use media::{Cause, SourceError};

use crate::backoff::Backoff;
use crate::origin::{Origin, Sources};

/// How often a camera that is lost is asked for a bare connection.
const PROBE_EVERY: Duration = Duration::from_secs(2);

/// How long the first unit of a session may take: some cameras start their
/// encoder for it.
const FIRST: Duration = Duration::from_secs(10);

/// And of the first of two sessions, where the camera was never so slow: one
/// that answers and sends nothing often still ends an earlier session, and
/// sends when it is asked once more.
const FIRST_OF_FIRST: Duration = Duration::from_millis(1500);

/// Waits between the sessions of one stream.
#[derive(Debug, Default)]
pub struct Retry {
    backoff: Backoff,
    /// Whether the camera takes long for its first unit.
    is_slow: bool,
    /// Whether the last session ended before it had begun, for want of patience.
    is_hasty: bool,
    /// Whether this one comes after such a session.
    was_hasty: bool,
}

impl Retry {
    /// Attempts since the last success.
    pub fn attempt(&self) -> u32 {
        self.backoff.attempt()
    }

    /// How long the first unit of the next session may take.
    pub fn patience(&self) -> Duration {
        if self.was_hasty || self.is_slow { FIRST } else { FIRST_OF_FIRST }
    }

    /// A picture came, so long after the session began.
    pub fn succeeded(&mut self, took: Duration) {
        *self = Self { is_slow: took > FIRST_OF_FIRST, ..Self::default() };
    }

    /// Nothing came, for as long as was waited.
    pub fn nothing_came(&mut self) {
        self.is_hasty = self.patience() == FIRST_OF_FIRST;
    }

    /// Whether the next session is the second half of one attempt: for who
    /// looks on, the camera goes on being connected to.
    pub fn is_asking_again(&self) -> bool {
        self.was_hasty
    }

    /// How long to wait after `error` of `origin`.
    pub async fn next(
        &mut self,
        error: &SourceError,
        origin: &Origin,
        sources: &Sources,
    ) -> Duration {
        if error.cause == Cause::NotAllowed
            && let Some(login) = origin.login()
            && let Some(wait) = login.wait(sources.clock.instant()).await
        {
            return wait;
        }
        self.after(error)
    }

    fn after(&mut self, error: &SourceError) -> Duration {
        let is_hasty = std::mem::take(&mut self.is_hasty);
        self.was_hasty = is_hasty;
        match error.cause {
            Cause::Silent if is_hasty => {
                self.backoff.next();
                Duration::ZERO
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
        let login_changed = async {
            match origin.login() {
                Some(login) => login.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = sources.clock.sleep(wait) => {}
            () = login_changed => {}
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
    fn a_camera_that_sends_nothing_is_asked_once_more_at_once() {
        let mut retry = Retry::default();
        let silent = SourceError::new(Cause::Silent, "nothing");
        assert_eq!(retry.patience(), FIRST_OF_FIRST);
        retry.nothing_came();
        assert_eq!(retry.after(&silent), Duration::ZERO);
        assert!(retry.is_asking_again());
        assert_eq!(retry.patience(), FIRST);
        retry.nothing_came();
        assert!(retry.after(&silent) > Duration::ZERO);
        assert!(!retry.is_asking_again());
        assert_eq!(retry.patience(), FIRST_OF_FIRST);
        retry.succeeded(Duration::from_secs(3));
        // It is known to be slow.
        assert_eq!(retry.patience(), FIRST);
        retry.nothing_came();
        assert!(retry.after(&silent) > Duration::ZERO);
    }

    #[test]
    fn a_worker_that_died_is_replaced_at_once() {
        let mut retry = Retry::default();
        let lost = SourceError::new(Cause::WorkerLost, "gone");
        assert_eq!(retry.after(&lost), Duration::ZERO);
        assert!(retry.after(&lost) > Duration::ZERO);
    }
}
