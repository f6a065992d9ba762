//! Connecting, bounded in time and in how often.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use media::{Cause, Clock, SourceError};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::{Address, sentence};

/// How long a connection may take in all.
const MAX_DIALING: Duration = Duration::from_secs(10);

/// How long one attempt may take. A new one gets an answer sooner than a lost
/// first packet is sent again.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Connects to cameras, never more than 50 times in any second, all together:
/// hundreds that come back at once must not look like an attack. Clones share
/// the limit.
#[derive(Clone)]
pub struct Dialer {
    clock: Clock,
    /// When the next connection is due, where all come in an even row.
    due: Arc<Mutex<Instant>>,
    /// Of the connections that were made.
    tasks: TaskTracker,
}

impl Dialer {
    /// So many at once, and so many a second after them.
    const BURST: u32 = 25;
    const SPACE: Duration = Duration::from_millis(1000 / Self::BURST as u64);

    /// One that has not connected anything.
    pub fn new(clock: Clock) -> Self {
        let now = clock.instant();
        let due = Arc::new(Mutex::new(now.checked_sub(Self::SPACE * Self::BURST).unwrap_or(now)));
        Self { clock, due, tasks: TaskTracker::new() }
    }

    /// Waits until every connection has been closed. Whoever holds a session
    /// drops it first.
    pub async fn shut_down(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Runs the task of a connection.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Connects to the host of `address`.
    pub(crate) async fn dial(&self, address: &Address) -> Result<TcpStream, SourceError> {
        let deadline = self.clock.instant() + MAX_DIALING;
        loop {
            let attempt = tokio::time::timeout(ATTEMPT, self.connect(address)).await;
            let error = match attempt {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => return Err(sentence::not_connected(address, &error)),
                Err(_) => sentence::no_answer(address),
            };
            if self.clock.instant() >= deadline {
                return Err(error);
            }
        }
    }

    /// Whether something accepts connections at `address` now.
    pub async fn answers(&self, address: &Address) -> bool {
        tokio::time::timeout(ATTEMPT, self.connect(address)).await.is_ok_and(|it| it.is_ok())
    }

    async fn connect(&self, address: &Address) -> io::Result<TcpStream> {
        self.take_turn().await;
        let mut last = None;
        let found = lookup_host((address.host(), address.port())).await;
        for place in found.map_err(|error| io::Error::new(io::ErrorKind::NotFound, error))? {
            match TcpStream::connect(place).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
    }

    async fn take_turn(&self) {
        let turn = {
            let mut due = self.due.lock().await;
            let now = self.clock.instant();
            let earliest = now.checked_sub(Self::SPACE * (Self::BURST - 1)).unwrap_or(now);
            let turn = (*due).max(earliest);
            *due = turn + Self::SPACE;
            turn
        };
        self.clock.sleep_until(turn).await;
    }
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
    }
}

/// The cause of a connection that could not be made.
pub(crate) fn cause_of(error: &io::Error) -> Cause {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidInput => Cause::NotFound,
        _ => Cause::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_second_has_more_than_fifty_connections() {
        let dialer = Dialer::new(Clock::system());
        let begin = dialer.clock.instant();
        let mut turns = Vec::new();
        for _ in 0..200 {
            dialer.take_turn().await;
            turns.push(begin.elapsed());
        }
        assert_eq!(turns[20], Duration::ZERO, "a wall of cameras opens at once");
        for (n, turn) in turns.iter().enumerate() {
            let within = turns[n..].iter().take_while(|it| **it < *turn + Duration::from_secs(1));
            assert!(within.count() <= 50, "from turn {n}");
        }
    }
}
