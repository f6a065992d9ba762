//! Connecting, bounded in time and in how often.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use media::{Clock, SourceError};
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
    /// Of the beats in which they are read where nobody watches.
    origin: Instant,
}

impl Dialer {
    /// So many at once, and so many a second after them.
    const BURST: u32 = 25;
    const SPACE: Duration = Duration::from_millis(1000 / Self::BURST as u64);

    /// One that has not connected anything.
    pub fn new(clock: Clock) -> Self {
        let now = clock.instant();
        let due = Arc::new(Mutex::new(now.checked_sub(Self::SPACE * Self::BURST).unwrap_or(now)));
        Self { clock, due, tasks: TaskTracker::new(), origin: now }
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

    pub(crate) fn origin(&self) -> Instant {
        self.origin
    }

    /// Runs the task of a connection.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Connects to the host of `address`.
    pub(crate) async fn dial(&self, address: &Address) -> Result<TcpStream, SourceError> {
        let mut deadline = None;
        loop {
            self.take_turn().await;
            let now = self.clock.instant();
            let deadline = *deadline.get_or_insert(now + MAX_DIALING);
            let error = match tokio::time::timeout(ATTEMPT, connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => return Err(sentence::not_connected(address, &error)),
                Err(_) => sentence::no_answer(address),
            };
            if self.clock.instant() >= deadline {
                return Err(error);
            }
        }
    }

    /// Whether something accepts connections at `address` now. Not asked, and
    /// no, while others want to connect.
    pub async fn answers(&self, address: &Address) -> bool {
        self.has_spare_turn()
            && tokio::time::timeout(ATTEMPT, connect(address)).await.is_ok_and(|it| it.is_ok())
    }

    /// One that goes away while it waits takes no turn.
    async fn take_turn(&self) {
        let mut due = self.due.lock().await;
        let turn = self.turn(*due, Self::BURST);
        self.clock.sleep_until(turn).await;
        *due = turn + Self::SPACE;
    }

    /// Takes a turn where half of a burst is left for others.
    fn has_spare_turn(&self) -> bool {
        let Ok(mut due) = self.due.try_lock() else { return false };
        let turn = self.turn(*due, Self::BURST);
        let is_spare = self.turn(*due, Self::BURST / 2) > *due;
        if is_spare {
            *due = turn + Self::SPACE;
        }
        is_spare
    }

    /// `due`, or where `burst` turns from now on are due at once.
    fn turn(&self, due: Instant, burst: u32) -> Instant {
        let now = self.clock.instant();
        due.max(now.checked_sub(Self::SPACE * (burst - 1)).unwrap_or(now))
    }
}

async fn connect(address: &Address) -> io::Result<TcpStream> {
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

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dialer")
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
        assert!(!dialer.has_spare_turn(), "others want to connect");
        dialer.clock.sleep(Duration::from_secs(1)).await;
        assert!(dialer.has_spare_turn());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_away_takes_no_turn() {
        let dialer = Dialer::new(Clock::system());
        for _ in 0..Dialer::BURST {
            dialer.take_turn().await;
        }
        let begin = dialer.clock.instant();
        for _ in 0..20 {
            let turn = dialer.take_turn();
            assert!(tokio::time::timeout(Duration::from_millis(1), turn).await.is_err());
        }
        dialer.take_turn().await;
        assert!(begin.elapsed() <= Dialer::SPACE, "{:?}", begin.elapsed());
    }
}
