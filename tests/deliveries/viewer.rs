//! A viewer that answers as a promise wants it to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use link::{Client, Event};
use protocol::{Delivery, MediaHeader, Message, Request, StreamAddress};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

pub const ALL: [Delivery; 3] = [Delivery::Planes, Delivery::Encoded, Delivery::Jpeg];

/// As the protocol has it.
pub fn name(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Planes => "planes",
        Delivery::Jpeg => "jpeg",
        Delivery::Encoded => "encoded",
    }
}

/// How it answers what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// As it should.
    Once,
    /// Everything again.
    Twice,
    /// So long after the one before, the newest.
    Slowly(Duration),
    Never,
}

/// What came of a picture or a unit.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    pub at: Instant,
    pub header: MediaHeader,
}

/// What a subscription was said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub format: u32,
    pub delivery: Delivery,
    pub reason: String,
}

pub struct AnsweringViewer {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<Result<()>>,
}

#[derive(Default)]
struct Seen {
    came: BTreeMap<u32, Vec<Came>>,
    said: BTreeMap<u32, Vec<Said>>,
}

impl AnsweringViewer {
    /// Subscribes to `streams`, as 1, 2, …, as a browser that decodes H.264.
    pub async fn watch(
        mut client: Client,
        streams: &[StreamAddress],
        accepts: &[Delivery],
        answers: Answers,
    ) -> Result<Self> {
        for (subscription, stream) in (1..).zip(streams) {
            let request = Request::Subscribe {
                subscription,
                stream: stream.clone(),
                width: 640,
                height: 360,
                accepts: accepts.to_vec(),
                codecs: Some(vec!["h264".to_owned()]),
                playback: None,
            };
            client.send(&request).await?;
        }
        let seen = Arc::new(Mutex::new(Seen::default()));
        let kept = Arc::clone(&seen);
        let task = tokio::spawn(async move { answer(client, answers, &kept).await });
        Ok(Self { seen, task })
    }

    /// What came of `subscription`.
    pub fn came(&self, subscription: u32) -> Vec<Came> {
        lock(&self.seen).came.get(&subscription).cloned().unwrap_or_default()
    }

    /// What `subscription` was said to be, one after the other.
    pub fn said(&self, subscription: u32) -> Vec<Said> {
        lock(&self.seen).said.get(&subscription).cloned().unwrap_or_default()
    }

    /// How much came in all.
    pub fn count(&self) -> usize {
        lock(&self.seen).came.values().map(Vec::len).sum()
    }

    /// Whether the session still stands.
    pub fn is_on(&self) -> bool {
        !self.task.is_finished()
    }
}

impl Drop for AnsweringViewer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut client: Client, answers: Answers, seen: &Mutex<Seen>) -> Result<()> {
    let pause = match answers {
        Answers::Slowly(pause) => pause,
        _ => Duration::from_secs(3600),
    };
    let mut turns = tokio::time::interval(pause);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut newest = BTreeMap::new();
    loop {
        let event = tokio::select! {
            event = client.next() => event?,
            _ = turns.tick() => {
                for (_, header) in std::mem::take(&mut newest) {
                    client.send(&acknowledge(header)).await?;
                }
                continue;
            }
        };
        match event {
            Event::Media(header, _) => {
                let came = Came { at: Instant::now(), header };
                lock(seen).came.entry(header.subscription).or_default().push(came);
                match answers {
                    Answers::Never => {}
                    Answers::Slowly(_) => {
                        newest.insert(header.subscription, header);
                    }
                    Answers::Once => client.send(&acknowledge(header)).await?,
                    Answers::Twice => {
                        client.send(&acknowledge(header)).await?;
                        client.send(&acknowledge(header)).await?;
                    }
                }
            }
            Event::Message(Message::Format { format, subscription, picture, reason }) => {
                let said = Said { format, delivery: picture.delivery, reason };
                lock(seen).said.entry(subscription).or_default().push(said);
            }
            Event::Message(Message::Encoding { format, subscription, reason, .. }) => {
                let said = Said { format, delivery: Delivery::Encoded, reason };
                lock(seen).said.entry(subscription).or_default().push(said);
            }
            Event::Message(Message::Unsubscribed { failure, .. }) => return Err(failure.into()),
            Event::Message(_) => {}
        }
    }
}

fn acknowledge(header: MediaHeader) -> Request {
    Request::Acknowledge {
        subscription: header.subscription,
        sequence: header.sequence,
        drawn: Some(header.wall_time),
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
