//! What is told of volumes, and when.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use link::Event;
use protocol::{Message, Update, VolumeState};
use testkit::{Server, until, wall_us};
use tokio::task::JoinHandle;

/// A viewer that hears how volumes are doing.
pub struct Alarm {
    heard: Arc<Mutex<Vec<Heard>>>,
    task: JoinHandle<()>,
}

/// What was heard of a volume.
#[derive(Clone, Debug)]
pub struct Heard {
    /// When, in µs since 1970 UTC.
    pub at: i64,
    /// How it is doing.
    pub state: VolumeState,
}

impl Alarm {
    /// Hears what `server` tells.
    pub async fn listen(server: &Server) -> Result<Self> {
        let mut client = server.client().await?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        let task = tokio::spawn(async move {
            while let Ok(event) = client.next().await {
                if let Event::Message(Message::Update {
                    update: Update::VolumeState { state, .. },
                }) = event
                {
                    let heard = Heard { at: wall_us(), state };
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
                }
            }
        });
        Ok(Self { heard, task })
    }

    /// What was heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// When something was first heard after `since` that `wanted` takes.
    pub async fn after(
        &self,
        since: i64,
        limit: Duration,
        what: &str,
        wanted: impl Fn(&VolumeState) -> bool,
    ) -> Result<i64> {
        let told = until(limit, what, async || {
            let heard = self.heard();
            Ok(heard.iter().find(|it| it.at >= since && wanted(&it.state)).map(|it| it.at))
        });
        told.await.map_err(|error| error.context(format!("{:?} was heard", self.heard())))
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.task.abort();
    }
}
