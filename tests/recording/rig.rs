//! Cameras that are recorded.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use protocol::{
    CameraSource, Command, HourMode, Login, NewCamera, NewVolume, RecordingGap, RecordingMode,
    RecordingPlan, RecordingStatus, Reply, Sensitive, StreamAddress, StreamRecordingState,
    StreamRole, Transport,
};
use rustix::process::Signal;
use testkit::{
    Audio, Authentication, CameraClip, CameraModel, Cameras, CamerasOptions, Place, RtspProxy,
    Server, Usage, monotonic_ns, statistics, until,
};

use crate::cameras::SOON;

/// Cameras with one stream each, an engine, and a volume.
pub struct Rig {
    pub cameras: Cameras,
    pub server: Server,
    pub data: Place,
    pub volume: PathBuf,
    pub place: Place,
    /// Ids of the cameras, by their numbers from 1.
    pub ids: Vec<u32>,
    /// What the engine reaches the cameras through, where that is wanted.
    pub proxy: Option<RtspProxy>,
    /// How many streams they have together.
    streams: usize,
}

/// What is not as usual.
#[derive(Default)]
pub struct RigOptions {
    /// The cameras' other streams, where they have any.
    pub subs: Vec<CameraClip>,
    /// The cameras' sound, where they have any.
    pub audio: Vec<Audio>,
    /// Where the volume is; a folder of its own if not said.
    pub volume: Option<PathBuf>,
    /// What the engine runs under.
    pub wrapper: Vec<String>,
    /// Who may look at the cameras, with this login.
    pub authentication: Option<Authentication>,
    /// Whether the engine reaches the cameras through a proxy.
    pub is_proxied: bool,
}

impl Rig {
    /// Records cameras that play `clips`, on a volume of its own.
    pub async fn start(clips: &[CameraClip]) -> Result<Self> {
        Self::start_with(clips, RigOptions::default()).await
    }

    /// Records cameras that play `clips`, on the volume `volume`.
    pub async fn start_on(clips: &[CameraClip], volume: PathBuf) -> Result<Self> {
        Self::start_with(clips, RigOptions { volume: Some(volume), ..Default::default() }).await
    }

    /// Records cameras that play `clips`.
    pub async fn start_with(clips: &[CameraClip], options: RigOptions) -> Result<Self> {
        let place = Place::new()?;
        let volume = options.volume.unwrap_or_else(|| place.join("volume"));
        let made = CameraClip::make_all(clips, place.path()).await?;
        let mut subs = CameraClip::make_all(&options.subs, place.path()).await?.into_iter();
        let mut audio = options.audio.into_iter();
        let models = made.into_iter().zip(1..).map(|(main, number)| {
            let sub = subs.next();
            CameraModel { number, main, sub, audio: audio.next() }
        });
        let models: Vec<CameraModel> = models.collect();
        let login = options
            .authentication
            .as_ref()
            .map(|it| Login { user: it.user.clone(), password: Sensitive(it.password.clone()) });
        let camera_options =
            CamerasOptions { authentication: options.authentication, ..Default::default() };
        let cameras = Cameras::start(&place, &models, camera_options).await?;
        let proxy = match options.is_proxied {
            true => Some(RtspProxy::start(cameras.socket())?),
            false => None,
        };
        let streams = clips.len() + options.subs.len();
        let data = Place::new()?;
        let wrapper: Vec<&str> = options.wrapper.iter().map(String::as_str).collect();
        let server = start(&place, data.path(), &wrapper).await?;
        let mut client = server.client().await?;
        let mut ids = Vec::new();
        for number in 1..=clips.len() as u32 {
            let address = |role| match &proxy {
                Some(proxy) => proxy.address(&Cameras::path(number, role)),
                None => cameras.address(number, role),
            };
            let sub = (number as usize <= options.subs.len()).then(|| address(StreamRole::Sub));
            let main = address(StreamRole::Main);
            let source = CameraSource::Rtsp { main, sub, transport: Transport::Tcp };
            let name = format!("Camera {number}");
            let camera = NewCamera { name, source, login: login.clone() };
            match client.command(Command::AddCamera { camera }).await? {
                Reply::Camera { camera } => ids.push(camera.address.camera),
                other => bail!("asked for a camera, got {other:?}"),
            }
        }
        let path = volume.to_string_lossy().into_owned();
        let new = NewVolume { path, max_bytes: None, max_days: None };
        client.command(Command::AddVolume { volume: new }).await?;
        client.close().await;
        let rig = Self { cameras, server, data, volume, place, ids, proxy, streams };
        rig.all_recorded().await?;
        Ok(rig)
    }

