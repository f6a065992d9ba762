//! When a session that ended is tried again.

use std::time::Duration;

use media::{Cause, SourceError};

use crate::backoff::Backoff;
use crate::origin::{Origin, Sources};

/// How often a camera that is lost is asked for a bare connection.
const PROBE_EVERY: Duration = Duration::from_secs(2);

/// Waits between the sessions of one stream.
#[derive(Debug, Default)]
pub struct Retry {
    backoff: Backoff,
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
        match error.cause {
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
    fn a_worker_that_died_is_replaced_at_once() {
        let mut retry = Retry::default();
        let lost = SourceError::new(Cause::WorkerLost, "gone");
        assert_eq!(retry.after(&lost), Duration::ZERO);
        assert!(retry.after(&lost) > Duration::ZERO);
    }
}
