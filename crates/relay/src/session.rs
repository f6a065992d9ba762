//! One viewer's session, from hello to goodbye.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, close_code};
use engine::{Playback, ViewRequest};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use media::{Need, Packing, Size, WallTime};
use protocol::{
    CameraAddress, Command, Delivery, Failure, FailureCode, MAX_LISTENS, MAX_OBSERVED,
    MAX_PLAYBACKS, MAX_REQUEST_BYTES, MAX_SPEED, MAX_STEP, MAX_SUBSCRIPTIONS, Message,
    MotionSettings, Outcome, PROTOCOL_VERSION, Request, Sensitive, Snapshot, StreamAddress,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::Relay;
use crate::accepts::Accepts;
use crate::line::Line;
use crate::observed;
use crate::outgoing::Outgoing;
use crate::recorded::PlaybackTask;
use crate::running::Running;
use crate::sound::{self, Heard};
use crate::tile::TileTask;
use crate::writing::{PING, text, write};

/// How long a viewer may take to say hello.
const HELLO: Duration = Duration::from_secs(5);

/// How long the last messages may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// Messages on their way to the socket; where there are more, whoever has one
/// to send waits. What a tile has among them is bounded, so that only replies
/// make the reader wait for long.
const OUTGOING: usize = 2 * MAX_SUBSCRIPTIONS;

/// Commands that take seconds, of one session at a time.
const MAX_SLOW: usize = 4;

/// The longest side of a tile, in device pixels.
const MAX_TILE: u32 = 16_384;

/// Runs a session until either side ends it.
pub async fn run(relay: Relay, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let (mut sink, failure) = match hello(&relay, &mut stream).await {
        Ok(()) => {
            let number = relay.0.engine.new_session();
            relay.0.sessions.send_modify(|open| *open += 1);
            tracing::info!(session = number, "opened");
            let (sink, failure) = converse(&relay, number, sink, &mut stream).await;
            relay.0.sessions.send_modify(|open| *open -= 1);
            tracing::info!(session = number, "closed: {failure}");
            (sink, failure)
        }
        Err(failure) => {
            relay.refuse(&failure.message);
            (sink, failure)
        }
    };
    let goodbye = async {
        let frame = text(&Message::Goodbye { failure });
        sink.send(frame).await?;
        let close = CloseFrame { code: close_code::NORMAL, reason: "".into() };
        sink.send(Frame::Close(Some(close))).await?;
        // Until the viewer agreed: closing on unread bytes would reset the
        // connection, and the goodbye with it.
        while let Some(Ok(_)) = stream.next().await {}
        Ok::<_, axum::Error>(())
    };
    // The viewer may be gone already.
    let _ = tokio::time::timeout(GOODBYE, goodbye).await;
}

async fn hello(relay: &Relay, stream: &mut SplitStream<WebSocket>) -> Result<(), Failure> {
    let first = tokio::time::timeout(HELLO, stream.next()).await;
    let Ok(Some(first)) = first else {
        return Err(bad_request("A session begins with a hello within five seconds."));
    };
    let Some(Request::Hello { version, ticket }) = parse(first)? else {
        return Err(bad_request("A session begins with a hello."));
    };
    if version != PROTOCOL_VERSION {
        let message = format!(
            "This server speaks version {PROTOCOL_VERSION} and the viewer version {version}. \
             Install the same version of Tessera on both."
        );
        return Err(Failure::new(FailureCode::WrongVersion, message));
    }
    if !relay.0.keys.take(&ticket) {
        let message = "The ticket was used or is too old. Open the server's address again.";
        return Err(Failure::new(FailureCode::NotAllowed, message));
    }
    Ok(())
}

/// Both directions at once; whichever ends first says why.
async fn converse(
    relay: &Relay,
    number: u32,
    sink: SplitSink<WebSocket, Frame>,
    stream: &mut SplitStream<WebSocket>,
) -> (SplitSink<WebSocket, Frame>, Failure) {
    let (snapshot, updates) = relay.0.engine.snapshot();
    let (outgoing, queue) = mpsc::channel(OUTGOING);
    let welcome = welcome(relay, snapshot);
    let mut session = Session {
        relay,
        number,
        outgoing,
        tiles: HashMap::new(),
        sounds: HashMap::new(),
        observed: HashMap::new(),
        playbacks: HashMap::new(),
        formats: Arc::new(AtomicU32::new(1)),
        slow: JoinSet::new(),
    };
    let over = relay.0.stop.child_token();
    // In a task of its own, so that what is sent does not make the reader look
    // for what was not.
    let writing = tokio::spawn({
        let over = over.clone();
        async move {
            let mut sink = sink;
            let written = write(&mut sink, welcome, updates, queue);
            let failure = over.run_until_cancelled(written).await;
            over.cancel();
            (sink, failure)
        }
    });
    let read = over.run_until_cancelled(session.read(stream)).await;
    over.cancel();
    let (sink, written) = writing.await.expect("writing neither panics nor is aborted");
    session.close().await;
    let stopping = || Failure::new(FailureCode::Stopping, "The server is stopping.");
    (sink, read.or(written).unwrap_or_else(stopping))
}

struct Session<'a> {
    relay: &'a Relay,
    number: u32,
    outgoing: mpsc::Sender<Outgoing>,
    tiles: HashMap<u32, TileTask>,
    sounds: HashMap<u32, Running>,
    observed: HashMap<u32, Running>,
    playbacks: HashMap<u32, PlaybackTask>,
    /// The next format's number.
    formats: Arc<AtomicU32>,
    /// Commands that take seconds.
    slow: JoinSet<()>,
}

