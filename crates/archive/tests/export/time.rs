//! Spans and the clocks of people.

use media::Codec;

use crate::clip::{Clip, probe};
use crate::rig::{BEGIN, Rig, STREAM, films, manifest, names};

/// An hour that happens twice is two hours long.
#[test]
fn the_hour_that_repeats_is_exported_in_full() {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::MJPEG, &["mjpeg", "-q:v", "20"], 1);
    // 2026-10-25, 02:00 in Berlin for the first time; a picture every two seconds.
    let begin = 1_792_886_400_000_000 - BEGIN;
    let mut picture = clip.units[0].clone();
    picture.duration = std::time::Duration::from_secs(2);
    let units: Vec<_> = (0..3900)
        .map(|number| {
            let mut unit = picture.clone();
            (unit.sequence, unit.time.0) = (number, number as i64 * 2_000_000);
            unit
        })
        .collect();
    rig.record(STREAM, &units, &[], begin);
    let hour = 3_600_000_000;
    let done = rig.export(begin, begin + 2 * hour).unwrap();
    let (film, from, to) = films(&done.path).pop().unwrap();
    assert_eq!((from, to), (begin, begin + 2 * hour));
    let said = probe(&film, &["-show_entries", "format=duration"]);
    assert_eq!(said["format"]["duration"], "7200.000000");
    assert!(film.ends_with("Gate 2026-10-25 02.00.00+0200.mp4"), "{}", film.display());
    let said = manifest(&done.path);
    assert_eq!(said["fromText"], "2026-10-25T02:00:00.000000+02:00");
    assert_eq!(said["toText"], "2026-10-25T03:00:00.000000+01:00");
    // Its second half is another name.
    let done = rig.export(begin + hour, begin + 2 * hour).unwrap();
    assert!(done.path.ends_with("Gate 2026-10-25 02.00.00+0100"), "{}", done.path.display());
    assert_eq!(rig.names().len(), 2);
    assert_eq!(
        names(&done.path),
        ["Gate 2026-10-25 02.00.00+0100.mp4", "index.html", "manifest.json"]
    );
}
