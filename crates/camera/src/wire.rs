//! A connection to a camera that plays: packets come, and now and then it is
//! told that somebody still watches.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use media::{Clock, SourceError};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use crate::framing::{self, FramingError, Inbound};
use crate::login::Login;
use crate::message::Head;
use crate::socket::Socket;
use crate::{Address, sentence};

/// Bytes read at once.
const READ: usize = 64 * 1024;

/// How long a camera keeps a session that says nothing, unless it says
/// otherwise (RFC 2326, section 12.37).
pub const USUAL_TIMEOUT: u64 = 60;

/// How long a farewell may take.
const MAX_FAREWELL: Duration = Duration::from_millis(500);

/// What a camera may leave unread of our answers and signs of life, in bytes.
const MAX_OUTGOING: usize = 64 * 1024;

/// A connection after PLAY.
pub struct Wire {
    pub address: Address,
    pub clock: Clock,
    pub socket: Socket,
    /// Read and not yet taken apart.
    pub inbound: BytesMut,
    /// What comes over UDP.
    pub bursts: mpsc::Receiver<Bytes>,
    /// Of that, what was not yet taken apart.
    pub burst: BytesMut,
    /// Its receivers.
    pub receivers: Vec<AbortOnDropHandle<()>>,
    pub login: Login,
    pub session: String,
    /// The number of the next request.
    pub number: u32,
    pub keep_alive: KeepAlive,
}

/// What keeps a session, and when it is due.
pub struct KeepAlive {
    every: Duration,
    due: Instant,
    method: &'static str,
    /// Sent and not yet answered.
    pending: Option<Head>,
    /// To be written.
    outgoing: BytesMut,
}

impl Wire {
    /// The next packet that is whole; nothing where more must come first.
    pub fn packet(&mut self) -> Result<Option<(u8, Bytes)>, SourceError> {
        loop {
            let next = match framing::next(&mut self.burst) {
                Ok(None) => framing::next(&mut self.inbound),
                next => next,
            };
            match next.map_err(|error| refusal(&self.address, error))? {
                Some(Inbound::Packet { channel, packet }) => return Ok(Some((channel, packet))),
                Some(Inbound::Message { head, .. }) => self.take(&head)?,
                None => return Ok(None),
            }
        }
    }

    /// Waits until more came. Safe to drop while waiting.
    pub async fn fill(&mut self) -> Result<(), SourceError> {
        if self.inbound.capacity() - self.inbound.len() < READ / 4 {
            self.inbound.reserve(READ);
        }
        let alive = &mut self.keep_alive;
        tokio::select! {
            read = self.socket.read(&mut self.inbound) => match read {
                Ok(0) => Err(sentence::closed(&self.address)),
                Ok(_) => Ok(()),
                Err(error) => Err(sentence::broken(&self.address, &error)),
            },
            Some(burst) = self.bursts.recv() => {
                self.burst.extend_from_slice(&burst);
                Ok(())
            }
            written = self.socket.write(&mut alive.outgoing), if !alive.outgoing.is_empty() => {
                written.map_err(|error| sentence::broken(&self.address, &error))
            }
            () = self.clock.sleep_until(alive.due) => self.keep_alive(),
        }
    }

    /// Whether what comes may wait for a moment.
    pub fn set_patience(&mut self, is_patient: bool) -> Result<(), SourceError> {
        // Datagrams have a task of their own, which waits for each.
        let is_patient = is_patient && self.receivers.is_empty();
        let set = self.socket.set_patience(is_patient);
        set.map_err(|error| sentence::broken(&self.address, &error))
    }

    /// Tells the camera that nobody watches any more: over UDP it would go on
    /// sending, and some keep a place taken for a minute.
    pub async fn farewell(mut self) {
        self.receivers.clear();
        let clock = self.clock.clone();
        let farewell = async {
            let mut message = BytesMut::from(&self.request("TEARDOWN").to_bytes()[..]);
            while !message.is_empty() {
                self.socket.write(&mut message).await?;
            }
            self.socket.finish()
        };
        // It may be gone.
        tokio::select! {
            _ = farewell => {}
            () = clock.sleep(MAX_FAREWELL) => {}
        }
    }

