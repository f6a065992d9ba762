//! What is kept of one camera from picture to picture, and what is told of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use media::{CameraId, Event, EventKind, Grid, MediaTime, Picture, Track, WallTime};
use vision::{
    Glance, Grey, Kind, Motion, Observation, Rules, RulesError, Tamper, TamperWatch, Tracker, Watch,
};

use super::brief::Brief;
use super::following::go_on;
use super::ledger::Ids;
use super::scenes::Scene;

/// Pictures that lie further apart cannot be followed: a thing is lost between two.
const FAR_APART: Duration = Duration::from_millis(600);

/// So many in a row lie far apart, or do not, before that is believed.
const BELIEVED: u32 = 4;

/// A camera's clock that is further off than this began anew.
const ANOTHER_CLOCK: i64 = 10_000_000;

/// How slowly the camera's clock is followed, in pictures.
const FOLLOWED: i64 = 256;

/// Looks at the pictures of one camera.
pub struct Eye {
    camera: CameraId,
    ids: Arc<Ids>,
    brief: Brief,
    /// What the masks hide.
    masked: Grid,
    axis: Axis,
    motion: Motion,
    tamper: TamperWatch,
    follow: Follow,
    /// Pictures in a row that say otherwise.
    doubts: u32,
    /// When the last picture was taken.
    last: Option<MediaTime>,
    /// Whether that stood for many.
    is_glimpse: bool,
    /// What goes on, by the number that `follow` gave it.
    running: HashMap<u64, Happening>,
    /// When and where something moved in the last picture.
    moved: Option<(WallTime, Grid)>,
    /// What is being done to the camera.
    tampering: Option<(Tamper, Event)>,
}

/// What came of a picture.
#[derive(Debug, Default)]
pub struct Looked {
    /// What is to be told.
    pub told: Vec<Happening>,
    /// Whether the next pictures should not lie far apart.
    pub is_moving: bool,
    /// When the last began of what happens now, on the camera's own axis.
    pub since: Option<MediaTime>,
}

/// Something happens, goes on or is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// As far as it is known.
    pub event: Event,
    /// Where its thing went until now; empty where nothing is followed.
    pub track: Track,
    /// Whether nothing more comes of it.
    pub is_over: bool,
}

enum Follow {
    Tracks(Tracker, Watch),
    Pictures(Glance),
}

/// The times of pictures by the wall clock, as even as the camera's own.
#[derive(Default)]
struct Axis {
    offset: Option<i64>,
}

impl Eye {
    /// Of a camera that is looked at for what `brief` says.
    pub fn new(camera: CameraId, brief: Brief, ids: Arc<Ids>) -> Result<Self, RulesError> {
        let mut masked = Grid::default();
        for mask in &brief.rules.masks {
            masked.unite(mask.covers());
        }
        Ok(Self {
            camera,
            ids,
            masked,
            axis: Axis::default(),
            motion: Motion::new(),
            tamper: TamperWatch::new(),
            follow: Follow::tracks(&brief.rules)?,
            brief,
            doubts: 0,
            last: None,
            is_glimpse: false,
            running: HashMap::new(),
            moved: None,
            tampering: None,
        })
    }

    /// Whether pictures lie too far apart for things to be followed.
    pub fn is_coarse(&self) -> bool {
        matches!(self.follow, Follow::Pictures(_))
    }

    /// When and where something moved in the last picture, wherever zones are; what
    /// masks hide does not count.
    pub fn moved(&self) -> Option<(WallTime, Grid)> {
        self.moved
    }

    /// What is seen in the last picture; nothing before the first.
    pub fn scene(&self) -> Option<Scene> {
        let size = self.motion.size()?;
        let foreground = Some(self.motion.mask()).filter(|mask| mask.contains(&true));
        let tracks = self.follow.followed().to_vec();
        let time = WallTime(self.last?.0);
        Some(Scene { time, size, foreground: foreground.unwrap_or_default(), tracks })
    }

    /// What happens in the next picture; nothing of one that cannot be looked at.
    pub fn look(&mut self, picture: &Picture) -> Looked {
        self.look_at(picture, false)
    }

    /// What happens in a picture that stands for many: nothing is followed, and
    /// the background is kept.
    pub fn glimpse(&mut self, picture: &Picture) -> Looked {
        self.look_at(picture, true)
    }

