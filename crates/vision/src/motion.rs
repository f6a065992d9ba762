//! From pictures to what stands out in them.

use std::time::Duration;

use media::{Grid, MediaTime};

use crate::Grey;
use crate::background::{Background, LEARNED, Overlap, Rates};
use crate::blob::{self, Blob, Shape};
use crate::grid;
use crate::light::Light;
use crate::mask::Mask;
use crate::nature;
use crate::plane::Plane;
use crate::shift::{self, Shift, Sketch};

/// Of the 25 pixels around one, so many must stand out with it.
const VOTES: u8 = 12;

/// Gaps of up to twice so many pixels are closed.
const CLOSED: usize = 3;

/// Holes of up to one part in so many of the picture are filled.
const HOLE: u32 = 16;

/// What is smaller than one part in so many of the picture is nothing.
const SMALLEST: u32 = 1024;

/// The background follows what changes slowly with this time constant.
const FOLLOWS: Duration = Duration::from_millis(2500);

/// The background follows the light in one picture of so many.
const LIT_EVERY: u32 = 4;

/// How far around a pixel the background may be found, and where the camera shakes.
const REACH: usize = 1;
const REACH_SHAKING: usize = 2;

/// A camera that shook may shake for so long.
const SHAKING: Duration = Duration::from_secs(3);

/// Where so much of the picture stands out for so long, it is another scene;
/// what passes close by is gone sooner.
const ANOTHER_SCENE: f32 = 0.6;
const STAYS: Duration = Duration::from_secs(3);

/// What stands out as long as this belongs there.
const BELONGS_S: u8 = 120;

/// Something as large as one part in so many of the picture is worth telling.
const NOTABLE: u32 = 768;

/// What was seen in one picture.
#[derive(Clone, Debug)]
pub struct Observation {
    /// When the picture was taken.
    pub time: MediaTime,
    /// Its size in pixels.
    pub size: (u32, u32),
    /// How far it lies from the background.
    pub shift: Shift,
    /// How much lighter it is than the background.
    pub light: Light,
    /// What stands out, where it would be without the shift.
    pub blobs: Vec<Blob>,
    /// Where of it something is that is large enough to be told.
    pub grid: Grid,
    /// Whether all is different at once, so that the background begins anew.
    pub is_another_scene: bool,
}

impl Observation {
    /// Whether something stands out that is large enough to be told.
    pub fn is_moving(&self) -> bool {
        self.blobs.iter().any(|blob| is_notable(blob.pixels, self.size))
    }
}

/// Whether a thing of so many `pixels` is worth telling in a picture of `size`.
fn is_notable(pixels: u32, size: (u32, u32)) -> bool {
    pixels >= size.0 * size.1 / NOTABLE
}

/// Looks for what moves in the pictures of one camera.
#[derive(Debug, Default)]
pub struct Motion {
    state: Option<State>,
}

/// What is kept from picture to picture, all of one size.
#[derive(Debug)]
struct State {
    background: Background,
    /// Of the background; drawn anew every few pictures.
    sketch: Sketch,
    count: u32,
    time: MediaTime,
    shook: Option<MediaTime>,
    /// Since when most of the picture stands out.
    different: Option<MediaTime>,
    shift: Shift,
    mask: Mask,
    /// For how many seconds each pixel has been covered.
    age: Plane,
    aged: MediaTime,
    has_old: bool,
    // Used for each picture anew, kept for their memory.
    smooth: Plane,
    seen: Sketch,
    aligned: Plane,
    stands_out: Plane,
    covered: Plane,
}

impl Motion {
    /// Nothing was seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is seen in `picture`, taken at `time`. Where pictures change their
    /// size, the background is learned anew.
    pub fn observe(&mut self, picture: Grey<'_>, time: MediaTime) -> Observation {
        let size = (picture.width() as u32, picture.height() as u32);
        let state = self.state.take_if(|state| state.size() == size);
        let state = self.state.insert(match state {
            Some(state) => state,
            None => State::new(picture, time),
        });
        state.observe(picture, time)
    }

    /// The size of the last picture, in pixels; nothing before the first.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.state.as_ref().map(State::size)
    }

    /// Yes for each pixel of the last picture that belongs to a blob, row by row.
    pub fn mask(&self) -> Vec<bool> {
        let Some(state) = &self.state else { return Vec::new() };
        let (width, height) = (state.mask.width, state.mask.height);
        let mut mask = vec![false; width * height];
        for run in state.mask.runs() {
            let y = run.y as i32 + state.shift.y;
            if (0..height as i32).contains(&y) {
                let column = |x: usize| (x as i32 + state.shift.x).clamp(0, width as i32) as usize;
                mask[y as usize * width..][column(run.start)..column(run.end)].fill(true);
            }
        }
        mask
    }
}

