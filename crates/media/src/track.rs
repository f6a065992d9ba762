//! Where a thing went, small enough to be kept with what happened to it.

use crate::{Event, WallTime};

/// Where one thing went, thinned out: its first place, its last, and between
/// them those that tell the way. Empty where nothing was followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    start: WallTime,
    places: Vec<TrackPlace>,
}

/// Where a thing was in the picture: shares of its width and height, of which
/// [`TrackPlace::WHOLE`] is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackPlace {
    /// How long after the first place, in ms.
    pub after_ms: u32,
    /// Its middle, from the left.
    pub x: u16,
    /// Its middle, from the top.
    pub y: u16,
    /// How wide it was.
    pub width: u16,
    /// How high.
    pub height: u16,
}

/// An event, and where the thing went that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackedEvent {
    /// What happened.
    pub event: Event,
    /// As far as it is known; empty where nothing was followed.
    pub track: Track,
}

impl Track {
    /// No more places are kept.
    pub const MOST: usize = 32;

    /// No track takes more, in bytes.
    pub const MAX_BYTES: usize = HEAD + Self::MOST * PLACE;

    /// When the thing was at the first place; of no account where there is none.
    pub fn start(&self) -> WallTime {
        self.start
    }

    /// By time.
    pub fn places(&self) -> &[TrackPlace] {
        &self.places
    }

    /// Whether nothing was followed.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The thing was at `place` at `time`, whatever is said there of when; no
    /// earlier than it was told before.
    pub fn push(&mut self, time: WallTime, place: TrackPlace) {
        if self.places.is_empty() {
            self.start = time;
        }
        let after_ms = time.since(self.start).as_millis();
        let after_ms = u32::try_from(after_ms).unwrap_or(u32::MAX);
        // The last is where it is now: unless it tells the way, another takes its place.
        if let [.., before, last] = self.places.as_slice()
            && before.distance(last) < LEAST
        {
            self.places.pop();
        }
        if self.places.len() == Self::MOST {
            self.thin();
        }
        self.places.push(TrackPlace { after_ms, ..place });
    }

    /// At most [`Track::MAX_BYTES`], to be read by [`Track::of_bytes`].
    pub fn bytes(&self) -> Vec<u8> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut bytes = self.start.0.to_be_bytes().to_vec();
        for TrackPlace { after_ms, x, y, width, height } in &self.places {
            bytes.extend(after_ms.to_be_bytes());
            bytes.extend([x, y, width, height].into_iter().flat_map(|it| it.to_be_bytes()));
        }
        bytes
    }

    /// What [`Track::bytes`] made; nothing of what cannot be a track.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let (start, rest) = bytes.split_first_chunk()?;
        let (places, []) = rest.as_chunks::<PLACE>() else { return None };
        let places: Vec<TrackPlace> = places.iter().map(TrackPlace::of_bytes).collect();
        let is_one = (1..=Self::MOST).contains(&places.len())
            && places[0].after_ms == 0
            && places.is_sorted_by_key(|it| it.after_ms);
        is_one.then(|| Self { start: WallTime(i64::from_be_bytes(*start)), places })
    }

    /// Leaves out the place whose neighbours are nearest, one after the other: so
    /// places lie about as far apart along all of the way.
    fn thin(&mut self) {
        let around = |it: &[TrackPlace]| it[0].distance(&it[1]) + it[1].distance(&it[2]);
        let gaps = self.places.windows(3).map(around).enumerate();
        if let Some((before, _)) = gaps.min_by_key(|(_, around)| *around) {
            self.places.remove(before + 1);
        }
    }
}

impl TrackPlace {
    /// All of the picture's width or height.
    pub const WHOLE: u16 = u16::MAX;

    fn of_bytes(bytes: &[u8; PLACE]) -> Self {
        let [a, b, c, d, rest @ ..] = *bytes;
        let share = |at: usize| u16::from_be_bytes([rest[at], rest[at + 1]]);
        let [x, y, width, height] = [0, 2, 4, 6].map(share);
        Self { after_ms: u32::from_be_bytes([a, b, c, d]), x, y, width, height }
    }

    /// By how much its middle or its size differs, whichever does more.
    fn distance(&self, other: &Self) -> u32 {
        let differ = [
            self.x.abs_diff(other.x),
            self.y.abs_diff(other.y),
            self.width.abs_diff(other.width) / 2,
            self.height.abs_diff(other.height) / 2,
        ];
        differ.into_iter().map(u32::from).fold(0, u32::max)
    }
}

