//! The sound of an export.

use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use media::{AudioCodec, AudioFormat, AudioUnit, Codec, MediaTime, WallTime};

use crate::clip::{Clip, probe};
use crate::rig::{Rig, STREAM, films};

const X264: &[&str] = &["libx264", "-g", "25", "-bf", "0", "-preset", "ultrafast"];

/// A tone that FFmpeg encodes, from 0 on.
fn tone(rig: &Rig, arguments: &[&str], rate: u32) -> Vec<u8> {
    let path = rig.place.path().join("tone");
    let source = format!("sine=frequency=440:sample_rate={rate}:duration=8");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &source])
        .args(arguments)
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    std::fs::read(path).unwrap()
}

fn pcm(path: &std::path::Path) -> Vec<i16> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-f", "s16le", "-"])
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(2).map(|it| i16::from_le_bytes([it[0], it[1]])).collect()
}

#[test]
fn laws_become_pcm_sample_for_sample() {
    for (codec, name) in [(AudioCodec::Pcmu, "mulaw"), (AudioCodec::Pcma, "alaw")] {
        let mut rig = Rig::new();
        let clip = Clip::make(rig.place.path(), Codec::H264, X264, 8);
        let bytes = tone(&rig, &["-f", name], 8000);
        let format = Arc::new(AudioFormat { codec, rate: 8000, channels: 1, config: Bytes::new() });
        let units: Vec<AudioUnit> = bytes
            .chunks(160)
            .zip(0..)
            .map(|(payload, number)| AudioUnit {
                format: format.clone(),
                time: MediaTime(number * 20_000),
                arrived: WallTime(0),
                payload: Bytes::copy_from_slice(payload),
            })
            .collect();
        rig.record(STREAM, &clip.units, &units, 0);
        let done = rig.export(2_500_000, 5_250_000).unwrap();
        let (film, ..) = &films(&done.path)[0];
        let said = probe(film, &["-show_entries", "stream=codec_name,duration,start_time"]);
        assert_eq!(said["streams"][1]["codec_name"], "pcm_s16le", "{said}");
        assert_eq!(said["streams"][1]["duration"], "2.750000");
        assert_eq!(said["streams"][1]["start_time"], "0.000000");
        // FFmpeg's decoder of the same samples.
        let raw = rig.place.path().join("raw.wav");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", name, "-ar", "8000", "-ac", "1", "-i"])
            .arg(rig.place.path().join("tone"))
            .arg(&raw)
            .status();
        assert!(made.unwrap().success());
        assert_eq!(pcm(film), pcm(&raw)[20_000..42_000]);
    }
}

#[test]
fn aac_is_as_it_was() {
    let mut rig = Rig::new();
    let clip = Clip::make(rig.place.path(), Codec::H264, X264, 8);
    let bytes = tone(&rig, &["-c:a", "aac", "-b:a", "32k", "-f", "adts"], 16_000);
    let mut units = Vec::new();
    let mut at = 0;
    // Of AudioSpecificConfig: AAC LC, 16 kHz, one channel.
    let config = Bytes::from_static(&[0x14, 0x08]);
    let format =
        Arc::new(AudioFormat { codec: AudioCodec::Aac, rate: 16_000, channels: 1, config });
    while at + 7 <= bytes.len() {
        let header = &bytes[at..at + 7];
        let size = usize::from(header[3] & 3) << 11
            | usize::from(header[4]) << 3
            | usize::from(header[5] >> 5);
        units.push(AudioUnit {
            format: format.clone(),
            time: MediaTime(units.len() as i64 * 64_000),
            arrived: WallTime(0),
            payload: Bytes::copy_from_slice(&bytes[at + 7..at + size]),
        });
        at += size;
    }
    rig.record(STREAM, &clip.units, &units, 0);
    let done = rig.export(2_500_000, 5_250_000).unwrap();
    let (film, ..) = &films(&done.path)[0];
    let said = probe(film, &["-show_entries", "stream=codec_name,start_time"]);
    assert_eq!(said["streams"][1]["codec_name"], "aac", "{said}");
    let found = pcm(film);
    assert!((found.len() as i64 - 44_000).abs() <= 1024, "{} samples", found.len());
    // The same tone at the same time, once the decoder has run in.
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "aac", "-i"])
        .arg(rig.place.path().join("tone"))
        .arg(rig.place.path().join("raw.wav"))
        .status();
    assert!(made.unwrap().success());
    let all = pcm(&rig.place.path().join("raw.wav"));
    let part = &found[4096..8192];
    let begin = 40_000 + 4096;
    let best = (-1024..=1024i64)
        .min_by_key(|shift| {
            let from = (begin + shift) as usize;
            let off = |(a, b): (&i16, &i16)| i64::from(i32::from(*a) - i32::from(*b)).abs();
            all[from..from + part.len()].iter().zip(part).map(off).sum::<i64>()
        })
        .unwrap();
    assert!(best.abs() < 160, "{best} samples off");
}