    fn look_at(&mut self, picture: &Picture, is_glimpse: bool) -> Looked {
        let size = picture.format.size;
        let (width, height) = (size.width as usize, size.height as usize);
        self.moved = None;
        let Ok(grey) = Grey::new(&picture.payload, width, height, width) else {
            return Looked::default();
        };
        let time = self.axis.place(picture);
        let mut told = self.expect(time, is_glimpse);
        let seen = self.motion.observe(grey, time);
        let cells = seen.grid.without(self.masked);
        self.moved = (!cells.is_empty()).then_some((WallTime(time.0), cells));
        if !is_glimpse {
            told.extend(self.follow(&seen));
        }
        told.extend(self.watch(grey, time));
        let since = self.running.values().map(|it| it.event.from.0).max();
        let since = since.map(|since| MediaTime(picture.time.0 - (time.0 - since)));
        let is_moving = seen.is_moving() || is_glimpse && self.tamper.is_in_doubt();
        Looked { told, is_moving, since }
    }

    /// Nothing more comes for now: what goes on is over.
    pub fn close(&mut self) -> Vec<Happening> {
        let tampering = self.tampering.take().map(|(_, event)| Happening::unfollowed(event, true));
        let running = self.running.drain().map(|(_, it)| Happening { is_over: true, ..it });
        let over: Vec<Happening> = running.chain(tampering).collect();
        self.begin_following(self.is_coarse());
        over
    }

    /// Takes notice of when pictures come. What was followed is over where they
    /// come in another way from now on, or where there are only glimpses.
    fn expect(&mut self, time: MediaTime, is_glimpse: bool) -> Vec<Happening> {
        let Some(last) = self.last.replace(time) else { return Vec::new() };
        if time <= last {
            // The clock was set back.
            self.motion = Motion::new();
            self.tamper = TamperWatch::new();
            return self.close();
        }
        let was_glimpse = std::mem::replace(&mut self.is_glimpse, is_glimpse);
        if is_glimpse || was_glimpse {
            return if was_glimpse { Vec::new() } else { self.rest() };
        }
        let is_far = time.since(last) > FAR_APART;
        self.doubts = if is_far == self.is_coarse() { 0 } else { self.doubts + 1 };
        if self.doubts < BELIEVED {
            return Vec::new();
        }
        self.doubts = 0;
        let over = self.close();
        self.begin_following(is_far);
        over
    }

    /// Pictures are no longer followed; what is done to the camera goes on.
    fn rest(&mut self) -> Vec<Happening> {
        let running = self.running.drain();
        let over = running.map(|(_, it)| Happening { is_over: true, ..it }).collect();
        self.begin_following(false);
        over
    }

    fn begin_following(&mut self, is_coarse: bool) {
        let follow = match is_coarse {
            true => Glance::new(self.brief.rules.clone()).map(Follow::Pictures),
            false => Follow::tracks(&self.brief.rules),
        };
        // The rules were checked when it was made.
        if let Ok(follow) = follow {
            self.follow = follow;
        }
    }

    fn follow(&mut self, seen: &Observation) -> Vec<Happening> {
        // By when the picture was taken: it may be a recorded one.
        let is_on = self.brief.zones_on(WallTime(seen.time.0));
        let events = match &mut self.follow {
            Follow::Tracks(tracker, watch) => watch.see(tracker.follow(seen), seen.time, is_on),
            Follow::Pictures(glance) => glance.see(seen, is_on),
        };
        let told = events.into_iter().map(|found| {
            let known = self.running.remove(&found.id).map(|it| (it.event.id, it.track));
            let (id, track) = known.unzip();
            let track = go_on(track, &found, self.follow.followed());
            let (kind, label) = describe(&self.brief.rules, found.kind);
            let event = Event {
                id: id.unwrap_or_else(|| self.ids.next()),
                camera: self.camera,
                kind,
                label,
                from: WallTime(found.start.0),
                to: WallTime(found.end.0),
                best: WallTime(found.best.time.0),
            };
            let happening = Happening { event, track, is_over: found.is_over };
            if !found.is_over {
                self.running.insert(found.id, happening.clone());
            }
            happening
        });
        told.collect()
    }

    fn watch(&mut self, grey: Grey<'_>, time: MediaTime) -> Vec<Happening> {
        let found = self.tamper.look(grey, time);
        let (now, mut told) = (WallTime(time.0), Vec::new());
        if let Some((_, event)) = self.tampering.take_if(|(known, _)| Some(*known) != found) {
            told.push(Happening::unfollowed(event, true));
        }
        if let Some(found) = found {
            let begin = || Event {
                id: self.ids.next(),
                camera: self.camera,
                kind: tampering(found),
                label: String::new(),
                from: now,
                to: now,
                best: now,
            };
            let (_, event) = self.tampering.get_or_insert_with(|| (found, begin()));
            event.to = now;
            told.push(Happening::unfollowed(event.clone(), false));
        }
        told
    }
}

