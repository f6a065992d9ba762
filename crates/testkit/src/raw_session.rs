use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use protocol::{Door, Failure, Message, PATH, PROTOCOL_VERSION, Request};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A session in which anything may be said, also what no viewer of ours would.
pub struct RawSession {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl RawSession {
    /// Opens the connection; says nothing.
    pub async fn open(door: &Door) -> Result<Self> {
        Self::open_from(door, &format!("http://{}", door.address)).await
    }

    /// Opens the connection as a page of `origin` would.
    pub async fn open_from(door: &Door, origin: &str) -> Result<Self> {
        let mut request = format!("ws://{}{PATH}", door.address).into_client_request()?;
        request.headers_mut().insert("Origin", HeaderValue::from_str(origin)?);
        let (socket, _) = connect_async(request).await.context("opening a raw session")?;
        Ok(Self { socket })
    }

    /// Opens the connection and introduces itself.
    pub async fn enter(door: &Door) -> Result<Self> {
        let mut session = Self::open(door).await?;
        let asked = door.clone();
        let ticket = tokio::task::spawn_blocking(move || link::ticket(&asked)).await??;
        let hello = Request::Hello { version: PROTOCOL_VERSION, ticket };
        session.say(serde_json::to_string(&hello)?).await?;
        Ok(session)
    }

    /// Sends a text message.
    pub async fn say(&mut self, text: impl Into<String>) -> Result<()> {
        Ok(self.socket.send(Frame::text(text.into())).await?)
    }

    /// Sends a binary message.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) -> Result<()> {
        Ok(self.socket.send(Frame::binary(bytes)).await?)
    }

    /// Listens until the server ends the session, and returns what it gave as
    /// the reason, if it gave one.
    pub async fn end(&mut self, limit: Duration) -> Result<Option<Failure>> {
        let listen = async {
            let mut reason = None;
            // A broken connection is an end too; the sentence comes before it.
            while let Some(Ok(frame)) = self.socket.next().await {
                let Frame::Text(text) = frame else { continue };
                if let Ok(Message::Goodbye { failure }) = serde_json::from_str(&text) {
                    reason = Some(failure);
                }
            }
            reason
        };
        tokio::time::timeout(limit, listen).await.context("the server did not end the session")
    }
}
