//! From tracks to what is told: something is in a zone, stays there, or
//! crosses a line.

use std::time::Duration;

use media::MediaTime;

use crate::point::{Extent, Point};
use crate::polygon::{do_meet, side_of};
use crate::rules::{Line, Rules, RulesError, Sense, Zone};
use crate::track::{Step, Track};

/// What leaves a zone for less than this was in it all the time.
const LEAVES: Duration = Duration::from_secs(1);

/// What is nearer to a line is on neither side of it.
const NEAR: f32 = 0.01;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A thing is in the zone of this number, from 0.
    Motion {
        /// Which.
        zone: usize,
    },
    /// A thing stays in the zone of this number.
    Loitering {
        /// Which.
        zone: usize,
    },
    /// A thing crossed the line of this number.
    Crossing {
        /// Which.
        line: usize,
        /// Which way; never [`Sense::Both`].
        sense: Sense,
    },
}

/// Something that happened, or still does.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// No other event of the same camera has this.
    pub id: u64,
    /// What.
    pub kind: Kind,
    /// To which track; 0 where things are not followed.
    pub track: u64,
    /// When it began: before it was known to be one.
    pub start: MediaTime,
    /// When it was seen last.
    pub end: MediaTime,
    /// Whether nothing more comes.
    pub is_over: bool,
    /// When it is seen best, and where.
    pub best: Step,
}

/// Why a thing in a zone is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The zone tells of nothing now.
    Hours,
    /// It has not gone anywhere yet.
    Still,
    /// It hardly stands out.
    Faint,
    /// It is smaller than what is told.
    Small,
    /// It is larger.
    Large,
    /// It has not been there for long enough.
    Brief,
    /// It goes another way.
    OtherWay,
}

/// What becomes of a thing that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is in no zone.
    Elsewhere,
    /// It is where a mask is.
    Masked,
    /// It is told of the zone of this number.
    Told(usize),
    /// It is in the zone of this number, and is not told.
    Refused(usize, Reason),
}

/// Tells what happens to tracks, by rules.
#[derive(Debug)]
pub struct Watch {
    rules: Rules,
    zones: Vec<Zone>,
    stays: Vec<Stay>,
    walks: Vec<Walk>,
    last_id: u64,
}

/// A thing in a zone.
#[derive(Debug)]
struct Stay {
    zone: usize,
    track: u64,
    start: MediaTime,
    end: MediaTime,
    entered: Point,
    best: Step,
    /// Largest contrast seen.
    contrast: u8,
    motion: Option<u64>,
    loitering: Option<u64>,
}

/// A thing and a line.
#[derive(Debug)]
struct Walk {
    line: usize,
    track: u64,
    /// Where it last was clearly on one side.
    from: Option<Point>,
    /// Crossings of what is not yet known to be a thing.
    pending: Vec<(Step, Sense)>,
}

impl Watch {
    /// Watches by `rules`; nothing happened yet.
    pub fn new(rules: Rules) -> Result<Self, RulesError> {
        rules.check()?;
        let zones =
            if rules.zones.is_empty() { vec![Zone::default()] } else { rules.zones.clone() };
        Ok(Self { rules, zones, stays: Vec::new(), walks: Vec::new(), last_id: 0 })
    }

    /// Events that began, went on or ended with what `tracks` are at `time`. Zones,
    /// counted from 0, tell of what they begin to see while they are on, until it
    /// leaves them, on or not.
    pub fn see(
        &mut self,
        tracks: &[Track],
        time: MediaTime,
        is_on: impl Fn(usize) -> bool,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        for track in tracks.iter().filter(|track| track.seen == time) {
            for zone in 0..self.zones.len() {
                self.visit(zone, track, is_on(zone));
            }
            for line in 0..self.rules.lines.len() {
                self.walk(line, track, &mut events);
            }
        }
        self.walks.retain(|walk| tracks.iter().any(|it| it.id == walk.track && !it.is_over));
        self.tell(tracks, time, &mut events);
        events
    }

    /// What becomes of `track`, one of those that were seen last: where it is in
    /// several zones, of the one that comes nearest to telling it.
    pub fn verdict(&self, track: &Track) -> Verdict {
        let stays = self.stays.iter().filter(|stay| stay.track == track.id);
        let of_zone = |stay: &Stay| match stay.refusal(&self.zones[stay.zone], track) {
            Some(reason) if stay.motion.is_none() => Verdict::Refused(stay.zone, reason),
            _ => Verdict::Told(stay.zone),
        };
        let nearest = stays.map(of_zone).max_by_key(|verdict| match verdict {
            Verdict::Refused(_, reason) => *reason as usize,
            _ => usize::MAX,
        });
        nearest.unwrap_or_else(|| {
            if self.is_masked(track.extent.centre()) {
                return Verdict::Masked;
            }
            // What came while a zone is not on is of no account there.
            let zone = (0..self.zones.len()).find(|zone| self.is_in(*zone, track));
            zone.map_or(Verdict::Elsewhere, |zone| Verdict::Refused(zone, Reason::Hours))
        })
    }

