//! A wall of simulated cameras: an engine that knows them, a screen, and two
//! layouts, of which the one that opens is empty.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Result, bail};
use futures_util::future::try_join_all;
use protocol::{
    CameraAddress, Command, Layout, LayoutShape, NewCamera, Reply, Settings, StreamAddress,
    StreamRole, Transport,
};
use serde_json::json;
use testkit::{
    Browser, CameraClip, CameraModel, Cameras, CamerasOptions, Desk, Place, Readings, Server,
    UnitViewer, until,
};

use crate::cameras::{ROLES, SOON, source};
use crate::sight;

/// Cameras of one simulation, which answers no more at once.
const TOGETHER: usize = 8;

/// Numbers that a strip has for cameras.
const STRIPS: u32 = 64;

/// What is added to a camera's number in the strips of its main stream.
pub const MAIN: u32 = STRIPS / 2;

pub struct Scene {
    pub desk: Desk,
    pub server: Server,
    /// What the cameras play on their grid streams.
    pub clip: CameraClip,
    pub data: Place,
    pub cameras: Vec<CameraAddress>,
    /// The layout that opens.
    empty: u32,
    simulations: Vec<Cameras>,
    // Last: the others' files are in it.
    place: Place,
}

/// Where a wall is looked at.
#[derive(Clone, Copy)]
pub enum In {
    Window,
    Chromium,
}

impl Scene {
    /// `count` cameras, numbered from 1, that play `sub`; the first of them have
    /// main streams, too, as many as `mains` has.
    pub async fn start(
        screen: (u16, u16),
        count: u32,
        sub: CameraClip,
        mains: &[CameraClip],
    ) -> Result<Self> {
        let desk = Desk::start(screen.0, screen.1).await?;
        let place = Place::new()?;
        let main = |number: u32| mains.get(number as usize - 1);
        let models = (1..=count).map(|number| model(&place, number, main(number), &sub));
        let models = try_join_all(models).await?;
        let mut simulations = Vec::new();
        for some in models.chunks(TOGETHER) {
            simulations.push(Cameras::start(&place, some, CamerasOptions::default()).await?);
        }
        let data = Place::new()?;
        let server = sight::engine(&desk, data.path(), &[]).await?;
        let mut client = server.client().await?;
        let mut cameras = Vec::new();
        for number in 1..=count {
            let simulation = simulations[(number as usize - 1) / TOGETHER].socket();
            let [main_at, sub_at] = ROLES.map(|role| address(simulation, number, role));
            let source = source(main_at, main(number).map(|_| sub_at), Transport::Tcp);
            let camera = NewCamera { name: format!("Camera {number}"), source, login: None };
            match client.command(Command::AddCamera { camera }).await? {
                Reply::Camera { camera } => cameras.push(camera.address),
                other => bail!("a camera was added, and the engine answered {other:?}"),
            }
        }
        let mut scene =
            Self { desk, server, clip: sub, data, cameras, empty: 0, simulations, place };
        scene.empty = scene.add_layout("Nothing", LayoutShape::Single, 0).await?;
        Ok(scene)
    }

    /// A layout of the first cameras, after the ones there are; its id.
    pub async fn add_layout(&self, name: &str, shape: LayoutShape, shown: usize) -> Result<u32> {
        let mut tiles: Vec<_> = self.cameras.iter().take(shown).cloned().map(Some).collect();
        tiles.resize(shape.tiles().max(tiles.len()), None);
        let layout = Layout { id: 0, name: name.to_owned(), shape, tiles, spot: None };
        match self.server.client().await?.command(Command::AddLayout { layout }).await? {
            Reply::Layout { layout } => Ok(layout.id),
            other => bail!("a layout was added, and the engine answered {other:?}"),
        }
    }

    /// The page, connected and with nothing to show.
    pub async fn open(&self, place: In) -> Result<Browser> {
        // A viewer before may have left another one.
        let mut client = self.server.client().await?;
        let settings = Settings { layout: self.empty, ..client.snapshot().settings.clone() };
        client.command(Command::SetSettings { settings }).await?;
        let browser = match place {
            In::Window => Browser::window(&self.desk, self.data.path(), &[]).await?,
            In::Chromium => {
                let address = Server::fresh_address(&self.place, self.data.path()).await?;
                Browser::chromium(&self.place, &address, 1920, 1080).await?
            }
        };
        until(SOON, "a wall with nothing on it", async || {
            if matches!(place, In::Window) && !self.desk.display().fill("Tessera")? {
                return Ok(None);
            }
            let tiles = browser.tiles().await.unwrap_or_default();
            Ok((tiles.len() == 1 && tiles[0].state == "empty").then_some(()))
        })
        .await?;
        Ok(browser)
    }

    /// Keeps every grid stream open, as recording does.
    pub async fn keep_open(&self) -> Result<UnitViewer> {
        let role = |camera: &protocol::Camera| camera.streams.last().map(|(role, _)| *role);
        let client = self.server.client().await?;
        let streams: Vec<StreamAddress> = client
            .snapshot()
            .cameras
            .iter()
            .filter_map(|it| Some(StreamAddress { camera: it.address.clone(), role: role(it)? }))
            .collect();
        let viewer = UnitViewer::watch(client, &streams).await?;
        until(SOON, "units of every camera", async || {
            Ok((0..streams.len()).all(|index| viewer.count(index) > 0).then_some(()))
        })
        .await?;
        Ok(viewer)
    }

    /// What was sent of a stream of camera `number` until now.
    pub async fn sent(&self, number: u32, role: StreamRole) -> Result<Vec<testkit::Sent>> {
        self.simulations[(number as usize - 1) / TOGETHER].sent(number, role).await
    }

    /// `readings` with numbers that go on where the clip begins anew, and with
    /// cameras as strips number them.
    pub fn unrolled(&self, readings: &Readings) -> Readings {
        readings.unrolled(self.clip.pictures, STRIPS)
    }
}

/// Presses `key` in the page, and watches it for `time` from just before.
pub async fn press_and_watch(browser: &Browser, key: &str, time: Duration) -> Result<Readings> {
    let press = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], \
                 bubbles: true, cancelable: true }));";
    browser.watch_after(press, vec![json!(key)], time).await
}

/// When the last of `count` tiles showed its first picture, in milliseconds
/// after the watch began; without end where one never did.
pub fn painted_ms(readings: &Readings, count: usize) -> f64 {
    let first = |tile| readings.readings.iter().find(|it| it.tile == tile);
    let painted = (0..count).map(|tile| first(tile).map_or(f64::INFINITY, |it| it.at_ms));
    painted.fold(0.0, f64::max) - readings.from_ms
}

async fn model(
    place: &Place,
    number: u32,
    main: Option<&CameraClip>,
    sub: &CameraClip,
) -> Result<CameraModel> {
    // So that a picture of the main stream is told from one of the sub-stream.
    let strip = |clip: &CameraClip, add: u32| CameraClip {
        camera: (number + add) % STRIPS,
        ..clip.clone()
    };
    let clip = strip(sub, 0).make(place.path()).await?;
    let (main, sub) = match main {
        Some(main) => (strip(main, MAIN).make(place.path()).await?, Some(clip)),
        None => (clip, None),
    };
    Ok(CameraModel { number, main, sub, audio: None })
}

fn address(simulation: SocketAddr, number: u32, role: StreamRole) -> String {
    format!("rtsp://{simulation}{}", Cameras::path(number, role))
}
