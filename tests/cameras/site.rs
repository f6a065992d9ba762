//! Simulated cameras, an engine that knows them, and a viewer.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use link::Client;
use protocol::{
    Camera, CameraSource, Command, Login, NewCamera, Reply, StreamAddress, StreamRole, StreamState,
    Transport,
};
use testkit::{
    CameraClip, CameraModel, Cameras, CamerasOptions, Faults, Place, RtspProxy, Server, UnitViewer,
    monotonic_ns, until,
};

/// A camera, from asking to its first picture, on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

/// Both streams of a camera.
pub const ROLES: [StreamRole; 2] = [StreamRole::Main, StreamRole::Sub];

/// Cameras, an engine and what they need.
pub struct Site {
    pub cameras: Cameras,
    pub server: Server,
    pub client: Client,
    pub data: Place,
    pub place: Place,
    /// What is watched, and by whom it is sent.
    streams: Vec<(StreamAddress, u32)>,
}

impl Site {
    /// `count` cameras with main and sub, and an engine without any.
    pub async fn start(count: u32, options: CamerasOptions) -> Result<Self> {
        let place = Place::new()?;
        let clips: Vec<CameraClip> = (1..=count)
            .flat_map(|number| [CameraClip::main(number), CameraClip::sub(number)])
            .collect();
        Self::start_with(place, &clips, options).await
    }

    /// `count` cameras as of [`Site::start`], with small pictures: for what is
    /// not about the amount.
    pub async fn start_light(count: u32, options: CamerasOptions) -> Result<Self> {
        let clips: Vec<CameraClip> = (1..=count).flat_map(light).collect();
        Self::start_with(Place::new()?, &clips, options).await
    }

    /// Cameras that play pairs of `clips`, and an engine without any.
    pub async fn start_with(
        place: Place,
        clips: &[CameraClip],
        options: CamerasOptions,
    ) -> Result<Self> {
        let models = models(&place, clips).await?;
        let cameras = Cameras::start(&place, &models, options).await?;
        let data = Place::new()?;
        let server = Server::start(&place, data.path(), &[]).await?;
        let client = server.client().await?;
        Ok(Self { cameras, server, client, data, place, streams: Vec::new() })
    }

    /// Makes camera `number` known to the engine as it is.
    pub async fn add(&mut self, number: u32) -> Result<Camera> {
        let [main, sub] = ROLES.map(|role| self.cameras.address(number, role));
        self.add_as(number, source(main, Some(sub), Transport::Tcp), None).await
    }

    /// Makes camera `number` known to the engine through `proxy`.
    pub async fn add_through(
        &mut self,
        proxy: &RtspProxy,
        number: u32,
        transport: Transport,
    ) -> Result<Camera> {
        let [main, sub] = ROLES.map(|role| proxy.address(&Cameras::path(number, role)));
        self.add_as(number, source(main, Some(sub), transport), None).await
    }

    /// Makes camera `number` known to the engine as `source`.
    pub async fn add_as(
        &mut self,
        number: u32,
        source: CameraSource,
        login: Option<Login>,
    ) -> Result<Camera> {
        let name = format!("Camera {number}");
        let camera = NewCamera { name, source, login };
        let Reply::Camera { camera } = self.client.command(Command::AddCamera { camera }).await?
        else {
            bail!("the engine answered something else");
        };
        for (role, _) in &camera.streams {
            let stream = StreamAddress { camera: camera.address.clone(), role: *role };
            self.streams.push((stream, number));
        }
        Ok(camera)
    }

    /// Removes every camera from the engine.
    pub async fn remove_all(&mut self) -> Result<()> {
        let mut client = self.server.client().await?;
        for camera in client.snapshot().cameras.clone() {
            client.command(Command::RemoveCamera { camera: camera.address }).await?;
        }
        self.streams.clear();
        Ok(())
    }

    /// The streams made known, in their order.
    pub fn streams(&self) -> Vec<StreamAddress> {
        self.streams.iter().map(|(stream, _)| stream.clone()).collect()
    }

    /// The streams made known, with the numbers of their cameras.
    pub fn numbered(&self) -> &[(StreamAddress, u32)] {
        &self.streams
    }

    /// Which of [`Site::streams`] this is.
    pub fn index(&self, number: u32, role: StreamRole) -> usize {
        let found = self.streams.iter().position(|(it, by)| (it.role, *by) == (role, number));
        found.unwrap_or(usize::MAX)
    }

    /// A viewer of all streams.
    pub async fn watch(&self) -> Result<UnitViewer> {
        UnitViewer::watch(self.server.client().await?, &self.streams()).await
    }

    /// A viewer of all streams, each of which has come.
    pub async fn watch_live(&self) -> Result<UnitViewer> {
        let viewer = self.watch().await?;
        self.live(&viewer).await?;
        Ok(viewer)
    }

    /// Waits until units of every stream come.
    pub async fn live(&self, viewer: &UnitViewer) -> Result<()> {
        let all = 0..self.streams.len();
        until(SOON, "units of every camera", async || {
            Ok(all.clone().all(|index| viewer.count(index) > 5).then_some(()))
        })
        .await
    }

    /// What is wrong with the streams that `of` takes, between two times.
    pub fn faults(
        &self,
        viewer: &UnitViewer,
        from_ns: u64,
        to_ns: u64,
        of: impl Fn(u32, StreamRole) -> bool,
    ) -> Faults {
        let mut all = Faults::default();
        for (index, (stream, number)) in self.streams.iter().enumerate() {
            if of(*number, stream.role) {
                all += viewer.faults(index, *number, from_ns, to_ns);
            }
        }
        all
    }

    /// Process id of the engine.
    pub fn engine(&self) -> u32 {
        self.server.process().id()
    }
}

/// Main and sub of a camera with small pictures.
pub fn light(number: u32) -> [CameraClip; 2] {
    let sub = CameraClip::sub(number);
    let smaller = CameraClip { width: 320, height: 180, bits_per_second: 200_000, ..sub.clone() };
    [sub, smaller]
}

/// Makes `clips`, each pair of which a camera plays; those count from 1.
pub async fn models(place: &Place, clips: &[CameraClip]) -> Result<Vec<CameraModel>> {
    let made = CameraClip::make_all(clips, place.path()).await?;
    let models = made.chunks(2).zip(1..).map(|(pair, number)| CameraModel {
        number,
        main: pair[0].clone(),
        sub: pair.get(1).cloned(),
        audio: None,
    });
    Ok(models.collect())
}

/// A source at two addresses.
pub fn source(main: String, sub: Option<String>, transport: Transport) -> CameraSource {
    CameraSource::Rtsp { main, sub, transport }
}

/// Seconds since `from_ns`, by the clock of marks.
pub fn seconds_since(from_ns: u64) -> f64 {
    monotonic_ns().saturating_sub(from_ns) as f64 / 1e9
}

/// Whether pictures are said to come.
pub fn is_live(state: &StreamState) -> bool {
    matches!(state, StreamState::Live { .. } | StreamState::Degraded { .. })
}

/// Waits until stream `index` is said to be live.
pub async fn live_after(
    viewer: &UnitViewer,
    index: usize,
    since: Instant,
    limit: Duration,
) -> Result<Duration> {
    viewer.state_after(index, since, limit, "the camera to be live", is_live).await
}
