//! The way of one subscription's messages to the socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Bytes;
use engine::view;
use protocol::{Failure, MediaHeader, Message};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::outgoing::Outgoing;

/// Where a subscription's messages go.
#[derive(Clone)]
pub struct Line {
    subscription: u32,
    /// The next format's number, in this session.
    formats: Arc<AtomicU32>,
    outgoing: mpsc::Sender<Outgoing>,
}

impl Line {
    /// For `subscription`.
    pub fn new(
        subscription: u32,
        formats: Arc<AtomicU32>,
        outgoing: mpsc::Sender<Outgoing>,
    ) -> Self {
        Self { subscription, formats, outgoing }
    }

    /// The viewer's name for it.
    pub fn subscription(&self) -> u32 {
        self.subscription
    }

    /// A number for a format.
    pub fn number(&self) -> u32 {
        self.formats.fetch_add(1, Ordering::Relaxed)
    }

    /// Sends a text message. An error where the session is over.
    pub async fn say(&self, message: Message) -> Result<(), Failure> {
        self.push(Outgoing::Message(message, None)).await
    }

    /// Sends a text message that takes `room` until it is sent. An error where the
    /// session is over.
    pub async fn say_in(
        &self,
        message: Message,
        room: OwnedSemaphorePermit,
    ) -> Result<(), Failure> {
        self.push(Outgoing::Message(message, Some(room))).await
    }

    /// Sends a binary message. An error where the session is over.
    pub async fn send(
        &self,
        header: MediaHeader,
        payload: &[u8],
        room: Option<OwnedSemaphorePermit>,
    ) -> Result<(), Failure> {
        self.push(Outgoing::Media(Bytes::from(header.with(payload)), room)).await
    }

    /// Says that the subscription is over, and why.
    pub async fn end(&self, failure: Failure) {
        let subscription = self.subscription;
        // Nobody is there to be told where the session is over.
        self.say(Message::Unsubscribed { subscription, failure }).await.ok();
    }

    async fn push(&self, outgoing: Outgoing) -> Result<(), Failure> {
        let sent = self.outgoing.send(outgoing).await;
        sent.map_err(|_| view::not_found("The session is over."))
    }
}
