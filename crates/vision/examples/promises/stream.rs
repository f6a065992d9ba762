//! Footage as a camera sends it: as long as is needed, with noise of its own,
//! encoded, and what each of its pictures weighs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, fs, thread};

use anyhow::{Context, Result, ensure};
use media::MediaTime;

use crate::clip::{self, Pictures, RATE};

/// As large as smaller streams mostly are.
pub const WIDTH: usize = 640;
pub const HEIGHT: usize = 360;

/// As analysis wants them.
const SMALL: (usize, usize) = (320, 180);

/// How an encoder spends bits.
#[derive(Clone, Copy)]
pub enum Rate {
    /// As much as this quality needs.
    Quality(u32),
    /// So many thousand a second, whatever there is to see.
    Constant(u32),
}

/// How a stream is encoded.
#[derive(Clone, Copy)]
pub struct Encoding {
    pub rate: Rate,
    /// Pictures of a GOP.
    pub gop: usize,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rate {
            Rate::Quality(crf) => write!(f, "quality {crf}, GOP {}", self.gop),
            Rate::Constant(rate) => write!(f, "{rate} kb/s, GOP {}", self.gop),
        }
    }
}

/// One picture, as it is sent.
#[derive(Clone, Copy)]
pub struct Unit {
    pub bytes: usize,
    pub is_key: bool,
    pub time: MediaTime,
}

/// What a camera sends, and its pictures.
pub struct Stream {
    pub units: Vec<Unit>,
    pub pictures: Pictures,
}

impl Stream {
    /// Has the pictures of `footage` in this `order` go through `filter` and encoded.
    pub fn encode(
        footage: &Pictures,
        order: &[usize],
        filter: &str,
        encoding: Encoding,
    ) -> Result<Self> {
        let file = Temporary::new()?;
        let (path, gop) = (file.0.display().to_string(), encoding.gop);
        let mut x264 = format!("aud=1:scenecut=0:open-gop=0:keyint={gop}:min-keyint={gop}");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"]);
        command.args(["-s", &format!("{WIDTH}x{HEIGHT}"), "-framerate", &RATE.to_string()]);
        command.args(["-i", "-", "-vf", filter, "-c:v", "libx264", "-preset", "superfast"]);
        command.args(["-threads", "1", "-bf", "0", "-pix_fmt", "yuv420p"]);
        match encoding.rate {
            Rate::Quality(crf) => command.args(["-crf", &crf.to_string()]),
            Rate::Constant(rate) => {
                x264 += ":nal-hrd=cbr:filler=1";
                let rate = format!("{rate}k");
                command
                    .args(["-b:v", &rate, "-minrate", &rate, "-maxrate", &rate])
                    .args(["-bufsize", &rate])
            }
        };
        command.args(["-x264-params", &x264, "-f", "h264", &path]).stdin(Stdio::piped());
        let mut child = command.spawn().context("ffmpeg")?;
        let mut pipe = child.stdin.take().context("a pipe")?;
        for index in order {
            pipe.write_all(footage.bytes(*index))?;
        }
        drop(pipe);
        ensure!(child.wait()?.success(), "ffmpeg encoded nothing");
        Self::read(&file.0, order.len())
    }

    fn read(path: &Path, count: usize) -> Result<Self> {
        let file = path.to_owned();
        let weighing = thread::spawn(move || weigh(&file));
        let (width, height) = SMALL;
        let scale = format!("scale={width}:{height}:flags=area");
        let bytes = clip::decode(&["-i".into(), path.display().to_string()], &scale)?;
        let units = weighing.join().ok().context("a thread failed")??;
        let times: Vec<MediaTime> = units.iter().map(|it| it.time).collect();
        let pictures = Pictures { width, height, bytes, times };
        ensure!(
            units.len() == count && pictures.bytes.len() == count * width * height,
            "{count} pictures became {}",
            units.len()
        );
        Ok(Self { units, pictures })
    }
}

/// What each access unit of a file weighs.
fn weigh(file: &Path) -> Result<Vec<Unit>> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-show_entries", "packet=size,flags", "-of", "csv=p=0"]);
    let output = command.arg(file).output().context("ffprobe")?;
    let text = String::from_utf8(output.stdout)?;
    let unit = |(index, line): (usize, &str)| {
        let (bytes, flags) = line.split_once(',').context("a size and flags")?;
        let time = MediaTime((index as f64 * 1e6 / RATE) as i64);
        Ok(Unit { bytes: bytes.parse()?, is_key: flags.contains('K'), time })
    };
    text.lines().filter(|line| !line.is_empty()).enumerate().map(unit).collect()
}

/// A file that is gone when this is.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tessera-wake-up-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder.join("stream.h264")))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(folder) = self.0.parent() {
            // Nothing more can be done about a temporary folder.
            let _ = fs::remove_dir_all(folder);
        }
    }
}
