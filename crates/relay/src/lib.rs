//! The server side of the protocol: HTTP, WebSocket, sessions.
//!
//! [`Relay::serve`] answers on loopback: the UI's files, tickets for whoever
//! has a key, and sessions for whoever has a ticket. What a session may ask of
//! the engine is in [`session`]; how its tiles are served in [`tile`],
//! which goes by what a viewer [`accepts`], and what it hears and observes in [`sound`]
//! and [`observed`]; how they are paced in [`pictures`] and
//! [`units`].

mod accepts;
mod announced;
mod hosts;
mod http;
mod keys;
mod line;
mod listen;
mod observed;
mod outgoing;
mod pictures;
mod recorded;
mod running;
mod session;
mod sound;
mod tile;
mod ui;
mod units;
mod writing;

pub use keys::random_key;
pub use listen::{ListenError, Listeners};

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::Engine;
use protocol::Sensitive;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::hosts::Hosts;
use crate::keys::Keys;

/// The relay of one engine. Cheap to clone; clones are the same relay.
#[derive(Clone)]
pub struct Relay(Arc<Inner>);

struct Inner {
    engine: Engine,
    hosts: Hosts,
    keys: Keys,
    sessions: watch::Sender<usize>,
    refused: AtomicUsize,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Relay {
    /// A relay for `engine` on the addresses of `listeners`. Who has
    /// `owner_key` may come in.
    pub fn new(engine: Engine, listeners: &Listeners, owner_key: Sensitive) -> Self {
        let keys = Keys::new(engine.clock().clone(), owner_key);
        Self(Arc::new(Inner {
            engine,
            hosts: Hosts::loopback(listeners.port()),
            keys,
            sessions: watch::Sender::new(0),
            refused: AtomicUsize::new(0),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    /// A single-use ticket, for an address that a person opens in a browser.
    pub fn ticket(&self) -> Sensitive {
        self.0.keys.ticket()
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> watch::Receiver<usize> {
        self.0.sessions.subscribe()
    }

    /// Answers until [`Relay::shut_down`].
    pub async fn serve(&self, listeners: Listeners) {
        for listener in listeners.into_inner() {
            let app = http::router(self.clone());
            let stop = self.0.stop.clone();
            self.0.tasks.spawn(async move {
                let serving = axum::serve(listen::without_delay(listener), app)
                    .with_graceful_shutdown(stop.cancelled_owned());
                if let Err(error) = serving.await {
                    tracing::error!("the listener failed: {error}");
                }
            });
        }
        self.0.stop.cancelled().await;
    }

    /// Says goodbye to every viewer and awaits every session.
    pub async fn shut_down(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    fn refuse(&self, what: &str) {
        let refused = self.0.refused.fetch_add(1, Ordering::Relaxed) + 1;
        // Not a line for each: whoever is refused would fill the log.
        if refused.is_power_of_two() {
            tracing::warn!(refused, "refused: {what}");
        }
    }
}
