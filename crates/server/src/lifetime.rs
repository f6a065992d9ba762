//! When an engine stops.

use std::time::Duration;

use engine::Engine;
use tokio::sync::watch;

/// A window that was killed has so long to come back.
const GRACE: Duration = Duration::from_secs(10);

/// A window that has just started the engine may be slow to connect.
const FIRST: Duration = Duration::from_secs(60);

/// Returns when no viewer has been there for a while and the owner did not
/// want the engine to go on.
pub async fn unwatched(engine: &Engine, mut sessions: watch::Receiver<usize>) {
    let mut grace = FIRST;
    loop {
        if sessions.wait_for(|open| *open == 0).await.is_err() {
            return;
        }
        let somebody = sessions.wait_for(|open| *open > 0);
        let alone = engine.clock().sleep(grace);
        tokio::select! {
            came = somebody => if came.is_err() { return },
            () = alone => if !engine.keeps_running() { return },
        }
        grace = GRACE;
    }
}

/// Returns at Ctrl+C, or when the operating system says so.
pub async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(error) => {
                tracing::warn!("SIGTERM will not be heard: {error}");
                interrupt.await.ok();
            }
        }
    }
    #[cfg(not(unix))]
    interrupt.await.ok();
}
