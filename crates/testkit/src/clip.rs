//! Clips made with the `ffmpeg` program, and what `ffprobe` says of them.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::Process;

/// A clip to be made with the `ffmpeg` program from raw pictures.
pub struct Clip<'a> {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// FFmpeg's name of the pixel format of the raw pictures and of the clip.
    pub pixels: &'a str,
    /// A file with one raw picture or more.
    pub raw: &'a Path,
    /// Options before the output, such as the encoder.
    pub options: &'a [String],
    /// What is made; its extension says the container.
    pub path: &'a Path,
}

impl Clip<'_> {
    /// Makes it.
    pub async fn make(&self) -> Result<()> {
        let mut command = ffmpeg();
        command.args(["-f", "rawvideo", "-framerate", "25", "-pixel_format", self.pixels]);
        command.args(["-video_size", &format!("{}x{}", self.width, self.height)]);
        command.arg("-stream_loop").arg("-1").arg("-i").arg(self.raw);
        command.args(self.options).arg(self.path);
        run(&command, self.path).await
    }
}

/// Copies the clip `from` into `to` and says that it is to be turned
/// clockwise by `degrees` for display.
pub async fn turn(from: &Path, to: &Path, degrees: u32) -> Result<()> {
    let around = (360 - degrees) % 360;
    // Releases of ffmpeg take it by different options and count in different
    // directions; ffprobe says which of these was right.
    let ways = [
        (None, Some(format!("rotate={around}"))),
        (None, Some(format!("rotate={degrees}"))),
        (Some(around.to_string()), None),
        (Some(degrees.to_string()), None),
    ];
    for (before, after) in ways {
        let mut command = ffmpeg();
        if let Some(rotation) = before {
            command.args(["-display_rotation", &rotation]);
        }
        command.arg("-i").arg(from).args(["-c", "copy"]);
        if let Some(tag) = after {
            command.args(["-metadata:s:v:0", &tag]);
        }
        let is_made = run(command.arg(to), to).await.is_ok();
        if is_made && Probe::of(to).await?.rotation == degrees {
            return Ok(());
        }
    }
    bail!("this ffmpeg cannot say that {} is turned by {degrees}°", to.display())
}

/// What the `ffprobe` program says of a clip: a second opinion on what the
/// file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// FFmpeg's name of the colour matrix, where it is stated.
    pub matrix: Option<String>,
    /// Whether codes use the full range, where it is stated.
    pub full_range: Option<bool>,
    /// Width to height of a pixel; 1:1 where it is not stated.
    pub sample_aspect: (u32, u32),
    /// Clockwise turn for display in degrees.
    pub rotation: u32,
    /// For interlaced pictures, whether the top field is first.
    pub top_field_first: Option<bool>,
}

#[derive(Deserialize)]
struct Probed {
    streams: Vec<Value>,
    frames: Vec<Value>,
}

impl Probe {
    /// Reads `clip`'s first picture.
    pub async fn of(clip: &Path) -> Result<Self> {
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-select_streams", "v:0", "-show_streams", "-show_frames"]);
        command.args(["-read_intervals", "%+#1", "-of", "json"]).arg(clip);
        let said = Process::run(&command, Duration::from_secs(30)).await?.success()?;
        let probed: Probed = serde_json::from_str(&said).context("ffprobe's answer")?;
        let stream = probed.streams.first().context("no stream")?;
        let frame = probed.frames.first().context("no picture")?;
        let text = |from: &Value, key: &str| {
            let value = from.get(key).and_then(Value::as_str)?;
            (!matches!(value, "unknown" | "unspecified" | "N/A" | "0:1")).then(|| value.to_owned())
        };
        let stated = |key: &str| text(frame, key).or_else(|| text(stream, key));
        // What the container says of the shape is for the whole clip.
        let aspect = text(stream, "sample_aspect_ratio")
            .or_else(|| text(frame, "sample_aspect_ratio"))
            .unwrap_or_else(|| "1:1".to_owned());
        let (num, den) = aspect.split_once(':').context("a ratio")?;
        let sides = stream.get("side_data_list").and_then(Value::as_array);
        let turn = sides.into_iter().flatten().find_map(|side| side.get("rotation")?.as_i64());
        let flag = |key: &str| frame.get(key).and_then(Value::as_i64) == Some(1);
        Ok(Self {
            matrix: stated("color_space"),
            full_range: stated("color_range").map(|range| range == "pc"),
            sample_aspect: (num.parse()?, den.parse()?),
            // It counts counter-clockwise.
            rotation: u32::try_from((-turn.unwrap_or(0)).rem_euclid(360))?,
            top_field_first: flag("interlaced_frame").then(|| flag("top_field_first")),
        })
    }
}

/// Whether the `ffmpeg` program has `encoder`.
pub async fn has_encoder(encoder: &str) -> Result<bool> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-hide_banner", "-h", &format!("encoder={encoder}")]);
    let output = Process::run(&command, Duration::from_secs(10)).await?;
    Ok(output.stdout.starts_with("Encoder "))
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]);
    command
}

async fn run(command: &Command, made: &Path) -> Result<()> {
    let process = Process::start_with(command, Stdio::null())?;
    let output = process.output(Duration::from_secs(120)).await?;
    ensure!(output.status.success(), "making {}: {}", made.display(), output.stderr.trim());
    Ok(())
}
