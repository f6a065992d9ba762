//! Exports whose pictures are made anew: all else is as in others.

use archive::{BurnIn, BurntUnit, Export, ExportError, ExportRequest, Wish};
use bytes::Bytes;
use media::{AccessUnit, Codec, VideoFormat};

use crate::clip::Clip;
use crate::rig::{BEGIN, Rig, STREAM, manifest};

const X264: &[&str] = &["libx264", "-g", "25", "-bf", "2", "-preset", "ultrafast"];

/// Takes pictures as they are shown, two units later, and makes all the same of them.
#[derive(Default)]
struct Fake {
    names: Vec<String>,
    /// Of units that are shown, in µs since [`BEGIN`].
    arrived: Vec<i64>,
    held: Vec<AccessUnit>,
    /// What it fails with from that unit on.
    fails_after: Option<usize>,
}

/// Parameter sets and a slice, with start codes.
const PICTURE: &[u8] =
    b"\0\0\0\x01\x67\x42\xc0\x1e\0\0\x01\x68\xce\x0f\xc8\0\0\x01\x65\x88\x80\x10";

impl Fake {
    fn first(&mut self, left: usize) -> Vec<BurntUnit> {
        let mut burnt = Vec::new();
        while self.held.len() > left {
            let first = (0..self.held.len()).min_by_key(|at| self.held[*at].time.0).unwrap();
            let time = self.held.remove(first).time;
            burnt.push(BurntUnit { time, is_key: true, payload: Bytes::from_static(PICTURE) });
        }
        burnt
    }
}

impl BurnIn for Fake {
    fn begin(&mut self, name: &str, format: &VideoFormat) -> Result<VideoFormat, String> {
        assert!(self.held.is_empty());
        self.names.push(name.to_owned());
        Ok(VideoFormat { codec: Codec::H264, extradata: Bytes::new(), ..format.clone() })
    }

    fn burn(&mut self, unit: AccessUnit, is_shown: bool) -> Result<Vec<BurntUnit>, String> {
        if self.fails_after.is_some_and(|most| self.arrived.len() >= most) {
            return Err("It is broken. Mend it.".to_owned());
        }
        if is_shown {
            self.arrived.push(unit.arrived.0 - BEGIN);
            self.held.push(unit);
        }
        Ok(self.first(3))
    }

    fn end(&mut self) -> Result<Vec<BurntUnit>, String> {
        Ok(self.first(0))
    }
}

fn recorded(count: i64) -> Rig {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 2);
    for number in 0..count {
        rig.record(STREAM, &clip.units, &[], number * 4_000_000);
        rig.pause(STREAM);
    }
    rig
}

fn request(rig: &Rig, from: i64, to: i64) -> ExportRequest {
    let mut request = rig.request(from, to);
    request.burn_in = true;
    request
}

fn go_on(_: u64) -> Wish {
    Wish::GoOn
}

#[test]
fn every_picture_has_its_time_and_the_moment_it_came() {
    let rig = recorded(1);
    let mut fake = Fake::default();
    // From between two pictures, of which the first came before.
    let export = Export::plan(request(&rig, 510_000, 1_710_000)).unwrap();
    let done = export.run(Some(&mut fake), &mut go_on).unwrap();
    assert_eq!(done.files, 1);
    assert_eq!(fake.names, ["Gate"]);
    fake.arrived.sort_unstable();
    let expected: Vec<i64> = (0..31).map(|number| 480_000 + number * 40_000).collect();
    assert_eq!(fake.arrived, expected);
    let said = manifest(&done.path);
    let part = &said["cameras"][0]["parts"][0];
    assert_eq!(said["burntIn"], true);
    assert_eq!(
        (&part["video"], &part["pictures"], &part["unshown"]),
        (&"h264".into(), &31.into(), &0.into())
    );
    // Start codes became lengths: 4 bytes each before 4, 4 and 4.
    let film = std::fs::read(done.path.join(part["file"].as_str().unwrap())).unwrap();
    assert_eq!(part["bytes"], film.len());
    assert!(film.ends_with(b"\0\0\0\x04\x65\x88\x80\x10"));
    assert_eq!(rig.names().len(), 1);
}

#[test]
fn what_is_interrupted_goes_on_and_what_fails_is_told() {
    let rig = recorded(4);
    let plan = || Export::plan(request(&rig, 0, 16_000_000)).unwrap();
    let mut count = 0;
    let ended = plan().run(Some(&mut Fake::default()), &mut |_| {
        count += 1;
        if count > 150 { Wish::Cancel } else { Wish::GoOn }
    });
    assert!(matches!(ended, Err(ExportError::Cancelled)));
    assert_eq!(rig.names(), [""; 0]);

    let mut fake = Fake { fails_after: Some(120), ..Fake::default() };
    let ended = plan().run(Some(&mut fake), &mut go_on).unwrap_err().to_string();
    assert!(ended.ends_with("It is broken. Mend it."), "{ended}");
    assert!(rig.names().iter().all(|name| name.starts_with('.')));

    let mut fake = Fake::default();
    let done = plan().run(Some(&mut fake), &mut go_on).unwrap();
    assert_eq!((done.files, done.resumed, fake.names.len()), (4, 2, 2));
    // As it was recorded it is another export.
    let plain = rig.export(0, 16_000_000).unwrap();
    assert_eq!((plain.files, plain.resumed), (4, 0));
    assert_eq!(rig.names().len(), 2);
}
