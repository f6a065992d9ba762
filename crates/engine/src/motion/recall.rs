//! Events that the store lost and files still tell.

use std::path::Path;

use archive::Survey;
use media::TrackedEvent;
use store::StoreError;

use crate::Engine;

/// Takes back what the files of the volume at `path` tell to have happened.
/// False where that could not be done. Blocks, for as long as reading all of
/// them takes.
pub fn recall(engine: &Engine, path: &Path) -> bool {
    let mut survey = match Survey::new(path) {
        Ok(survey) => survey,
        Err(error) => {
            tracing::warn!("events cannot be taken from files: {error}");
            return false;
        }
    };
    let mut count = 0;
    while !engine.is_stopping()
        && let Some(events) = survey.next_events()
    {
        match take_back(engine, &events) {
            Ok(new) => count += new,
            Err(error) => {
                tracing::warn!("events that files tell cannot be kept: {error}");
                return false;
            }
        }
    }
    if count > 0 {
        tracing::info!(volume = %path.display(), count, "events were taken from files");
    }
    true
}

fn take_back(engine: &Engine, events: &[TrackedEvent]) -> Result<usize, StoreError> {
    let Some(last) = events.iter().map(|it| it.event.id).max() else { return Ok(0) };
    let motion = engine.motion();
    // What happens from now on has other ids; what happened until now is in the
    // store and keeps its own.
    motion.ids().pass(last);
    motion.ledger().write(engine);
    engine.store(|store| store.take_back_events(events, |_| motion.ids().next()))
}