impl From<Event> for TrackedEvent {
    /// Of something that was not followed.
    fn from(event: Event) -> Self {
        Self { event, track: Track::default() }
    }
}

/// Places that are nearer to each other do not tell the way: a fiftieth of the picture.
const LEAST: u32 = TrackPlace::WHOLE as u32 / 50;

/// The time of the first place, in bytes.
const HEAD: usize = 8;

/// The others that a place takes.
const PLACE: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: u16, y: u16) -> TrackPlace {
        TrackPlace { after_ms: 0, x, y, width: 3000, height: 6000 }
    }

    /// Of places a tenth of a second apart.
    fn track(places: impl IntoIterator<Item = TrackPlace>) -> Track {
        let mut track = Track::default();
        for (tenth, place) in (0..).zip(places) {
            track.push(WallTime(1_000_000_000 + tenth * 100_000), place);
        }
        track
    }

    fn way(track: &Track) -> Vec<(u16, u16)> {
        track.places().iter().map(|it| (it.x, it.y)).collect()
    }

    #[test]
    fn what_hardly_goes_anywhere_is_its_first_place_and_its_last() {
        assert!(track([]).is_empty());
        assert_eq!(way(&track([at(5, 5)])), [(5, 5)]);
        let stays = track((0..1000).map(|it| at(30_000 + it % 7 * 100, 9000)));
        assert_eq!(way(&stays), [(30_000, 9000), (30_500, 9000)]);
        assert_eq!(stays.places()[1].after_ms, 99_900);
    }

    /// In, down, and back out again, however long it takes.
    #[test]
    fn a_long_way_keeps_its_ends_and_its_corners() {
        for slow in [1, 10, 300] {
            let corners = [(0, 0), (60_000, 0), (60_000, 60_000), (0, 60_000)].windows(2);
            let steps = corners.flat_map(|pair| {
                let [(from_x, from_y), (to_x, to_y)] = [pair[0], pair[1]];
                let between = move |from: i64, to: i64, it: i64| {
                    (from + (to - from) * it / (100 * slow)) as u16
                };
                (1..=100 * slow)
                    .map(move |it| at(between(from_x, to_x, it), between(from_y, to_y, it)))
            });
            let track = track([at(0, 0)].into_iter().chain(steps));
            let way = way(&track);
            assert!((12..=Track::MOST).contains(&way.len()), "{way:?}");
            assert_eq!((way[0], way.last()), ((0, 0), Some(&(0, 60_000))));
            for corner in [(60_000, 0), (60_000, 60_000)] {
                let far = |it: &(u16, u16)| it.0.abs_diff(corner.0).max(it.1.abs_diff(corner.1));
                let nearest = way.iter().map(far).min().unwrap();
                assert!(nearest < TrackPlace::WHOLE / 12, "{corner:?}: {way:?}");
            }
            assert!(track.places().is_sorted_by_key(|it| it.after_ms));
        }
    }

    #[test]
    fn what_jumps_about_has_no_more_places_than_others() {
        let jumps = track((0..500).map(|it| at(it % 2 * TrackPlace::WHOLE, it * 100)));
        assert!(jumps.places().len() <= Track::MOST);
        assert_eq!(way(&jumps)[0], (0, 0));
        assert_eq!(way(&jumps).last(), Some(&(TrackPlace::WHOLE, 49_900)));
    }

    #[test]
    fn what_comes_nearer_goes_somewhere() {
        let comes = (0..20).map(|it| TrackPlace { width: it * 3000, ..at(30_000, 30_000) });
        assert_eq!(track(comes).places().len(), 20);
    }

    #[test]
    fn tracks_are_read_back_and_nothing_else_is_one() {
        let full = track((0..Track::MOST as u16).map(|it| at(it * 2000, it)));
        assert_eq!(full.bytes().len(), Track::MAX_BYTES);
        for known in [Track::default(), track([at(1, 2)]), full.clone()] {
            assert_eq!(Track::of_bytes(&known.bytes()), Some(known));
        }
        let bytes = full.bytes();
        for size in (1..bytes.len()).filter(|size| size % 12 != 8 || *size == 8) {
            assert_eq!(Track::of_bytes(&bytes[..size]), None, "{size}");
        }
        let too_many = [&bytes[..], &bytes[bytes.len() - 12..]].concat();
        let mut back_in_time = bytes.clone();
        back_in_time[20] = 1;
        let mut late = bytes.clone();
        late[8] = 1;
        for wrong in [too_many, back_in_time, late] {
            assert_eq!(Track::of_bytes(&wrong), None);
        }
    }
}
