//! What a session sends.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message as Frame, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use protocol::{Failure, FailureCode, Message, Update};
use tokio::sync::{broadcast, mpsc};

use crate::outgoing::Outgoing;

/// How often a viewer must show that it is there.
pub const PING: Duration = Duration::from_secs(10);

/// A viewer that takes no byte for so long is gone.
const STALLED: Duration = Duration::from_secs(20);

/// Sends `welcome`, and updates and what is queued after it, until that goes no
/// longer: why.
pub async fn write(
    sink: &mut SplitSink<WebSocket, Frame>,
    welcome: Message,
    mut updates: broadcast::Receiver<Arc<Update>>,
    mut queue: mpsc::Receiver<Outgoing>,
) -> Failure {
    let mut ping = tokio::time::interval(PING);
    let mut next = text(&welcome);
    loop {
        match tokio::time::timeout(STALLED, sink.send(next)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Failure::new(FailureCode::Ended, error.to_string()),
            Err(_) => return Failure::new(FailureCode::Ended, "The viewer takes no more."),
        }
        next = tokio::select! {
            // Updates first: pictures of a stream come after the news that it is live.
            biased;
            update = updates.recv() => match update {
                Ok(update) => text(&Message::Update { update: Update::clone(&update) }),
                Err(broadcast::error::RecvError::Lagged(_)) => {
                    let message = "The viewer fell behind. It may connect again.";
                    return Failure::new(FailureCode::TooMany, message);
                }
                Err(broadcast::error::RecvError::Closed) => {
                    return Failure::new(FailureCode::Stopping, "The server is stopping.");
                }
            },
            Some(outgoing) = queue.recv() => match outgoing {
                Outgoing::Message(message, room) => {
                    drop(room);
                    text(&message)
                }
                Outgoing::Media(bytes, room) => {
                    drop(room);
                    Frame::Binary(bytes)
                }
            },
            _ = ping.tick() => Frame::Ping(Bytes::new()),
        };
    }
}

/// As JSON.
pub fn text(message: &Message) -> Frame {
    Frame::Text(serde_json::to_string(message).expect("messages are plain JSON").into())
}
