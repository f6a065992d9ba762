//! What is looked for at cameras, and what happened.

use std::time::Duration;

use media::{CameraId, Grid};
use protocol::{
    CameraAddress, CameraEvent, CameraMotion, EventKind, Failure, FailureCode, LineSense,
    MotionDirection, MotionLine, MotionMode, MotionSettings, MotionSpan, MotionState, MotionZone,
    PicturePoint, TrackPlace, TrialVerdict, TriedEvent,
};
use vision::{Direction, Line, Point, Polygon, Rules, Sense, Zone};

use super::hours_of_week;
use crate::motion::{Brief, Schedule};

/// What is looked for at a camera, and how that is doing.
pub fn camera_motion(
    server: &str,
    camera: CameraId,
    settings: &store::MotionSettings,
    state: MotionState,
) -> CameraMotion {
    let camera = CameraAddress { server: server.to_owned(), camera: camera.0 };
    CameraMotion { camera, settings: motion_settings(settings), state }
}

/// What is looked for at a camera, as a viewer says it, to be kept. Refused where
/// it cannot be followed.
pub fn kept_motion(settings: MotionSettings) -> Result<store::MotionSettings, Failure> {
    let mode = match settings.mode {
        MotionMode::Auto => store::MotionMode::Auto,
        MotionMode::On => store::MotionMode::On,
        MotionMode::Off => store::MotionMode::Off,
    };
    let MotionSettings { zones, masks, lines, .. } = settings;
    let zones = (1..).zip(zones).map(|(number, zone)| {
        kept_zone(zone).map_err(|sentence| refused(format!("Zone {number}: {sentence}")))
    });
    let masks = (1..).zip(masks).map(|(number, corners)| {
        polygon(corners).map_err(|sentence| refused(format!("Mask {number}: {sentence}")))
    });
    let zones: Vec<(Zone, Option<Schedule>)> = zones.collect::<Result<_, _>>()?;
    let (zones, schedules) = zones.into_iter().unzip();
    let rules = Rules {
        zones,
        masks: masks.collect::<Result<_, _>>()?,
        lines: lines.into_iter().map(kept_line).collect(),
    };
    rules.check().map_err(|error| refused(error.to_string()))?;
    Ok(store::MotionSettings { mode, rules: Brief { rules, schedules }.text() })
}

/// Something that happened.
pub fn event(server: &str, event: &media::Event, is_reviewed: bool) -> CameraEvent {
    CameraEvent {
        id: event.id,
        camera: CameraAddress { server: server.to_owned(), camera: event.camera.0 },
        kind: event_kind(event.kind),
        label: event.label.clone(),
        from: event.from.0,
        to: event.to.min(event.from + media::Event::LONGEST).0,
        best: event.best.0,
        is_reviewed,
    }
}

/// Where a thing went, by time.
pub fn track(track: &media::Track) -> Vec<TrackPlace> {
    let share = |part: u16| f32::from(part) / f32::from(media::TrackPlace::WHOLE);
    let place = |place: &media::TrackPlace| TrackPlace {
        time: (track.start() + Duration::from_millis(place.after_ms.into())).0,
        centre: PicturePoint { x: share(place.x), y: share(place.y) },
        width: share(place.width),
        height: share(place.height),
    };
    track.places().iter().map(place).collect()
}

/// Something that would have happened with other settings, or with those that are kept.
pub fn tried_event(event: media::Event, verdict: TrialVerdict) -> TriedEvent {
    TriedEvent {
        verdict,
        kind: event_kind(event.kind),
        label: event.label,
        from: event.from.0,
        to: event.to.0,
        best: event.best.0,
    }
}

fn event_kind(kind: media::EventKind) -> EventKind {
    match kind {
        media::EventKind::Motion => EventKind::Motion,
        media::EventKind::Loitering => EventKind::Loitering,
        media::EventKind::Crossing => EventKind::Crossing,
        media::EventKind::Covered => EventKind::Covered,
        media::EventKind::Black => EventKind::Black,
        media::EventKind::Defocused => EventKind::Defocused,
        media::EventKind::Frozen => EventKind::Frozen,
        media::EventKind::Shifted => EventKind::Shifted,
        media::EventKind::Reported => EventKind::Reported,
    }
}

