//! What is in front of the camera.

use std::path::{Path, PathBuf};
use std::process::Command as Program;
use std::time::Duration;

use anyhow::Result;
use testkit::{CameraClip, CameraStream, Process};

/// How long something moves.
pub const MOVES: Duration = Duration::from_secs(6);

/// An encoder that has begun is as it stays after so long.
const SETTLES: Duration = Duration::from_secs(6);

/// Main and sub stream of a camera in front of which nothing moves, and something.
pub struct Scene {
    pub quiet: (CameraStream, CameraStream),
    pub moving: (CameraStream, CameraStream),
}

impl Scene {
    pub async fn make(place: &Path, main: CameraClip, sub: CameraClip) -> Result<Self> {
        let clips = async |moves: bool| {
            let time = MOVES + Duration::from_secs(4);
            let begin = moves.then_some(Duration::ZERO);
            let main = encode(place, &main, begin, time).await?;
            anyhow::Ok((main, encode(place, &sub, begin, time).await?))
        };
        Ok(Self { quiet: clips(false).await?, moving: clips(true).await? })
    }
}

/// What one camera plays: nothing moves for so long until its noise repeats, and
/// then something does, once. Both are of one encoder that has settled: one that
/// begins spends less, as no camera does in the middle of a day.
pub async fn turns(
    place: &Path,
    clip: &CameraClip,
    quiet: Duration,
) -> Result<(CameraStream, CameraStream)> {
    let begin = SETTLES + quiet;
    let all = encode(place, clip, Some(begin), begin + MOVES + Duration::from_secs(4)).await?;
    let mut command = Program::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-framerate", &clip.rate.to_string(), "-i"]);
    command.arg(&all.path).args(["-c", "copy", "-f", "segment", "-segment_format", "h264"]);
    let times = format!("{},{}", SETTLES.as_secs(), begin.as_secs());
    command.args(["-segment_times", &times]).arg(place.join("turn-%d.h264"));
    Process::run(&command, Duration::from_secs(60)).await?.success()?;
    let turn = |number| {
        let path = place.join(format!("turn-{number}.h264"));
        CameraStream { path, clip: clip.clone() }
    };
    Ok((turn(1), turn(2)))
}

/// What a camera plays of the clip `from`, over and over.
pub async fn footage(place: &Path, from: &Path, clip: &CameraClip) -> Result<CameraStream> {
    let CameraClip { width, height, rate, .. } = clip;
    let path = place.join(format!("footage-{width}.h264"));
    let mut command = Program::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-t", "60", "-i"]).arg(from);
    command.args(["-an", "-vf", &format!("fps={rate},scale={width}:{height},setsar=1")]);
    finish(command, clip, path).await
}

/// The file of this name of a package of the system's, where that is installed.
pub fn packaged(package: &str, name: &str) -> Option<PathBuf> {
    let listed = Program::new("dpkg").args(["-L", package]).output().ok()?;
    let paths = String::from_utf8(listed.stdout).ok()?;
    let is_it = |path: &&str| Path::new(path).file_name().is_some_and(|it| it == name);
    paths.lines().find(is_it).map(PathBuf::from)
}

/// A still with as much noise as a camera has at dusk, over which a box goes
/// from `begin` on in which something goes on, too.
async fn encode(
    place: &Path,
    clip: &CameraClip,
    begin: Option<Duration>,
    time: Duration,
) -> Result<CameraStream> {
    let CameraClip { width, height, rate, .. } = clip;
    let seconds = time.as_secs();
    let kind = if begin.is_some() { "moving" } else { "quiet" };
    let path: PathBuf = place.join(format!("scene-{width}x{height}-{kind}-{seconds}.h264"));
    let still = format!("testsrc2=size={width}x{height}:rate={rate}:duration=1");
    let mut filter = format!("trim=end_frame=1,loop=loop=-1:size=1,setpts=N/{rate}/TB,");
    if let Some(begin) = begin.as_ref().map(Duration::as_secs) {
        let (w, h) = (width / 8, height / 3);
        filter = format!(
            "testsrc2=size={w}x{h}:rate={rate}[box];[0]{filter}null[still];\
             [still][box]overlay=x='(t-{begin})*{width}/{}':y={h}:enable='gte(t,{begin})':shortest=1,",
            MOVES.as_secs()
        );
    }
    filter += &format!("noise=alls=3:allf=t,trim=end_frame={}", seconds * u64::from(*rate));
    let mut command = Program::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", &still]);
    command.args(["-filter_complex", &filter]);
    finish(command, clip, path).await
}

/// Has what `command` reads encoded as `clip` says, with fewer bits where fewer do.
async fn finish(mut command: Program, clip: &CameraClip, path: PathBuf) -> Result<CameraStream> {
    let CameraClip { gop, bits_per_second, .. } = clip;
    let x264 = format!("aud=1:scenecut=0:open-gop=0:keyint={gop}:min-keyint={gop}");
    command.args(["-c:v", "libx264", "-preset", "superfast", "-bf", "0", "-pix_fmt", "yuv420p"]);
    let most = bits_per_second.to_string();
    command.args(["-x264-params", &x264, "-crf", "28", "-maxrate", &most, "-bufsize", &most]);
    command.args(["-f", "h264"]).arg(&path);
    Process::run(&command, Duration::from_secs(180)).await?.success()?;
    Ok(CameraStream { path, clip: clip.clone() })
}
