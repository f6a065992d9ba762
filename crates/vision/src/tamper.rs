//! What is done to a camera: it is covered, painted over, put out of focus,
//! turned away, or its picture stands still.
//!
//! The structure of each picture is compared with that of the last minutes, in
//! squares of a quarter and an eighth of the size. What passes by covers parts
//! of it for moments; what is done to a camera changes all of it and stays.

use std::time::Duration;

use media::MediaTime;

use crate::Grey;
use crate::plane::Plane;
use crate::shift::{PARTS, Part, Shift, Sketch};

/// What happened to the camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tamper {
    /// Something hangs in front of it.
    Covered,
    /// It sees nothing at all.
    Black,
    /// It sees, but not sharply.
    Defocused,
    /// The same picture comes again and again.
    Frozen,
    /// It looks elsewhere.
    Shifted,
}

/// What is done to a camera lasts: pictures that come sooner after one are not looked at.
const APART: Duration = Duration::from_millis(480);

/// It must last so long to be told, and be gone so long to be over.
const LASTS: Duration = Duration::from_secs(5);

/// A picture must be the same for so long to stand still.
const STANDS_STILL: Duration = Duration::from_secs(7);

/// So long a camera must have been looked at before anything can be told.
const KNOWN: Duration = Duration::from_secs(3);

/// How slowly the picture of the last minutes follows.
const FOLLOWS: Duration = Duration::from_secs(30);

/// What is told for so long is how it is now.
const IS_SO: Duration = Duration::from_secs(300);

/// Darker than this, on average, is black.
const BLACK: f32 = 40.0;

/// Structure below this is noise.
const NOISE: f32 = 1.6;

/// So many parts must have structure, or nothing can be told of it.
const MIN_PARTS: usize = 2;

/// What happens to more of the parts than this happens to the camera.
const MOST: f32 = 0.65;

/// Of the structure, so much is left at most where the camera is covered or out of focus.
const LEFT: f32 = 0.6;

/// However dark it is, so much must be left.
const DARKEST: f32 = 0.3;

/// Structures that are this much alike are the same scene.
const ALIKE: f32 = 0.4;

/// A part that is less alike shows something else.
const KEPT: f32 = 0.4;

/// A view that lies so far from where it was, in pixels, was shifted.
const FAR: i32 = 12;

/// Watches one camera for tampering.
#[derive(Debug, Default)]
pub struct TamperWatch {
    state: Option<State>,
}

#[derive(Debug)]
struct State {
    size: (usize, usize),
    smooth: Plane,
    seen: Sketch,
    /// Of the last minutes.
    usual: Sketch,
    mean: Vec<f32>,
    /// How much structure each part has, as a rule.
    sharpness: [f32; PARTS],
    since: MediaTime,
    time: MediaTime,
    last: Vec<u8>,
    /// Since when the picture is the same, to the last bit but a clock's.
    same_since: MediaTime,
    suspicion: Option<(Tamper, MediaTime)>,
    told: Option<(Tamper, MediaTime)>,
    fine_since: MediaTime,
    shift: Shift,
}

/// What one picture is like.
#[derive(Clone, Copy, Debug)]
struct Look {
    luma: f32,
    /// Parts that have structure as a rule, and which share of those lost it.
    structured: usize,
    dulled: f32,
    /// Which share shows another scene.
    foreign: f32,
    /// How far it is the usual scene, seen roughly.
    alike: f32,
    shift: Shift,
}

impl TamperWatch {
    /// Nothing was seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is being done to the camera that took `picture` at `time`.
    pub fn look(&mut self, picture: Grey<'_>, time: MediaTime) -> Option<Tamper> {
        let size = (picture.width(), picture.height());
        let state = self.state.take_if(|state| state.size == size);
        let state = self.state.insert(match state {
            Some(state) => state,
            None => State::new(size, time),
        });
        state.look(picture, time)
    }

    /// Whether what is done to the camera may be another thing than what was
    /// told last, so that the next pictures should not lie far apart.
    pub fn is_in_doubt(&self) -> bool {
        self.state.as_ref().is_some_and(|state| {
            let told = state.told.map(|(kind, _)| kind);
            state.suspicion.map(|(kind, _)| kind) != told || state.same_since < state.time
        })
    }
}

impl State {
    fn new(size: (usize, usize), time: MediaTime) -> Self {
        let usual = Sketch::new(size.0, size.1);
        Self {
            size,
            smooth: Plane::new(size.0, size.1, 0),
            seen: usual.clone(),
            mean: Vec::new(),
            sharpness: [0.0; PARTS],
            usual,
            since: time,
            time,
            last: Vec::new(),
            same_since: time,
            suspicion: None,
            told: None,
            fine_since: time,
            shift: Shift::default(),
        }
    }