impl Follow {
    fn tracks(rules: &Rules) -> Result<Self, RulesError> {
        Ok(Self::Tracks(Tracker::new(), Watch::new(rules.clone())?))
    }

    /// What is followed; nothing where things cannot be.
    fn followed(&self) -> &[vision::Track] {
        match self {
            Self::Tracks(tracker, _) => tracker.tracks(),
            Self::Pictures(_) => &[],
        }
    }
}

impl Happening {
    fn unfollowed(event: Event, is_over: bool) -> Self {
        Self { event, track: Track::default(), is_over }
    }
}

impl Axis {
    /// When `picture` was taken. Pictures arrive in bursts and were taken evenly.
    fn place(&mut self, picture: &Picture) -> MediaTime {
        let arrived = picture.arrived.0.saturating_sub(picture.time.0);
        let offset = self.offset.get_or_insert(arrived);
        let off = arrived.saturating_sub(*offset);
        *offset = if off.abs() > ANOTHER_CLOCK { arrived } else { *offset + off / FOLLOWED };
        MediaTime(picture.time.0.saturating_add(*offset))
    }
}

/// What it is called, and where it happens.
fn describe(rules: &Rules, kind: Kind) -> (EventKind, String) {
    let zone = |zone: usize| match rules.zones.get(zone) {
        Some(it) if it.name.is_empty() => (zone + 1).to_string(),
        Some(it) => it.name.clone(),
        // The whole picture.
        None => String::new(),
    };
    match kind {
        Kind::Motion { zone: number } => (EventKind::Motion, zone(number)),
        Kind::Loitering { zone: number } => (EventKind::Loitering, zone(number)),
        Kind::Crossing { line, .. } => {
            let name = rules.lines.get(line).map(|it| it.name.clone()).unwrap_or_default();
            let label = if name.is_empty() { (line + 1).to_string() } else { name };
            (EventKind::Crossing, label)
        }
    }
}

