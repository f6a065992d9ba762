//! Blobs of one picture after another that are the same thing.
//!
//! A thing may fall apart into several blobs, and two things may become one for
//! a while. A track is a thing only once it went somewhere: what waves or
//! flickers stays where it is.

use std::time::Duration;

use media::MediaTime;

use crate::motion::Observation;
use crate::point::{Extent, Point};

/// A thing that is not seen for so long is gone.
const LOST: Duration = Duration::from_millis(1200);

/// How far from where it should be a thing is looked for.
const MARGIN: f32 = 0.02;

/// A thing has gone somewhere when it went so far, or so much of its own size.
const FAR: f32 = 0.06;
const OWN_SIZE: f32 = 0.4;

/// It was seen in so many pictures then.
const MIN_SEEN: u32 = 4;

/// More steps of a path are not kept: every other one is dropped.
const MAX_STEPS: usize = 128;

/// More things at once are not followed.
const MAX_TRACKS: usize = 64;

/// Where a thing was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub time: MediaTime,
    /// What it covered.
    pub extent: Extent,
}

/// One thing, for as long as it is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// No other track of the same camera has this.
    pub id: u64,
    /// What it covers now, or covered when it was last seen.
    pub extent: Extent,
    /// When it was seen first.
    pub since: MediaTime,
    /// When it was seen last.
    pub seen: MediaTime,
    /// Where it was, thinned out.
    pub path: Vec<Step>,
    /// Whether it went somewhere, and is a thing.
    pub has_moved: bool,
    /// By how much it stands out.
    pub contrast: u8,
    /// Widths and heights of the picture a second.
    pub speed: Point,
    pictures: u32,
}

/// Follows what moves in the pictures of one camera.
#[derive(Debug, Default)]
pub struct Tracker {
    tracks: Vec<Track>,
    last_id: u64,
}

impl Tracker {
    /// Nothing was seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// All tracks after `observation`; those that ended with it come once more,
    /// and are told by [`Track::is_over`].
    pub fn follow(&mut self, observation: &Observation) -> &[Track] {
        let time = observation.time;
        self.tracks.retain(|track| !track.is_over(track.now(time)));
        let _ = time;
        let blobs: Vec<(Extent, u8)> = observation
            .blobs
            .iter()
            .map(|blob| (Extent::of(blob.area, observation.size), blob.contrast))
            .collect();
        let expected: Vec<Extent> = self.tracks.iter().map(|track| track.expected(time)).collect();
        let mut found: Vec<Option<(Extent, u8)>> = vec![None; self.tracks.len()];
        let mut fresh = Vec::new();
        for blob in &blobs {
            let fit = |extent: &Extent| {
                let common = extent.common(blob.0).size();
                common / extent.size().min(blob.0.size()).max(1e-6)
            };
            let best = (0..expected.len())
                .map(|index| (index, fit(&expected[index])))
                .max_by(|a, b| a.1.total_cmp(&b.1));
            match best {
                Some((index, fit)) if fit > 0.0 => {
                    let (extent, contrast) = found[index].unwrap_or(*blob);
                    found[index] = Some((extent.with(blob.0), contrast.max(blob.1)));
                }
                _ => fresh.push(*blob),
            }
        }
        for (track, found) in self.tracks.iter_mut().zip(found) {
            if let Some((extent, contrast)) = found {
                track.step(time, extent, contrast);
            } else if blobs.iter().any(|blob| {
                let expected = track.expected(time);
                blob.0.common(expected).size() > 0.5 * expected.size()
            }) {
                // It is behind or in front of another one.
                track.seen = time;
            }
        }
        for (extent, contrast) in fresh {
            if self.tracks.len() < MAX_TRACKS {
                self.last_id += 1;
                self.tracks.push(Track::new(self.last_id, time, extent, contrast));
            }
        }
        &self.tracks
    }
}

impl Track {
    fn new(id: u64, time: MediaTime, extent: Extent, contrast: u8) -> Self {
        Self {
            id,
            extent,
            since: time,
            seen: time,
            path: vec![Step { time, extent }],
            has_moved: false,
            contrast,
            speed: Point::default(),
            pictures: 1,
        }
    }

    /// Whether it is gone at `now`.
    pub fn is_over(&self, now: MediaTime) -> bool {
        now.since(self.seen) > LOST
    }

    fn now(&self, time: MediaTime) -> MediaTime {
        time
    }

    fn expected(&self, time: MediaTime) -> Extent {
        let seconds = time.since(self.seen).as_secs_f32().min(1.0);
        self.extent.moved(self.speed.x * seconds, self.speed.y * seconds, MARGIN)
    }

    fn step(&mut self, time: MediaTime, extent: Extent, contrast: u8) {
        let seconds = time.since(self.seen).as_secs_f32();
        if seconds > 0.0 {
            let (from, to) = (self.extent.centre(), extent.centre());
            let part = (seconds / 0.3).min(0.7);
            self.speed.x += part * ((to.x - from.x) / seconds - self.speed.x);
            self.speed.y += part * ((to.y - from.y) / seconds - self.speed.y);
        }
        self.extent = extent;
        self.contrast = contrast;
        self.seen = time;
        self.pictures = self.pictures.saturating_add(1);
        if self.path.len() >= MAX_STEPS {
            let mut index = 0;
            self.path.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.path.push(Step { time, extent });
        self.has_moved |= self.pictures >= MIN_SEEN && self.went_somewhere();
    }

    fn went_somewhere(&self) -> bool {
        let Some(first) = self.path.first() else { return false };
        let far = self.extent.centre().distance(first.extent.centre());
        far >= FAR.max(OWN_SIZE * first.extent.size().min(self.extent.size()).sqrt())
    }
}