    fn keep_alive(&mut self) -> Result<(), SourceError> {
        if self.keep_alive.pending.is_some() {
            let seconds = self.keep_alive.every.as_secs();
            return Err(sentence::too_slow(&self.address, seconds));
        }
        self.keep_alive.due = self.clock.instant() + self.keep_alive.every;
        let head = self.request(self.keep_alive.method);
        self.keep_alive.outgoing.extend_from_slice(&head.to_bytes());
        self.keep_alive.pending = Some(head);
        Ok(())
    }

    /// A message between packets: an answer, or a question of the camera's.
    fn take(&mut self, head: &Head) -> Result<(), SourceError> {
        let Some((code, _)) = head.status() else {
            self.keep_alive.outgoing.extend_from_slice(&declined(head));
            if self.keep_alive.outgoing.len() > MAX_OUTGOING {
                return Err(sentence::too_much(&self.address, "questions without end"));
            }
            return Ok(());
        };
        let Some(asked) = self.keep_alive.pending.take() else { return Ok(()) };
        match code {
            401 => {
                self.login.challenge(head, &self.address)?;
                let (method, _) = asked.request().unwrap_or_default();
                let head = self.request(method);
                self.keep_alive.outgoing.extend_from_slice(&head.to_bytes());
                self.keep_alive.pending = Some(head);
            }
            200 => {
                self.login.accepted();
                let can = |method: &str| {
                    let known = head.all("Public").flat_map(|methods| methods.split(','));
                    known.into_iter().any(|it| it.trim().eq_ignore_ascii_case(method))
                };
                // Some cameras take OPTIONS for no sign of life.
                if can("GET_PARAMETER") {
                    self.keep_alive.method = "GET_PARAMETER";
                }
            }
            // It does not know the way; the session shows whether it stands.
            _ => self.keep_alive.method = "OPTIONS",
        }
        Ok(())
    }

    fn request(&mut self, method: &str) -> Head {
        let uri = self.address.url().to_string();
        let mut head = Head::parse(format!("{method} {uri} RTSP/1.0").as_bytes());
        head.set("CSeq", self.number.to_string());
        self.number = self.number.wrapping_add(1);
        head.set("Session", self.session.clone());
        if let Ok(Some(authorization)) = self.login.answer(method, &uri, &self.address) {
            head.set("Authorization", authorization);
        }
        head
    }
}

impl KeepAlive {
    /// For a session that the camera keeps for `timeout` seconds.
    pub fn new(timeout: u64, now: Instant) -> Self {
        let every = Duration::from_secs(timeout.clamp(4, USUAL_TIMEOUT)) / 2;
        Self {
            every,
            due: now + every,
            method: "OPTIONS",
            pending: None,
            outgoing: BytesMut::new(),
        }
    }
}

/// The answer to what a camera asks: it has little to ask, and we nothing of it.
pub fn declined(head: &Head) -> Vec<u8> {
    let (method, _) = head.request().unwrap_or_default();
    let status = if method == "OPTIONS" { "200 OK" } else { "501 Not Implemented" };
    let mut answer = Head::parse(format!("RTSP/1.0 {status}").as_bytes());
    answer.set("CSeq", head.get("CSeq").unwrap_or_default());
    answer.to_bytes()
}

/// What people are told of a camera that breaks a limit.
pub fn refusal(address: &Address, error: FramingError) -> SourceError {
    match error {
        FramingError::NotRtsp => sentence::not_rtsp(address),
        FramingError::LongHead => sentence::too_much(address, "an answer without end"),
        FramingError::LongBody => sentence::too_much(address, "an answer of absurd length"),
        FramingError::LongUnit => sentence::too_much(address, "a picture without end"),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn questions_without_end_are_not_kept() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let camera = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let clock = Clock::system();
        let mut wire = Wire {
            address: Address::parse("10.0.0.5").unwrap().0,
            socket: Socket::new(camera, clock.clone(), clock.instant()),
            inbound: BytesMut::new(),
            bursts: mpsc::channel(1).1,
            burst: BytesMut::new(),
            receivers: Vec::new(),
            login: Login::new(None),
            session: "1".to_owned(),
            number: 1,
            keep_alive: KeepAlive::new(USUAL_TIMEOUT, clock.instant()),
            clock,
        };
        let question = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
        wire.inbound.extend_from_slice(&question.repeat(10_000));
        let error = wire.packet().unwrap_err();
        assert!(error.sentence.contains("questions without end"), "{error}");
        assert!(wire.keep_alive.outgoing.len() < 2 * MAX_OUTGOING);
    }
}
