//! One session.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use protocol::{
    Command, Door, Failure, MediaHeader, Message, Outcome, PATH, PROTOCOL_VERSION, Reply, Request,
    Sensitive, Snapshot,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::DoorError;

/// An uncompressed 8K picture and its header fit.
const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// A session with an engine. Dropping it ends the session.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    snapshot: Snapshot,
    server: String,
    next_request: u32,
    /// What arrived while a reply was awaited.
    waiting: VecDeque<Event>,
}

/// What an engine sends.
#[derive(Debug)]
pub enum Event {
    /// A text message.
    Message(Message),
    /// A binary message: header and payload.
    Media(MediaHeader, Bytes),
}

/// Why a session ended or a command failed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No way in.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// The connection broke.
    #[error("the connection to the engine broke")]
    Broken(#[from] Box<tungstenite::Error>),
    /// The engine closed the connection.
    #[error("the engine closed the connection")]
    Closed,
    /// The engine ended the session, or refused the command.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The engine sent something this version cannot read.
    #[error("the engine sent what this version does not understand: {0}")]
    NotUnderstood(String),
}

impl Client {
    /// Opens a session with the engine behind `door`.
    pub async fn connect(door: &Door) -> Result<Self, LinkError> {
        let asked = door.clone();
        let ticket = tokio::task::spawn_blocking(move || crate::ticket(&asked))
            .await
            .expect("asking for a ticket neither panics nor is cancelled")?;
        Self::connect_with(&door.address, ticket).await
    }

    /// Opens a session at `address` with a ticket.
    pub async fn connect_with(address: &str, ticket: Sensitive) -> Result<Self, LinkError> {
        let mut request =
            format!("ws://{address}{PATH}").into_client_request().map_err(Box::new)?;
        let origin = HeaderValue::from_str(&format!("http://{address}"))
            .map_err(|error| LinkError::NotUnderstood(error.to_string()))?;
        request.headers_mut().insert("Origin", origin);
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let (socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(limits), true)
            .await
            .map_err(Box::new)?;
        let mut client = Self {
            socket,
            snapshot: Snapshot::empty(),
            server: String::new(),
            next_request: 0,
            waiting: VecDeque::new(),
        };
        client.send(&Request::Hello { version: PROTOCOL_VERSION, ticket }).await?;
        match client.receive().await? {
            Event::Message(Message::Welcome { server, snapshot, .. }) => {
                client.server = server;
                client.snapshot = *snapshot;
                Ok(client)
            }
            Event::Message(Message::Goodbye { failure }) => Err(failure.into()),
            other => Err(LinkError::NotUnderstood(format!("{other:?}"))),
        }
    }

    /// Id of the server.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The shared state as it was when the session opened.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Sends a request.
    pub async fn send(&mut self, request: &Request) -> Result<(), LinkError> {
        let text = serde_json::to_string(request).expect("requests are plain JSON");
        self.socket.send(Frame::text(text)).await.map_err(Box::new)?;
        Ok(())
    }

    /// The next message. A goodbye is an error.
    pub async fn next(&mut self) -> Result<Event, LinkError> {
        let event = match self.waiting.pop_front() {
            Some(event) => event,
            None => self.receive().await?,
        };
        match event {
            Event::Message(Message::Goodbye { failure }) => Err(failure.into()),
            event => Ok(event),
        }
    }

    /// Sends a command and waits for its reply. What arrives meanwhile is kept
    /// for [`Client::next`].
    pub async fn command(&mut self, command: Command) -> Result<Reply, LinkError> {
        self.next_request += 1;
        let request = self.next_request;
        self.send(&Request::Command { request, command }).await?;
        loop {
            match self.receive().await? {
                Event::Message(Message::Reply { request: answered, outcome })
                    if answered == request =>
                {
                    return match outcome {
                        Outcome::Done { reply } => Ok(reply),
                        Outcome::Failed { failure } => Err(failure.into()),
                    };
                }
                Event::Message(Message::Goodbye { failure }) => return Err(failure.into()),
                other => self.waiting.push_back(other),
            }
        }
    }

    /// Ends the session and waits until the engine agreed.
    pub async fn close(mut self) {
        if self.socket.close(None).await.is_ok() {
            while let Some(Ok(_)) = self.socket.next().await {}
        }
    }

    async fn receive(&mut self) -> Result<Event, LinkError> {
        loop {
            let frame = self.socket.next().await.ok_or(LinkError::Closed)?.map_err(Box::new)?;
            match frame {
                Frame::Text(text) => {
                    let message = serde_json::from_str(&text)
                        .map_err(|error| LinkError::NotUnderstood(error.to_string()))?;
                    return Ok(Event::Message(message));
                }
                Frame::Binary(bytes) => {
                    let (header, payload) = MediaHeader::parse(&bytes)
                        .map_err(|error| LinkError::NotUnderstood(error.to_string()))?;
                    return Ok(Event::Media(header, bytes.slice_ref(payload)));
                }
                Frame::Close(_) => return Err(LinkError::Closed),
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => {}
            }
        }
    }
}