    /// Notes that `track` is in `zone`, where it is. Who comes while it is not on
    /// is of no account until it is.
    fn visit(&mut self, zone: usize, track: &Track, is_on: bool) {
        let centre = track.extent.centre();
        if !self.is_in(zone, track) || self.is_masked(centre) {
            return;
        }
        let step = Step { time: track.seen, extent: track.extent };
        let known = self.stays.iter_mut().find(|it| it.zone == zone && it.track == track.id);
        let Some(stay) = known else {
            if !is_on {
                return;
            }
            self.stays.push(Stay {
                zone,
                track: track.id,
                start: track.seen,
                end: track.seen,
                entered: centre,
                best: step,
                contrast: track.contrast,
                motion: None,
                loitering: None,
            });
            return;
        };
        if track.is_leaving() {
            return;
        }
        stay.end = track.seen;
        stay.contrast = stay.contrast.max(track.contrast);
        if worth(step.extent) > worth(stay.best.extent) {
            stay.best = step;
        }
    }

    fn is_in(&self, zone: usize, Track { extent, .. }: &Track) -> bool {
        let zone = &self.zones[zone];
        zone.contains(extent.centre()) || zone.contains(extent.foot())
    }

    fn is_masked(&self, point: Point) -> bool {
        self.rules.masks.iter().any(|mask| mask.contains(point))
    }

    /// Notes on which side of `line` `track` is, and tells where it came across.
    fn walk(&mut self, line: usize, track: &Track, events: &mut Vec<Event>) {
        let index = self.walks.iter().position(|it| it.line == line && it.track == track.id);
        let index = index.unwrap_or_else(|| {
            self.walks.push(Walk { line, track: track.id, from: None, pending: Vec::new() });
            self.walks.len() - 1
        });
        let is_masked = self.is_masked(track.extent.centre());
        let rule = &self.rules.lines[line];
        let walk = &mut self.walks[index];
        let step = Step { time: track.seen, extent: track.extent };
        if let Some(sense) = walk.cross(rule, step).filter(|_| !is_masked) {
            walk.pending.push((step, sense));
        }
        if track.has_moved {
            for (step, sense) in std::mem::take(&mut walk.pending) {
                self.last_id += 1;
                events.push(Event {
                    id: self.last_id,
                    kind: Kind::Crossing { line, sense },
                    track: track.id,
                    start: step.time,
                    end: step.time,
                    is_over: true,
                    best: step,
                });
            }
        }
    }

    /// Tells of stays, and forgets those that are over.
    fn tell(&mut self, tracks: &[Track], time: MediaTime, events: &mut Vec<Event>) {
        let last_id = &mut self.last_id;
        let mut new_id = || {
            *last_id += 1;
            *last_id
        };
        for stay in &mut self.stays {
            let zone = &self.zones[stay.zone];
            let track = tracks.iter().find(|it| it.id == stay.track && !it.is_over);
            if stay.motion.is_none()
                && track.is_some_and(|track| stay.refusal(zone, track).is_none())
            {
                stay.motion = Some(new_id());
            }
            let stayed = stay.end.since(stay.start);
            if zone.loitering.is_some_and(|limit| stay.motion.is_some() && stayed >= limit) {
                stay.loitering = stay.loitering.or_else(|| Some(new_id()));
            }
            let is_over = track.is_none() || time.since(stay.end) > LEAVES;
            let number = stay.zone;
            let kinds = [
                (stay.motion, Kind::Motion { zone: number }),
                (stay.loitering, Kind::Loitering { zone: number }),
            ];
            for (id, kind) in kinds {
                let Some(id) = id else { continue };
                if stay.end == time || is_over {
                    let (track, start, end, best) = (stay.track, stay.start, stay.end, stay.best);
                    events.push(Event { id, kind, track, start, end, is_over, best });
                }
            }
        }
        self.stays.retain(|stay| {
            let is_there = tracks.iter().any(|it| it.id == stay.track && !it.is_over);
            is_there && time.since(stay.end) <= LEAVES
        });
    }
}

impl Stay {
    /// Why it is not what `zone` wants to be told: the first reason, in the order of
    /// [`Reason`].
    fn refusal(&self, zone: &Zone, track: &Track) -> Option<Reason> {
        let size = self.best.extent.size();
        let goes = |way: crate::Direction| way.is_way(self.entered, track.extent.centre());
        let reasons = [
            (!track.has_moved, Reason::Still),
            (self.contrast < zone.min_contrast(), Reason::Faint),
            (size < zone.min_size, Reason::Small),
            (size > zone.max_size, Reason::Large),
            (self.end.since(self.start) < zone.min_duration, Reason::Brief),
            (!zone.direction.is_none_or(goes), Reason::OtherWay),
        ];
        reasons.into_iter().find_map(|(is_so, reason)| is_so.then_some(reason))
    }
}

