//! Between retina and a camera.
//!
//! retina connects by itself, waits for ever and keeps whatever it is sent. So
//! it is given an address of ours on this machine, and what it says goes
//! through here. The gate connects and gives up in time, logs in, keeps what
//! comes within limits, and turns UDP into interleaved packets in order. All
//! that retina is asked to understand is what a camera means.
//!
//! The address holds a random word, so that no other program of this machine
//! gets in between.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use media::{Clock, SourceError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use crate::framing::{self, FramingError, Run};
use crate::login::Login;
use crate::message::Head;
use crate::udp::{Interleaved, Ports};
use crate::{Address, Credentials, Dialer, Transport, sentence};

/// How long retina, in this process, may take to come.
const MAX_COMING: Duration = Duration::from_secs(5);

/// How long a farewell may take.
const MAX_FAREWELL: Duration = Duration::from_millis(500);

/// Packets of a picture are handed on together, but wait no longer than this.
const MAX_HELD: Duration = Duration::from_millis(5);

/// Packets handed on at once, in bytes.
const MAX_RUN: usize = 64 * 1024;

/// Bursts of UDP that may wait.
const MAX_BURSTS: usize = 64;

/// One connection to a camera. Its task says farewell and ends when retina's
/// side is closed.
pub struct Gate {
    url: Url,
    trouble: Arc<OnceLock<SourceError>>,
}

impl Gate {
    /// Connects to a camera and waits for retina.
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
        let url = url.expect("it is made of a number and letters");
        let trouble = Arc::new(OnceLock::new());
        let (camera_in, camera_out) = camera.into_split();
        let (bursts_in, bursts) = mpsc::channel(MAX_BURSTS);
        let pump = Pump {
            address: address.clone(),
            url: url.clone(),
            clock: dialer.clock().clone(),
            transport,
            peer,
            local,
            login: Login::new(credentials),
            camera_out,
            pending: None,
            next_number: 1,
            session: None,
            run: Run::default(),
            ports: None,
            receivers: Vec::new(),
            bursts_in,
        };
        let told = trouble.clone();
        dialer.spawn(async move {
            if let Err(error) = pump.run(listener, camera_in, bursts).await {
                let _ = told.set(error);
            }
        });
        Ok(Self { url, trouble })
    }

    /// What retina is to connect to.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Why the connection ended, where the gate ended it.
    pub fn trouble(&self) -> Option<SourceError> {
        self.trouble.get().cloned()
    }
}

struct Pump {
    address: Address,
    /// Ours, which stands in retina's requests.
    url: Url,
    clock: Clock,
    transport: Transport,
    peer: SocketAddr,
    local: SocketAddr,
    login: Login,
    camera_out: OwnedWriteHalf,
    pending: Option<Pending>,
    next_number: u32,
    session: Option<String>,
    run: Run,
    /// Opened for the SETUP that is under way.
    ports: Option<Ports>,
    receivers: Vec<AbortOnDropHandle<()>>,
    bursts_in: mpsc::Sender<Bytes>,
}

/// A request that was not answered yet.
struct Pending {
    head: Head,
    /// retina's number for it.
    number: String,
    /// retina's wish for interleaved channels.
    transport: Option<String>,
    /// Whether the session cannot do without it.
    is_needed: bool,
}