impl State {
    fn new(picture: Grey<'_>, time: MediaTime) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let plane = Plane::new(width, height, 0);
        let mut smooth = plane.clone();
        smooth.smooth(picture);
        Self {
            background: Background::new(&smooth),
            sketch: Sketch::new(width, height),
            seen: Sketch::new(width, height),
            count: 0,
            time,
            shook: None,
            different: None,
            shift: Shift::default(),
            mask: Mask::new(width, height),
            age: plane.clone(),
            aged: time,
            has_old: false,
            smooth,
            aligned: plane.clone(),
            stands_out: plane.clone(),
            covered: plane,
        }
    }

    fn size(&self) -> (u32, u32) {
        (self.smooth.width as u32, self.smooth.height as u32)
    }

    fn observe(&mut self, picture: Grey<'_>, time: MediaTime) -> Observation {
        self.smooth.smooth(picture);
        let light = self.align(time);
        let is_shaking = self.shook.is_some_and(|shook| time.since(shook) < SHAKING);
        let reach = if is_shaking { REACH_SHAKING } else { REACH };
        self.background.compare(&self.aligned, reach, &mut self.stands_out);
        let (mut shapes, is_different) = self.shapes();
        let since = self.different.filter(|_| is_different).or(is_different.then_some(time));
        self.different = since;
        let is_another_scene = since.is_some_and(|since| time.since(since) >= STAYS);
        if is_another_scene {
            shapes.clear();
            self.begin_anew();
        }
        let (picture, background) = (&self.aligned, &self.background.level);
        let blob = |shape: &Shape| shape.blob(nature::contrast(shape, picture, background));
        let blobs: Vec<Blob> = shapes.iter().map(blob).collect();
        if !is_another_scene {
            self.learn(time, light);
        }
        let (size, shift) = (self.size(), self.shift);
        let notable = shapes.iter().filter(|shape| is_notable(shape.pixels, size));
        let grid = grid::of(notable, size);
        Observation { time, size, shift, light, blobs, grid, is_another_scene }
    }

    fn begin_anew(&mut self) {
        self.background = Background::new(&self.smooth);
        self.mask = Mask::new(self.smooth.width, self.smooth.height);
        self.age.bytes.fill(0);
        self.count = 0;
        self.different = None;
        self.shift = Shift::default();
    }

    /// Lays the picture over the background, as light as that is.
    fn align(&mut self, time: MediaTime) -> Light {
        const DRAWN_EVERY: u32 = 8;
        if self.count < DRAWN_EVERY || self.count.is_multiple_of(DRAWN_EVERY) {
            self.sketch.draw(&self.background.level);
            self.background.expose(&self.sketch.quarter);
        }
        self.seen.draw(&self.smooth);
        let about = self.sketch.find(&self.seen);
        let quarters = Shift { x: about.x / 4, y: about.y / 4 };
        let light = Light::between(&self.sketch.quarter, &self.seen.quarter, quarters);
        self.shift = shift::refine(&self.background.level, &self.smooth, light, about);
        if self.shift != Shift::default() {
            self.shook = Some(time);
        }
        self.lay(light.inverse());
        light
    }

    /// Beyond the picture, what is there is the background itself: it cannot stand out.
    fn lay(&mut self, unlit: Light) {
        let (width, height) = (self.smooth.width, self.smooth.height);
        let Overlap { left, right, top, bottom } = self.overlap();
        for y in 0..height {
            let row = self.aligned.row_mut(y);
            let level = self.background.level.row(y);
            if !(top..bottom).contains(&y) {
                row.copy_from_slice(level);
                continue;
            }
            let seen = self.smooth.row((y as i32 + self.shift.y) as usize);
            let start = (left as i32 + self.shift.x) as usize;
            row[left..right].copy_from_slice(&seen[start..start + right - left]);
            unlit.apply(&mut row[left..right]);
            row[..left].copy_from_slice(&level[..left]);
            row[right..width].copy_from_slice(&level[right..]);
        }
    }

    fn overlap(&self) -> Overlap {
        Overlap::new(self.smooth.width, self.smooth.height, self.shift)
    }

