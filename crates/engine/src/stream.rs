//! One stream of one camera, as all its tasks share it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::{ClockOffset, StreamId, VideoFormat};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::hub::Hub;
use crate::origin::Origin;
use crate::pictures::Pictures;
use crate::sound::Sounds;

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
    /// How many of those look at it as it comes.
    watched: watch::Sender<usize>,
    format: watch::Sender<Option<Arc<VideoFormat>>>,
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
    /// Pictures in which motion was looked for.
    pub looked_at: u64,
}

/// Keeps a stream open while it lives.
pub struct Wanted {
    stream: Arc<Stream>,
    is_watched: bool,
}

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
            watched: watch::Sender::new(0),
            format: watch::Sender::new(None),
            counts: Mutex::default(),
        }
    }

    /// Asks for the stream to be open, for what comes to come at once, and to
    /// be kept for a moment.
    pub fn want(self: &Arc<Self>) -> Wanted {
        self.watched.send_modify(|watched| {
            *watched += 1;
            self.hub.keep(true);
        });
        self.wanted.send_modify(|wanted| *wanted += 1);
        Wanted { stream: self.clone(), is_watched: true }
    }

    /// Asks for the stream to be open; what comes may come a moment later.
    pub fn want_unwatched(self: &Arc<Self>) -> Wanted {
        self.wanted.send_modify(|wanted| *wanted += 1);
        Wanted { stream: self.clone(), is_watched: false }
    }

    /// As [`Stream::want`], where anybody wants it already.
    pub fn want_on(self: &Arc<Self>) -> Option<Wanted> {
        let is_open = *self.wanted.borrow() > 0;
        is_open.then(|| self.want())
    }

    /// How many want what comes at once.
    pub fn watched(&self) -> watch::Receiver<usize> {
        self.watched.subscribe()
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How its units are encoded; nothing before the first ever came.
    pub fn format(&self) -> watch::Receiver<Option<Arc<VideoFormat>>> {
        self.format.subscribe()
    }

    /// The units that follow are of this format.
    pub fn set_format(&self, format: &Arc<VideoFormat>) {
        self.format.send_if_modified(|known| {
            let is_news = known.as_ref() != Some(format);
            *known = Some(format.clone());
            is_news
        });
    }

    /// What was counted.
    pub fn counts(&self) -> Counts {
        *self.lock()
    }

    /// Counts something.
    pub fn count(&self, act: impl FnOnce(&mut Counts)) {
        act(&mut self.lock());
    }

    /// Waits until somebody wants it; false where nobody ever will.
    pub async fn is_wanted(&self) -> bool {
        self.wanted.subscribe().wait_for(|wanted| *wanted > 0).await.is_ok()
    }

    /// Waits until nobody wants it.
    pub async fn is_unwanted(&self) {
        // The sender is ours.
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted == 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        if self.is_watched {
            self.stream.watched.send_modify(|watched| {
                *watched -= 1;
                self.stream.hub.keep(*watched > 0);
            });
        }
        self.stream.wanted.send_modify(|wanted| *wanted -= 1);
    }
}
