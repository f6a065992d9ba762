//! Back ten seconds from what is live, and on until it is live again: what
//! files and memory have is one.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use link::{Client, Event};
use protocol::{
    Delivery, Message, PlaybackTurn, RecordedState, RecordingMode, Request, StreamAddress,
    StreamRole,
};
use testkit::{CameraClip, Figure, stamp};

use crate::recording::rig::{self, Rig};

const SIZE: (u32, u32) = (640, 360);
const RATE: u32 = 15;
const CLIP: u32 = 60 * RATE;

/// How far is gone back, in µs.
const BACK: i64 = 10_000_000;

/// However slow the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

/// The viewer's names.
const LIVE: u32 = 1;
const AGAIN: u32 = 2;
const PLAYBACK: u32 = 7;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let clip = |camera| CameraClip {
        width: SIZE.0,
        height: SIZE.1,
        rate: RATE,
        gop: RATE,
        pictures: CLIP,
        bits_per_second: 500_000,
        ..CameraClip::main(camera)
    };
    let rig = Rig::start(&[clip(1), clip(2)]).await?;
    let client = rig.server.client().await?;
    let streams: Vec<StreamAddress> = client
        .snapshot()
        .cameras
        .iter()
        .map(|it| StreamAddress { camera: it.address.clone(), role: StreamRole::Main })
        .collect();
    client.close().await;
    rig::set_plan(&rig.server, &streams[1], rig::plan(RecordingMode::Off)).await?;
    let rounds = if short { 1 } else { 20 };
    let mut figures = Vec::new();
    for (name, stream) in [("recorded", &streams[0]), ("unrecorded", &streams[1])] {
        let mut seen = Vec::new();
        for _ in 0..rounds {
            let client = rig.server.client().await?;
            seen.push(Viewer { client, last: None }.round(stream).await?);
        }
        let name = |figure: &str| format!("replay/{name}/{figure}");
        let most = |of: fn(&Round) -> f64| seen.iter().map(of).fold(0.0, f64::max);
        let sum = |of: fn(&Passed) -> u32| {
            seen.iter().map(|it| of(&it.again) + of(&it.live)).sum::<u32>().into()
        };
        figures.extend([
            Figure::at_most(name("first"), most(|it| it.first * 1000.0), "ms", 150.0).speed(),
            Figure::at_most(name("off"), most(|it| it.off.into()), "pictures", 1.0),
            Figure::at_least(name("pictures"), sum(|it| it.pictures), "pictures", 100.0),
            Figure::exactly(name("repeated"), sum(|it| it.repeated), "pictures", 0.0),
            // Pictures that come late are passed over: the machine may be busy.
            Figure::exactly(name("missing"), sum(|it| it.missing), "pictures", 0.0).speed(),
            Figure::at_most(name("hole"), most(|it| it.again.hole.into()), "pictures", 7.0),
            Figure::at_most(name("jump"), most(|it| it.jump.into()), "pictures", 10.0).speed(),
        ]);
    }
    Ok(figures)
}

/// What one way back and forth brought.
struct Round {
    /// Seconds until the first picture.
    first: f64,
    /// How many pictures it was off.
    off: u32,
    /// Until it had caught up.
    again: Passed,
    /// What is missing between that and what is live.
    jump: u32,
    /// From then on.
    live: Passed,
}

/// Pictures one after another.
#[derive(Default)]
struct Passed {
    pictures: u32,
    repeated: u32,
    missing: u32,
    /// The most that are missing at once.
    hole: u32,
}

struct Viewer {
    client: Client,
    /// Number of the last picture.
    last: Option<u32>,
}

enum News {
    Picture { subscription: u32, number: u32, wall: i64 },
    Turn(PlaybackTurn),
}

