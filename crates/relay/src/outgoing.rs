use axum::body::Bytes;
use protocol::Message;
use tokio::sync::OwnedSemaphorePermit;

/// What goes to the socket.
pub enum Outgoing {
    /// As JSON.
    Message(Message),
    /// Header and payload.
    Media(Bytes),
    /// Header and payload, and the place it takes among those that wait.
    Sound(Bytes, OwnedSemaphorePermit),
}
