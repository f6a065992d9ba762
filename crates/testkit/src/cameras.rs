use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use protocol::StreamRole;
use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::Mutex;

use crate::{Audio, CameraStream, Place, Process};

/// The server itself: GStreamer's, which is no relative of what it tests.
const SERVER: &str = include_str!("cameras/server.py");

/// GStreamer looks for its plugins at the first start.
const START: Duration = Duration::from_secs(30);

/// Orders are carried out between packets.
const ANSWER: Duration = Duration::from_secs(10);

/// One simulated camera.
#[derive(Clone, Debug)]
pub struct CameraModel {
    /// Its number: in marks, addresses and logs.
    pub number: u32,
    /// What its main stream plays.
    pub main: CameraStream,
    /// What its sub stream plays, if it has one.
    pub sub: Option<CameraStream>,
    /// Audio beside the main stream.
    pub audio: Option<Audio>,
}

/// What all cameras of a server have in common.
#[derive(Clone, Debug, Default)]
pub struct CamerasOptions {
    /// The port; any free one if not said.
    pub port: Option<u16>,
    /// Who may look; anybody if not said.
    pub authentication: Option<Authentication>,
    /// What RTP may travel on.
    pub transports: Transports,
}

/// How cameras know who may look.
#[derive(Clone, Debug)]
pub struct Authentication {
    /// The user.
    pub user: String,
    /// Any characters.
    pub password: String,
    /// How they are told.
    pub scheme: Scheme,
}

/// How a user and a password are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Readable by anybody in between.
    Basic,
    /// Hashed.
    Digest,
}

/// What RTP may travel on; another is answered by 461.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transports {
    /// Interleaved with RTSP.
    Tcp,
    /// Datagrams.
    Udp,
    /// As the client likes.
    #[default]
    Both,
}

/// An access unit that a camera sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Number in its mark: counted from 0 for each stream, also over restarts.
    pub number: u64,
    /// When; compare with [`crate::monotonic_ns`].
    pub sent_ns: u64,
    /// Number in the strip of its picture.
    pub picture: u32,
    /// Whether it is a key frame.
    pub is_key: bool,
}

/// Simulated cameras: one process that serves them all on one port.
///
/// A stream is sent while somebody looks, and starts with a key frame for the
/// first who does; the others share it.
pub struct Cameras {
    process: Process,
    control: Mutex<Control>,
    command: Command,
    options: PathBuf,
    said: Options,
    port: u16,
}

struct Control {
    stdin: ChildStdin,
    orders: u64,
}

/// What `server.py` reads.
#[derive(Serialize)]
struct Options {
    port: u16,
    user: Option<String>,
    password: Option<String>,
    basic: bool,
    transports: &'static str,
    /// The directory of what was sent.
    log: PathBuf,
    models: Vec<Model>,
}

#[derive(Serialize)]
struct Model {
    number: u32,
    main: Stream,
    sub: Option<Stream>,
    audio: Option<Tone>,
}

#[derive(Serialize)]
struct Stream {
    path: PathBuf,
    codec: &'static str,
    rate: u32,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
struct Tone {
    codec: &'static str,
    path: PathBuf,
}

impl Cameras {
    /// Starts them; their files are below `place`, in a directory of their own.
    pub async fn start(
        place: &Place,
        models: &[CameraModel],
        options: CamerasOptions,
    ) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("cameras-").tempdir_in(place.path())?.keep();
        let mut described = Vec::new();
        for model in models {
            described.push(Model {
                number: model.number,
                main: Stream::of(&model.main),
                sub: model.sub.as_ref().map(Stream::of),
                audio: match model.audio {
                    Some(audio) => {
                        Some(Tone { codec: audio.name(), path: audio.make(&dir).await? })
                    }
                    None => None,
                },
            });
        }
        let basic = |known: &Authentication| known.scheme == Scheme::Basic;
        let said = Options {
            port: options.port.unwrap_or(0),
            basic: options.authentication.as_ref().is_some_and(basic),
            user: options.authentication.as_ref().map(|known| known.user.clone()),
            password: options.authentication.map(|known| known.password),
            transports: match options.transports {
                Transports::Tcp => "tcp",
                Transports::Udp => "udp",
                Transports::Both => "both",
            },
            log: dir.clone(),
            models: described,
        };
        let (server, options) = (dir.join("server.py"), dir.join("options.json"));
        std::fs::write(&server, SERVER)?;
        // Debian's GStreamer is for Debian's Python, whichever else comes first.
        let debian = Path::new("/usr/bin/python3");
        let mut command = Command::new(if debian.exists() { debian } else { Path::new("python3") });
        command.arg(&server).arg(&options);
        let (process, control, port) = Self::launch(&command, &options, &said).await?;
        Ok(Self { process, control: Mutex::new(control), command, options, said, port })
    }