    /// What stands out, as shapes that are large enough, and whether that is most of the picture.
    fn shapes(&mut self) -> (Vec<Shape>, bool) {
        let pixels = self.smooth.bytes.len() as u32;
        self.mask.vote(&self.stands_out, VOTES);
        self.mask.close(CLOSED);
        blob::fill(&mut self.mask, pixels / HOLE);
        let smallest = pixels.div_ceil(SMALLEST);
        let mut things = blob::shapes(&self.mask);
        let all: u32 = things.iter().map(|shape| shape.pixels).sum();
        things.retain(|shape| {
            let is_large = shape.pixels >= smallest;
            let Background { level, exposure, .. } = &self.background;
            let is_thing = is_large && nature::is_thing(shape, &self.aligned, level, *exposure);
            if !is_thing {
                for run in &shape.runs {
                    self.mask.set(*run, false);
                    if is_large {
                        // Another light is the background's at once.
                        self.stands_out.row_mut(run.y)[run.start..run.end].fill(0);
                    }
                }
            }
            is_thing
        });
        (things, all as f32 > pixels as f32 * ANOTHER_SCENE)
    }

    fn learn(&mut self, time: MediaTime, light: Light) {
        self.count = self.count.saturating_add(1);
        let passed =
            time.since(self.time).clamp(Duration::from_millis(20), Duration::from_millis(500));
        self.time = time;
        let share = |passed: Duration| 1.0 - (-passed.as_secs_f32() / FOLLOWS.as_secs_f32()).exp();
        let follows = share(passed * LIT_EVERY);
        let turns = self.count as usize / LEARNED + 1;
        let share = share(passed * LEARNED as u32);
        let rate = |share: f32| (share * 65536.0).min(32767.0) as i16;
        let rates = Rates { mean: rate(share.max(1.0 / turns as f32)), spread: rate(share * 1.25) };
        self.mask.unpack(&mut self.covered);
        self.grow_old(time);
        let overlap = self.overlap();
        let turn = self.count as usize;
        self.background.learn(&self.aligned, overlap, &self.covered, &self.stands_out, rates, turn);
        if self.count.is_multiple_of(LIT_EVERY) {
            self.background.follow(light, rate(follows));
        }
    }

    /// What stands out for long is no longer covered: it is learned.
    fn grow_old(&mut self, time: MediaTime) {
        let grows = time.since(self.aged) >= Duration::from_secs(1);
        if grows {
            self.aged = time;
        }
        if grows || self.has_old {
            self.has_old = false;
            for (age, covered) in self.age.bytes.iter_mut().zip(&mut self.covered.bytes) {
                *age = age.saturating_add(u8::from(grows)) * *covered;
                let is_old = *age >= BELONGS_S;
                *covered &= u8::from(!is_old);
                self.has_old |= is_old;
            }
            if self.has_old {
                self.forget_old();
            }
        }
    }

