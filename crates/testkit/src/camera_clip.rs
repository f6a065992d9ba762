use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use tokio::sync::Semaphore;

use crate::Process;
use crate::random::Random;
use crate::stamp::{self, CELLS};

/// One a core on the machines that tests run on.
static ENCODERS: Semaphore = Semaphore::const_new(2);

/// Luma of the cells of a strip: white and black of the limited range.
const WHITE: u8 = 235;
const BLACK: u8 = 16;

/// Encoding of a simulated camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CameraCodec {
    /// H.264, High profile.
    H264,
    /// H.265, Main profile.
    H265,
    /// JPEG pictures; each is a key frame.
    Mjpeg,
}

/// The elementary stream that a camera plays over and over. Every picture has
/// the strip of [`stamp`], with the picture's number in the clip.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CameraClip {
    /// Number of the camera in the strip, below 64.
    pub camera: u32,
    /// Its encoding.
    pub codec: CameraCodec,
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Pictures a second.
    pub rate: u32,
    /// Pictures of a GOP.
    pub gop: u32,
    /// Pictures, whole GOPs.
    pub pictures: u32,
    /// What the encoder aims at.
    pub bits_per_second: u32,
}

/// A [`CameraClip`] that was made.
#[derive(Clone, Debug)]
pub struct CameraStream {
    /// The elementary stream.
    pub path: PathBuf,
    /// What is in it.
    pub clip: CameraClip,
}

impl CameraCodec {
    /// FFmpeg's short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::H264 => "h264",
            Self::H265 => "h265",
            Self::Mjpeg => "mjpeg",
        }
    }
}

impl CameraClip {
    /// What a main stream is today: 1920×1080, H.264, 25 pictures a second, 4 Mb/s, 2 s.
    pub fn main(camera: u32) -> Self {
        Self {
            camera,
            codec: CameraCodec::H264,
            width: 1920,
            height: 1080,
            rate: 25,
            gop: 50,
            pictures: 50,
            bits_per_second: 4_000_000,
        }
    }

    /// What a sub stream is today: 640×360, H.264, 25 pictures a second, 500 kb/s, 2 s.
    pub fn sub(camera: u32) -> Self {
        Self { width: 640, height: 360, bits_per_second: 500_000, ..Self::main(camera) }
    }

    /// Makes it in `dir`, unless it is there already. Two are made at once at
    /// most, however many are asked for.
    pub async fn make(&self, dir: &Path) -> Result<CameraStream> {
        ensure!(
            self.gop > 0 && self.pictures > 0 && self.pictures.is_multiple_of(self.gop),
            "a camera's clip is whole GOPs"
        );
        let Self { camera, codec, width, height, rate, gop, pictures, bits_per_second } = self;
        let name = format!(
            "camera{camera}-{width}x{height}-{rate}-{gop}-{pictures}-{bits_per_second}.{}",
            codec.name()
        );
        let path = dir.join(&name);
        let _turn = ENCODERS.acquire().await?;
        if !path.exists() {
            let making = dir.join(format!("{name}.making"));
            self.encode(&making).await.with_context(|| format!("making {}", path.display()))?;
            std::fs::rename(&making, &path)?;
        }
        Ok(CameraStream { path, clip: self.clone() })
    }

    /// Makes all of `clips`, two at once, and returns them in their order.
    pub async fn make_all(clips: &[Self], dir: &Path) -> Result<Vec<CameraStream>> {
        try_join_all(clips.iter().map(|clip| clip.make(dir))).await
    }

    async fn encode(&self, path: &Path) -> Result<()> {
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-y", "-f", "rawvideo", "-pixel_format", "yuv420p"]);
        command.args(["-framerate", &self.rate.to_string()]);
        command.args(["-video_size", &format!("{}x{}", self.width, self.height), "-i", "pipe:0"]);
        command.args(self.encoder()).arg(path);
        let mut process = Process::start_with(&command, Stdio::piped())?;
        let mut pipe = File::from(process.stdin()?.into_owned_fd()?);
        let clip = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            // A larger pipe is a matter of speed alone.
            let _ = rustix::pipe::fcntl_setpipe_size(&pipe, 1 << 20);
            let scene = Scene::new(&clip);
            let mut picture = Vec::new();
            (0..clip.pictures).try_for_each(|number| {
                scene.draw(number, &mut picture);
                pipe.write_all(&picture)
            })
        });
        let written = written.await?;
        // Why ffmpeg stopped reading says more than that it did.
        process.output(Duration::from_secs(120)).await?.success()?;
        Ok(written?)
    }

    fn encoder(&self) -> Vec<String> {
        let Self { gop, bits_per_second, .. } = self;
        let text = match self.codec {
            CameraCodec::H264 => format!(
                "-c:v libx264 -threads 1 -preset superfast -profile:v high -bf 0 -pix_fmt yuv420p \
                 -x264-params aud=1:scenecut=0:open-gop=0:keyint={gop}:min-keyint={gop} \
                 -b:v {bits_per_second} -maxrate {bits_per_second} -bufsize {bits_per_second} -f h264"
            ),
            CameraCodec::H265 => format!(
                "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params \
                 aud=1:scenecut=0:open-gop=0:keyint={gop}:min-keyint={gop}:bframes=0:\
                 repeat-headers=1:pools=1:frame-threads=1:log-level=error \
                 -b:v {bits_per_second} -maxrate {bits_per_second} -bufsize {bits_per_second} -f hevc"
            ),
            // RTP has no place for Huffman tables, so that they must be the standard's.
            CameraCodec::Mjpeg => format!(
                "-c:v mjpeg -threads 1 -huffman default -pix_fmt yuvj420p -b:v {bits_per_second} -f mjpeg"
            ),
        };
        text.split_whitespace().map(str::to_owned).collect()
    }
}

