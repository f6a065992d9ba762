//! Clips that FFmpeg makes, as access units.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use media::{AccessUnit, Codec, MediaTime, Rotation, Size, VideoFormat, WallTime};

/// Microseconds between pictures.
pub const STEP: i64 = 40_000;

/// A clip of 25 pictures a second, and what its pictures look like.
pub struct Clip {
    pub units: Vec<AccessUnit>,
    /// When each picture is shown, in µs, and a hash of what is decoded.
    pub hashes: Vec<(i64, String)>,
}

impl Clip {
    /// `encoder` is FFmpeg's name and options.
    pub fn make(folder: &Path, codec: Codec, encoder: &[&str], seconds: u32) -> Self {
        Self::of_size(folder, codec, encoder, seconds, "160x120")
    }

    pub fn of_size(
        folder: &Path,
        codec: Codec,
        encoder: &[&str],
        seconds: u32,
        size: &str,
    ) -> Self {
        let path = folder.join(format!("{}-{size}.mp4", codec.name()));
        let source = format!("testsrc2=s={size}:r=25:d={seconds}");
        let made = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", &source, "-c:v"])
            .args(encoder)
            .args(["-pix_fmt", if codec == Codec::MJPEG { "yuvj420p" } else { "yuv420p" }])
            .args(["-video_track_timescale", "1000000", "-use_editlist", "0"])
            .arg(&path)
            .status()
            .unwrap();
        assert!(made.success());
        let file = std::fs::read(&path).unwrap();
        let format = Arc::new(VideoFormat {
            extradata: configuration(&file, &codec),
            codec,
            size: Size {
                width: size.split_once('x').unwrap().0.parse().unwrap(),
                height: size.split_once('x').unwrap().1.parse().unwrap(),
            },
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        });
        let packets = probe(&path, &["-show_packets", "-select_streams", "v"]);
        let packets = packets["packets"].as_array().unwrap();
        let number = |packet: &serde_json::Value, name: &str| -> i64 {
            match &packet[name] {
                serde_json::Value::String(text) => text.parse().unwrap(),
                other => other.as_i64().unwrap(),
            }
        };
        let first = packets.iter().map(|packet| number(packet, "pts")).min().unwrap();
        let units: Vec<_> = packets
            .iter()
            .zip(0..)
            .map(|(packet, sequence)| {
                let (at, size) = (number(packet, "pos") as usize, number(packet, "size") as usize);
                AccessUnit {
                    format: format.clone(),
                    sequence,
                    time: MediaTime(number(packet, "pts") - first),
                    duration: Duration::from_micros(STEP as u64),
                    arrived: WallTime(0),
                    is_key: packet["flags"].as_str().unwrap().contains('K'),
                    payload: Bytes::copy_from_slice(&file[at..at + size]),
                }
            })
            .collect();
        let hashes = hashes(&path);
        let first = hashes.iter().map(|(at, _)| *at).min().unwrap();
        let hashes = hashes.into_iter().map(|(at, hash)| (at - first, hash)).collect();
        Self { units, hashes }
    }

    /// Of the pictures that are shown in a span, which may begin in one.
    pub fn shown(&self, from: i64, to: i64) -> Vec<String> {
        let mut sorted = self.hashes.clone();
        sorted.sort_unstable();
        let is_in = |at: i64| at + STEP > from && at < to;
        sorted.into_iter().filter(|(at, _)| is_in(*at)).map(|(_, hash)| hash).collect()
    }
}

/// When each picture of a file is shown, in µs, and a hash of it.
pub fn hashes(path: &Path) -> Vec<(i64, String)> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(path)
        .args(["-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:1000000"])
        .args(["-f", "framemd5", "-"])
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            (fields[2].parse().unwrap(), fields[5].to_owned())
        })
        .collect()
}

/// What ffprobe says of a file, without a word of complaint.
pub fn probe(path: &Path, what: &[&str]) -> serde_json::Value {
    let output = Command::new("ffprobe")
        .args(["-v", "warning", "-of", "json"])
        .args(what)
        .arg(path)
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The body of the box that has it.
fn configuration(file: &[u8], codec: &Codec) -> Bytes {
    let kind = match codec.name() {
        "h264" => b"avcC",
        "hevc" => b"hvcC",
        _ => return Bytes::new(),
    };
    let at = file.windows(4).position(|it| it == kind).unwrap();
    let size = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
    Bytes::copy_from_slice(&file[at + 4..at - 4 + size])
}
