//! A viewer without a screen, of tiles that show recordings.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use link::{Client, Event};
use protocol::{Delivery, MediaHeader, Message, RecordedState, Request, StreamAddress};

/// The playback of all its tiles.
const PLAYBACK: u32 = 1;

/// However slow the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tiles that show the same time.
pub struct Viewer {
    client: Client,
    tiles: u32,
}

/// A picture that came.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    /// The tile, from 1.
    pub tile: u32,
    /// When it was recorded, in µs since 1970 UTC.
    pub wall: i64,
    /// Whether the exact one follows.
    pub is_approximate: bool,
    /// Of its samples.
    pub hash: u64,
    /// When it came.
    pub at: Instant,
}

/// What came.
#[derive(Clone, Debug)]
pub enum News {
    /// A picture.
    Picture(Came),
    /// What a tile shows.
    Recorded(RecordedState),
}

impl Viewer {
    /// Shows `streams` at `at`, as tiles 1, 2, …, each of `size`.
    pub async fn open(
        mut client: Client,
        streams: &[StreamAddress],
        size: (u32, u32),
        at: i64,
    ) -> Result<Self> {
        client.send(&Request::Play { playback: PLAYBACK, at: Some(at), speed: 0.0 }).await?;
        for (subscription, stream) in (1..).zip(streams) {
            let subscribe = Request::Subscribe {
                subscription,
                stream: stream.clone(),
                width: size.0,
                height: size.1,
                accepts: vec![Delivery::Planes],
                codecs: None,
                playback: Some(PLAYBACK),
            };
            client.send(&subscribe).await?;
        }
        Ok(Self { client, tiles: streams.len() as u32 })
    }

    /// Goes to `at`, and on as fast as `speed`.
    pub async fn play(&mut self, at: Option<i64>, speed: f64) -> Result<Instant> {
        let asked = Instant::now();
        self.client.send(&Request::Play { playback: PLAYBACK, at, speed }).await?;
        Ok(asked)
    }

    /// Steps by pictures of the first tile.
    pub async fn step(&mut self, pictures: i32) -> Result<()> {
        let step = Request::Step { playback: PLAYBACK, subscription: 1, pictures };
        Ok(self.client.send(&step).await?)
    }

    /// What comes next, where something does before `end`. Pictures are
    /// acknowledged at once.
    pub async fn next(&mut self, end: Instant) -> Result<Option<News>> {
        loop {
            let event = match tokio::time::timeout_at(end.into(), self.client.next()).await {
                Err(_) => return Ok(None),
                Ok(event) => event?,
            };
            match event {
                Event::Media(header, payload) => {
                    let mut hasher = DefaultHasher::new();
                    payload.hash(&mut hasher);
                    let came = Came {
                        tile: header.subscription,
                        wall: header.wall_time,
                        is_approximate: header.flags & MediaHeader::APPROXIMATE != 0,
                        hash: hasher.finish(),
                        at: Instant::now(),
                    };
                    let acknowledge = Request::Acknowledge {
                        subscription: header.subscription,
                        sequence: header.sequence,
                        drawn: Some(header.wall_time),
                    };
                    self.client.send(&acknowledge).await?;
                    return Ok(Some(News::Picture(came)));
                }
                Event::Message(Message::Recorded { state, .. }) => {
                    return Ok(Some(News::Recorded(state)));
                }
                Event::Message(Message::Unsubscribed { failure, .. }) => return Err(failure.into()),
                Event::Message(_) => {}
            }
        }
    }

    /// Waits for the exact picture of `at` on every tile, which are pictures of
    /// streams that have one each `interval` µs. The exact ones, and the first
    /// approximate one.
    pub async fn shown(
        &mut self,
        at: i64,
        interval: i64,
    ) -> Result<(BTreeMap<u32, Came>, Option<Came>)> {
        let end = Instant::now() + PATIENCE;
        let (mut exact, mut coarse) = (BTreeMap::new(), None);
        let mut others = Vec::new();
        while exact.len() < self.tiles as usize {
            let news = self.next(end).await?;
            let news = news.with_context(|| {
                format!(
                    "{} of {} tiles show the time asked for; µs behind it: {others:?}",
                    exact.len(),
                    self.tiles
                )
            })?;
            match news {
                News::Picture(came) if came.is_approximate => {
                    coarse.get_or_insert(came);
                }
                // A camera's pictures are not evenly spaced to the µs: two intervals are
                // none too many.
                News::Picture(came) if (0..2 * interval).contains(&(at - came.wall)) => {
                    exact.insert(came.tile, came);
                }
                News::Picture(came) => others.push((came.tile, at - came.wall)),
                News::Recorded(RecordedState::Failed { message }) => bail!(message),
                _ => {}
            }
        }
        Ok((exact, coarse))
    }

    /// The next picture of the first tile.
    pub async fn picture(&mut self) -> Result<Came> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.next(end).await?.context("no picture came")? {
                News::Picture(came) if !came.is_approximate && came.tile == 1 => return Ok(came),
                News::Recorded(RecordedState::Failed { message }) => bail!(message),
                _ => {}
            }
        }
    }
}
