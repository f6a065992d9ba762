use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Other processes and pages tell nothing when they change; they are looked at
/// this often.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until `look` sees something, `limit` at most. `what` says what is
/// awaited, as in "the address of the engine".
pub async fn until<T>(
    limit: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if Instant::now() > deadline {
            bail!("{what} did not come within {} s", limit.as_secs_f64());
        }
    }
}

/// Lets `time` pass, as the length of a measurement; never to wait for something.
pub async fn measure_for(time: Duration) {
    // Nothing comes: the limit is what is wanted.
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}
