//! Grey pictures of a clip or of a folder of pictures, by the program `ffmpeg`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use media::MediaTime;
use vision::Grey;

/// Pictures a second that are analysed.
pub const RATE: f64 = 10.0;

/// Pictures of one size, one after the other.
#[derive(Clone)]
pub struct Pictures {
    pub width: usize,
    pub height: usize,
    pub bytes: Vec<u8>,
    pub times: Vec<MediaTime>,
}

impl Pictures {
    /// Those of a clip, so large, as many a second as are analysed, at their own times.
    pub fn of_clip(clip: &Path, width: usize, height: usize) -> Result<Self> {
        let rate = rate(clip)?;
        let filter = format!("scale={width}:{height}:flags=area");
        let input = ["-i".into(), clip.display().to_string()];
        let all = decode(&input, &filter)?;
        let size = width * height;
        let (mut bytes, mut times) = (Vec::new(), Vec::new());
        let mut due = 0.0;
        for (index, picture) in all.chunks_exact(size).enumerate() {
            let second = index as f64 / rate;
            if second + 1e-6 >= due {
                bytes.extend_from_slice(picture);
                times.push(MediaTime((second * 1e6) as i64));
                due += 1.0 / RATE;
            }
        }
        ensure!(!times.is_empty(), "{} has no pictures", clip.display());
        Ok(Self { width, height, bytes, times })
    }

    /// Those of numbered files, taken as a clip at the rate of analysis.
    pub fn of_files(
        pattern: &Path,
        first: usize,
        filter: &str,
        width: usize,
        height: usize,
    ) -> Result<Self> {
        let pattern = pattern.display().to_string();
        let input = ["-start_number".into(), first.to_string(), "-i".into(), pattern.clone()];
        Self::of(decode(&input, filter)?, width, height).with_context(|| pattern)
    }

    /// The one of a file.
    pub fn of_file(file: &Path, width: usize, height: usize) -> Result<Self> {
        Self::of(decode(&["-i".into(), file.display().to_string()], "null")?, width, height)
    }

    fn of(bytes: Vec<u8>, width: usize, height: usize) -> Result<Self> {
        let count = bytes.len() / (width * height).max(1);
        ensure!(count > 0, "there are no pictures of {width}×{height}");
        let times = (0..count).map(|it| MediaTime((it as f64 * 1e6 / RATE) as i64)).collect();
        Ok(Self { width, height, bytes, times })
    }

    pub fn len(&self) -> usize {
        self.times.len()
    }

    pub fn bytes(&self, index: usize) -> &[u8] {
        let size = self.width * self.height;
        &self.bytes[index * size..][..size]
    }

    pub fn grey(&self, index: usize) -> Result<Grey<'_>> {
        Ok(Grey::new(self.bytes(index), self.width, self.height, self.width)?)
    }
}

/// Width and height of a file's first picture.
pub fn size(file: &Path) -> Result<(usize, usize)> {
    let text = probe(file, "stream=width,height")?;
    let (width, height) = text.split_once(',').context("no size")?;
    Ok((width.parse()?, height.trim_end_matches(',').parse()?))
}

/// Writes grey pictures into a folder, as `inNNNNNN.png` from `first` on.
pub fn write(folder: &Path, first: usize, size: (usize, usize), bytes: &[u8]) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"]);
    command.args(["-s", &format!("{}x{}", size.0, size.1), "-i", "-", "-pix_fmt", "gray"]);
    command.args(["-start_number", &first.to_string()]);
    command.arg(folder.join("in%06d.png")).stdin(Stdio::piped());
    let mut child = command.spawn().context("ffmpeg")?;
    child.stdin.take().context("a pipe")?.write_all(bytes)?;
    ensure!(child.wait()?.success(), "ffmpeg wrote nothing into {}", folder.display());
    Ok(())
}

/// What FFmpeg reads of `input`, through `filter`.
pub fn decode(input: &[String], filter: &str) -> Result<Vec<u8>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin"]).args(input).args(["-vf", filter]);
    command.args(["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"]);
    let output = command.output().context("ffmpeg")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ffmpeg {}: {error}", input.join(" "));
    Ok(output.stdout)
}

fn rate(clip: &Path) -> Result<f64> {
    let text = probe(clip, "stream=avg_frame_rate")?;
    let (over, under) = text.split_once('/').context("no rate")?;
    Ok(over.parse::<f64>()? / under.trim_end_matches(',').parse::<f64>()?)
}

fn probe(file: &Path, entries: &str) -> Result<String> {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v:0", "-show_entries", entries]);
    let output = command.args(["-of", "csv=p=0"]).arg(file).output().context("ffprobe")?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().next().with_context(|| format!("{} is no video", file.display()))?;
    Ok(line.to_owned())
}