    fn look(&mut self, picture: Grey<'_>, time: MediaTime) -> Option<Tamper> {
        if !self.mean.is_empty() && time >= self.time && time.since(self.time) < APART {
            return self.told.map(|(kind, _)| kind);
        }
        self.smooth.smooth(picture);
        self.seen.draw(&self.smooth);
        if self.seen.is_blank() {
            return None;
        }
        if !self.is_same() {
            self.same_since = time;
        }
        let passed = time.since(self.time).min(Duration::from_secs(1));
        self.time = time;
        if self.mean.is_empty() {
            self.mean = self.seen.quarter.bytes.iter().map(|value| f32::from(*value)).collect();
        }
        self.usual.redraw(&self.mean);
        let look = self.compare();
        let kind = self.judge(look, time);
        self.decide(kind, time);
        let is_settled = self.told.is_none_or(|(_, since)| time.since(since) > IS_SO);
        if kind.is_none() || is_settled && self.told.is_some() {
            self.learn(passed, time);
        }
        self.told.map(|(kind, _)| kind)
    }

    /// Whether this is the last picture again. A clock in it may go on.
    fn is_same(&mut self) -> bool {
        const CLOCK: usize = 100;
        let now = &self.seen.quarter.bytes;
        let changed = self.last.iter().zip(now).filter(|(a, b)| a != b).count();
        let is_same = !self.last.is_empty() && changed * CLOCK <= now.len();
        self.last.clone_from(now);
        is_same
    }

    fn compare(&self) -> Look {
        let shift = self.usual.find(&self.seen);
        let alike = self.usual.alike(&self.seen, shift);
        // In the dark there is less of everything; out of focus, of what is fine.
        let left = self.usual.left(&self.seen).clamp(DARKEST, 1.0);
        let left = if alike < ALIKE { 1.0 } else { left };
        let parts = self.usual.parts(&self.seen, shift);
        let structured: Vec<(&Part, f32)> =
            parts.iter().zip(self.sharpness).filter(|(_, usual)| *usual > NOISE).collect();
        let share = |is: &dyn Fn(&(&Part, f32)) -> bool| {
            structured.iter().filter(|it| is(it)).count() as f32 / structured.len().max(1) as f32
        };
        let dulled = share(&|(part, usual)| part.sharpness < usual * left * LEFT);
        let foreign = share(&|(part, _)| part.alike < KEPT);
        let sum: u32 = self.seen.quarter.bytes.iter().map(|value| u32::from(*value)).sum();
        let luma = sum as f32 / self.seen.quarter.bytes.len() as f32;
        Look { luma, structured: structured.len(), dulled, foreign, alike, shift }
    }

    /// What a picture that is like this would mean.
    fn judge(&mut self, look: Look, time: MediaTime) -> Option<Tamper> {
        if time.since(self.since) < KNOWN {
            return None;
        }
        let is_dull = look.dulled > MOST;
        let had_structure = look.structured >= MIN_PARTS;
        if time.since(self.same_since) >= STANDS_STILL {
            return Some(Tamper::Frozen);
        }
        if is_dull && had_structure && look.luma < BLACK && look.alike < ALIKE {
            return Some(Tamper::Black);
        }
        if is_dull && had_structure {
            let is_there = look.alike >= ALIKE;
            return Some(if is_there { Tamper::Defocused } else { Tamper::Covered });
        }
        let moved = (look.shift.x - self.shift.x).abs().max((look.shift.y - self.shift.y).abs());
        self.shift = look.shift;
        let is_far = look.shift.x.abs().max(look.shift.y.abs()) >= FAR && moved <= 4;
        let is_foreign = look.foreign > MOST;
        (had_structure && (is_foreign || is_far)).then_some(Tamper::Shifted)
    }

    fn decide(&mut self, kind: Option<Tamper>, time: MediaTime) {
        match kind {
            None => {
                self.suspicion = None;
                if time.since(self.fine_since) >= LASTS {
                    self.told = None;
                }
            }
            Some(kind) => {
                self.fine_since = time;
                let since = match self.suspicion {
                    Some((_, since)) => since,
                    None => time,
                };
                self.suspicion = Some((kind, since));
                let lasts = if kind == Tamper::Frozen { Duration::ZERO } else { LASTS };
                if self.told.is_none() && time.since(since) >= lasts {
                    self.told = Some((kind, time));
                }
            }
        }
    }

