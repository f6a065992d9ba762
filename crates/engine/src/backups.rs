//! The store's hourly backup.

use std::time::Duration;

use media::Clock;

use crate::Engine;

const INTERVAL: Duration = Duration::from_secs(3600);

/// The first backup of a new store waits until the owner had time to set it up.
const FIRST: Duration = Duration::from_secs(10);

/// After a failure: soon enough that an hour is not lost to a passing fault.
const RETRY: Duration = Duration::from_secs(300);

/// Backs the store up every hour, counted across restarts.
pub async fn run(engine: Engine, clock: Clock) {
    loop {
        let last = engine.store(|store| Ok(store.last_backup())).ok().flatten();
        let due = last.map_or(clock.wall() + FIRST, |last| last + INTERVAL);
        // A clock that was set back must not put the backup off.
        clock.sleep(due.since(clock.wall()).min(INTERVAL)).await;
        let this = engine.clone();
        let backup = tokio::task::spawn_blocking(move || this.store(|store| store.back_up())).await;
        match backup {
            Ok(Ok(path)) => tracing::info!(path = %path.display(), "backed up"),
            Ok(Err(error)) => {
                tracing::error!("the hourly backup failed: {error}");
                clock.sleep(RETRY).await;
            }
            Err(error) => tracing::error!("the hourly backup failed: {error}"),
        }
    }
}
