//! From what is followed in pictures to what is kept of where it went.

use media::{Track, TrackPlace, WallTime};
use vision::{Extent, Step};

/// What is known of where the thing went that `found` is of, of which `known` was
/// known before: nothing where it is told for the first time. `now` is all that is
/// followed.
pub fn go_on(known: Option<Track>, found: &vision::Event, now: &[vision::Track]) -> Track {
    let now = now.iter().find(|it| it.id == found.track);
    match (known, now) {
        (Some(mut track), Some(now)) if now.seen == found.end => {
            push(&mut track, Step { time: now.seen, extent: now.extent });
            track
        }
        (None, Some(now)) => {
            // From before it was known to be a thing.
            let mut track = Track::default();
            now.path.iter().for_each(|step| push(&mut track, *step));
            track
        }
        (known, _) => known.unwrap_or_default(),
    }
}

fn push(track: &mut Track, Step { time, extent }: Step) {
    track.push(WallTime(time.0), place(extent));
}

fn place(extent: Extent) -> TrackPlace {
    let Extent { from, to } = extent;
    let centre = extent.centre();
    let [x, y, width, height] = [centre.x, centre.y, to.x - from.x, to.y - from.y]
        .map(|share| (share.clamp(0.0, 1.0) * f32::from(TrackPlace::WHOLE)).round() as u16);
    TrackPlace { after_ms: 0, x, y, width, height }
}

#[cfg(test)]
mod tests {
    use vision::Point;

    use super::*;

    #[test]
    fn places_are_of_the_whole_picture_and_never_outside() {
        let extent = |left: f32, right: f32| Extent {
            from: Point { x: left, y: 0.25 },
            to: Point { x: right, y: 0.75 },
        };
        let check = |extent: Extent, expected: [u16; 4]| {
            let TrackPlace { x, y, width, height, .. } = place(extent);
            assert_eq!([x, y, width, height], expected, "{extent:?}");
        };
        check(extent(0.0, 1.0), [32768, 32768, 65535, 32768]);
        check(extent(0.1, 0.2), [9830, 32768, 6554, 32768]);
        check(extent(0.9, 1.5), [65535, 32768, 39321, 32768]);
        check(extent(0.5, 0.4), [29491, 32768, 0, 32768]);
    }
}
