//! Events on their way into segments.

use std::collections::BTreeMap;

use media::{TrackedEvent, WallTime};

use crate::mp4::MOST_EVENTS;

/// What happened at a camera and no segment tells yet, or not as it is known now.
#[derive(Default)]
pub struct Untold(BTreeMap<i64, TrackedEvent>);

impl Untold {
    /// Takes events that are new or went on. Where there are too many for a
    /// segment, the oldest are lost.
    pub fn note(&mut self, events: impl IntoIterator<Item = TrackedEvent>) {
        for it in events {
            let TrackedEvent { event, .. } = &it;
            if self.0.get(&event.id).is_none_or(|known| known.event.to <= event.to) {
                self.0.insert(event.id, it);
            }
            if self.0.len() > MOST_EVENTS {
                self.0.pop_first();
            }
        }
    }

    /// What a segment tells that ends at `end`: all of it. What goes on behind
    /// it is told by the next one, too.
    pub fn tell(&mut self, end: WallTime) -> Vec<TrackedEvent> {
        let told = self.0.values().cloned().collect();
        self.0.retain(|_, it| it.event.to >= end);
        told
    }
}

#[cfg(test)]
mod tests {
    use media::{CameraId, Event, EventKind};

    use super::*;

    fn event(id: i64, to: i64) -> TrackedEvent {
        let (camera, kind, label) = (CameraId(1), EventKind::Motion, String::new());
        let [from, to] = [0, to].map(WallTime);
        Event { id, camera, kind, label, from, to, best: from }.into()
    }

    #[test]
    fn each_segment_tells_what_is_new_and_what_goes_on() {
        let mut untold = Untold::default();
        untold.note([event(1, 5), event(2, 8), event(3, 20)]);
        // What was known before changes nothing.
        untold.note([event(2, 9), event(2, 7)]);
        assert_eq!(untold.tell(WallTime(10)), [event(1, 5), event(2, 9), event(3, 20)]);
        untold.note([event(2, 12)]);
        assert_eq!(untold.tell(WallTime(20)), [event(2, 12), event(3, 20)]);
        assert_eq!(untold.tell(WallTime(30)), [event(3, 20)]);
        assert_eq!(untold.tell(WallTime(40)), []);
    }

    #[test]
    fn there_are_never_more_than_fit() {
        let mut untold = Untold::default();
        untold.note((1..=MOST_EVENTS as i64 + 2).map(|id| event(id, 5)));
        let told = untold.tell(WallTime(10));
        assert_eq!((told.len(), told[0].event.id), (MOST_EVENTS, 3));
    }
}
