//! What is seen in a picture, for who wants to see that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use protocol::{Observation, ObservedThing, RefusalReason, ThingVerdict};
use vision::{Reason, Step, Track, Verdict};

use super::motion::picture_point;
use crate::motion::Scene;

/// The most places of a path that are told.
const MAX_PATH: usize = 32;

/// What is seen in `scene`, and what becomes of it.
pub fn observation(scene: &Scene, things: &[(&Track, Verdict)]) -> Observation {
    let (width, height) = scene.size;
    Observation {
        time: scene.time.0,
        width,
        height,
        foreground: STANDARD.encode(packed(&scene.foreground)),
        things: things.iter().map(|(track, verdict)| thing(track, *verdict)).collect(),
    }
}

fn thing(track: &Track, verdict: Verdict) -> ObservedThing {
    ObservedThing {
        id: track.id,
        from: picture_point(track.extent.from),
        to: picture_point(track.extent.to),
        path: thinned(&track.path).map(|it| picture_point(it.extent.centre())).collect(),
        verdict: match verdict {
            Verdict::Elsewhere => ThingVerdict::Elsewhere,
            Verdict::Masked => ThingVerdict::Masked,
            Verdict::Told(zone) => ThingVerdict::Told { zone: number(zone) },
            Verdict::Refused(zone, reason) => {
                ThingVerdict::Refused { zone: number(zone), reason: refusal_reason(reason) }
            }
        },
    }
}

/// At most [`MAX_PATH`] of `path`, with the last.
fn thinned(path: &[Step]) -> impl Iterator<Item = &Step> {
    let every = path.len().div_ceil(MAX_PATH).max(1);
    let passed_over = path.len().saturating_sub(1) % every;
    path.iter().skip(passed_over).step_by(every)
}

fn refusal_reason(reason: Reason) -> RefusalReason {
    match reason {
        Reason::Hours => RefusalReason::Hours,
        Reason::Still => RefusalReason::Still,
        Reason::Faint => RefusalReason::Faint,
        Reason::Small => RefusalReason::Small,
        Reason::Large => RefusalReason::Large,
        Reason::Brief => RefusalReason::Brief,
        Reason::OtherWay => RefusalReason::OtherWay,
    }
}

/// There are 32 zones at most.
fn number(zone: usize) -> u32 {
    u32::try_from(zone).unwrap_or(u32::MAX)
}

/// Eight to a byte, the first in the highest bit.
fn packed(bits: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| {
        let set = |(at, is_set): (usize, &bool)| u8::from(*is_set) << (7 - at);
        bits.iter().enumerate().map(set).fold(0, |byte, bit| byte | bit)
    };
    bits.chunks(8).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use media::MediaTime;
    use vision::{Extent, Point};

    use super::*;

    #[test]
    fn bits_are_packed_from_the_highest() {
        assert!(packed(&[]).is_empty());
        let mut bits = [false; 11];
        (bits[0], bits[7], bits[9]) = (true, true, true);
        assert_eq!(packed(&bits), [0x81, 0x40]);
    }

    #[test]
    fn a_path_keeps_its_end() {
        let check = |steps: i64, expected: usize| {
            let extent = Extent { from: Point::default(), to: Point::default() };
            let path: Vec<Step> =
                (0..steps).map(|at| Step { time: MediaTime(at), extent }).collect();
            let left: Vec<&Step> = thinned(&path).collect();
            assert_eq!(left.len(), expected, "{steps}");
            assert_eq!(left.last().map(|it| it.time), path.last().map(|it| it.time));
        };
        check(0, 0);
        check(1, 1);
        check(32, 32);
        check(33, 17);
        check(128, 32);
    }
}
