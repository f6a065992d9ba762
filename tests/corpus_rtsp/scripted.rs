//! Cameras that say what a script says, all behind one port and told apart by
//! the path that is asked for first.

use std::collections::{HashMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::answer::Answer;
use super::packets::Packets;

/// How long a camera that has said all stays silent before it closes.
const SILENCE: Duration = Duration::from_secs(5);

/// Between two pictures.
const EVERY: Duration = Duration::from_millis(40);

/// Pictures in front of and behind what stands between them.
const PICTURES_AROUND: usize = 10;

/// Channel that nobody asked for.
const NOBODYS: u8 = 8;

/// What a camera says.
#[derive(Clone, Default)]
pub struct Script {
    /// Said in answer to the first request; then nothing, and the end.
    pub raw: Option<Vec<u8>>,
    /// Said in answer to requests of a method, one after the other; the last
    /// again and again.
    pub answers: HashMap<&'static str, Vec<Answer>>,
    /// Said before any answer, to requests without a login.
    pub unauthorized: Option<Answer>,
    /// Played to whoever asks.
    pub packets: Option<Packets>,
    /// Said once between pictures, or at once where there are none.
    pub between: Vec<Between>,
}

/// What is sent between pictures.
#[derive(Clone)]
pub enum Between {
    /// In good packets of the video.
    Payload(Vec<u8>),
    /// In place of a packet of the video.
    Packet(Vec<u8>),
    /// In place of a report about the video.
    Report(Vec<u8>),
    /// In place of a packet of the sound.
    Sound(Vec<u8>),
    /// On a channel that nobody asked for.
    Nobodys(Vec<u8>),
    /// On the connection itself.
    Bytes(Vec<u8>),
}

/// The cameras.
pub struct Scripted {
    socket: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    scripts: Mutex<HashMap<String, Script>>,
    /// The names of cameras whose scripts were replaced, in turn.
    replaced: watch::Sender<String>,
    /// Whose script was played to its end at least once.
    done: Mutex<HashSet<String>>,
}

impl Scripted {
    /// Starts them, without any.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let socket = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let mut tasks = JoinSet::new();
        let known = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut talks = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((stream, _)) = listener.accept() => {
                        let shared = Arc::clone(&known);
                        talks.spawn(async move {
                            // How it ends is the engine's matter.
                            let _ = Talk::of(stream, shared).run().await;
                        });
                    }
                    Some(_) = talks.join_next() => {}
                }
            }
        });
        Ok(Self { socket, shared, _tasks: tasks })
    }

    /// Adds one, and returns its address. Where there is one of this name, it
    /// closes its connections, as a camera whose settings are changed.
    pub fn add(&self, name: &str, script: Script) -> String {
        let before = lock(&self.shared.scripts).insert(name.to_owned(), script);
        if before.is_some() {
            self.shared.replaced.send_replace(name.to_owned());
        }
        format!("rtsp://{}/{name}", self.socket)
    }

    /// Whether the script of `name` was played to its end.
    pub fn is_done(&self, name: &str) -> bool {
        lock(&self.shared.done).contains(name)
    }
}

/// One connection.
struct Talk {
    stream: TcpStream,
    shared: Arc<Shared>,
    buffer: Vec<u8>,
    name: Option<String>,
    script: Script,
    /// Answers given, by method.
    given: HashMap<String, usize>,
    /// Where each SETUP in turn leads to.
    ways: Vec<Way>,
    datagrams: Option<UdpSocket>,
    pictures: usize,
    is_playing: bool,
    /// When all was said.
    silent_since: Option<Instant>,
}

#[derive(Clone, Copy)]
enum Way {
    Channel(u8),
    Port(u16),
}

/// What was asked.
struct Request {
    method: String,
    path: String,
    number: String,
    transport: String,
    has_login: bool,
}

