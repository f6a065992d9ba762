//! What happened, on its way to the files of a volume.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use archive::Volume;
use media::{Event, StreamId, TrackedEvent, WallTime};

use crate::Engine;
use crate::motion::Waiting;

/// Hands events to the files of a volume.
pub struct Chronicle {
    waiting: Arc<Waiting>,
    /// Streams whose past their files were told.
    told: BTreeSet<StreamId>,
}

/// How far before the end of what is recorded a file may begin that was open as
/// the engine was killed, and does not tell what it should.
const FILE: Duration = Duration::from_secs(120);

impl Chronicle {
    /// Of what is put into `waiting`.
    pub fn new(waiting: Arc<Waiting>) -> Self {
        Self { waiting, told: BTreeSet::new() }
    }

    /// The volume is opened: nothing is known of the files that were open before.
    pub fn begin(&mut self) {
        self.told.clear();
    }

    /// Tells files of `streams` what is new.
    pub fn tell(&mut self, engine: &Engine, volume: &mut Volume, streams: &[StreamId]) {
        let news = self.waiting.take();
        self.told.retain(|stream| streams.contains(stream));
        let strange: Vec<StreamId> =
            streams.iter().filter(|stream| !self.told.contains(stream)).copied().collect();
        if !strange.is_empty() {
            let ends = volume.recorded_until().unwrap_or_default();
            for stream in strange {
                let end = ends.iter().find(|(known, _)| *known == stream).map(|(_, end)| *end);
                volume.note(stream, past(engine, stream, end));
                self.told.insert(stream);
            }
        }
        if news.is_empty() {
            return;
        }
        for stream in streams {
            let here = news.iter().filter(|it| it.event.camera == stream.camera);
            volume.note(*stream, here.cloned().collect());
        }
    }
}

/// What files do not tell, perhaps, of a stream that is recorded until `end`: what
/// happened since, and what goes into a file only when it is closed.
fn past(engine: &Engine, stream: StreamId, end: Option<WallTime>) -> Vec<TrackedEvent> {
    let now = engine.clock().wall();
    let from = end.map_or(now, |end| end.min(now)) - FILE - Event::LONGEST;
    let limit = archive::MOST_EVENTS as u32;
    let known = engine.store(|store| {
        let events = store.events(&[stream.camera], from, WallTime(i64::MAX), limit, true)?;
        let tracked = |event: Event| Ok(TrackedEvent { track: store.track(event.id)?, event });
        events.into_iter().map(tracked).collect()
    });
    known.unwrap_or_else(|error| {
        tracing::warn!(%stream, "files are not told what happened before: {error}");
        Vec::new()
    })
}
