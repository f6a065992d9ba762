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

/// A thing is hidden in a blob that covers so much of where it should be.
const HIDDEN: f32 = 0.5;

/// What was seen alone for less than this before it became one with another is a part of that.
const PART: Duration = Duration::from_millis(800);

/// With a part that comes off it, a thing is at most so much larger than without.
const GROWTH: f32 = 1.4;

/// Of what leaves the picture, a part smaller than this is no longer it.
const RESIDUE: f32 = 0.2;

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
    /// Whether it is gone.
    pub is_over: bool,
    pictures: u32,
    /// Its largest size.
    largest: f32,
    /// Where it should be in the picture that is looked at.
    expected: Extent,
}

/// A blob, and how many tracks have it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    extent: Extent,
    contrast: u8,
    owners: u32,
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

    /// All tracks after `observation`; one that is over comes once more.
    pub fn follow(&mut self, observation: &Observation) -> &[Track] {
        let time = observation.time;
        self.tracks.retain(|track| !track.is_over);
        for track in &mut self.tracks {
            track.expected = track.expect(time);
        }
        let mut blobs: Vec<Seen> = observation
            .blobs
            .iter()
            .map(|blob| Seen::new(Extent::of(blob.area, observation.size), blob.contrast))
            .collect();
        self.share(&mut blobs, time);
        self.pair(&mut blobs, time);
        self.join(&mut blobs);
        for blob in blobs.iter().filter(|blob| blob.owners == 0) {
            if self.tracks.len() < MAX_TRACKS {
                self.last_id += 1;
                self.tracks.push(Track::new(self.last_id, time, *blob));
            }
        }
        for track in &mut self.tracks {
            track.is_over = time.since(track.seen) > LOST;
        }
        &self.tracks
    }

    /// All tracks after the last observation.
    pub fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Blobs that several things became: each of those goes on as it did.
    fn share(&mut self, blobs: &mut [Seen], time: MediaTime) {
        for blob in blobs {
            let is_in = |track: &Track| {
                let expected = track.expected;
                blob.extent.common(expected).size() > HIDDEN * expected.size()
            };
            let within = self.tracks.iter().filter(|track| is_in(track)).count();
            if within < 2 {
                continue;
            }
            // A part that was seen alone for a moment was none.
            let is_part = |track: &Track| track.seen.since(track.since) < PART;
            let oldest = self.tracks.iter().filter(|it| is_in(it)).map(|it| it.id).min();
            self.tracks.retain(|it| !is_in(it) || !is_part(it) || Some(it.id) == oldest);
            if self.tracks.iter().filter(|track| is_in(track)).count() < 2 {
                continue;
            }
            for track in self.tracks.iter_mut().filter(|track| is_in(track)) {
                track.coast(time, blob.extent);
                blob.owners += 1;
            }
        }
    }

    /// Gives each track the blob that fits it best, the best fit first.
    fn pair(&mut self, blobs: &mut [Seen], time: MediaTime) {
        let mut fits: Vec<(f32, usize, usize)> = Vec::new();
        for (which, track) in self.tracks.iter().enumerate().filter(|(_, it)| it.seen != time) {
            let near = track.expected.moved(0.0, 0.0, MARGIN);
            for (what, blob) in blobs.iter().enumerate().filter(|(_, it)| it.owners == 0) {
                let common = near.common(blob.extent).size();
                if common > 0.0 {
                    let all = near.size() + blob.extent.size() - common;
                    fits.push((common / all, which, what));
                }
            }
        }
        fits.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, which, what) in fits {
            let (track, blob) = (&mut self.tracks[which], &mut blobs[what]);
            if track.seen != time && blob.owners == 0 {
                track.step(time, blob.extent, blob.contrast);
                blob.owners += 1;
            }
        }
    }

    /// Gives what is left to tracks that it can be a part of.
    fn join(&mut self, blobs: &mut [Seen]) {
        for blob in blobs.iter_mut().filter(|blob| blob.owners == 0) {
            let fits = |track: &&mut Track| {
                let whole = track.extent.with(blob.extent);
                let near = track.expected.moved(0.0, 0.0, MARGIN);
                near.common(blob.extent).size() > 0.0
                    && whole.size() <= GROWTH * track.expected.size().max(track.extent.size())
            };
            if let Some(track) = self.tracks.iter_mut().find(fits) {
                track.extent = track.extent.with(blob.extent);
                if let Some(step) = track.path.last_mut() {
                    step.extent = track.extent;
                }
                blob.owners += 1;
            }
        }
    }
}

impl Seen {
    fn new(extent: Extent, contrast: u8) -> Self {
        Self { extent, contrast, owners: 0 }
    }
}

impl Track {
    fn new(id: u64, time: MediaTime, blob: Seen) -> Self {
        Self {
            id,
            extent: blob.extent,
            since: time,
            seen: time,
            path: vec![Step { time, extent: blob.extent }],
            has_moved: false,
            is_over: false,
            contrast: blob.contrast,
            speed: Point::default(),
            pictures: 1,
            largest: blob.extent.size(),
            expected: blob.extent,
        }
    }

    /// Whether hardly anything of it is left at the edge of the picture.
    pub fn is_leaving(&self) -> bool {
        self.extent.is_at_edge() && self.extent.size() < self.largest * RESIDUE
    }

    /// Where it should be at `time`.
    fn expect(&self, time: MediaTime) -> Extent {
        let seconds = time.since(self.seen).as_secs_f32().min(1.0);
        self.extent.moved(self.speed.x * seconds, self.speed.y * seconds, 0.0)
    }

    /// Is somewhere within `blob`, which it shares.
    fn coast(&mut self, time: MediaTime, blob: Extent) {
        self.extent = self.expected.common(blob);
        self.seen = time;
    }

    fn step(&mut self, time: MediaTime, extent: Extent, contrast: u8) {
        let seconds = time.since(self.seen).as_secs_f32();
        if seconds > 0.0 {
            let (from, to) = (self.extent.centre(), extent.centre());
            let part = (seconds / 0.3).min(0.7);
            self.speed.x += part * ((to.x - from.x) / seconds - self.speed.x);
            self.speed.y += part * ((to.y - from.y) / seconds - self.speed.y);
        }
        self.largest = self.largest.max(extent.size());
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