impl Viewer {
    async fn round(mut self, stream: &StreamAddress) -> Result<Round> {
        self.subscribe(LIVE, stream, None).await?;
        let mut live = Vec::new();
        let end = Instant::now() + Duration::from_micros(BACK as u64 + 2_000_000);
        while let Some(news) = self.next(end).await? {
            if let News::Picture { number, wall, .. } = news {
                live.push((wall, number));
            }
        }
        let at = live.last().context("nothing is live")?.0 - BACK;
        let expected = live.iter().rfind(|(wall, _)| *wall <= at).context("ten seconds")?.1;

        let asked = Instant::now();
        let play = Request::Play { playback: PLAYBACK, at: Some(at), speed: 1.0 };
        self.client.send(&play).await?;
        self.subscribe(AGAIN, stream, Some(PLAYBACK)).await?;
        self.client.send(&Request::Unsubscribe { subscription: LIVE }).await?;
        let number = self.first(AGAIN).await?;
        let first = asked.elapsed().as_secs_f64();
        let off = number.abs_diff(expected).min(CLIP - number.abs_diff(expected));
        let mut again = Passed::default();
        let mut faster = Some(Instant::now() + Duration::from_secs(4));
        loop {
            let end = faster.unwrap_or(Instant::now() + PATIENCE);
            match self.next(end).await? {
                Some(News::Picture { subscription: AGAIN, number, .. }) => {
                    self.pass(number, &mut again);
                }
                Some(News::Turn(PlaybackTurn::Live)) => break,
                Some(_) => {}
                None if faster.take().is_some() => {
                    let play = Request::Play { playback: PLAYBACK, at: None, speed: 2.0 };
                    self.client.send(&play).await?;
                }
                None => bail!("it does not catch up"),
            }
        }
        let before = self.last.context("a picture")?;
        self.client.send(&Request::EndPlayback { playback: PLAYBACK }).await?;
        self.subscribe(LIVE, stream, None).await?;
        let number = self.first(LIVE).await?;
        let jump = (number + CLIP - before) % CLIP;
        let mut live = Passed::default();
        let end = Instant::now() + Duration::from_secs(2);
        while let Some(news) = self.next(end).await? {
            if let News::Picture { subscription: LIVE, number, .. } = news {
                self.pass(number, &mut live);
            }
        }
        self.client.close().await;
        Ok(Round { first, off, again, jump, live })
    }

    async fn subscribe(
        &mut self,
        subscription: u32,
        stream: &StreamAddress,
        playback: Option<u32>,
    ) -> Result<()> {
        let subscribe = Request::Subscribe {
            subscription,
            stream: stream.clone(),
            width: SIZE.0,
            height: SIZE.1,
            accepts: vec![Delivery::Planes],
            codecs: None,
            playback,
        };
        Ok(self.client.send(&subscribe).await?)
    }

    /// Number of the first picture of a tile.
    async fn first(&mut self, of: u32) -> Result<u32> {
        let end = Instant::now() + PATIENCE;
        loop {
            let news = self.next(end).await?.context("no picture came")?;
            if let News::Picture { subscription, number, .. } = news
                && subscription == of
            {
                self.last = Some(number);
                return Ok(number);
            }
        }
    }

    fn pass(&mut self, number: u32, passed: &mut Passed) {
        let last = self.last.replace(number).unwrap_or(number);
        let step = (number + CLIP - last) % CLIP;
        passed.pictures += 1;
        if step == 0 || step > CLIP / 2 {
            passed.repeated += 1;
        } else {
            passed.missing += step - 1;
            passed.hole = passed.hole.max(step - 1);
        }
    }

    /// What comes next, where something does before `end`. Pictures are
    /// acknowledged at once.
    async fn next(&mut self, end: Instant) -> Result<Option<News>> {
        loop {
            let event = match tokio::time::timeout_at(end.into(), self.client.next()).await {
                Err(_) => return Ok(None),
                Ok(event) => event?,
            };
            match event {
                Event::Media(header, payload) => {
                    let (subscription, wall) = (header.subscription, header.wall_time);
                    let row = (SIZE.1 / 36 * SIZE.0) as usize;
                    let row = payload.get(row..row + SIZE.0 as usize);
                    let (_, number) = row.and_then(stamp::read).context("a picture's strip")?;
                    let sequence = header.sequence;
                    let drawn = Some(wall);
                    let acknowledge = Request::Acknowledge { subscription, sequence, drawn };
                    self.client.send(&acknowledge).await?;
                    return Ok(Some(News::Picture { subscription, number, wall }));
                }
                Event::Message(Message::Playback { state, .. }) => {
                    if let Some(because) = state.because {
                        return Ok(Some(News::Turn(because)));
                    }
                }
                Event::Message(Message::Unsubscribed { failure, .. }) => {
                    return Err(failure.into());
                }
                Event::Message(Message::Recorded {
                    state: RecordedState::Failed { message },
                    ..
                }) => bail!(message),
                Event::Message(_) => {}
            }
        }
    }
}
