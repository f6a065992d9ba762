use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use link::{Client, Event};
use protocol::{Delivery, FailureCode, Message, PictureFormat, Request, StreamAddress};
use tokio::task::JoinHandle;

/// A viewer without a screen: it takes every picture and acknowledges it at once.
pub struct Viewer {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<Result<()>>,
}

#[derive(Default)]
struct Seen {
    /// By the subscription.
    taken: BTreeMap<u32, u64>,
    /// What was announced, by its number.
    formats: BTreeMap<u32, PictureFormat>,
    /// The number in the header of the last picture of a subscription.
    last: BTreeMap<u32, u32>,
}

impl Viewer {
    /// Subscribes to `streams`, as subscriptions 1, 2, …, with `client`.
    pub async fn watch(mut client: Client, streams: &[StreamAddress]) -> Result<Self> {
        for (subscription, stream) in (1..).zip(streams) {
            client.send(&subscribe(subscription, stream)).await?;
        }
        let seen = Arc::new(Mutex::new(Seen::default()));
        let kept = Arc::clone(&seen);
        let streams = streams.to_vec();
        let task = tokio::spawn(async move {
            loop {
                match client.next().await? {
                    Event::Media(header, _) => {
                        {
                            let mut seen = lock(&kept);
                            *seen.taken.entry(header.subscription).or_insert(0) += 1;
                            seen.last.insert(header.subscription, header.format);
                        }
                        let acknowledge = Request::Acknowledge {
                            subscription: header.subscription,
                            sequence: header.sequence,
                            // No clock of this viewer is measured.
                            drawn: Some(header.wall_time),
                        };
                        client.send(&acknowledge).await?;
                    }
                    Event::Message(Message::Format { format, picture, .. }) => {
                        lock(&kept).formats.insert(format, picture);
                    }
                    // As screens do: what cannot be decoded now may be later.
                    Event::Message(Message::Unsubscribed { subscription, failure })
                        if failure.code == FailureCode::Unsupported =>
                    {
                        let stream = &streams[subscription as usize - 1];
                        client.send(&subscribe(subscription, stream)).await?;
                    }
                    Event::Message(Message::Unsubscribed { failure, .. }) => {
                        return Err(failure.into());
                    }
                    Event::Message(_) => {}
                }
            }
        });
        Ok(Self { seen, task })
    }

    /// How many pictures of `subscription` came so far.
    pub fn taken(&self, subscription: u32) -> u64 {
        lock(&self.seen).taken.get(&subscription).copied().unwrap_or(0)
    }

    /// What the last picture of `subscription` was.
    pub fn format(&self, subscription: u32) -> Option<PictureFormat> {
        let seen = lock(&self.seen);
        seen.formats.get(seen.last.get(&subscription)?).cloned()
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
        codecs: None,
        playback: None,
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