    /// Waits until every stream is said to be recorded.
    pub async fn all_recorded(&self) -> Result<()> {
        all_recorded(&self.server, self.streams).await
    }

    /// Kills the engine with SIGKILL; when, by the clock of marks.
    pub async fn kill(&self) -> Result<u64> {
        let at = monotonic_ns();
        self.server.process().signal(Signal::KILL)?;
        let gone = async || Ok((!self.server.process().runs()).then_some(()));
        until(SOON, "the engine's end", gone).await?;
        Ok(at)
    }

    /// Starts another engine where there was one; when, by the clock of marks.
    pub async fn start_again(&mut self) -> Result<u64> {
        let at = monotonic_ns();
        self.server = start(&self.place, self.data.path(), &[]).await?;
        Ok(at)
    }

    /// Asks the engine to end and waits until it did.
    pub async fn end(&self) -> Result<()> {
        self.server.process().signal(Signal::TERM)?;
        let gone = async || Ok((!self.server.process().runs()).then_some(()));
        until(SOON, "the engine's end", gone).await
    }

    /// How many processors the engine and its workers keep busy for `time`.
    pub async fn processors(&self, time: Duration) -> Result<f64> {
        let workers = statistics(&mut self.server.client().await?).await?.workers;
        let ids: Vec<u32> = workers.into_iter().chain([self.engine()]).collect();
        Usage::processors(&ids, time).await
    }

    /// Process id of the engine.
    pub fn engine(&self) -> u32 {
        self.server.process().id()
    }
}

/// Cameras with small pictures and a key frame every second.
pub fn light(count: u32) -> Vec<CameraClip> {
    let clip = |camera| CameraClip {
        width: 320,
        height: 180,
        gop: 25,
        bits_per_second: 200_000,
        ..CameraClip::main(camera)
    };
    (1..=count).map(clip).collect()
}

/// Records as `mode` says, without sound and limits, on the first volume.
pub fn plan(mode: RecordingMode) -> RecordingPlan {
    RecordingPlan {
        mode,
        pre_seconds: 0,
        post_seconds: 0,
        audio: false,
        volume: None,
        max_days: None,
        max_bytes: None,
        week: vec![HourMode::Off; 168],
    }
}

/// Says how a stream is recorded.
pub async fn set_plan(server: &Server, stream: &StreamAddress, plan: RecordingPlan) -> Result<()> {
    let mut client = server.client().await?;
    let stream = stream.clone();
    client.command(Command::SetPlan { stream, plan }).await?;
    client.close().await;
    Ok(())
}

/// A program in Python, the one of the system.
pub fn python(script: &str) -> std::process::Command {
    let mut command = std::process::Command::new("/usr/bin/python3");
    command.args(["-c", script]);
    command
}

/// Starts the engine of `data` under `wrapper`.
pub async fn start(place: &Place, data: &Path, wrapper: &[&str]) -> Result<Server> {
    let command = Server::command(place, data, &[])?;
    let [program, args @ ..] = wrapper else { return Server::start_as(&command, data).await };
    let mut wrapped = std::process::Command::new(program);
    wrapped.args(args).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => wrapped.env(name, value),
            None => wrapped.env_remove(name),
        };
    }
    Server::start_as(&wrapped, data).await
}

/// Waits until `count` streams are said to be recorded.
pub async fn all_recorded(server: &Server, count: usize) -> Result<()> {
    until(SOON * 2, "every camera to be recorded", async || {
        let streams = status(server).await?.streams;
        let is_recorded = |it: &protocol::StreamRecording| {
            matches!(it.state, StreamRecordingState::Recording { .. })
        };
        Ok((streams.iter().filter(|it| is_recorded(it)).count() >= count).then_some(()))
    })
    .await
}

/// What was not recorded since `from`.
pub async fn gaps(server: &Server, from: i64) -> Result<Vec<RecordingGap>> {
    let mut client = server.client().await?;
    let gaps = Command::Gaps { from, to: i64::MAX, camera: None, limit: protocol::MAX_GAPS };
    let answer = client.command(gaps).await?;
    client.close().await;
    match answer {
        Reply::Gaps { gaps } => Ok(gaps),
        other => bail!("asked for gaps, got {other:?}"),
    }
}

/// How recording is doing.
pub async fn status(server: &Server) -> Result<RecordingStatus> {
    let mut client = server.client().await?;
    let answer = client.command(Command::RecordingStatus).await?;
    client.close().await;
    match answer {
        Reply::RecordingStatus { status } => Ok(status),
        other => bail!("asked for the status of recording, got {other:?}"),
    }
}
