//! Cameras that are recorded.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use protocol::{
    CameraSource, Command, NewCamera, NewVolume, RecordingStatus, Reply, StreamRecordingState,
    StreamRole, Transport,
};
use rustix::process::Signal;
use testkit::{
    CameraClip, CameraModel, Cameras, CamerasOptions, Place, Server, monotonic_ns, until,
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
}

impl Rig {
    /// Records cameras that play `clips`, on a volume of its own.
    pub async fn start(clips: &[CameraClip]) -> Result<Self> {
        let place = Place::new()?;
        let volume = place.join("volume");
        Self::start_on(place, clips, volume, &[]).await
    }

    /// Records cameras that play `clips`, on a volume of its own, by a server
    /// that is run under `wrapper`.
    pub async fn start_on(
        place: Place,
        clips: &[CameraClip],
        volume: PathBuf,
        wrapper: &[&str],
    ) -> Result<Self> {
        let made = CameraClip::make_all(clips, place.path()).await?;
        let model = |(main, number)| CameraModel { number, main, sub: None, audio: None };
        let models: Vec<CameraModel> = made.into_iter().zip(1..).map(model).collect();
        let cameras = Cameras::start(&place, &models, CamerasOptions::default()).await?;
        let data = Place::new()?;
        let server = start(&place, data.path(), wrapper).await?;
        let mut client = server.client().await?;
        let mut ids = Vec::new();
        for number in 1..=clips.len() as u32 {
            let main = cameras.address(number, StreamRole::Main);
            let source = CameraSource::Rtsp { main, sub: None, transport: Transport::Tcp };
            let camera = NewCamera { name: format!("Camera {number}"), source, login: None };
            match client.command(Command::AddCamera { camera }).await? {
                Reply::Camera { camera } => ids.push(camera.address.camera),
                other => bail!("asked for a camera, got {other:?}"),
            }
        }
        let path = volume.to_string_lossy().into_owned();
        let new = NewVolume { path, max_bytes: None, max_days: None };
        client.command(Command::AddVolume { volume: new }).await?;
        client.close().await;
        let rig = Self { cameras, server, data, volume, place, ids };
        rig.all_recorded().await?;
        Ok(rig)
    }

    /// Waits until every camera is said to be recorded.
    pub async fn all_recorded(&self) -> Result<()> {
        all_recorded(&self.server, self.ids.len()).await
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
