//! How much the pictures of a stream weigh, beside what is usual.

use std::time::Duration;

use media::MediaTime;

/// Pictures are weighed together for so long.
const WINDOW: Duration = Duration::from_millis(500);

/// So many windows of a GOP have a usual weight of their own: an encoder spends
/// less right after a key frame.
const PLACES: usize = 16;

/// Fewer pictures than this say nothing.
const LEAST: u32 = 2;

/// A usual weight is known once so many windows were learned, and follows as
/// the mean of so many.
const KNOWN: u32 = 8;
const FOLLOWS: u32 = 32;

/// How slowly the weight of key frames is followed.
const KEYS: f32 = 8.0;

/// Weighs the pictures of one stream.
#[derive(Debug, Default)]
pub struct Weight {
    /// What a key frame weighs, in bytes: what a picture costs that is all new.
    key: f32,
    key_time: Option<MediaTime>,
    /// From one key frame to the next.
    gop: Duration,
    usual: [Usual; PLACES],
    open: Option<Open>,
}

/// Pictures that follow each other within a GOP.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Of its first picture.
    pub from: MediaTime,
    /// Of its last picture.
    pub to: MediaTime,
    /// By how much a picture weighs more than is usual, as a share of a key
    /// frame; nothing where it is not known what is usual.
    pub excess: Option<f32>,
    place: usize,
    mean: f32,
}

/// What pictures weigh in one place of a GOP while nothing moves.
#[derive(Clone, Copy, Debug, Default)]
struct Usual {
    mean: f32,
    count: u32,
}

#[derive(Debug)]
struct Open {
    place: usize,
    from: MediaTime,
    to: MediaTime,
    bytes: u64,
    pictures: u32,
}

impl Weight {
    /// Takes the next picture, in the order of decoding; the window that is over with it.
    pub fn add(&mut self, bytes: usize, is_key: bool, time: MediaTime) -> Option<Window> {
        if is_key {
            let bytes = bytes as f32;
            self.key += (bytes - self.key) / if self.key > 0.0 { KEYS } else { 1.0 };
            if let Some(last) = self.key_time.replace(time) {
                self.gop = time.since(last);
            }
            return self.close();
        }
        let since = time.since(self.key_time?);
        let place = ((since.as_micros() / WINDOW.as_micros()) as usize).min(PLACES - 1);
        let is_same = |open: &Open| open.place == place && time.since(open.from) < WINDOW;
        let closed = if self.open.as_ref().is_some_and(is_same) { None } else { self.close() };
        let new = Open { place, from: time, to: time, bytes: 0, pictures: 0 };
        let open = self.open.get_or_insert(new);
        open.to = time;
        open.bytes += bytes as u64;
        open.pictures += 1;
        closed
    }

    /// Another session: its times are others, and what is usual holds.
    pub fn begin_anew(&mut self) {
        (self.key_time, self.open) = (None, None);
    }

    /// Nothing moved in this window: this is what is usual.
    pub fn learn(&mut self, window: &Window) {
        let usual = &mut self.usual[window.place];
        usual.count = (usual.count + 1).min(FOLLOWS);
        usual.mean += (window.mean - usual.mean) / usual.count as f32;
    }

    /// What a picture weighs while nothing moves, as a share of a key frame.
    pub fn usual(&self) -> Option<f32> {
        let known: Vec<f32> =
            self.usual.iter().filter(|it| it.count >= KNOWN).map(|it| it.mean).collect();
        let is_known = !known.is_empty() && self.key > 0.0;
        is_known.then(|| known.iter().sum::<f32>() / known.len() as f32 / self.key)
    }

    /// From one key frame to the next, at `now` at least; zero where it is not known.
    pub fn gop(&self, now: MediaTime) -> Duration {
        let open = self.key_time.map_or(Duration::ZERO, |key| now.since(key));
        if self.gop.is_zero() { self.gop } else { self.gop.max(open) }
    }

    fn close(&mut self) -> Option<Window> {
        let open = self.open.take().filter(|open| open.pictures >= LEAST)?;
        let mean = open.bytes as f32 / open.pictures as f32;
        let usual = self.usual[open.place];
        let is_known = usual.count >= KNOWN && self.key > 0.0;
        let excess = is_known.then(|| (mean - usual.mean) / self.key);
        Some(Window { from: open.from, to: open.to, excess, place: open.place, mean })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_told_beside_what_is_usual_in_their_place_of_a_gop() {
        let mut weight = Weight::default();
        let mut told = Vec::new();
        for picture in 0..200 {
            let place = picture % 10;
            let bytes = match (place, picture) {
                (0, _) => 10_000,
                (_, 196..) => 500,
                (1..5, _) => 100,
                _ => 400,
            };
            let time = MediaTime(picture * 100_000);
            if let Some(window) = weight.add(bytes, place == 0, time) {
                weight.learn(&window);
                told.push(window);
            }
        }
        told.extend(weight.add(10_000, true, MediaTime(20_000_000)));
        // The places of four and of five pictures by turns.
        let excess: Vec<Option<f32>> = told.iter().map(|it| it.excess).collect();
        assert_eq!(excess[..KNOWN as usize * 2], [None; KNOWN as usize * 2]);
        assert!(excess[KNOWN as usize * 2..39].iter().all(|it| *it == Some(0.0)));
        assert!((excess[39].unwrap() - 0.008).abs() < 1e-4, "{excess:?}");
        assert_eq!(weight.gop(MediaTime(20_000_000)), Duration::from_secs(1));
        assert!((weight.usual().unwrap() - 0.025).abs() < 0.001);
    }
}