    fn learn(&mut self, passed: Duration, time: MediaTime) {
        // At first, each picture counts as much as those before.
        let known = time.since(self.since).min(FOLLOWS).max(passed).as_secs_f32().max(0.1);
        let part = (passed.as_secs_f32() / known).min(1.0);
        for (mean, value) in self.mean.iter_mut().zip(&self.seen.quarter.bytes) {
            *mean += part * (f32::from(*value) - *mean);
        }
        let is_new = time.since(self.since) < KNOWN;
        let parts = self.usual.parts(&self.seen, Shift::default());
        for (usual, now) in self.sharpness.iter_mut().zip(parts) {
            if is_new {
                *usual += part * (now.sharpness - *usual);
            } else {
                // Towards the middle of what is seen: what passes by hardly counts.
                let step = *usual * 0.02 * passed.as_secs_f32();
                *usual += if now.sharpness > *usual { step } else { -step };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scene, noise, shifted};

    /// What is told within ten seconds where pictures of a scene become what
    /// `change` makes of them.
    fn check(change: impl Fn(&Plane, u32) -> Plane, expected: Option<Tamper>) {
        let scene = scene();
        let mut watch = TamperWatch::new();
        let mut told = None;
        for second in 0..20 {
            let mut picture = grained(&scene, second);
            if second >= 10 {
                picture = change(&picture, second);
            }
            let picture = Grey::new(&picture.bytes, 160, 120, 160).unwrap();
            let kind = watch.look(picture, MediaTime(i64::from(second) * 1_000_000));
            assert!(second >= 10 || kind.is_none(), "{kind:?} at {second}");
            told = told.or(kind);
        }
        assert_eq!(told, expected);
    }

    /// Soft spots, and squares with sharp edges.
    fn scene() -> Plane {
        let mut plane = Scene::textured(160, 120).plane();
        for y in 0..120 {
            for (x, value) in plane.row_mut(y).iter_mut().enumerate() {
                *value = if (x / 9 + y / 11) % 2 == 0 { *value / 2 } else { *value };
            }
        }
        plane
    }

    fn grained(plane: &Plane, seed: u32) -> Plane {
        let mut plane = plane.clone();
        for (index, value) in (0..).zip(&mut plane.bytes) {
            *value = value.saturating_add(noise(index ^ seed << 20) / 40);
        }
        plane
    }

    /// Each pixel as the mean of 11×11 around it.
    fn blurred(plane: &Plane) -> Plane {
        let mut out = plane.clone();
        for y in 0..plane.height {
            for x in 0..plane.width {
                let (left, right) = (x.saturating_sub(5), (x + 6).min(plane.width));
                let rows = y.saturating_sub(5)..(y + 6).min(plane.height);
                let count = (rows.len() * (right - left)) as u32;
                let sum: u32 = rows
                    .map(|y| plane.row(y)[left..right].iter().map(|it| u32::from(*it)).sum::<u32>())
                    .sum();
                out.row_mut(y)[x] = (sum / count) as u8;
            }
        }
        out
    }

    #[test]
    fn each_kind_is_told_for_what_it_is() {
        let flat = |value| move |_: &Plane, seed| grained(&Plane::new(160, 120, value), seed);
        check(flat(90), Some(Tamper::Covered));
        check(flat(10), Some(Tamper::Black));
        check(|picture, _| blurred(picture), Some(Tamper::Defocused));
        check(|picture, _| shifted(picture, 90, 10), Some(Tamper::Shifted));
        check(|picture, _| shifted(picture, 24, 0), Some(Tamper::Shifted));
        let still = grained(&scene(), 9);
        check(|_, _| still.clone(), Some(Tamper::Frozen));
    }

    #[test]
    fn what_happens_in_front_of_a_camera_does_not_happen_to_it() {
        check(|picture, _| picture.clone(), None);
        let darker = |picture: &Plane, _| {
            let mut picture = picture.clone();
            picture.bytes.iter_mut().for_each(|value| *value = *value / 2 + 5);
            picture
        };
        check(darker, None);
        let crossed = |picture: &Plane, second: u32| {
            let mut picture = picture.clone();
            let left = (second as usize * 10) % 80;
            for y in 20..120 {
                picture.row_mut(y)[left..left + 60].fill(30);
            }
            picture
        };
        check(crossed, None);
    }

    #[test]
    fn odd_pictures_are_looked_at() {
        let mut watch = TamperWatch::new();
        for (second, (width, height)) in (0..).zip([(1, 1), (300, 1), (1, 300), (7, 9), (320, 180)])
        {
            let bytes = vec![255; width * height];
            let picture = Grey::new(&bytes, width, height, width).unwrap();
            assert_eq!(watch.look(picture, MediaTime(second)), None);
        }
    }
}