    /// Lets the background learn what it would take for something that stands out.
    fn forget_old(&mut self) {
        for (age, stands_out) in self.age.bytes.iter().zip(&mut self.stands_out.bytes) {
            *stands_out &= u8::from(*age < BELONGS_S);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scene, noise, shifted};

    const WIDTH: usize = 160;
    const HEIGHT: usize = 120;

    /// How many pictures of sixty had something in them, where each is a scene
    /// with noise that `change` has changed.
    fn check(change: impl Fn(&mut Plane, usize)) -> usize {
        let scene = Scene::textured(WIDTH, HEIGHT).plane();
        let mut motion = Motion::new();
        let mut seen = 0;
        for count in 0..100 {
            let mut picture = scene.clone();
            if count >= 40 {
                change(&mut picture, count - 40);
            }
            for (index, value) in (0..).zip(&mut picture.bytes) {
                *value = value.saturating_add(noise(index ^ (count as u32) << 20) / 32);
            }
            let observation = observe(&mut motion, &picture, count as i64 * 100);
            seen += usize::from(observation.is_moving());
        }
        seen
    }

    fn observe(motion: &mut Motion, picture: &Plane, time_ms: i64) -> Observation {
        let grey = Grey::new(&picture.bytes, picture.width, picture.height, picture.width);
        motion.observe(grey.unwrap(), MediaTime(time_ms * 1000))
    }

    fn cover(picture: &mut Plane, left: usize, top: usize, size: usize, value: u8) {
        for y in top..top + size {
            picture.row_mut(y)[left..left + size].fill(value);
        }
    }

    #[test]
    fn a_thing_is_seen_where_it_is() {
        assert_eq!(check(|picture, count| cover(picture, count * 2, 40, 16, 230)), 60);
        let scene = Scene::textured(WIDTH, HEIGHT).plane();
        let mut motion = Motion::new();
        for time in 0..20 {
            assert!(observe(&mut motion, &scene, time * 100).blobs.is_empty());
        }
        let mut picture = scene;
        cover(&mut picture, 50, 30, 20, 240);
        let observation = observe(&mut motion, &picture, 2000);
        let area = observation.blobs[0].area;
        let near = |edge: u32, expected: u32| edge.abs_diff(expected) <= 2;
        assert!(near(area.left, 50) && near(area.right, 70), "{area:?}");
        assert!(near(area.top, 30) && near(area.bottom, 50), "{area:?}");
        assert_eq!(
            motion.mask().iter().filter(|it| **it).count(),
            observation.blobs[0].pixels as usize
        );
    }

    #[test]
    fn what_is_no_thing_is_not_seen() {
        assert_eq!(check(|_, _| {}), 0, "noise");
        let lighter = |picture: &mut Plane, by: u8| {
            picture.bytes.iter_mut().for_each(|value| *value = value.saturating_add(by));
        };
        assert_eq!(check(|picture, count| lighter(picture, count as u8 / 2)), 0, "dawn");
        assert_eq!(check(|picture, _| lighter(picture, 40)), 0, "a lamp");
        let shake = |picture: &mut Plane, count: usize| {
            *picture = shifted(picture, (count * 5 % 13) as i32 - 6, (count * 3 % 7) as i32 - 3);
        };
        assert_eq!(check(shake), 0, "shake");
        // Ten by seven pixels that change all the time.
        let clock = |picture: &mut Plane, count: usize| {
            for x in 0..10 {
                for y in 0..7 {
                    picture.row_mut(4 + y)[4 + x] = noise((x * 7 + y + count * 100) as u32);
                }
            }
        };
        assert!(check(clock) <= 6, "a clock");
        let cloud = |picture: &mut Plane, count: usize| {
            for y in 0..HEIGHT {
                for (x, value) in picture.row_mut(y).iter_mut().enumerate() {
                    let far = (x as f32 - count as f32 * 2.0).abs() / 40.0;
                    *value = (f32::from(*value) * (0.6 + 0.4 * far.min(1.0))) as u8;
                }
            }
        };
        assert_eq!(check(cloud), 0, "a cloud");
    }

    #[test]
    fn a_thing_is_seen_in_spite_of_light_and_shake() {
        let change = |picture: &mut Plane, count: usize| {
            cover(picture, 20 + count, 40, 20, 240);
            picture.bytes.iter_mut().for_each(|value| *value = *value / 2 + 20);
            *picture = shifted(picture, (count * 5 % 13) as i32 - 6, 0);
        };
        assert!(check(change) >= 57);
    }

    #[test]
    fn what_stays_belongs_there_after_two_minutes() {
        let scene = Scene::textured(WIDTH, HEIGHT).plane();
        let mut with = scene.clone();
        cover(&mut with, 50, 30, 20, 240);
        let mut motion = Motion::new();
        let mut look = |picture: &Plane, second: i64| {
            !observe(&mut motion, picture, second * 1000).blobs.is_empty()
        };
        assert!((0..20).all(|second| !look(&scene, second)));
        assert!((20..130).all(|second| look(&with, second)));
        (130..160).for_each(|second| _ = look(&with, second));
        assert!((160..170).all(|second| !look(&with, second)));
        // What it leaves behind is no thing.
        assert!((170..180).all(|second| !look(&scene, second)));
    }

    #[test]
    fn another_scene_begins_anew() {
        let scene = Scene::textured(WIDTH, HEIGHT).plane();
        let mut other = scene.clone();
        other.bytes.reverse();
        let mut motion = Motion::new();
        (0..20).for_each(|tenth| _ = observe(&mut motion, &scene, tenth * 100));
        let told: Vec<i64> =
            (20..80).filter(|it| observe(&mut motion, &other, it * 100).is_another_scene).collect();
        assert_eq!(told.len(), 1);
        assert!(!observe(&mut motion, &other, 8100).is_moving());
    }

    #[test]
    fn odd_pictures_do_no_harm() {
        let mut motion = Motion::new();
        let sizes =
            [(1, 1), (500, 1), (1, 500), (3, 2), (63, 65), (320, 180), (64, 64), (321, 181)];
        for (count, (width, height)) in sizes.into_iter().cycle().take(40).enumerate() {
            for value in [0, 255, 0, 128] {
                let mut picture = Plane::new(width, height, value);
                if count % 2 == 1 {
                    (0..).zip(&mut picture.bytes).for_each(|(at, it)| *it = noise(at));
                }
                // Times that stand still or go back.
                let observation = observe(&mut motion, &picture, 1000 - count as i64);
                assert_eq!(observation.size, (width as u32, height as u32));
                assert_eq!(motion.mask().len(), width * height);
            }
        }
    }
}
