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
    suspended: Duration,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that starts at `wall` and follows Tokio's time, paused or not.
    pub fn simulated(wall: WallTime) -> Self {
        let simulated = Simulated { wall, at: Instant::now(), suspended: Duration::ZERO };
        Self(Kind::Simulated(Arc::new(Mutex::new(simulated))))
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

    /// How long this machine has slept since it started; zero where the system
    /// does not tell. Waiting does not count while it sleeps.
    pub fn suspended(&self) -> Duration {
        match &self.0 {
            Kind::System => suspended(),
            Kind::Simulated(state) => {
                state.lock().unwrap_or_else(PoisonError::into_inner).suspended
            }
        }
    }

    /// Lets a simulated machine sleep; nothing happens to a real one.
    pub fn suspend(&self, span: Duration) {
        if let Kind::Simulated(state) = &self.0 {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.suspended += span;
            state.wall = state.wall + span;
        }
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

/// One clock counts while the machine sleeps, the other does not.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn suspended() -> Duration {
    use nix::time::{ClockId, clock_gettime};

    #[cfg(target_os = "linux")]
    let (awake, always) = (ClockId::CLOCK_MONOTONIC, ClockId::CLOCK_BOOTTIME);
    #[cfg(target_os = "macos")]
    let (awake, always) =
        (ClockId::from_raw(nix::libc::CLOCK_UPTIME_RAW), ClockId::CLOCK_MONOTONIC);
    // Every system that we run on has both.
    let now = |clock| clock_gettime(clock).map(Duration::from).unwrap_or_default();
    // In this order, so that what passes between the two is not taken for sleep.
    let awake = now(awake);
    now(always).saturating_sub(awake)
}

/// Connections that did not survive are noticed by their silence.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn suspended() -> Duration {
    Duration::ZERO
}