/// What all pictures of a clip have in common.
struct Scene {
    camera: u32,
    width: usize,
    height: usize,
    /// Luma of a picture that is wider by `width`, so that it can move.
    ground: Vec<u8>,
    noise: Vec<u8>,
}

/// Codes that noise adds at most, small enough to leave the pattern to be seen.
const NOISE: u64 = 12;

impl Scene {
    fn new(clip: &CameraClip) -> Self {
        let (width, height) = (clip.width as usize, clip.height as usize);
        // Bars and slopes, different for each camera, that repeat over the width.
        let camera = clip.camera as usize;
        let ground = (0..height).flat_map(|y| {
            (0..2 * width).map(move |x| {
                let x = x % width;
                let bar = (x * 16 / width + y * 9 / height + camera) % 7;
                let slope = (x + y * (camera % 5 + 1)) * 64 / width % 64;
                u8::try_from(40 + bar * 16 + slope).unwrap_or(u8::MAX)
            })
        });
        let mut random = Random::new(u64::from(clip.camera));
        let noise = (0..width * height + 4096).map(|_| u8::try_from(random.next() % NOISE));
        Self {
            camera: clip.camera,
            width,
            height,
            ground: ground.collect(),
            noise: noise.map(|code| code.unwrap_or(0)).collect(),
        }
    }

    /// Draws picture `number` as I420.
    fn draw(&self, number: u32, picture: &mut Vec<u8>) {
        let (width, height) = (self.width, self.height);
        picture.clear();
        let cells = stamp::cells(self.camera, number);
        let strip: Vec<u8> =
            (0..width).map(|x| if cells[x * CELLS / width] { WHITE } else { BLACK }).collect();
        let moved = number as usize * 4 % width;
        // Noise that differs from picture to picture is what makes them cost bits.
        let noise = &self.noise[number as usize * 1031 % 4096..];
        for y in 0..height {
            if y < height / 18 {
                picture.extend_from_slice(&strip);
                continue;
            }
            let ground = &self.ground[2 * width * y + moved..][..width];
            let noise = &noise[width * y..][..width];
            picture.extend(ground.iter().zip(noise).map(|(ground, noise)| ground + noise));
        }
        // The strip is grey, and so is what shares a row of chroma with it.
        let grey = (height / 36 + 1) * (width / 2);
        let all = (height / 2) * (width / 2);
        for tint in [self.camera % 8, self.camera / 8 % 8] {
            picture.resize(picture.len() + grey.min(all), 128);
            let tint = u8::try_from(96 + 8 * tint).unwrap_or(128);
            picture.resize(picture.len() + all.saturating_sub(grey), tint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;

    fn small(codec: CameraCodec) -> CameraClip {
        CameraClip { codec, gop: 25, ..CameraClip::sub(5) }
    }

    /// Key frames, pictures and bits of what `ffprobe` reads.
    async fn probe(stream: &CameraStream) -> (usize, usize, u64) {
        let mut command = Command::new("ffprobe");
        command.args(["-v", "error", "-show_entries", "packet=flags,size", "-of", "csv=p=0"]);
        let run = Process::run(command.arg(&stream.path), Duration::from_secs(10)).await.unwrap();
        let said = run.success().unwrap();
        let packets: Vec<_> = said.lines().filter_map(|line| line.split_once(',')).collect();
        let keys = packets.iter().filter(|(_, flags)| flags.contains('K')).count();
        let bits = packets.iter().map(|(size, _)| size.parse::<u64>().unwrap() * 8).sum();
        (keys, packets.len(), bits)
    }

    #[tokio::test]
    async fn clips_have_their_key_frames_and_about_their_bits() {
        let place = Place::new().unwrap();
        for codec in [CameraCodec::H264, CameraCodec::H265] {
            let made = small(codec).make(place.path()).await.unwrap();
            let (keys, pictures, bits) = probe(&made).await;
            assert_eq!((keys, pictures), (2, 50), "{codec:?}");
            assert!((500_000..1_500_000).contains(&bits), "{bits} bits of {codec:?}");
        }
        let clip = CameraClip { gop: 1, pictures: 5, ..small(CameraCodec::Mjpeg) };
        let (keys, pictures, _) = probe(&clip.make(place.path()).await.unwrap()).await;
        assert_eq!((keys, pictures), (5, 5));
    }

    #[tokio::test]
    async fn the_strip_survives_the_encoder() {
        let place = Place::new().unwrap();
        let made = small(CameraCodec::H264).make(place.path()).await.unwrap();
        let png = place.join("last.png");
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-i"]).arg(&made.path);
        command.args(["-vf", "select=eq(n\\,49)", "-frames:v", "1"]).arg(&png);
        let run = Process::run(&command, Duration::from_secs(10)).await.unwrap();
        run.success().unwrap();
        let found = stamp::find(&crate::Picture::open(&png).unwrap());
        let found: Vec<_> = found.iter().map(|s| (s.camera, s.number)).collect();
        assert_eq!(found, [(5, 49)]);
    }
}
