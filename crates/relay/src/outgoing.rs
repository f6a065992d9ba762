use axum::body::Bytes;
use protocol::Message;
use tokio::sync::OwnedSemaphorePermit;

/// What goes to the socket, and the room it takes among what waits, where that is
/// limited.
pub enum Outgoing {
    /// As JSON.
    Message(Message, Option<OwnedSemaphorePermit>),
    /// Header and payload.
    Media(Bytes, Option<OwnedSemaphorePermit>),
}
