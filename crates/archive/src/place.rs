//! Where a segment lies in its volume: by numbers and times alone, whatever a
//! camera is called.

use std::path::{Path, PathBuf};

use media::{CameraId, StreamId, StreamRole, WallTime};

/// The folder of all segments in a volume.
pub(crate) const RECORDINGS: &str = "recordings";

/// `recordings/camera-12-main/20261122T10/20261122T101500Z-250000.mp4`
pub(crate) fn segment(stream: StreamId, start: WallTime) -> PathBuf {
    let stamp = start.stamp();
    let micros = start.0.rem_euclid(1_000_000);
    folder(stream).join(hour(start)).join(format!("{stamp}-{micros:06}.mp4"))
}

/// Of a stream.
pub(crate) fn folder(stream: StreamId) -> PathBuf {
    let role = match stream.role {
        StreamRole::Main => "main",
        StreamRole::Sub => "sub",
    };
    Path::new(RECORDINGS).join(format!("camera-{}-{role}", stream.camera.0))
}

/// Folders in a stream's folder hold the segments that begin in an hour of UTC.
pub(crate) fn hour(start: WallTime) -> String {
    let mut stamp = start.stamp();
    stamp.truncate("20261122T10".len());
    stamp
}

/// The stream a folder's name says.
pub(crate) fn stream_of(folder: &str) -> Option<StreamId> {
    let (camera, role) = folder.strip_prefix("camera-")?.split_once('-')?;
    let role = match role {
        "main" => StreamRole::Main,
        "sub" => StreamRole::Sub,
        _ => return None,
    };
    Some(StreamId { camera: CameraId(camera.parse().ok()?), role })
}

/// The start a file's name says.
pub(crate) fn start_of(file: &str) -> Option<WallTime> {
    let (stamp, micros) = file.strip_suffix(".mp4")?.split_once('-')?;
    let is_whole = micros.len() == 6 && micros.bytes().all(|byte| byte.is_ascii_digit());
    let micros: i64 = micros.parse().ok().filter(|_| is_whole)?;
    Some(WallTime(WallTime::from_stamp(stamp)?.0 + micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_stream_and_start() {
        let stream = StreamId { camera: CameraId(12), role: StreamRole::Sub };
        let start = WallTime(1_795_342_500_250_007);
        let path = segment(stream, start);
        let expected = "recordings/camera-12-sub/20261122T10/20261122T101500Z-250007.mp4";
        assert_eq!(path, Path::new(expected));
        assert_eq!(start_of("20261122T101500Z-250007.mp4"), Some(start));
        assert_eq!(stream_of("camera-12-sub"), Some(stream));
        for name in
            ["", "a.mp4", "20261122T101500Z.mp4", "20261122T101500Z-25.mp4", "..", "x-é.mp4"]
        {
            assert_eq!(start_of(name), None, "{name}");
        }
        for name in ["camera-x-main", "camera-1-both", "camera--main", "..", ""] {
            assert_eq!(stream_of(name), None, "{name}");
        }
    }
}
