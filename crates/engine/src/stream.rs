//! The task that holds one stream open while somebody wants it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::{Cause, ClockOffset, SourceError, StreamId};
use protocol::StreamState;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::hub::Hub;
use crate::origin::{Origin, Sources};
use crate::pictures::Pictures;
use crate::retry::Retry;
use crate::session;
use crate::sound::Sounds;
use crate::view;

/// One stream of one camera: its live units, its pictures, its sound and its counts.
pub struct Stream {
    /// Which.
    pub id: StreamId,
    /// Its live units.
    pub hub: Hub,
    /// Its decoded pictures.
    pub pictures: Pictures,
    /// Its decoded sound.
    pub sounds: Sounds,
    /// Ends its tasks; set when the camera is removed or the engine stops.
    pub stop: CancellationToken,
    origin: Origin,
    wanted: watch::Sender<usize>,
    counts: Mutex<Counts>,
}

/// What was counted since the stream was first opened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Sessions begun.
    pub sessions: u32,
    /// Units received.
    pub units: u64,
    /// Units that should have come by the stream's own times and did not.
    pub missed: u64,
    /// Losses inside sessions.
    pub gaps: u64,
    /// Packets that did not come.
    pub lost_packets: u64,
    /// Units that came and were dropped, since they build on something lost.
    pub dropped: u64,
    /// How far the camera's clock is off.
    pub clock: Option<ClockOffset>,
    /// Bytes of payload.
    pub bytes: u64,
    /// Pictures decoded and scaled.
    pub pictures: u64,
}

/// Keeps a stream open while it lives.
pub struct Wanted(Arc<Stream>);

impl Stream {
    /// A stream from `origin`; nothing is opened yet.
    pub fn new(id: StreamId, origin: Origin, stop: CancellationToken) -> Self {
        Self {
            id,
            hub: Hub::new(),
            pictures: Pictures::new(),
            sounds: Sounds::new(),
            stop,
            origin,
            wanted: watch::Sender::new(0),
            counts: Mutex::default(),
        }
    }

    /// Asks for the stream to be open.
    pub fn want(self: &Arc<Self>) -> Wanted {
        self.wanted.send_modify(|wanted| *wanted += 1);
        Wanted(self.clone())
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        *self.lock()
    }

    /// Counts something.
    pub fn count(&self, act: impl FnOnce(&mut Counts)) {
        act(&mut self.lock());
    }

    /// Keeps the stream open while somebody wants it, until it is stopped. A
    /// failure is a state the user sees, never a reason to give up.
    pub async fn run(self: Arc<Self>, sources: Sources, report: impl Fn(StreamState) + Sync) {
        let mut wanted = self.wanted.subscribe();
        let work = async {
            loop {
                report(StreamState::Closed);
                if wanted.wait_for(|wanted| *wanted > 0).await.is_err() {
                    return;
                }
                let mut wanted = self.wanted.subscribe();
                let unwanted = wanted.wait_for(|wanted| *wanted == 0);
                tokio::select! {
                    () = self.keep_open(&sources, &report) => {}
                    _ = unwanted => {}
                }
                self.hub.lose();
            }
        };
        self.stop.run_until_cancelled(work).await;
        self.hub.lose();
    }

    async fn keep_open(&self, sources: &Sources, report: &(impl Fn(StreamState) + Sync)) {
        let mut retry = Retry::default();
        loop {
            let error = session::run(self, sources, report, &mut retry).await;
            self.hub.lose();
            let wait = retry.next(&error, &self.origin, sources).await;
            tracing::warn!(stream = %self.id, ?wait, "{error}");
            let retry_at = (sources.clock.wall() + wait).0;
            report(lost(&error, retry_at, retry.attempt()));
            retry.wait(wait, &error, &self.origin, sources).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(error: &SourceError, retry_at: i64, attempt: u32) -> StreamState {
    let failure = view::source_failure(error);
    match error.cause {
        Cause::NotAllowed => StreamState::AuthFailed { failure, retry_at },
        Cause::Unsupported | Cause::NotVideo => StreamState::Unsupported { failure, retry_at },
        _ => StreamState::Lost { failure, retry_at, attempt },
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.wanted.send_modify(|wanted| *wanted -= 1);
    }
}
