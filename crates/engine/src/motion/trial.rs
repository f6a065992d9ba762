//! Other settings tried on what is recorded, beside those that are kept: which
//! events come with them, and which go. Nothing of it is kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use media::{CameraId, Event, EventKind, Picture, WallTime};
use protocol::{
    CameraAddress, Failure, FailureCode, MAX_TRIED, MAX_TRIED_EVENTS, MotionSettings, MotionTrial,
    Reply, TrialVerdict, TriedEvent,
};

use super::brief::Brief;
use super::eye::{Eye, Happening};
use super::ledger::Ids;
use super::rerun::{Rerun, Scene};
use super::{lock, looked_at};
use crate::{Engine, view};

/// So long before the span the background is learned.
const LEAD: Duration = Duration::from_secs(30);

/// What goes on at the end of the span is followed for so long.
const TAIL: Duration = Duration::from_secs(60);

/// Pictures further apart are not one look.
const ONE_LOOK: Duration = Duration::from_secs(10);

/// Looks at what is recorded of a camera between two times, with both settings.
pub async fn run(
    engine: &Engine,
    camera: &CameraAddress,
    settings: MotionSettings,
    (from, to): (WallTime, WallTime),
) -> Result<Reply, Failure> {
    let camera = engine.camera_id(camera)?;
    if !(1..=MAX_TRIED).contains(&to.0.saturating_sub(from.0)) {
        let message = "Settings are tried on ten minutes at most, and not on nothing.";
        return Err(Failure::new(FailureCode::BadRequest, message));
    }
    let tried = Brief::of_text(&view::kept_motion(settings)?.rules);
    let kept = Brief::of_text(&engine.board().motion(camera).rules);
    let stream = looked_at(engine)
        .remove(&camera)
        .ok_or_else(|| view::not_found("There is no such camera."))?;
    let _turn = engine.motion().trials().acquire().await.expect("it is never closed");
    let mut rerun = Rerun::open(engine, &stream, from - LEAD)?;
    let both = Arc::new(Mutex::new([Trial::new(camera, kept)?, Trial::new(camera, tried)?]));
    let mut looked = Looked { span: (from, to), micros: 0, last: None };
    while let Some(scene) = rerun.next().await? {
        let Scene::Picture(picture) = scene else {
            lock(&both).iter_mut().for_each(Trial::close);
            continue;
        };
        let at = picture.arrived;
        if at >= to + TAIL || at >= to && !lock(&both).iter().any(|it| it.is_waiting(to)) {
            break;
        }
        looked.at(at);
        look(engine, &both, picture).await;
    }
    let [kept, tried] = &mut *lock(&both);
    let (kept, tried) = (kept.events(from, to), tried.events(from, to));
    let mut events = compare(kept, tried);
    events.truncate(MAX_TRIED_EVENTS);
    Ok(Reply::MotionTrial { trial: MotionTrial { events, looked: looked.micros } })
}

/// On one of the few threads that look at pictures.
async fn look(engine: &Engine, both: &Arc<Mutex<[Trial; 2]>>, picture: Arc<Picture>) {
    let permit = engine.motion().gate().clone().acquire_owned().await.expect("it is never closed");
    let both = both.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        lock(&both).iter_mut().for_each(|trial| trial.look(&picture));
    });
    // Where it fails, the engine is ending.
    looked.await.ok();
}

/// What one of both settings tells.
struct Trial {
    eye: Eye,
    told: BTreeMap<i64, Happening>,
}

impl Trial {
    fn new(camera: CameraId, brief: Brief) -> Result<Self, Failure> {
        let eye = Eye::new(camera, brief, Arc::new(Ids::after(0)));
        let refused =
            |error: vision::RulesError| Failure::new(FailureCode::BadRequest, error.to_string());
        Ok(Self { eye: eye.map_err(refused)?, told: BTreeMap::new() })
    }

    fn look(&mut self, picture: &Picture) {
        let happened = self.eye.look(picture).told;
        self.note(happened);
    }