    /// Ends all of them and starts them again on the same port. Numbers go on.
    pub async fn restart(self) -> Result<Self> {
        let Self { process, control, command, options, mut said, port } = self;
        drop(control);
        process.end().await?;
        said.port = port;
        let (process, control, port) = Self::launch(&command, &options, &said).await?;
        Ok(Self { process, control: Mutex::new(control), command, options, said, port })
    }

    /// The address of a stream, without user and password.
    pub fn address(&self, number: u32, role: StreamRole) -> String {
        format!("rtsp://127.0.0.1:{}{}", self.port, Self::path(number, role))
    }

    /// The path in the address of a stream.
    pub fn path(number: u32, role: StreamRole) -> String {
        format!("/cam{number}/{}", name(role))
    }

    /// Where the server listens.
    pub fn socket(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Sends no more of a stream; its sessions stay.
    pub async fn pause(&self, number: u32, role: StreamRole) -> Result<()> {
        self.order(&format!("pause {number} {}", name(role))).await
    }

    /// Sends a stream again after [`Cameras::pause`].
    pub async fn resume(&self, number: u32, role: StreamRole) -> Result<()> {
        self.order(&format!("resume {number} {}", name(role))).await
    }

    /// Closes all connections of a camera; new ones are welcome.
    pub async fn drop_clients(&self, number: u32) -> Result<()> {
        self.order(&format!("drop {number}")).await
    }

    /// Answers 404 for both streams of a camera; connections stay.
    pub async fn unmount(&self, number: u32) -> Result<()> {
        self.order(&format!("unmount {number}")).await
    }

    /// Answers for both streams of a camera again.
    pub async fn mount(&self, number: u32) -> Result<()> {
        self.order(&format!("mount {number}")).await
    }

    /// Goes on with another clip of the same codec and rate, from its first
    /// key frame, while sessions stay.
    pub async fn play(&self, number: u32, role: StreamRole, stream: &CameraStream) -> Result<()> {
        self.order(&format!("clip {number} {} {}", name(role), stream.path.display())).await
    }

    /// Sends no key frame for so long, only predicted units.
    pub async fn no_keys(&self, number: u32, role: StreamRole, time: Duration) -> Result<()> {
        self.order(&format!("nokeys {number} {} {}", name(role), time.as_secs_f64())).await
    }

    /// Everything that was sent of a stream until now.
    pub async fn sent(&self, number: u32, role: StreamRole) -> Result<Vec<Sent>> {
        self.order("flush").await?;
        let log = self.said.log.join(format!("sent-{number}-{}.log", name(role)));
        let lines = std::fs::read_to_string(&log);
        let lines = lines.with_context(|| format!("no camera {number} {}", name(role)))?;
        // The last line may be on its way.
        let whole = lines.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().map(Sent::parse).collect()
    }

    /// Ends all of them.
    pub async fn end(self) -> Result<()> {
        drop(self.control);
        self.process.end().await?;
        Ok(())
    }

    async fn launch(
        command: &Command,
        options: &Path,
        said: &Options,
    ) -> Result<(Process, Control, u16)> {
        std::fs::write(options, serde_json::to_vec(said)?)?;
        let mut process = Process::start_with(command, Stdio::piped())?;
        let stdin = process.stdin()?;
        let ready = |line: &str| line.strip_prefix("READY ")?.parse().ok();
        let port = process.line(START, ready).await.context("starting cameras")?;
        Ok((process, Control { stdin, orders: 0 }, port))
    }

    async fn order(&self, order: &str) -> Result<()> {
        let number = {
            let mut control = self.control.lock().await;
            control.orders += 1;
            let line = format!("{} {order}\n", control.orders);
            control.stdin.write_all(line.as_bytes()).await.context("ordering cameras")?;
            control.orders
        };
        let start = format!("{number} ");
        let answer = |line: &str| line.strip_prefix(&start).map(str::to_owned);
        let answer = self.process.line(ANSWER, answer).await?;
        ensure!(answer == "ok", "cameras were to {order}: {answer}");
        Ok(())
    }
}

impl Stream {
    fn of(stream: &CameraStream) -> Self {
        let clip = &stream.clip;
        Self {
            path: stream.path.clone(),
            codec: clip.codec.name(),
            rate: clip.rate,
            width: clip.width,
            height: clip.height,
        }
    }
}

impl Sent {
    /// Reads `CAMERA ROLE NUMBER SENT_NS PICTURE IS_KEY`.
    fn parse(line: &str) -> Result<Self> {
        let words: Vec<_> = line.split(' ').collect();
        let [_, _, number, sent_ns, picture, is_key] = words[..] else {
            bail!("no line of what was sent: {line}")
        };
        Ok(Self {
            number: number.parse()?,
            sent_ns: sent_ns.parse()?,
            picture: picture.parse()?,
            is_key: is_key == "1",
        })
    }
}

fn name(role: StreamRole) -> &'static str {
    match role {
        StreamRole::Main => "main",
        StreamRole::Sub => "sub",
    }
}

#[cfg(test)]
mod tests;
