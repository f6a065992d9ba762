use protocol::{Failure, FailureCode};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Lets few make thumbnails at once, so that what is live keeps the
/// processors; others wait, and where many do, more are sent away.
pub struct Turns {
    places: Semaphore,
    turns: Semaphore,
}

/// Dropping it lets the next one begin.
pub struct Turn<'a> {
    _place: SemaphorePermit<'a>,
    _turn: SemaphorePermit<'a>,
}

/// So many are made at once.
const AT_ONCE: usize = 2;

/// So many are made or waited for.
const PLACES: usize = 32;

impl Default for Turns {
    fn default() -> Self {
        Self { places: Semaphore::new(PLACES), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Turns {
    /// Waits for a turn, in the order of coming. Safe to drop while waiting.
    pub async fn take(&self) -> Result<Turn<'_>, Failure> {
        let place = self.places.try_acquire().map_err(|_| {
            let message = "Too many want to see what was recorded. Point there again.";
            Failure::new(FailureCode::TooMany, message)
        })?;
        let turn = self.turns.acquire().await.expect("it is never closed");
        Ok(Turn { _place: place, _turn: turn })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn few_are_made_at_once_and_the_queue_has_an_end() {
        let turns = Turns::default();
        let mut made: Vec<_> = (0..AT_ONCE).map(|_| turns.take().now_or_never()).collect();
        assert!(made.iter().all(|turn| matches!(turn, Some(Ok(_)))));
        let mut waiting: Vec<_> = (AT_ONCE..PLACES).map(|_| Box::pin(turns.take())).collect();
        for turn in &mut waiting {
            assert!(turn.now_or_never().is_none());
        }
        let sent_away = turns.take().now_or_never().unwrap().err().unwrap();
        assert_eq!(sent_away.code, FailureCode::TooMany);
        // One who gave up leaves a place, and whoever is first goes on.
        waiting.pop();
        assert!(turns.take().now_or_never().is_none());
        made.pop();
        let first = waiting.remove(0).now_or_never();
        assert!(matches!(first, Some(Ok(_))));
        assert!(waiting.remove(0).now_or_never().is_none());
    }
}
