//! One fragment: up to a second of one stream.

use bytes::Bytes;
use media::{AudioCodec, AudioFormat, WallTime};
use mp4_atom as mp4;
use mp4_atom::Encode as _;

use super::{AUDIO, HEADER, MARK, VIDEO};

/// One picture.
#[derive(Clone, Debug)]
pub struct Sample {
    /// When it is shown, in µs since the first unit of its file.
    pub time: i64,
    /// How long it is shown, in µs.
    pub duration: u32,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// Its payload, in order.
    pub pieces: Vec<Bytes>,
}

/// What goes into a fragment.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// Pictures in the order of decoding.
    pub video: Vec<Sample>,
    /// Sound in order: when it is heard, in µs since the first unit of the file, and its payload.
    pub audio: Vec<(i64, Bytes)>,
}

/// A fragment as bytes.
#[derive(Debug)]
pub struct Fragment {
    /// What comes before the payload: the mark, `moof` and the head of `mdat`.
    pub header: Vec<u8>,
    /// The payload, in order.
    pub pieces: Vec<Bytes>,
    /// All of it, in bytes.
    pub size: u64,
}

/// A sample that others do not depend on is not told: no source says that.
const KEY: u32 = 0x0200_0000;
const NOT_KEY: u32 = 0x0101_0000;

/// Samples of one AAC unit (ISO/IEC 14496-3).
const AAC_SAMPLES: u32 = 1024;

/// Makes the fragment with this number of `samples`, of which the first came
/// at `wall`. `last` is the latest time of decoding in the file so far.
pub fn encode(
    samples: Samples,
    format: Option<&AudioFormat>,
    number: u32,
    wall: WallTime,
    last: &mut Option<i64>,
) -> Fragment {
    let mut traf = Vec::with_capacity(2);
    if !samples.video.is_empty() {
        traf.push(video_run(&samples.video, last));
    }
    let video: usize = samples.video.iter().map(Sample::bytes).sum();
    let sound: usize = samples.audio.iter().map(|(_, payload)| payload.len()).sum();
    if let Some(format) = format
        && !samples.audio.is_empty()
    {
        traf.push(audio_run(&samples.audio, format));
    }
    let mut moof = mp4::Moof { mfhd: mp4::Mfhd { sequence_number: number }, traf };
    // Offsets count from the start of `moof`, whose size does not depend on them.
    let size = encoded(&moof).len();
    for (track, offset) in moof.traf.iter_mut().zip([0, video]) {
        let is_sound = track.tfhd.track_id == AUDIO;
        let offset = size + HEADER + if is_sound { video } else { offset };
        for run in &mut track.trun {
            run.data_offset = i32::try_from(offset).ok();
        }
    }
    let moof = encoded(&moof);
    let payload = video + sound;
    let pieces: Vec<Bytes> = samples
        .video
        .into_iter()
        .flat_map(|sample| sample.pieces)
        .chain(samples.audio.into_iter().map(|(_, payload)| payload))
        .collect();
    let mut sum = crc32fast::Hasher::new();
    for piece in &pieces {
        sum.update(piece);
    }
    let rest = (moof.len() + HEADER + payload) as u64;
    let mut header = mark(wall, rest, sum.finalize());
    header.extend(moof);
    header.extend(((HEADER + payload) as u32).to_be_bytes());
    header.extend(b"mdat");
    let size = (header.len() + payload) as u64;
    Fragment { header, pieces, size }
}

/// The box before a fragment: when its first unit came, how many bytes follow
/// it, and the CRC-32 of its payload.
fn mark(wall: WallTime, rest: u64, sum: u32) -> Vec<u8> {
    let size = HEADER + MARK.len() + 20;
    let mut bytes = Vec::with_capacity(size + 1024);
    bytes.extend((size as u32).to_be_bytes());
    bytes.extend(b"uuid");
    bytes.extend(MARK);
    bytes.extend(wall.0.to_be_bytes());
    bytes.extend(rest.to_be_bytes());
    bytes.extend(sum.to_be_bytes());
    bytes
}

impl Sample {
    /// When the next one is due, in µs since the first unit of its file.
    pub fn end(&self) -> i64 {
        self.time.saturating_add(i64::from(self.duration))
    }

    fn bytes(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

fn video_run(samples: &[Sample], last: &mut Option<i64>) -> mp4::Traf {
    // Pictures are stored as they are decoded, and shown in another order
    // where there are B pictures: the times of decoding are those of showing,
    // in order.
    let mut times: Vec<i64> = samples.iter().map(|sample| sample.time).collect();
    times.sort_unstable();
    for time in &mut times {
        let earliest = last.map_or(0, |last| last + 1);
        *time = (*time).max(earliest);
        *last = Some(*time);
    }
    let is_reordered = times.iter().zip(samples).any(|(time, sample)| *time != sample.time);
    let entries: Vec<mp4::TrunEntry> = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| {
            let next = times.get(index + 1).map(|next| next - times[index]);
            let next = next.and_then(|it| u32::try_from(it).ok());
            mp4::TrunEntry {
                duration: Some(next.unwrap_or(sample.duration)),
                size: Some(sample.bytes() as u32),
                flags: Some(if sample.is_key { KEY } else { NOT_KEY }),
                cts: is_reordered.then(|| sample.time - times[index]),
            }
        })
        .collect();
    let tfhd = mp4::Tfhd { track_id: VIDEO, default_base_is_moof: true, ..Default::default() };
    run(tfhd, times[0].unsigned_abs(), entries.into())
}

fn audio_run(units: &[(i64, Bytes)], format: &AudioFormat) -> mp4::Traf {
    let start = units.first().map_or(0, |(time, _)| (*time).max(0));
    let start = i128::from(start) * i128::from(format.rate) / 1_000_000;
    let tfhd = mp4::Tfhd { track_id: AUDIO, default_base_is_moof: true, ..Default::default() };
    let start = u64::try_from(start).unwrap_or(0);
    match format.codec {
        AudioCodec::Aac => {
            let tfhd = mp4::Tfhd { default_sample_duration: Some(AAC_SAMPLES), ..tfhd };
            let entry = |(_, payload): &(i64, Bytes)| mp4::TrunEntry {
                size: Some(payload.len() as u32),
                ..Default::default()
            };
            run(tfhd, start, units.iter().map(entry).collect::<Vec<_>>().into())
        }
        AudioCodec::Pcmu | AudioCodec::Pcma => {
            let sample = u32::from(format.channels.max(1));
            let bytes: usize = units.iter().map(|(_, payload)| payload.len()).sum();
            let tfhd = mp4::Tfhd {
                default_sample_duration: Some(1),
                default_sample_size: Some(sample),
                ..tfhd
            };
            let count = bytes as u32 / sample;
            run(tfhd, start, mp4::TrunSamples::Inherited { count, first_flags: None })
        }
    }
}

fn run(tfhd: mp4::Tfhd, start: u64, samples: mp4::TrunSamples) -> mp4::Traf {
    mp4::Traf {
        tfhd,
        tfdt: Some(mp4::Tfdt { base_media_decode_time: start }),
        trun: vec![mp4::Trun { data_offset: Some(0), samples }],
        ..Default::default()
    }
}

fn encoded(moof: &mp4::Moof) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1024);
    moof.encode(&mut bytes).expect("a vector takes every box");
    bytes
}