    fn close(&mut self) {
        let happened = self.eye.close();
        self.note(happened);
    }

    fn note(&mut self, happened: Vec<Happening>) {
        // What is done to the camera is told whatever the settings are.
        let of_settings =
            |kind| matches!(kind, EventKind::Motion | EventKind::Loitering | EventKind::Crossing);
        for happening in happened.into_iter().filter(|it| of_settings(it.event.kind)) {
            self.told.insert(happening.event.id, happening);
        }
    }

    /// Whether something that began before `to` goes on.
    fn is_waiting(&self, to: WallTime) -> bool {
        self.told.values().any(|it| !it.is_over && it.event.from < to)
    }

    fn events(&mut self, from: WallTime, to: WallTime) -> Vec<Event> {
        self.close();
        let told = self.told.values().map(|it| it.event.clone());
        let mut events: Vec<Event> = told.filter(|it| (from..to).contains(&it.from)).collect();
        events.sort_by_key(|event| event.from);
        events
    }
}

/// How much of a span was looked at.
struct Looked {
    span: (WallTime, WallTime),
    micros: i64,
    last: Option<WallTime>,
}

impl Looked {
    fn at(&mut self, time: WallTime) {
        let Some(last) = self.last.replace(time) else { return };
        if time > last && time.since(last) <= ONE_LOOK {
            let (from, to) = self.span;
            self.micros += (time.0.min(to.0) - last.0.max(from.0)).max(0);
        }
    }
}

/// Which of both tells what: the same is told where both tell of something of
/// one kind at one time.
fn compare(kept: Vec<Event>, tried: Vec<Event>) -> Vec<TriedEvent> {
    let mut left = kept;
    let mut events: Vec<TriedEvent> = Vec::new();
    for event in tried {
        let is_same =
            |it: &Event| it.kind == event.kind && it.from <= event.to && event.from <= it.to;
        let verdict = match left.iter().position(is_same) {
            Some(place) => {
                left.remove(place);
                TrialVerdict::Stays
            }
            None => TrialVerdict::Comes,
        };
        events.push(view::tried_event(event, verdict));
    }
    events.extend(left.into_iter().map(|event| view::tried_event(event, TrialVerdict::Goes)));
    events.sort_by_key(|event| event.from);
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_tell_stays_and_the_rest_comes_or_goes() {
        let event = |(from, to, kind): (i64, i64, EventKind)| Event {
            id: from,
            camera: CameraId(1),
            kind,
            label: String::new(),
            from: WallTime(from),
            to: WallTime(to),
            best: WallTime(from),
        };
        let (motion, crossing) = (EventKind::Motion, EventKind::Crossing);
        let kept = [(10, 20, motion), (30, 40, motion), (50, 60, motion), (70, 70, crossing)];
        let tried = [(12, 14, motion), (16, 20, motion), (41, 42, motion), (70, 75, motion)];
        let [kept, tried] = [kept, tried].map(|all| all.map(event).to_vec());
        let verdicts = compare(kept, tried).into_iter().map(|it| (it.from, it.verdict));
        let expected = [
            (12, TrialVerdict::Stays),
            (16, TrialVerdict::Comes),
            (30, TrialVerdict::Goes),
            (41, TrialVerdict::Comes),
            (50, TrialVerdict::Goes),
            (70, TrialVerdict::Comes),
            (70, TrialVerdict::Goes),
        ];
        assert_eq!(verdicts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn only_what_lies_in_the_span_was_looked_at() {
        let mut looked = Looked { span: (WallTime(100), WallTime(200)), micros: 0, last: None };
        for time in [50, 90, 120, 150, 190, 230, 250] {
            looked.at(WallTime(time));
        }
        assert_eq!(looked.micros, 100);
        let mut looked = Looked { span: (WallTime(0), WallTime(i64::MAX)), micros: 0, last: None };
        for time in [0, 1_000_000, 60_000_000, 61_000_000] {
            looked.at(WallTime(time));
        }
        assert_eq!(looked.micros, 2_000_000);
    }
}