impl Talk {
    fn of(stream: TcpStream, shared: Arc<Shared>) -> Self {
        Self {
            stream,
            shared,
            buffer: Vec::new(),
            name: None,
            script: Script::default(),
            given: HashMap::new(),
            ways: Vec::new(),
            datagrams: None,
            pictures: 0,
            is_playing: false,
            silent_since: None,
        }
    }

    async fn run(mut self) -> Result<()> {
        let ended = self.talk().await;
        if let Some(name) = self.name.take() {
            lock(&self.shared.done).insert(name);
        }
        ended
    }

    async fn talk(&mut self) -> Result<()> {
        self.stream.set_nodelay(true)?;
        let mut replaced = self.shared.replaced.subscribe();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let closes = self.silent_since.map(|since| since + SILENCE);
            let silence = async {
                match closes {
                    // The limit is what is wanted.
                    Some(at) => drop(timeout_at(at, std::future::pending::<()>()).await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                read = self.stream.read_buf(&mut self.buffer) => {
                    if read? == 0 {
                        return Ok(());
                    }
                    while let Some(request) = self.request() {
                        self.answer(&request).await?;
                    }
                }
                _ = ticks.tick(), if self.is_playing => self.play().await?,
                () = silence => return Ok(()),
                Ok(()) = replaced.changed() => {
                    if self.name.as_ref() == Some(&*replaced.borrow_and_update()) {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn request(&mut self) -> Option<Request> {
        let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        self.buffer.drain(..end + 4);
        let header = |name: &str| {
            let found = head.lines().filter_map(|line| line.split_once(':'));
            let mut found = found.filter(|(key, _)| key.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.trim().to_owned())
        };
        let mut words = head.split(' ');
        let method = words.next()?.to_owned();
        let path = words.next()?.split('/').nth(3).unwrap_or_default().to_owned();
        Some(Request {
            method,
            path,
            number: header("CSeq").unwrap_or_default(),
            transport: header("Transport").unwrap_or_default(),
            has_login: header("Authorization").is_some(),
        })
    }

    async fn answer(&mut self, request: &Request) -> Result<()> {
        if self.name.is_none() {
            let script = lock(&self.shared.scripts).get(&request.path).cloned();
            self.script = script.unwrap_or_default();
            self.name = Some(request.path.clone());
        }
        if let Some(raw) = self.script.raw.take() {
            self.silent_since = Some(Instant::now());
            return Ok(self.stream.write_all(&raw).await?);
        }
        if self.silent_since.is_some() {
            return Ok(());
        }
        if let Some(refusal) = self.script.unauthorized.as_ref().filter(|_| !request.has_login) {
            let bytes = refusal.bytes(&request.number);
            return Ok(self.stream.write_all(&bytes).await?);
        }
        let given = self.given.entry(request.method.clone()).or_insert(0);
        let scripted = self.script.answers.get(request.method.as_str());
        // What is set up again is set up as asked.
        let scripted = scripted.and_then(|them| match request.method.as_str() {
            "SETUP" => them.get(*given),
            _ => them.get(*given).or(them.last()),
        });
        *given += 1;
        let answer = match scripted {
            Some(answer) => answer.clone(),
            None => usual(request),
        };
        if request.method == "SETUP" {
            self.set_up(request, &answer).await?;
        }
        self.stream.write_all(&answer.bytes(&request.number)).await?;
        if request.method == "PLAY" {
            self.is_playing = true;
        }
        Ok(())
    }

    async fn set_up(&mut self, request: &Request, answer: &Answer) -> Result<()> {
        let said = answer.header("Transport").unwrap_or_default();
        let channel = first_number(said, "interleaved=").and_then(|it| u8::try_from(it).ok());
        let port = first_number(&request.transport, "client_port=");
        let way = match (channel, port) {
            (Some(channel), _) => Way::Channel(channel),
            (None, Some(port)) => Way::Port(port),
            // The answer is nonsense; it was asked for something.
            (None, None) => {
                let asked = first_number(&request.transport, "interleaved=");
                Way::Channel(asked.and_then(|it| u8::try_from(it).ok()).unwrap_or(0))
            }
        };
        if matches!(way, Way::Port(_)) && self.datagrams.is_none() {
            self.datagrams = Some(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        }
        self.ways.push(way);
        Ok(())
    }

    /// The next picture, and what stands between pictures.
    async fn play(&mut self) -> Result<()> {
        let video = self.ways.first().copied().unwrap_or(Way::Channel(0));
        let has_pictures = self.script.packets.is_some();
        if self.pictures == PICTURES_AROUND || !has_pictures {
            for between in std::mem::take(&mut self.script.between) {
                self.say(video, between).await?;
            }
        }
        let Some(packets) = &mut self.script.packets else {
            self.is_playing = false;
            self.silent_since = Some(Instant::now());
            return Ok(());
        };
        for packet in packets.unit() {
            self.send(video, 0, &packet).await?;
        }
        self.pictures += 1;
        if self.pictures == 2 * PICTURES_AROUND
            && let Some(name) = &self.name
        {
            lock(&self.shared.done).insert(name.clone());
        }
        Ok(())
    }

    async fn say(&mut self, video: Way, between: Between) -> Result<()> {
        let sound = self.ways.get(1).copied().unwrap_or(Way::Channel(NOBODYS));
        match between {
            Between::Payload(payload) => {
                let packet = match &mut self.script.packets {
                    Some(packets) => packets.packet(&payload),
                    None => super::packets::Source { kind: 26, ..Default::default() }
                        .packet(&payload, true),
                };
                self.send(video, 0, &packet).await
            }
            Between::Packet(packet) => self.send(video, 0, &packet).await,
            Between::Report(report) => self.send(video, 1, &report).await,
            Between::Sound(packet) => self.send(sound, 0, &packet).await,
            Between::Nobodys(packet) => self.send(Way::Channel(NOBODYS), 0, &packet).await,
            Between::Bytes(bytes) => Ok(self.stream.write_all(&bytes).await?),
        }
    }

    async fn send(&mut self, way: Way, beside: u8, packet: &[u8]) -> Result<()> {
        match (way, &self.datagrams) {
            (Way::Channel(channel), _) => {
                let length = u16::try_from(packet.len())?.to_be_bytes();
                let head = [b'$', channel.wrapping_add(beside), length[0], length[1]];
                self.stream.write_all(&[&head, packet].concat()).await?;
            }
            (Way::Port(port), Some(socket)) => {
                let to = (Ipv4Addr::LOCALHOST, port.wrapping_add(u16::from(beside)));
                // What gets lost is the network's matter.
                let _ = socket.send_to(packet, to).await;
            }
            (Way::Port(_), None) => {}
        }
        Ok(())
    }
}

/// What any camera answers.
fn usual(request: &Request) -> Answer {
    match request.method.as_str() {
        "OPTIONS" => Answer::ok().with("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"),
        "DESCRIBE" => Answer::describing(usual_description()),
        "SETUP" => {
            let is_udp = request.transport.contains("client_port=");
            let ports = if is_udp { ";server_port=40000-40001" } else { "" };
            let transport = format!("{}{ports}", request.transport);
            Answer::ok().with("Session", "12345678").with("Transport", transport)
        }
        "PLAY" => Answer::ok().with("Session", "12345678").with("Range", "npt=0.000-"),
        _ => Answer::ok().with("Session", "12345678"),
    }
}

/// H.264 that announces no parameter sets.
pub fn usual_description() -> String {
    description("m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=0\r\n")
}

/// A session description of these media.
pub fn description(media: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=Stream\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n{media}"
    )
}

fn first_number(transport: &str, key: &str) -> Option<u16> {
    let (_, value) = transport.split_once(key)?;
    value.split(['-', ';']).next()?.trim().parse().ok()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
