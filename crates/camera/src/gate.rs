//! Between retina and a camera, until it plays.
//!
//! retina knows what cameras mean by what they answer. But it connects by
//! itself, waits for ever and keeps whatever it is sent. So it is given an
//! address of ours on this machine, and what it says goes through here. The
//! gate connects and gives up in time, logs in, keeps what comes within limits,
//! and turns UDP into interleaved packets in order. When the camera plays,
//! retina is done, and packets come over the [`Wire`].
//!
//! The address holds a random word, so that no other program of this machine
//! gets in between.

use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use media::{Clock, SourceError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::framing::{self, Inbound};
use crate::login::Login;
use crate::message::Head;
use crate::socket::Socket;
use crate::udp::{Interleaved, Ports};
use crate::wire::{self, KeepAlive, USUAL_TIMEOUT, Wire};
use crate::{Address, Credentials, Dialer, Transport, sentence};

/// Bursts of UDP that may wait.
const MAX_BURSTS: usize = 64;

/// A connection to a camera, and a place where retina may ask it things.
pub struct Gate {
    address: Address,
    /// Ours, which stands in retina's requests.
    url: Url,
    listener: TcpListener,
    clock: Clock,
    /// Of the beats that all connections share.
    origin: Instant,
    transport: Transport,
    peer: SocketAddr,
    local: SocketAddr,
    login: Login,
    camera_in: OwnedReadHalf,
    camera_out: OwnedWriteHalf,
    inbound: BytesMut,
    pending: Option<Pending>,
    number: u32,
    session: String,
    timeout: u64,
    /// Of the streams that were set up, in their order.
    channels: Vec<u8>,
    /// Opened for the SETUP that is under way.
    ports: Option<Ports>,
    receivers: Vec<AbortOnDropHandle<()>>,
    bursts_in: mpsc::Sender<Bytes>,
    bursts: mpsc::Receiver<Bytes>,
}

/// A request that was not answered yet.
struct Pending {
    head: Head,
    method: Method,
    /// retina's number for it.
    number: String,
    /// The channel retina wishes for.
    channel: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Describe,
    Setup,
    Play,
    Other,
}

impl Gate {
    /// Connects to a camera.
    pub async fn open(
        dialer: &Dialer,
        address: &Address,
        credentials: Option<Credentials>,
        transport: Transport,
    ) -> Result<Self, SourceError> {
        let camera = dialer.dial(address).await?;
        let ours = |error: std::io::Error| sentence::broken(address, &error);
        let peer = camera.peer_addr().map_err(ours)?;
        let local = camera.local_addr().map_err(ours)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(ours)?;
        let port = listener.local_addr().map_err(ours)?.port();
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the operating system gives random bytes");
        let word: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let url = Url::parse(&format!("rtsp://127.0.0.1:{port}/{word}"));
        let (camera_in, camera_out) = camera.into_split();
        let (bursts_in, bursts) = mpsc::channel(MAX_BURSTS);
        Ok(Self {
            address: address.clone(),
            url: url.expect("it is made of a number and letters"),
            listener,
            clock: dialer.clock().clone(),
            origin: dialer.origin(),
            transport,
            peer,
            local,
            login: Login::new(credentials),
            camera_in,
            camera_out,
            inbound: BytesMut::new(),
            pending: None,
            number: 1,
            session: String::new(),
            timeout: USUAL_TIMEOUT,
            channels: Vec::new(),
            ports: None,
            receivers: Vec::new(),
            bursts_in,
            bursts,
        })
    }

    /// What retina is to connect to.
    pub fn url(&self) -> Url {
        self.url.clone()
    }

    /// Passes questions and answers on until the camera plays. An error says
    /// why it never will.
    pub async fn serve(&mut self) -> Result<(), SourceError> {
        let ours = |error: std::io::Error| sentence::broken(&self.address, &error);
        let (mut retina, mut requests) = self.accept().await.map_err(ours)?;
        self.take_requests(&mut requests).await?;
        loop {
            tokio::select! {
                read = self.camera_in.read_buf(&mut self.inbound) => match read {
                    Ok(0) => return Err(sentence::closed(&self.address)),
                    Ok(_) => {
                        if self.answer(&mut retina).await? {
                            return Ok(());
                        }
                    }
                    Err(error) => return Err(sentence::broken(&self.address, &error)),
                },
                read = retina.read_buf(&mut requests) => match read {
                    Ok(1..) => self.take_requests(&mut requests).await?,
                    // It gave up, and says why itself.
                    _ => std::future::pending().await,
                },
            }
        }
    }

    /// The channels of the streams that were set up, in their order.
    pub fn channels(&self) -> &[u8] {
        &self.channels
    }

    /// The connection, now that the camera plays.
    pub fn into_wire(self) -> Wire {
        let camera = self.camera_in.reunite(self.camera_out);
        let camera = camera.expect("both are halves of one connection");
        Wire {
            keep_alive: KeepAlive::new(self.timeout, self.clock.instant()),
            address: self.address,
            socket: Socket::new(camera, self.clock.clone(), self.origin),
            clock: self.clock,
            inbound: self.inbound,
            bursts: self.bursts,
            burst: BytesMut::new(),
            receivers: self.receivers,
            login: self.login,
            session: self.session,
            number: self.number,
        }
    }

    /// retina's connection, and the first bytes of it. Any other is closed.
    async fn accept(&self) -> std::io::Result<(TcpStream, BytesMut)> {
        loop {
            let (mut stream, _) = self.listener.accept().await?;
            stream.set_nodelay(true)?;
            let mut requests = BytesMut::new();
            while !requests.contains(&b'\n') && requests.len() < framing::MAX_LINE {
                if stream.read_buf(&mut requests).await? == 0 {
                    break;
                }
            }
            let line = String::from_utf8_lossy(&requests);
            if line.lines().next().is_some_and(|line| line.contains(self.url.path())) {
                return Ok((stream, requests));
            }
        }
    }

    /// Hands answers to retina; whether the camera plays now. Packets that
    /// come before that are of no use to anybody.
    async fn answer(&mut self, retina: &mut TcpStream) -> Result<bool, SourceError> {
        loop {
            let next = framing::next(&mut self.inbound);
            match next.map_err(|error| wire::refusal(&self.address, error))? {
                None => return Ok(false),
                Some(Inbound::Packet { .. }) => {}
                Some(Inbound::Message { head, body }) => {
                    let Some((answer, method)) = self.take_answer(head).await? else { continue };
                    let answer = [answer.to_bytes().as_slice(), &body].concat();
                    // Where retina is gone, it says why.
                    let _ = retina.write_all(&answer).await;
                    if method == Method::Play {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Sends on what retina asks.
    async fn take_requests(&mut self, requests: &mut BytesMut) -> Result<(), SourceError> {
        while let Ok(Some(Inbound::Message { mut head, .. })) = framing::next(requests) {
            let Some((method, uri)) = head.request() else { continue };
            let uri = match uri.strip_prefix(self.url.as_str()) {
                Some(rest) => format!("{}{rest}", self.address.url()),
                None => uri.to_owned(),
            };
            let number = head.get("CSeq").unwrap_or_default().to_owned();
            let channel = head.get("Transport").and_then(channel).unwrap_or_default();
            let kind = match method {
                "DESCRIBE" => Method::Describe,
                "SETUP" => Method::Setup,
                "PLAY" => Method::Play,
                _ => Method::Other,
            };
            head.start = format!("{method} {uri} RTSP/1.0");
            if kind == Method::Setup && self.transport == Transport::Udp {
                let ports = Ports::open(self.local.ip());
                let ports = ports.map_err(|error| sentence::no_udp(&error))?;
                let first = ports.first;
                head.set("Transport", format!("RTP/AVP;unicast;client_port={first}-{}", first + 1));
                self.ports = Some(ports);
            }
            self.pending = Some(Pending { head, method: kind, number, channel });
            self.ask().await?;
        }
        Ok(())
    }

    /// Sends the pending request, with a login where one was asked for.
    async fn ask(&mut self) -> Result<(), SourceError> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        let Some((method, uri)) = pending.head.request() else { return Ok(()) };
        let authorization = self.login.answer(method, uri, &self.address)?;
        pending.head.set("CSeq", self.number.to_string());
        self.number = self.number.wrapping_add(1);
        if let Some(authorization) = authorization {
            pending.head.set("Authorization", authorization);
        }
        let written = self.camera_out.write_all(&pending.head.to_bytes()).await;
        written.map_err(|error| sentence::broken(&self.address, &error))
    }

    /// What retina is to hear of a message, if anything, and of which request.
    async fn take_answer(&mut self, mut head: Head) -> Result<Option<(Head, Method)>, SourceError> {
        let Some((code, reason)) = head.status() else {
            let written = self.camera_out.write_all(&wire::declined(&head)).await;
            written.map_err(|error| sentence::broken(&self.address, &error))?;
            return Ok(None);
        };
        // One answer is awaited at a time, so whatever number it bears, this is it.
        let Some(pending) = self.pending.take() else { return Ok(None) };
        let (method, uri) = pending.head.request().unwrap_or_default();
        if code == 401 {
            self.login.challenge(&head, &self.address)?;
            self.pending = Some(pending);
            self.ask().await?;
            return Ok(None);
        }
        if !(200..300).contains(&code) {
            return Err(sentence::status(&self.address, method, code, reason));
        }
        self.login.accepted();
        match pending.method {
            Method::Describe => described(&mut head, uri),
            Method::Setup => self.set_up(&mut head, pending.channel)?,
            Method::Play | Method::Other => {}
        }
        head.set("CSeq", pending.number);
        Ok(Some((head, pending.method)))
    }

    fn set_up(&mut self, head: &mut Head, wished: u8) -> Result<(), SourceError> {
        if let Some(session) = head.get("Session") {
            let mut parts = session.split(';').map(str::trim);
            self.session = parts.next().unwrap_or_default().to_owned();
            let timeout = parts.find_map(|part| part.strip_prefix("timeout="));
            self.timeout = timeout.and_then(|it| it.parse().ok()).unwrap_or(USUAL_TIMEOUT);
        }
        if let Some(ports) = self.ports.take() {
            let answer = self.receive(ports, head, wished)?;
            head.set("Transport", answer);
        }
        self.channels.push(head.get("Transport").and_then(channel).unwrap_or(wished));
        Ok(())
    }

    /// Begins to receive over UDP, and says what retina is told instead.
    fn receive(&mut self, ports: Ports, head: &Head, channel: u8) -> Result<String, SourceError> {
        let answer = head.get("Transport").unwrap_or_default();
        let parameter = |name: &str| {
            let mut parts = answer.split(';').filter_map(|part| part.trim().split_once('='));
            parts.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let first = |ports: &str| ports.split('-').next()?.trim().parse::<u16>().ok();
        let Some(port) = parameter("server_port").and_then(first) else {
            return Err(sentence::nonsense(&self.address, "it names no port for UDP"));
        };
        let source = parameter("source").and_then(|source| source.parse().ok());
        let peer = SocketAddr::new(source.unwrap_or(self.peer.ip()), port);
        let interleaved = Interleaved { channel, sink: self.bursts_in.clone() };
        let receiving = ports.run(peer, self.clock.clone(), interleaved);
        self.receivers.push(AbortOnDropHandle::new(tokio::spawn(receiving)));
        Ok(format!("RTP/AVP/TCP;unicast;interleaved={channel}-{}", u16::from(channel) + 1))
    }
}

/// Makes a description such that its addresses are the camera's, and its type
/// one that is known.
fn described(head: &mut Head, uri: &str) {
    if head.get("Content-Base").is_none() && head.get("Content-Location").is_none() {
        head.set("Content-Base", uri);
    }
    // With a character set or in capitals it is one all the same.
    let kind = head.get("Content-Type").unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("application/sdp") {
        head.set("Content-Type", "application/sdp");
    }
}

/// The first of the channels that a Transport header names.
fn channel(transport: &str) -> Option<u8> {
    let channels = transport.split(';').find_map(|it| it.trim().strip_prefix("interleaved="))?;
    channels.split('-').next()?.trim().parse().ok()
}
