use axum::body::Bytes;
use protocol::Message;
use tokio::sync::OwnedSemaphorePermit;

/// What goes to the socket.
pub enum Outgoing {
    /// As JSON.
    Message(Message),
    /// Header and payload, and the room it takes among those that wait, where
    /// that is limited.
    Media(Bytes, Option<OwnedSemaphorePermit>),
}