/// The cells of an area, as a viewer says it, that is to be searched.
pub fn searched_area(corners: Vec<PicturePoint>) -> Result<Grid, Failure> {
    let shape = polygon(corners).map_err(|sentence| {
        refused(format!("This area cannot be searched. {sentence} Draw another one."))
    })?;
    Ok(shape.reaches())
}

/// Something moved where it was searched.
pub fn motion_span(server: &str, span: &store::TracedSpan) -> MotionSpan {
    let camera = CameraAddress { server: server.to_owned(), camera: span.camera.0 };
    MotionSpan { camera, from: span.from.0, to: span.to.0 }
}

fn motion_settings(settings: &store::MotionSettings) -> MotionSettings {
    let mode = match settings.mode {
        store::MotionMode::Auto => MotionMode::Auto,
        store::MotionMode::On => MotionMode::On,
        store::MotionMode::Off => MotionMode::Off,
    };
    let Brief { rules: Rules { zones, masks, lines }, schedules } = Brief::of_text(&settings.rules);
    let schedules = schedules.into_iter().chain(std::iter::repeat(None));
    MotionSettings {
        mode,
        zones: zones.into_iter().zip(schedules).map(zone).collect(),
        masks: masks.into_iter().map(corners).collect(),
        lines: lines.into_iter().map(line).collect(),
    }
}

fn zone((zone, schedule): (Zone, Option<Schedule>)) -> MotionZone {
    MotionZone {
        name: zone.name,
        corners: zone.shape.map(corners),
        sensitivity: zone.sensitivity,
        min_size: zone.min_size,
        max_size: zone.max_size,
        min_seconds: zone.min_duration.as_secs_f32(),
        direction: zone
            .direction
            .map(|Direction { degrees, tolerance }| MotionDirection { degrees, tolerance }),
        loitering_seconds: zone.loitering.map(|it| it.as_secs_f32()),
        schedule: schedule.map(|it| it.0.to_vec()),
    }
}

fn kept_zone(zone: MotionZone) -> Result<(Zone, Option<Schedule>), String> {
    let seconds = |seconds: f32| {
        Duration::try_from_secs_f32(seconds)
            .map_err(|_| format!("{seconds} seconds are out of range. Type another number."))
    };
    let schedule = zone.schedule.map(hours_of_week).transpose()?.map(Schedule);
    let zone = Zone {
        name: zone.name,
        shape: zone.corners.map(polygon).transpose()?,
        sensitivity: zone.sensitivity,
        min_size: zone.min_size,
        max_size: zone.max_size,
        min_duration: seconds(zone.min_seconds)?,
        direction: zone
            .direction
            .map(|MotionDirection { degrees, tolerance }| Direction { degrees, tolerance }),
        loitering: zone.loitering_seconds.map(seconds).transpose()?,
    };
    Ok((zone, schedule))
}

fn line(line: Line) -> MotionLine {
    MotionLine {
        name: line.name,
        from: picture_point(line.from),
        to: picture_point(line.to),
        sense: match line.sense {
            Sense::Both => LineSense::Both,
            Sense::ToRight => LineSense::ToRight,
            Sense::ToLeft => LineSense::ToLeft,
        },
    }
}

fn kept_line(line: MotionLine) -> Line {
    Line {
        name: line.name,
        from: point(line.from),
        to: point(line.to),
        sense: match line.sense {
            LineSense::Both => Sense::Both,
            LineSense::ToRight => Sense::ToRight,
            LineSense::ToLeft => Sense::ToLeft,
        },
    }
}

fn corners(shape: Polygon) -> Vec<PicturePoint> {
    shape.corners().iter().copied().map(picture_point).collect()
}

fn polygon(corners: Vec<PicturePoint>) -> Result<Polygon, String> {
    Polygon::new(corners.into_iter().map(point).collect()).map_err(|error| error.to_string())
}