impl Pump {
    async fn run(
        mut self,
        listener: TcpListener,
        mut camera_in: OwnedReadHalf,
        mut bursts: mpsc::Receiver<Bytes>,
    ) -> Result<(), SourceError> {
        let coming = tokio::time::timeout(MAX_COMING, self.accept(listener)).await;
        let Ok(Some((retina, mut requests))) = coming else { return Ok(()) };
        let (mut retina_in, mut retina_out) = retina.into_split();
        let mut inbound = BytesMut::with_capacity(MAX_RUN);
        let mut held_since: Option<Instant> = None;
        self.take_requests(&mut requests).await?;
        let outcome = loop {
            let deadline = held_since.map(|since| since + MAX_HELD);
            let held = async {
                match deadline {
                    Some(deadline) => self.clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                read = camera_in.read_buf(&mut inbound) => match read {
                    Ok(0) => break Err(sentence::closed(&self.address)),
                    Ok(_) => {}
                    Err(error) => break Err(sentence::broken(&self.address, &error)),
                },
                read = retina_in.read_buf(&mut requests) => match read {
                    Ok(1..) => {
                        if let Err(error) = self.take_requests(&mut requests).await {
                            break Err(error);
                        }
                        continue;
                    }
                    // The session was dropped.
                    _ => break Ok(()),
                },
                Some(burst) = bursts.recv() => {
                    if let Err(error) = self.run.burst(&burst) {
                        break Err(self.refusal(error));
                    }
                    if retina_out.write_all(&burst).await.is_err() {
                        break Ok(());
                    }
                    continue;
                }
                () = held => {}
            }
            let is_due = deadline.is_some_and(|deadline| deadline <= self.clock.instant());
            match self.pass_on(&mut inbound, &mut retina_out, is_due).await {
                Ok(is_holding) if is_holding => {
                    held_since.get_or_insert(self.clock.instant());
                }
                Ok(_) => held_since = None,
                Err(Some(error)) => break Err(error),
                Err(None) => break Ok(()),
            }
        };
        self.receivers.clear();
        let _ = tokio::time::timeout(MAX_FAREWELL, self.farewell()).await;
        outcome
    }

    /// retina's connection, and the first bytes of it. Any other is closed.
    async fn accept(&self, listener: TcpListener) -> Option<(TcpStream, BytesMut)> {
        loop {
            let (mut stream, _) = listener.accept().await.ok()?;
            stream.set_nodelay(true).ok()?;
            let mut requests = BytesMut::new();
            while !requests.contains(&b'\n') && requests.len() < framing::MAX_LINE {
                if stream.read_buf(&mut requests).await.ok()? == 0 {
                    break;
                }
            }
            let line = String::from_utf8_lossy(&requests);
            if line.lines().next().is_some_and(|line| line.contains(self.url.path())) {
                return Some((stream, requests));
            }
        }
    }

    /// Hands on what is whole. Says whether packets are held back because the
    /// rest of their picture is on its way; nothing in the error means that
    /// retina went.
    async fn pass_on(
        &mut self,
        inbound: &mut BytesMut,
        retina_out: &mut OwnedWriteHalf,
        is_due: bool,
    ) -> Result<bool, Option<SourceError>> {
        loop {
            if inbound.first() == Some(&b'$') {
                self.run.extend(inbound).map_err(|error| self.refusal(error))?;
                let whole = self.run.bytes;
                if whole == 0 {
                    return Ok(false);
                }
                let may_wait = !is_due && !self.run.is_complete && whole < MAX_RUN;
                if may_wait && inbound.get(whole).is_none_or(|next| *next == b'$') {
                    return Ok(true);
                }
                retina_out.write_all(&inbound[..whole]).await.map_err(|_| None)?;
                inbound.advance(whole);
                self.run.taken();
                continue;
            }
            let message = framing::message(inbound).map_err(|error| self.refusal(error))?;
            match message {
                Some((head, body)) => {
                    if let Some(answer) = self.take_message(head).await? {
                        let answer = [answer.to_bytes().as_slice(), &body].concat();
                        retina_out.write_all(&answer).await.map_err(|_| None)?;
                    }
                }
                None if inbound.first() == Some(&b'$') => {}
                None => return Ok(false),
            }
        }
    }

    /// Sends on what retina asks.
    async fn take_requests(&mut self, requests: &mut BytesMut) -> Result<(), SourceError> {
        while let Ok(Some((mut head, _))) = framing::message(requests) {
            let Some((method, uri)) = head.request() else { continue };
            let uri = match uri.strip_prefix(self.url.as_str()) {
                Some(rest) => format!("{}{rest}", self.address.url()),
                None => uri.to_owned(),
            };
            let method = method.to_owned();
            let number = head.get("CSeq").unwrap_or_default().to_owned();
            let transport = head.get("Transport").map(str::to_owned);
            head.start = format!("{method} {uri} RTSP/1.0");
            if transport.is_some() && self.transport == Transport::Udp {
                let ports = Ports::open(self.local.ip());
                let ports = ports.map_err(|error| sentence::no_udp(&error))?;
                let first = ports.first;
                head.set("Transport", format!("RTP/AVP;unicast;client_port={first}-{}", first + 1));
                self.ports = Some(ports);
            }
            let is_needed = matches!(method.as_str(), "DESCRIBE" | "SETUP" | "PLAY");
            self.pending = Some(Pending { head, number, transport, is_needed });
            self.ask().await?;
        }
        Ok(())
    }

    /// Sends the pending request, with a login where one was asked for.
    async fn ask(&mut self) -> Result<(), SourceError> {
        let Some(pending) = &mut self.pending else { return Ok(()) };
        let Some((method, uri)) = pending.head.request() else { return Ok(()) };
        let authorization = self.login.answer(method, uri, &self.address)?;
        pending.head.set("CSeq", self.next_number.to_string());
        self.next_number = self.next_number.wrapping_add(1);
        if let Some(authorization) = authorization {
            pending.head.set("Authorization", authorization);
        }
        let written = self.camera_out.write_all(&pending.head.to_bytes()).await;
        written.map_err(|error| sentence::broken(&self.address, &error))
    }

    /// What retina is to hear of a message, if anything.
    async fn take_message(&mut self, mut head: Head) -> Result<Option<Head>, SourceError> {
        let Some((code, reason)) = head.status() else {
            // Cameras ask little, and nothing we have.
            self.decline(&head).await?;
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
        if !(200..300).contains(&code) && pending.is_needed {
            return Err(sentence::status(&self.address, method, code, reason));
        }
        self.login.accepted();
        if method == "DESCRIBE" {
            if head.get("Content-Base").is_none() && head.get("Content-Location").is_none() {
                head.set("Content-Base", uri.to_owned());
            }
            // With a character set or in capitals it is one all the same.
            let kind = head.get("Content-Type").unwrap_or_default().to_ascii_lowercase();
            if kind.starts_with("application/sdp") {
                head.set("Content-Type", "application/sdp");
            }
        }
        if method == "SETUP" {
            if let Some(session) = head.get("Session") {
                let id = session.split(';').next().unwrap_or_default();
                self.session = Some(id.trim().to_owned());
            }
            if let Some(ports) = self.ports.take() {
                let wish = pending.transport.as_deref().unwrap_or_default();
                let answer = self.receive(ports, &head, wish)?;
                head.set("Transport", answer);
            }
        }
        head.set("CSeq", pending.number);
        Ok(Some(head))
    }

    /// Begins to receive over UDP, and says what retina is told instead.
    fn receive(&mut self, ports: Ports, head: &Head, wish: &str) -> Result<String, SourceError> {
        let answer = head.get("Transport").unwrap_or_default();
        let parameter = |name: &str| {
            let parts = answer.split(';').filter_map(|part| part.trim().split_once('='));
            parts.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
        };
        let first = |ports: &str| ports.split('-').next()?.trim().parse::<u16>().ok();
        let Some(port) = parameter("server_port").and_then(first) else {
            return Err(sentence::nonsense(&self.address, "it names no port for UDP"));
        };
        let source = parameter("source").and_then(|source| source.parse().ok());
        let peer = SocketAddr::new(source.unwrap_or(self.peer.ip()), port);
        let channels = wish.split(';').find_map(|part| part.trim().strip_prefix("interleaved="));
        let channel: u8 = channels
            .and_then(|channels| channels.split('-').next()?.parse().ok())
            .ok_or_else(|| sentence::nonsense(&self.address, "no channel was asked for"))?;
        let interleaved = Interleaved { channel, sink: self.bursts_in.clone() };
        let receiving = ports.run(peer, self.clock.clone(), interleaved);
        self.receivers.push(AbortOnDropHandle::new(tokio::spawn(receiving)));
        let ssrc = parameter("ssrc").map(|ssrc| format!(";ssrc={ssrc}")).unwrap_or_default();
        Ok(format!("RTP/AVP/TCP;unicast;interleaved={channel}-{}{ssrc}", u16::from(channel) + 1))
    }

    async fn decline(&mut self, head: &Head) -> Result<(), SourceError> {
        let (method, _) = head.request().unwrap_or_default();
        let status = if method == "OPTIONS" { "200 OK" } else { "501 Not Implemented" };
        let number = head.get("CSeq").unwrap_or_default();
        let answer = format!("RTSP/1.0 {status}\r\nCSeq: {number}\r\n\r\n");
        let written = self.camera_out.write_all(answer.as_bytes()).await;
        written.map_err(|error| sentence::broken(&self.address, &error))
    }

    /// Tells the camera that nobody watches any more: over UDP it would go on
    /// sending, and some keep a place taken for a minute.
    async fn farewell(&mut self) -> std::io::Result<()> {
        let Some(session) = &self.session else { return Ok(()) };
        let uri = self.address.url().to_string();
        let start = format!("TEARDOWN {uri} RTSP/1.0\r\nCSeq: {}\r\n", self.next_number);
        let mut head = Head::parse(start.as_bytes());
        head.set("Session", session.clone());
        if let Ok(Some(authorization)) = self.login.answer("TEARDOWN", &uri, &self.address) {
            head.set("Authorization", authorization);
        }
        self.camera_out.write_all(&head.to_bytes()).await?;
        self.camera_out.shutdown().await
    }

    fn refusal(&self, error: FramingError) -> SourceError {
        let address = &self.address;
        match error {
            FramingError::NotRtsp => sentence::not_rtsp(address),
            FramingError::LongHead => sentence::too_much(address, "an answer without end"),
            FramingError::LongBody => sentence::too_much(address, "an answer of absurd length"),
            FramingError::LongUnit => sentence::too_much(address, "a picture without end"),
        }
    }
}