impl Session<'_> {
    async fn read(&mut self, stream: &mut SplitStream<WebSocket>) -> Failure {
        loop {
            let Ok(frame) = tokio::time::timeout(2 * PING, stream.next()).await else {
                return Failure::new(FailureCode::Ended, "The viewer does not answer.");
            };
            let Some(frame) = frame else {
                return Failure::new(FailureCode::Ended, "The viewer went away.");
            };
            let handled = match parse(frame) {
                Ok(Some(request)) => self.handle(request).await,
                Ok(None) => Ok(()),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = handled {
                return failure;
            }
        }
    }

    async fn handle(&mut self, request: Request) -> Result<(), Failure> {
        match request {
            Request::Hello { .. } => Err(bad_request("Hello was said before.")),
            Request::Subscribe {
                subscription,
                stream,
                width,
                height,
                accepts,
                codecs,
                playback,
            } => {
                let size = tile_size(width, height)?;
                let accepts = Accepts { deliveries: accepts, codecs };
                self.subscribe(subscription, &stream, size, accepts, playback).await
            }
            Request::Play { playback, at, speed } => self.play(playback, at, speed),
            Request::Step { playback, subscription, pictures } => {
                let pictures = pictures.clamp(-MAX_STEP, MAX_STEP);
                // One that is not there any more steps nowhere.
                if let Some(it) = self.playbacks.get(&playback).filter(|_| pictures != 0) {
                    it.playback.step(subscription, pictures);
                }
                Ok(())
            }
            Request::EndPlayback { playback } => {
                if let Some(playback) = self.playbacks.remove(&playback) {
                    playback.stop().await;
                }
                Ok(())
            }
            Request::Resize { subscription, width, height } => {
                let size = tile_size(width, height)?;
                // One that was refused or is over is not there any more.
                if let Some(tile) = self.tiles.get(&subscription) {
                    tile.resize(size);
                }
                Ok(())
            }
            Request::Listen { subscription, stream, playback } => {
                self.listen(subscription, &stream, playback).await
            }
            Request::Observe { subscription, camera, settings } => {
                self.observe(subscription, &camera, settings).await
            }
            Request::Unsubscribe { subscription } => {
                let running = self.sounds.remove(&subscription);
                if let Some(running) = running.or_else(|| self.observed.remove(&subscription)) {
                    running.stop().await;
                }
                if let Some(tile) = self.tiles.remove(&subscription) {
                    tile.stop().await;
                }
                Ok(())
            }
            Request::Acknowledge { subscription, sequence, drawn } => {
                if let Some(tile) = self.tiles.get(&subscription) {
                    let now = self.relay.0.engine.clock().wall();
                    tile.acknowledge(sequence, drawn.map(WallTime), now);
                }
                Ok(())
            }
            Request::Command { request, command } => {
                self.command(request, command).await;
                Ok(())
            }
        }
    }

    async fn subscribe(
        &mut self,
        subscription: u32,
        stream: &StreamAddress,
        size: Size,
        accepts: Accepts,
        playback: Option<u32>,
    ) -> Result<(), Failure> {
        self.expect_free(subscription)?;
        let opened = self.open(subscription, stream, size, accepts, playback);
        match opened {
            Ok(tile) => {
                self.tiles.insert(subscription, tile);
            }
            Err(failure) => self.send(Message::Unsubscribed { subscription, failure }).await,
        }
        Ok(())
    }

    fn open(
        &self,
        subscription: u32,
        stream: &StreamAddress,
        size: Size,
        accepts: Accepts,
        playback: Option<u32>,
    ) -> Result<TileTask, Failure> {
        if self.tiles.len() >= MAX_SUBSCRIPTIONS {
            let message = format!("A session shows {MAX_SUBSCRIPTIONS} tiles at most.");
            return Err(Failure::new(FailureCode::TooMany, message));
        }
        let engine = &self.relay.0.engine;
        let stream = engine.stream_id(stream)?;
        let request = ViewRequest { session: self.number, subscription, stream };
        let (line, clock) = (self.line(subscription), engine.clock().clone());
        if let Some(name) = playback {
            let playback = self.playback(name)?;
            let choice = accepts.choose_decoded()?;
            let packing = match choice.delivery {
                Delivery::Jpeg => Packing::Jpeg,
                Delivery::Planes | Delivery::Encoded => Packing::Planes,
            };
            let need = Need { tile: size, packing };
            let (tile, tally) = engine.open_recorded(request, playback, need)?;
            return Ok(TileTask::spawn_recorded(tile, tally, choice, size, line));
        }
        let viewing = engine.open_viewing(request)?;
        Ok(TileTask::spawn(viewing, accepts, size, line, clock))
    }

    fn play(&mut self, name: u32, at: Option<i64>, speed: f64) -> Result<(), Failure> {
        if !(-MAX_SPEED..=MAX_SPEED).contains(&speed) {
            let message = format!("Playback is {MAX_SPEED} times as fast at most.");
            return Err(bad_request(message));
        }
        if !self.playbacks.contains_key(&name) && self.playbacks.len() >= MAX_PLAYBACKS {
            return Err(bad_request(format!("A session has {MAX_PLAYBACKS} playbacks at most.")));
        }
        let (engine, line) = (&self.relay.0.engine, self.line(name));
        let known = self.playbacks.entry(name);
        let it = known.or_insert_with(|| PlaybackTask::spawn(engine.new_playback(), line));
        it.playback.play(at.map(WallTime), speed);
        Ok(())
    }

    async fn listen(
        &mut self,
        subscription: u32,
        stream: &StreamAddress,
        playback: Option<u32>,
    ) -> Result<(), Failure> {
        self.expect_free(subscription)?;
        match self.open_sound(subscription, stream, playback) {
            Ok(sound) => {
                self.sounds.insert(subscription, sound);
            }
            Err(failure) => self.send(Message::Unsubscribed { subscription, failure }).await,
        }
        Ok(())
    }

    fn open_sound(
        &self,
        subscription: u32,
        stream: &StreamAddress,
        playback: Option<u32>,
    ) -> Result<Running, Failure> {
        if self.sounds.len() >= MAX_LISTENS {
            let message = format!("A session listens to {MAX_LISTENS} streams at most.");
            return Err(Failure::new(FailureCode::TooMany, message));
        }
        let engine = &self.relay.0.engine;
        let stream = engine.stream_id(stream)?;
        let heard = match playback {
            None => Heard::Live(engine.open_sound(stream)?),
            Some(name) => {
                Heard::Recorded(engine.open_recorded_sound(stream, self.playback(name)?)?)
            }
        };
        Ok(Running::spawn(self.line(subscription), |line| sound::send(heard, line)))
    }

    async fn observe(
        &mut self,
        subscription: u32,
        camera: &CameraAddress,
        settings: MotionSettings,
    ) -> Result<(), Failure> {
        self.expect_free(subscription)?;
        let observing = match self.observed.len() {
            MAX_OBSERVED.. => {
                let message = format!("A session observes {MAX_OBSERVED} cameras at most.");
                Err(Failure::new(FailureCode::TooMany, message))
            }
            _ => self.relay.0.engine.observe(camera, settings),
        };
        match observing {
            Ok(observing) => {
                let line = self.line(subscription);
                let running = Running::spawn(line, |line| observed::send(observing, line));
                self.observed.insert(subscription, running);
            }
            Err(failure) => self.send(Message::Unsubscribed { subscription, failure }).await,
        }
        Ok(())
    }

    fn playback(&self, name: u32) -> Result<&Playback, Failure> {
        let known = self.playbacks.get(&name);
        known.map(|it| &it.playback).ok_or_else(|| {
            let message = "That playback was not begun. Say first where it is to play.";
            Failure::new(FailureCode::NotFound, message)
        })
    }

    fn line(&self, subscription: u32) -> Line {
        Line::new(subscription, self.formats.clone(), self.outgoing.clone())
    }

    /// A name is free again when what it named ended by itself.
    fn expect_free(&mut self, subscription: u32) -> Result<(), Failure> {
        self.tiles.retain(|_, tile| !tile.is_over());
        self.sounds.retain(|_, sound| !sound.is_over());
        self.observed.retain(|_, it| !it.is_over());
        let is_running =
            self.sounds.contains_key(&subscription) || self.observed.contains_key(&subscription);
        if is_running || self.tiles.contains_key(&subscription) {
            return Err(bad_request("The subscription's name is in use."));
        }
        Ok(())
    }

    async fn command(&mut self, request: u32, command: Command) {
        let (engine, outgoing) = (self.relay.0.engine.clone(), self.outgoing.clone());
        // Others are done in order, within milliseconds.
        let is_slow = matches!(
            command,
            Command::ProbeCamera { .. }
                | Command::Export { .. }
                | Command::TakeStill { .. }
                | Command::TryMotion { .. }
        );
        let work = async move {
            let outcome = match engine.command(command).await {
                Ok(reply) => Outcome::Done { reply },
                Err(failure) => Outcome::Failed { failure },
            };
            // Where the writer is gone, the session is about to end.
            outgoing.send(Outgoing::Message(Message::Reply { request, outcome }, None)).await.ok();
        };
        if !is_slow {
            return work.await;
        }
        while self.slow.try_join_next().is_some() {}
        if self.slow.len() >= MAX_SLOW {
            let message =
                format!("{MAX_SLOW} commands that take long are being done. Wait for one.");
            let failure = Failure::new(FailureCode::TooMany, message);
            return self
                .send(Message::Reply { request, outcome: Outcome::Failed { failure } })
                .await;
        }
        self.slow.spawn(work);
    }

    async fn send(&self, message: Message) {
        // Where the writer is gone, the session is about to end.
        self.outgoing.send(Outgoing::Message(message, None)).await.ok();
    }

    async fn close(mut self) {
        self.slow.shutdown().await;
        for running in self.sounds.into_values().chain(self.observed.into_values()) {
            running.stop().await;
        }
        for tile in self.tiles.into_values() {
            tile.stop().await;
        }
        for playback in self.playbacks.into_values() {
            playback.stop().await;
        }
    }
}