impl Walk {
    /// Which way `line` was crossed with this step, where it was.
    fn cross(&mut self, line: &Line, step: Step) -> Option<Sense> {
        let here = step.extent.centre();
        let side = |point| side_of(line.from, line.to, point) / line.from.distance(line.to);
        if side(here).abs() < NEAR {
            return None;
        }
        let from = self.from.replace(here)?;
        if side(from) * side(here) > 0.0 || !do_meet((from, here), (line.from, line.to)) {
            return None;
        }
        let sense = if side(here) > 0.0 { Sense::ToRight } else { Sense::ToLeft };
        (line.sense == Sense::Both || line.sense == sense).then_some(sense)
    }
}

/// How well a thing is seen: large, and whole.
pub(crate) fn worth(extent: Extent) -> f32 {
    extent.size() * if extent.is_at_edge() { 0.5 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use media::Grid;

    use super::*;
    use crate::{Area, Blob, Direction, Light, Observation, Polygon, Shift, Tracker};

    /// What is seen after so many tenths of a second of a thing of 20×20 pixels in a
    /// picture of 200×100.
    fn seen(tenth: i64, at: Option<(i32, i32)>) -> Observation {
        let blobs = at.map(|(x, y)| {
            let (left, top) = ((x - 10).max(0) as u32, (y - 10).max(0) as u32);
            let area = Area { left, top, right: left + 20, bottom: top + 20 };
            Blob { area, pixels: 400, centre: (x as f32, y as f32), contrast: 60 }
        });
        Observation {
            time: MediaTime(tenth * 100_000),
            size: (200, 100),
            shift: Shift::default(),
            light: Light::SAME,
            blobs: blobs.into_iter().collect(),
            grid: Grid::default(),
            is_another_scene: false,
        }
    }

    /// What is told of a thing of 20×20 pixels that goes from one place to the
    /// next in a picture of 200×100, ten pixels a tenth of a second.
    fn check(rules: Rules, way: &[(i32, i32)], expected: &[&str]) {
        let (mut tracker, mut watch) = (Tracker::new(), Watch::new(rules).unwrap());
        let mut told: Vec<(u64, String)> = Vec::new();
        let mut tenth = 0;
        let mut look = |at: Option<(i32, i32)>| {
            let seen = seen(tenth, at);
            tenth += 1;
            for event in watch.see(tracker.follow(&seen), seen.time, |_| true) {
                let tenths = |time: MediaTime| time.0 / 100_000;
                let over = if event.is_over { "" } else { ".." };
                let text =
                    format!("{:?} {}-{}{over}", event.kind, tenths(event.start), tenths(event.end));
                match told.iter_mut().find(|(id, _)| *id == event.id) {
                    Some((_, last)) => *last = text,
                    None => told.push((event.id, text)),
                }
            }
        };
        for pair in way.windows(2) {
            let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
            let steps = ((to_x - x).abs().max((to_y - y).abs()) / 10).max(1);
            for step in 0..steps {
                look(Some((x + (to_x - x) * step / steps, y + (to_y - y) * step / steps)));
            }
        }
        for _ in 0..20 {
            look(None);
        }
        let told: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
        assert_eq!(told, expected);
    }

    fn zone(left: f32, right: f32) -> Zone {
        let point = |x, y| Point { x, y };
        let corners =
            vec![point(left, 0.0), point(right, 0.0), point(right, 1.0), point(left, 1.0)];
        Zone { shape: Some(Polygon::new(corners).unwrap()), ..Zone::default() }
    }

    fn zones(zones: Vec<Zone>) -> Rules {
        Rules { zones, ..Rules::default() }
    }

    const ACROSS: &[(i32, i32)] = &[(10, 50), (190, 50)];

    #[test]
    fn what_goes_through_is_told_from_its_first_picture_to_its_last() {
        check(Rules::default(), ACROSS, &["Motion { zone: 0 } 0-17"]);
        check(zones(vec![zone(0.5, 0.8)]), ACROSS, &["Motion { zone: 0 } 9-14"]);
    }

    #[test]
    fn what_stays_where_it_is_is_not_told() {
        check(Rules::default(), &[(50, 50); 40], &[]);
    }

    #[test]
    fn what_stands_after_it_came_is_told_until_it_leaves() {
        let mut way = vec![(10, 50), (100, 50)];
        way.extend([(100, 50); 50]);
        way.push((190, 50));
        check(Rules::default(), &way, &["Motion { zone: 0 } 0-67"]);
        let loitering = Some(Duration::from_secs(3));
        let rules = zones(vec![Zone { loitering, ..Zone::default() }]);
        check(rules, &way, &["Motion { zone: 0 } 0-67", "Loitering { zone: 0 } 0-67"]);
    }

    #[test]
    fn zones_take_what_they_want() {
        let refuses = |zone: Zone| check(zones(vec![zone]), ACROSS, &[]);
        refuses(Zone { min_size: 0.05, ..Zone::default() });
        refuses(Zone { max_size: 0.01, ..Zone::default() });
        refuses(Zone { min_duration: Duration::from_secs(3), ..Zone::default() });
        refuses(Zone {
            direction: Some(Direction { degrees: 180.0, tolerance: 60.0 }),
            ..Zone::default()
        });
        let takes = Zone {
            direction: Some(Direction { degrees: 0.0, tolerance: 60.0 }),
            ..Zone::default()
        };
        check(zones(vec![takes]), ACROSS, &["Motion { zone: 0 } 0-17"]);
    }

    #[test]
    fn each_thing_has_a_verdict() {
        let verdicts = |rules: Rules, is_on: bool| {
            let (mut tracker, mut watch) = (Tracker::new(), Watch::new(rules).unwrap());
            let mut verdicts = Vec::new();
            for tenth in 0..18 {
                let seen = seen(tenth, Some((10 + tenth as i32 * 10, 50)));
                watch.see(tracker.follow(&seen), seen.time, |_| is_on);
                let verdict = watch.verdict(&tracker.tracks()[0]);
                if verdicts.last() != Some(&verdict) {
                    verdicts.push(verdict);
                }
            }
            verdicts
        };
        let check = |rules: Rules, expected: &[Verdict]| {
            assert_eq!(verdicts(rules, true), expected);
        };
        let refused = |reason| Verdict::Refused(0, reason);
        let (still, told) = (refused(Reason::Still), Verdict::Told(0));
        let all = Zone::default;
        check(Rules::default(), &[still, told]);
        check(zones(vec![Zone { sensitivity: 0, ..all() }]), &[still, told]);
        check(zones(vec![Zone { min_size: 0.05, ..all() }]), &[still, refused(Reason::Small)]);
        check(zones(vec![Zone { max_size: 0.01, ..all() }]), &[still, refused(Reason::Large)]);
        let min_duration = Duration::from_secs(1);
        let brief = refused(Reason::Brief);
        check(zones(vec![Zone { min_duration, ..all() }]), &[still, brief, told]);
        let direction = Some(Direction { degrees: 180.0, tolerance: 60.0 });
        check(zones(vec![Zone { direction, ..all() }]), &[still, refused(Reason::OtherWay)]);
        let (elsewhere, masked) = (Verdict::Elsewhere, Verdict::Masked);
        check(zones(vec![zone(0.5, 0.8)]), &[elsewhere, told]);
        let masks = vec![zone(0.0, 0.3).shape.unwrap()];
        check(Rules { masks, ..Rules::default() }, &[masked, told]);
        let (left, elsewhere) = (zone(0.0, 0.3), Verdict::Elsewhere);
        assert_eq!(verdicts(zones(vec![left]), false), [refused(Reason::Hours), elsewhere]);
        // Of two zones, the one that is nearer to telling it.
        let small = Zone { min_size: 0.05, ..all() };
        check(
            zones(vec![small, Zone { min_duration, ..all() }]),
            &[
                Verdict::Refused(1, Reason::Still),
                Verdict::Refused(1, Reason::Brief),
                Verdict::Told(1),
            ],
        );
    }

    #[test]
    fn masks_hide() {
        let mask = zone(0.0, 1.0).shape.unwrap();
        check(Rules { masks: vec![mask], ..Rules::default() }, ACROSS, &[]);
    }

    #[test]
    fn lines_are_crossed_once_and_one_way() {
        let line = |sense| {
            let (from, to) = (Point { x: 0.5, y: 0.9 }, Point { x: 0.5, y: 0.1 });
            let zone = Zone { max_size: 0.0, ..Zone::default() };
            let name = "Gate".into();
            Rules { lines: vec![Line { name, from, to, sense }], ..zones(vec![zone]) }
        };
        let crossed = "Crossing { line: 0, sense: ToRight } 10-10";
        check(line(Sense::Both), ACROSS, &[crossed]);
        check(line(Sense::ToRight), ACROSS, &[crossed]);
        check(line(Sense::ToLeft), ACROSS, &[]);
        let back = "Crossing { line: 0, sense: ToLeft } 14-14";
        check(line(Sense::Both), &[(10, 50), (120, 50), (20, 50)], &[crossed, back]);
        // Past its end.
        check(line(Sense::Both), &[(60, 90), (140, 100), (190, 100)], &[]);
    }
}
