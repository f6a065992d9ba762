//! Notices that the machine slept: connections may look alive and be dead.

use std::time::Duration;

use media::Clock;
use tokio::sync::watch;

/// How often is looked.
const EVERY: Duration = Duration::from_secs(1);

/// A shorter sleep is none.
const LEAST: Duration = Duration::from_secs(1);

/// Counts each time the machine slept.
pub async fn run(clock: Clock, wakes: watch::Sender<u32>) {
    let mut known = clock.suspended();
    loop {
        clock.sleep(EVERY).await;
        let suspended = clock.suspended();
        let slept = suspended.saturating_sub(known);
        known = suspended;
        if slept >= LEAST {
            tracing::warn!(?slept, "the machine slept");
            wakes.send_modify(|wakes| *wakes += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media::WallTime;

    #[tokio::test(start_paused = true)]
    async fn each_sleep_is_noticed_within_a_second() {
        let clock = Clock::simulated(WallTime(0));
        let wakes = watch::Sender::new(0);
        let mut heard = wakes.subscribe();
        let noticing = tokio::spawn(run(clock.clone(), wakes));
        clock.sleep(Duration::from_secs(10)).await;
        assert_eq!(*heard.borrow_and_update(), 0);
        let begin = clock.instant();
        clock.suspend(Duration::from_secs(3600));
        heard.changed().await.unwrap();
        assert!(begin.elapsed() <= EVERY);
        noticing.abort();
    }
}
