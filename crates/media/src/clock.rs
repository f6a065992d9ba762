//! The only place that reads the time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::WallTime;

/// What time it is, and waiting. Cheap to clone; clones share one clock.
///
/// Waiting uses Tokio's timer, so a test that pauses Tokio's time and uses
/// [`Clock::simulated`] moves both together.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Simulated(Arc<Mutex<Simulated>>),
}

#[derive(Debug)]
struct Simulated {
    wall: WallTime,
    at: Instant,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that starts at `wall` and follows Tokio's time, paused or not.
    pub fn simulated(wall: WallTime) -> Self {
        Self(Kind::Simulated(Arc::new(Mutex::new(Simulated { wall, at: Instant::now() }))))
    }

    /// Now, as people say it. May step when the machine's clock is set.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub fn wall(&self) -> WallTime {
        match &self.0 {
            Kind::System => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                WallTime::default() + now
            }
            Kind::Simulated(state) => {
                let state = state.lock().unwrap_or_else(PoisonError::into_inner);
                state.wall + state.at.elapsed()
            }
        }
    }

    /// Now, for measuring spans: never steps.
    pub fn instant(&self) -> Instant {
        Instant::now()
    }

    /// Waits.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }

    /// Waits until `instant`; returns at once when it has passed.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    pub async fn sleep_until(&self, instant: Instant) {
        tokio::time::sleep_until(instant).await;
    }
}