fn welcome(relay: &Relay, snapshot: Snapshot) -> Message {
    Message::Welcome {
        server: relay.0.engine.server().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        session: Sensitive(relay.0.keys.session_key().0),
        now: relay.0.engine.clock().wall().0,
        snapshot: Box::new(snapshot),
    }
}

/// Nothing where the frame holds no request.
fn parse(frame: Result<Frame, axum::Error>) -> Result<Option<Request>, Failure> {
    match frame {
        Ok(Frame::Text(text)) => serde_json::from_str(&text).map(Some).map_err(|error| {
            bad_request(format!("A message that this version does not understand: {error}"))
        }),
        Ok(Frame::Binary(_)) => Err(bad_request("A viewer sends text only.")),
        Ok(Frame::Close(_)) => Err(Failure::new(FailureCode::Ended, "The viewer went away.")),
        Ok(Frame::Ping(_) | Frame::Pong(_)) => Ok(None),
        Err(error) => Err(broken(error)),
    }
}

/// The connection is of no more use.
fn broken(error: axum::Error) -> Failure {
    use tokio_tungstenite::tungstenite::Error;

    let error = error.into_inner();
    match error.downcast_ref() {
        Some(Error::Capacity(_)) => {
            bad_request(format!("A message may have {MAX_REQUEST_BYTES} bytes at most."))
        }
        Some(Error::Utf8(_)) => bad_request("A text message was not UTF-8."),
        _ => Failure::new(FailureCode::Ended, format!("The connection broke: {error}")),
    }
}

fn tile_size(width: u32, height: u32) -> Result<Size, Failure> {
    if (1..=MAX_TILE).contains(&width) && (1..=MAX_TILE).contains(&height) {
        return Ok(Size { width, height });
    }
    Err(bad_request(format!("A tile is 1 to {MAX_TILE} pixels wide and high.")))
}

fn bad_request(message: impl Into<String>) -> Failure {
    Failure::new(FailureCode::BadRequest, message)
}
