use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use link::{Client, Event};
use protocol::{Delivery, Message, Request, StreamAddress};
use tokio::task::JoinHandle;

/// A viewer without a screen: it takes every picture and acknowledges it at once.
pub struct Viewer {
    taken: Arc<Mutex<BTreeMap<u32, u64>>>,
    task: JoinHandle<Result<()>>,
}

impl Viewer {
    /// Subscribes to `streams`, as subscriptions 1, 2, …, with `client`.
    pub async fn watch(mut client: Client, streams: &[StreamAddress]) -> Result<Self> {
        for (subscription, stream) in (1..).zip(streams) {
            client.send(&subscribe(subscription, stream)).await?;
        }
        let taken = Arc::new(Mutex::new(BTreeMap::new()));
        let kept = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            loop {
                match client.next().await? {
                    Event::Media(header, _) => {
                        *lock(&kept).entry(header.subscription).or_insert(0) += 1;
                        let acknowledge = Request::Acknowledge {
                            subscription: header.subscription,
                            sequence: header.sequence,
                            // No clock of this viewer is measured.
                            drawn: header.wall_time,
                        };
                        client.send(&acknowledge).await?;
                    }
                    Event::Message(Message::Unsubscribed { failure, .. }) => {
                        return Err(failure.into());
                    }
                    Event::Message(_) => {}
                }
            }
        });
        Ok(Self { taken, task })
    }

    /// How many pictures of `subscription` came so far.
    pub fn taken(&self, subscription: u32) -> u64 {
        lock(&self.taken).get(&subscription).copied().unwrap_or(0)
    }

    /// Whether the session still stands.
    pub fn is_on(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn subscribe(subscription: u32, stream: &StreamAddress) -> Request {
    Request::Subscribe {
        subscription,
        stream: stream.clone(),
        width: 320,
        height: 180,
        accepts: vec![Delivery::Planes],
    }
}

fn lock(taken: &Mutex<BTreeMap<u32, u64>>) -> MutexGuard<'_, BTreeMap<u32, u64>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}
