//! Cameras each of which has something else, and an engine that knows them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use link::Client;
use protocol::{
    CameraAddress, Command, Layout, LayoutShape, Login, NewCamera, Reply, StreamAddress,
    StreamRole, Transport,
};
use testkit::{
    Authentication, CameraClip, CameraCodec, CameraModel, Cameras, CamerasOptions, Desk, Fault,
    Place, RtspProxy, Scheme, Server, UnitViewer, until,
};

use self::Look::*;
use super::page::{Page, is_all};
use crate::cameras::{Password, source};
use crate::corpus_rtsp::{Answer, Packets, Script, Scripted, Source, description};
use crate::sight::{self, SOON};

const RIGHT: Password = Password { stem: "Haubentaucher", tail: "" };
const WRONG: Password = Password { stem: "Blindschleiche", tail: "" };

/// So many packets of all are lost that one is every few seconds.
const LOSS: f64 = 0.03;

/// Longer than anybody looks.
const LONG: Duration = Duration::from_secs(3600);

/// Markup, a text from right to left, and longer than any tile.
const NAME: &str = "<b>Hof</b> שער הכניסה الباب الخلفي – behind the second gate, where lorries turn, \
                    in front of the ramp that nobody uses since the flood";

/// What a tile is to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    Live,
    /// Live, with a name that asks for much.
    Named,
    Stale,
    Degraded,
    Lost,
    /// Lost, since the camera has no such stream.
    Missing,
    Refused,
    Unsupported,
    Connecting,
    Removed,
    Empty,
}

/// What stands around the engine.
pub struct Troubled {
    pub desk: Desk,
    pub data: Place,
    cameras: Cameras,
    locked: Cameras,
    scripted: Scripted,
    /// In front of the camera that freezes.
    freezing: RtspProxy,
    /// In front of the one that loses packets.
    losing: RtspProxy,
    /// In front of the one that is lost.
    refusing: RtspProxy,
}

/// An engine that knows all of them.
pub struct Engine<'a> {
    pub server: Server,
    troubled: &'a Troubled,
    layout: u32,
    /// Keeps streams open whose tiles are hidden, so that they stay in trouble.
    _viewer: UnitViewer,
    addresses: HashMap<Look, CameraAddress>,
}

impl Look {
    /// Looks of cameras, in the order of their numbers.
    const CAMERAS: [Self; 10] =
        [Live, Named, Stale, Degraded, Lost, Missing, Refused, Unsupported, Connecting, Removed];

    /// Whether a camera is there to be looked at.
    pub fn has_camera(self) -> bool {
        self.state() != "empty"
    }

    /// As the page calls it without an engine.
    pub fn offline(self) -> &'static str {
        if self.has_camera() { "offline" } else { "empty" }
    }

    /// As the page calls it.
    pub fn state(self) -> &'static str {
        match self {
            Live | Named => "live",
            Stale => "stale",
            Degraded => "degraded",
            Lost | Missing => "lost",
            Refused => "authFailed",
            Unsupported => "unsupported",
            Connecting => "connecting",
            Removed | Empty => "empty",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Named => NAME,
            Live => "Gate",
            Stale => "Yard",
            Degraded => "Loading dock",
            Lost => "Car park",
            Missing => "Workshop",
            Refused => "Roof",
            Unsupported => "Lobby",
            Connecting => "Staircase",
            Removed | Empty => "Garage",
        }
    }
}

/// Cameras of the simulation, by their numbers.
const STEADY: u32 = 1;
const FREEZING: u32 = 2;
const LOSING: u32 = 3;
const LEAVING: u32 = 4;

impl Troubled {
    pub async fn start() -> Result<Self> {
        let desk = Desk::start(1366, 768).await?;
        let place = desk.place();
        let mut models = Vec::new();
        for number in STEADY..=LEAVING {
            let sub = CameraClip::sub(number);
            let clip =
                CameraClip { rate: 5, gop: 5, pictures: 10, bits_per_second: 150_000, ..sub };
            let main = CameraClip { width: 320, height: 180, ..clip }.make(place.path()).await?;
            models.push(CameraModel { number, main, sub: None, audio: None });
        }
        let cameras = Cameras::start(place, &models, CamerasOptions::default()).await?;
        let known = Authentication {
            user: Password::USER.to_owned(),
            password: RIGHT.text(),
            scheme: Scheme::Digest,
        };
        let options = CamerasOptions { authentication: Some(known), ..CamerasOptions::default() };
        let locked = Cameras::start(place, &models[..1], options).await?;
        let proxy = || RtspProxy::start(cameras.socket());
        let (freezing, losing, refusing) = (proxy()?, proxy()?, proxy()?);
        losing.set(Fault::DropPackets { share: LOSS, seed: 1 });
        let scripted = Scripted::start().await?;
        let data = Place::new()?;
        Ok(Self { desk, data, cameras, locked, scripted, freezing, losing, refusing })
    }