pub(super) fn picture_point(Point { x, y }: Point) -> PicturePoint {
    PicturePoint { x, y }
}

fn point(PicturePoint { x, y }: PicturePoint) -> Point {
    Point { x, y }
}

fn refused(sentence: String) -> Failure {
    Failure::new(FailureCode::BadRequest, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(corners: &[(f32, f32)]) -> Vec<PicturePoint> {
        corners.iter().map(|&(x, y)| PicturePoint { x, y }).collect()
    }

    fn settings(corners: Vec<PicturePoint>) -> MotionSettings {
        MotionSettings {
            mode: MotionMode::On,
            zones: vec![MotionZone {
                name: "Door".into(),
                corners: Some(corners),
                sensitivity: 70,
                min_size: 0.01,
                max_size: 0.5,
                min_seconds: 1.5,
                direction: Some(MotionDirection { degrees: 90.0, tolerance: 45.0 }),
                loitering_seconds: Some(20.0),
                schedule: Some((0..store::Week::HOURS).map(|hour| hour % 24 < 6).collect()),
            }],
            masks: vec![points(&[(0.0, 0.0), (0.25, 0.0), (0.0, 0.25)])],
            lines: vec![MotionLine {
                name: "Gate".into(),
                from: PicturePoint { x: 0.0, y: 0.5 },
                to: PicturePoint { x: 1.0, y: 0.5 },
                sense: LineSense::ToLeft,
            }],
        }
    }

    #[test]
    fn what_is_looked_for_comes_back_from_a_viewer_as_it_went() {
        let sent = settings(points(&[(0.5, 0.0), (1.0, 0.0), (1.0, 1.0)]));
        let kept = kept_motion(sent.clone()).unwrap();
        assert_eq!(motion_settings(&kept), sent);
        let nothing = motion_settings(&store::MotionSettings::default());
        assert_eq!(kept_motion(nothing).unwrap(), store::MotionSettings::default());
    }

    #[test]
    fn shapes_that_mean_nothing_are_refused_with_a_sentence() {
        let check = |corners: &[(f32, f32)], expected: &str| {
            let failure = kept_motion(settings(points(corners))).unwrap_err();
            assert_eq!(
                (failure.code, failure.message.as_str()),
                (FailureCode::BadRequest, expected)
            );
        };
        let many = vec![(0.5, 0.5); 1_000_000];
        check(&many, "Zone 1: A shape has 64 corners at most; this has 1000000.");
        let crossing = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)];
        check(&crossing, "Zone 1: The sides that begin at the corners 1 and 3 cross.");
        let outside = [(0.0, 0.0), (2.0, 0.0), (0.0, 1.0)];
        check(&outside, "Zone 1: Corner 2 lies outside the picture.");
    }

    #[test]
    fn a_schedule_has_all_hours_of_a_week() {
        let mut short = settings(points(&[(0.5, 0.0), (1.0, 0.0), (1.0, 1.0)]));
        short.zones[0].schedule = Some(vec![true; 24]);
        let failure = kept_motion(short).unwrap_err();
        assert_eq!(failure.message, "Zone 1: A week has 168 hours, not 24. Send them all.");
    }

    #[test]
    fn areas_that_mean_nothing_are_not_searched() {
        let check = |corners: &[(f32, f32)], expected: Result<usize, &str>| {
            let found = searched_area(points(corners));
            let found = found.map(|area| area.len()).map_err(|failure| failure.message);
            assert_eq!(found, expected.map_err(str::to_owned));
        };
        check(&[(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)], Ok(Grid::CELLS));
        check(
            &[(0.2, 0.2); 4],
            Err(
                "This area cannot be searched. The sides that begin at the corners 1 and 3 cross. \
                 Draw another one.",
            ),
        );
        check(
            &[(0.2, 0.2); 3],
            Err("This area cannot be searched. The shape is too small for anything to be in it. \
                 Draw another one."),
        );
    }
}
