//! The task that holds one stream open while somebody wants it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use codec::{Pool, SourceSpec};
use media::{AccessUnit, Cause, Clock, Source, SourceError, StreamId};
use protocol::{ConnectingStage, StreamState};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::backoff::Backoff;
use crate::hub::Hub;
use crate::pictures::Pictures;
use crate::view;

/// One stream of one camera: its live units, its pictures and its counts.
pub struct Stream {
    /// Which.
    pub id: StreamId,
    /// Its live units.
    pub hub: Hub,
    /// Its decoded pictures.
    pub pictures: Pictures,
    /// Ends its tasks; set when the camera is removed or the engine stops.
    pub stop: CancellationToken,
    spec: SourceSpec,
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
    /// Bytes of payload.
    pub bytes: u64,
    /// Pictures decoded and scaled.
    pub pictures: u64,
}

/// Keeps a stream open while it lives.
pub struct Wanted(Arc<Stream>);

impl Stream {
    /// A stream of what `spec` names; nothing is opened yet.
    pub fn new(id: StreamId, spec: SourceSpec, stop: CancellationToken) -> Self {
        Self {
            id,
            hub: Hub::new(),
            pictures: Pictures::new(),
            stop,
            spec,
            wanted: watch::Sender::new(0),
            counts: Mutex::default(),
        }
    }

    /// Asks for the stream to be open.
    pub fn want(self: &Arc<Self>) -> Wanted {
        self.wanted.send_modify(|wanted| *wanted += 1);
        Wanted(self.clone())
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        *self.lock()
    }

    /// Counts a picture.
    pub fn count_picture(&self) {
        self.lock().pictures += 1;
    }

    /// Keeps the stream open while somebody wants it, until it is stopped. A
    /// failure is a state the user sees, never a reason to give up.
    pub async fn run(self: Arc<Self>, pool: Pool, clock: Clock, report: impl Fn(StreamState)) {
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
                    () = self.keep_open(&pool, &clock, &report) => {}
                    _ = unwanted => {}
                }
                self.hub.lose();
            }
        };
        self.stop.run_until_cancelled(work).await;
        self.hub.lose();
    }

    async fn keep_open(&self, pool: &Pool, clock: &Clock, report: &impl Fn(StreamState)) {
        let mut backoff = Backoff::default();
        loop {
            let error = self.stream_until_lost(pool, clock, report, &mut backoff).await;
            self.hub.lose();
            // The pool has another worker ready at once; only one that keeps
            // dying is waited for.
            let wait = match error.cause {
                Cause::WorkerLost if backoff.attempt() == 0 => {
                    backoff.next();
                    Duration::ZERO
                }
                _ => backoff.next(),
            };
            tracing::warn!(stream = %self.id, ?wait, "{error}");
            report(StreamState::Lost {
                failure: view::source_failure(&error),
                retry_at: (clock.wall() + wait).0,
                attempt: backoff.attempt(),
            });
            clock.sleep(wait).await;
        }
    }

    async fn stream_until_lost(
        &self,
        pool: &Pool,
        clock: &Clock,
        report: &impl Fn(StreamState),
        backoff: &mut Backoff,
    ) -> SourceError {
        let since = clock.wall().0;
        report(StreamState::Connecting { stage: ConnectingStage::Opening, since });
        self.lock().sessions += 1;
        let mut source = match pool.open(self.spec.clone()).await {
            Ok(source) => source,
            Err(error) => return error,
        };
        report(StreamState::Connecting { stage: ConnectingStage::FirstKeyFrame, since });
        let mut last: Option<Arc<AccessUnit>> = None;
        loop {
            let unit = match source.next().await {
                Ok(unit) => unit,
                Err(error) => return error,
            };
            let is_news = last.as_ref().is_none_or(|last| !Arc::ptr_eq(&last.format, &unit.format));
            if is_news && unit.is_key {
                tracing::info!(stream = %self.id, format = ?unit.format, "live");
                report(view::live(&unit.format));
                backoff.succeeded();
            }
            self.lock().add(&unit, last.as_deref());
            self.hub.publish(&unit);
            if unit.is_key || last.is_some() {
                last = Some(unit);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn add(&mut self, unit: &AccessUnit, last: Option<&AccessUnit>) {
        self.units += 1;
        self.bytes += unit.payload.len() as u64;
        if let Some(last) = last.filter(|last| !last.duration.is_zero()) {
            let late = unit.time.since(last.time + last.duration);
            self.missed += (late.as_secs_f64() / last.duration.as_secs_f64()).round() as u64;
        }
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.wanted.send_modify(|wanted| *wanted -= 1);
    }
}