    /// An engine that begins anew.
    pub async fn engine(&self) -> Result<Engine<'_>> {
        let server = sight::engine(&self.desk, self.data.path(), &[]).await?;
        let mut client = server.client().await?;
        for camera in client.snapshot().cameras.clone() {
            client.command(Command::RemoveCamera { camera: camera.address }).await?;
        }
        let (mut addresses, mut streams) = (HashMap::new(), Vec::new());
        for look in Look::CAMERAS {
            let camera = self.add(&mut client, look).await?;
            streams.push(StreamAddress { camera: camera.clone(), role: StreamRole::Main });
            addresses.insert(look, camera);
        }
        // The one that a page opens with.
        let layout = client.snapshot().settings.layout;
        let viewer = UnitViewer::watch(client, &streams).await?;
        Ok(Engine { server, troubled: self, layout, _viewer: viewer, addresses })
    }

    async fn add(&self, client: &mut Client, look: Look) -> Result<CameraAddress> {
        let direct = |number| self.cameras.address(number, StreamRole::Main);
        let through =
            |proxy: &RtspProxy, number| proxy.address(&Cameras::path(number, StreamRole::Main));
        let main = match look {
            Live | Named | Removed | Empty => direct(STEADY),
            Stale => through(&self.freezing, FREEZING),
            Degraded => through(&self.losing, LOSING),
            Lost => through(&self.refusing, LEAVING),
            Missing => format!("rtsp://{}/stream2", self.cameras.socket()),
            Refused => self.locked.address(STEADY, StreamRole::Main),
            Unsupported => self.scripted.add("vp8", sending_vp8()),
            Connecting => self.scripted.add("keyless", sending_no_keys()),
        };
        let login = (look == Refused).then(|| -> Login { WRONG.login() });
        let source = source(main, None, Transport::Tcp);
        let camera = NewCamera { name: look.name().to_owned(), source, login };
        match client.command(Command::AddCamera { camera }).await? {
            Reply::Camera { camera } => Ok(camera.address),
            other => bail!("a camera was added, and the engine answered {other:?}"),
        }
    }

    /// Lets those be live that were, before they are in trouble.
    async fn heal(&self) -> Result<()> {
        self.cameras.no_keys(FREEZING, StreamRole::Main, Duration::ZERO).await?;
        self.refusing.set(Fault::None);
        Ok(())
    }

    async fn trouble(&self) -> Result<()> {
        // Units still come, and after a loss none of them can be shown.
        self.cameras.no_keys(FREEZING, StreamRole::Main, LONG).await?;
        let before = self.freezing.lost_packets();
        self.freezing.set(Fault::DropPackets { share: 0.5, seed: 1 });
        until(SOON, "a packet to be lost", async || {
            Ok((self.freezing.lost_packets() > before).then_some(()))
        })
        .await?;
        self.freezing.set(Fault::None);
        self.refusing.set(Fault::Refuse);
        Ok(())
    }
}

impl Engine<'_> {
    /// Shows cameras in these looks, and waits until all of them have come about.
    pub async fn show(
        &self,
        page: &Page,
        shape: LayoutShape,
        looks: &[Look],
        spot: Option<u32>,
    ) -> Result<()> {
        self.troubled.heal().await?;
        let tiles = looks.iter().map(|look| self.addresses.get(look).cloned()).collect();
        let layout = Layout { id: self.layout, name: "Wall".to_owned(), shape, tiles, spot };
        self.command(Command::SetLayout { layout }).await?;
        let before = looks.iter().map(|look| match look {
            Stale | Lost | Removed => "live",
            _ => look.state(),
        });
        wait(page, &before.collect::<Vec<_>>()).await?;
        self.troubled.trouble().await?;
        if let Some(camera) = self.addresses.get(&Removed).filter(|_| looks.contains(&Removed)) {
            self.command(Command::RemoveCamera { camera: camera.clone() }).await?;
        }
        wait(page, &looks.iter().map(|look| look.state()).collect::<Vec<_>>()).await
    }

    /// In a session of its own: one that nobody listens to for long is ended.
    async fn command(&self, command: Command) -> Result<()> {
        self.server.client().await?.command(command).await?;
        Ok(())
    }
}

async fn wait(page: &Page, states: &[&str]) -> Result<()> {
    let mut seen = Vec::new();
    let result = until(SOON, "every state", async || {
        seen = page.said().await?;
        Ok(is_all(&seen, states).then_some(()))
    })
    .await;
    result.with_context(|| format!("the tiles are {seen:?}"))
}

/// A camera that is set to a codec nobody here knows.
fn sending_vp8() -> Script {
    let media = "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\na=control:trackID=0\r\n";
    let described = Answer::describing(description(media));
    Script { answers: HashMap::from([("DESCRIBE", vec![described])]), ..Script::default() }
}

/// A camera of which no picture can be the first.
fn sending_no_keys() -> Script {
    // A slice of H.264 that refers to others.
    let unit = vec![vec![0x41, 0x9a, 0x00, 0x01]];
    let packets = Packets::new(CameraCodec::H264, Arc::new(vec![unit]), Source::default());
    Script { packets: Some(packets), ..Script::default() }
}