fn tampering(tamper: Tamper) -> EventKind {
    match tamper {
        Tamper::Covered => EventKind::Covered,
        Tamper::Black => EventKind::Black,
        Tamper::Defocused => EventKind::Defocused,
        Tamper::Frozen => EventKind::Frozen,
        Tamper::Shifted => EventKind::Shifted,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use media::{Matrix, Packing, PictureFormat, Range, Ratio, Rotation, Size, TrackPlace};
    use store::Week;
    use vision::Zone;

    use super::*;
    use crate::motion::Schedule;
    use crate::week::hour_of_week;

    const SIZE: Size = Size { width: 160, height: 90 };

    /// When the first picture is taken, unless a test says otherwise.
    const BEGIN: WallTime = WallTime(1_000_000_000);

    /// A still scene with noise, and a dark box at `x` where there is one.
    fn picture(number: i64, interval_us: i64, x: Option<i64>) -> Picture {
        let mut luma = Vec::new();
        let mut noise = number.unsigned_abs().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for row in 0..i64::from(SIZE.height) {
            for column in 0..i64::from(SIZE.width) {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                let is_box =
                    x.is_some_and(|x| (x..x + 20).contains(&column)) && (30..60).contains(&row);
                let ground = 90 + (column / 10 + row / 9) % 5 * 16;
                luma.push(if is_box { 20 } else { ground as u8 + (noise % 5) as u8 });
            }
        }
        let format = PictureFormat {
            packing: Packing::Luma,
            size: SIZE,
            source: SIZE,
            display_aspect: Ratio::ONE,
            rotation: Rotation::None,
            matrix: Matrix::Bt601,
            range: Range::Limited,
            is_field: false,
        };
        // They arrive four at once, and the camera's clock is at another time.
        let time = number * interval_us;
        let arrived = WallTime(BEGIN.0 + (number / 4 * 4 + 3) * interval_us);
        let (format, time) = (Arc::new(format), MediaTime(time));
        Picture { format, time, arrived, ready: arrived, payload: Bytes::from(luma) }
    }

    /// What is told of a box that comes after 60 pictures, goes on by `step` pixels
    /// from one to the next, and is gone when it has gone 120.
    fn told(begin: WallTime, interval_us: i64, step: i64, brief: Brief) -> (Vec<Happening>, bool) {
        let mut eye = Eye::new(CameraId(1), brief, Arc::new(Ids::after(6))).unwrap();
        let mut told = Vec::new();
        for number in 0..140 {
            let x = Some((number - 60) * step).filter(|x| (0..120).contains(x));
            let mut picture = picture(number, interval_us, x);
            picture.arrived.0 += begin.0 - BEGIN.0;
            told.extend(eye.look(&picture).told);
        }
        (told, eye.is_coarse())
    }

    fn brief(rules: Rules) -> Brief {
        Brief { rules, schedules: Vec::new() }
    }

    #[test]
    fn what_moves_is_one_event_by_the_wall_clock() {
        let zone = Zone { name: "Door".into(), ..Zone::default() };
        let rules = Rules { zones: vec![zone], ..Rules::default() };
        let (told, is_coarse) = told(BEGIN, 125_000, 3, brief(rules));
        assert!(!is_coarse);
        let last = &told.last().unwrap();
        assert!(told.iter().all(|it| it.event.id == 7 && it.event.label == "Door"), "{told:?}");
        assert_eq!(told.iter().filter(|it| it.is_over).count(), 1);
        assert!(last.is_over && last.event.kind == EventKind::Motion);
        let second = |time: WallTime| (time.0 - BEGIN.0) as f64 / 1e6;
        let (from, to) = (second(last.event.from), second(last.event.to));
        assert!((7.3..8.6).contains(&from) && (12.0..13.3).contains(&to), "{from} {to}");
        // From left to right, at the height where the box is.
        let places = last.track.places();
        let span = last.track.start().since(BEGIN).as_secs_f64();
        assert!((7.3..8.6).contains(&span), "{span}");
        assert!(places.len() > 10 && places.is_sorted_by_key(|it| it.x), "{places:?}");
        let share = |part: u16| f64::from(part) / f64::from(TrackPlace::WHOLE);
        let (first, end) = (places[0], places[places.len() - 1]);
        assert!(share(first.x) < 0.15 && (0.7..0.9).contains(&share(end.x)), "{places:?}");
        assert!((0.4..0.6).contains(&share(end.y)), "{end:?}");
        assert!((0.08..0.2).contains(&share(end.width)), "{end:?}");
        assert!((3_500..6_000).contains(&end.after_ms), "{end:?}");
        // It was told as it went on, too.
        assert!(told.iter().all(|it| !it.track.is_empty()));
    }

    #[test]
    fn pictures_that_lie_far_apart_are_looked_at_one_by_one() {
        let (told, is_coarse) = told(BEGIN, 2_000_000, 20, Brief::default());
        assert!(is_coarse);
        assert!(told.last().unwrap().is_over && told.iter().all(|it| it.event.id == 7), "{told:?}");
        // They are not followed.
        assert!(told.iter().all(|it| it.track.is_empty()));
    }

    #[test]
    fn a_scene_is_what_stands_out_and_what_is_followed() {
        let mut eye = Eye::new(CameraId(1), Brief::default(), Arc::new(Ids::after(0))).unwrap();
        assert!(eye.scene().is_none());
        for number in 0..60 {
            eye.look(&picture(number, 125_000, None));
        }
        let nothing = eye.scene().unwrap();
        assert!(nothing.foreground.is_empty() && nothing.tracks.is_empty());
        assert_eq!(nothing.size, (SIZE.width, SIZE.height));
        for number in 60..75 {
            eye.look(&picture(number, 125_000, Some((number - 60) * 3)));
        }
        let scene = eye.scene().unwrap();
        assert!(scene.time > nothing.time);
        let is_foreground = |x: usize, y: usize| scene.foreground[y * SIZE.width as usize + x];
        // The box is from 42 to 62.
        assert!(is_foreground(52, 45) && !is_foreground(20, 45) && !is_foreground(52, 80));
        let [track] = scene.tracks.as_slice() else { panic!("{:?}", scene.tracks) };
        assert!(track.has_moved && track.extent.centre().distance(at(52, 45)) < 0.05, "{track:?}");
    }

    fn at(x: u32, y: u32) -> vision::Point {
        vision::Point { x: x as f32 / SIZE.width as f32, y: y as f32 / SIZE.height as f32 }
    }

    #[test]
    fn a_zone_tells_what_begins_while_it_is_on() {
        // The hour ends while the box moves, by whatever clock the server goes.
        let minutes = (29_833_333..).map(|minute| WallTime(minute * 60_000_000));
        let is_full = |at: &WallTime| hour_of_week(*at) != hour_of_week(WallTime(at.0 - 1));
        let full = minutes.clone().find(is_full).unwrap();
        let (hour, next) = (hour_of_week(WallTime(full.0 - 1)), hour_of_week(full));
        let check =
            |on: usize, pictures: (i64, i64), full_at: i64, expected: Option<(i64, i64)>| {
                let (interval_us, step) = pictures;
                let mut hours = [false; Week::HOURS];
                hours[on] = true;
                let rules = Rules { zones: vec![Zone::default()], ..Rules::default() };
                let brief = Brief { rules, schedules: vec![Some(Schedule(hours))] };
                let begin = WallTime(full.0 - full_at * interval_us);
                let (told, _) = told(begin, interval_us, step, brief);
                let number = |time: WallTime| (time.0 - begin.0) / interval_us;
                let span = told.last().map(|it| (number(it.event.from), number(it.event.to)));
                let is_near = |(from, to), (first, last)| {
                    i64::abs_diff(from, first) <= 4 && i64::abs_diff(to, last) <= 4
                };
                match (span, expected) {
                    (Some(span), Some(expected)) => assert!(is_near(span, expected), "{span:?}"),
                    (span, expected) => assert_eq!(span, expected),
                }
                assert!(
                    told.iter()
                        .all(|it| it.event.id == 7 && (it.event.from < full) == (on == hour))
                );
            };
        let (close, far) = ((125_000, 3), (2_000_000, 20));
        // What began in the hour is told to its end, what goes on when it begins from then on.
        check(hour, close, 80, Some((62, 103)));
        check(next, close, 80, Some((82, 103)));
        check((hour + 2) % Week::HOURS, close, 80, None);
        check(hour, far, 63, Some((61, 62)));
        check(next, far, 63, Some((63, 66)));
    }

    #[test]
    fn glimpses_are_no_pictures_that_lie_far_apart() {
        let mut eye = Eye::new(CameraId(1), Brief::default(), Arc::new(Ids::after(0))).unwrap();
        for number in 0..60 {
            eye.look(&picture(number, 125_000, None));
        }
        for number in (64..200).step_by(16) {
            let looked = eye.glimpse(&picture(number, 125_000, None));
            assert!(looked.told.is_empty() && !looked.is_moving && !eye.is_coarse());
        }
        let mut told = Vec::new();
        assert!(eye.glimpse(&picture(208, 125_000, Some(0))).is_moving);
        for number in 209..230 {
            let looked = eye.look(&picture(number, 125_000, Some((number - 209) * 3)));
            told.extend(looked.told);
            assert!(looked.since.is_none_or(|since| (208..213).contains(&(since.0 / 125_000))));
        }
        assert!(!eye.is_coarse() && told.iter().all(|it| it.event.id == 1 && !it.is_over));
        assert!(!told.is_empty());
    }

    #[test]
    fn where_something_moved_is_told_but_for_what_is_masked() {
        let moved = |rules: Rules| {
            let mut eye = Eye::new(CameraId(1), brief(rules), Arc::new(Ids::after(0))).unwrap();
            let mut all = Grid::default();
            for number in 0..200 {
                let x = (60..100).contains(&number).then(|| (number - 60) * 3);
                eye.look(&picture(number, 125_000, x));
                if let Some((at, cells)) = eye.moved() {
                    let late = at.0 - BEGIN.0 - number * 125_000;
                    assert!(
                        (0..500_000).contains(&late) && (60..104).contains(&number),
                        "{number}"
                    );
                    all.unite(cells);
                }
            }
            all
        };
        let point = |x, y| vision::Point { x, y };
        let shape = |corners: &[(f32, f32)]| {
            vision::Polygon::new(corners.iter().map(|&(x, y)| point(x, y)).collect()).unwrap()
        };
        let all = moved(Rules::default());
        let above = shape(&[(0.0, 0.0), (1.0, 0.0), (1.0, 0.25), (0.0, 0.25)]).reaches();
        assert!(all.len() > 30 && !all.meets(&above), "{all:?}");
        let left = shape(&[(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)]);
        let masks = vec![left.clone()];
        let right = moved(Rules { masks, ..Rules::default() });
        assert_eq!(right, all.without(left.covers()));
        assert!(!right.is_empty());
    }

    #[test]
    fn what_goes_on_is_over_where_nothing_more_comes() {
        let mut eye = Eye::new(CameraId(1), Brief::default(), Arc::new(Ids::after(0))).unwrap();
        for number in 0..90 {
            eye.look(&picture(number, 125_000, (number >= 60).then(|| (number - 60) * 3)));
        }
        let over = eye.close();
        assert!(matches!(over.as_slice(), [Happening { is_over: true, .. }]), "{over:?}");
        assert_eq!(eye.close(), []);
    }
}
