//! Recorded sound: heard when the picture of the same moment is shown, at once
//! after a seek, and not at other speeds.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use link::{Client, Event};
use protocol::{
    Delivery, MediaHeader, MediaKind, Message, PlaybackState, Request, StreamAddress, StreamRole,
};
use testkit::{Audio, CameraClip, Figure, measure_for, stamp, wall_us};

use crate::recording::rig::{Rig, RigOptions};

const SIZE: (u32, u32) = (320, 180);
const RATE: u32 = 25;

/// How long cameras are recorded before, and how far is gone back.
const TAKE: Duration = Duration::from_secs(14);
const BACK: i64 = 10_000_000;

/// A viewer is as far behind at most when it begins to hear.
const BEGIN: Duration = Duration::from_millis(400);

/// What is on its way may still come.
const LATE: Duration = Duration::from_millis(200);

/// Louder is the tone; silence is not exact in G.711.
const LOUD: u16 = 2000;

/// The viewer's names.
const TILE: u32 = 1;
const SOUND: u32 = 2;
const PLAYBACK: u32 = 7;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    // As long as the tone, which goes on over and over with it.
    let clip = |camera| CameraClip {
        width: SIZE.0,
        height: SIZE.1,
        gop: RATE,
        pictures: 8 * RATE,
        bits_per_second: 300_000,
        ..CameraClip::main(camera)
    };
    let audio = vec![Audio::Pcmu, Audio::Aac];
    let options = RigOptions { audio: audio.clone(), ..Default::default() };
    let rig = Rig::start_with(&[clip(1), clip(2)], options).await?;
    measure_for(TAKE).await;
    let rounds = if short { 1 } else { 10 };
    let mut figures = Vec::new();
    for (audio, number) in audio.into_iter().zip(0..) {
        let mut heard = Vec::new();
        for _ in 0..rounds {
            heard.push(Listener::round(&rig, number).await?);
        }
        let name = |figure: &str| format!("playback-sound/{}/{figure}", audio.name());
        let most = |of: fn(&Round) -> f64| heard.iter().map(of).fold(0.0, f64::max);
        let sum = |of: fn(&Round) -> u32| f64::from(heard.iter().map(of).sum::<u32>());
        let least = f64::from(3 * rounds);
        figures.extend([
            Figure::at_least(name("tones"), sum(|it| it.tones), "tones", least),
            Figure::at_most(name("off"), most(|it| it.off), "ms", 80.0),
            Figure::at_most(name("begin"), most(|it| it.begin), "ms", 400.0).speed(),
            Figure::at_most(name("sought"), most(|it| it.sought), "ms", 400.0).speed(),
            Figure::exactly(name("holes"), sum(|it| it.holes), "holes", 0.0),
            Figure::exactly(name("late"), sum(|it| it.late), "sounds", 0.0).speed(),
            Figure::exactly(name("fast"), sum(|it| it.fast), "sounds", 0.0),
        ]);
    }
    Ok(figures)
}

/// What one viewer heard.
struct Round {
    /// Tones whose picture was shown.
    tones: u32,
    /// The most that one was heard before or after its picture, in ms.
    off: f64,
    /// How long nothing was heard at first, and after a seek, in ms.
    begin: f64,
    sought: f64,
    /// How often what came did not follow on what came before.
    holes: u32,
    /// Sounds that came when they should have been heard already.
    late: u32,
    /// Sounds while recordings were played twice as fast.
    fast: u32,
}

struct Listener {
    client: Client,
    /// Samples a second and channels.
    format: (u32, u16),
    /// Where the playback is, since when.
    course: (PlaybackState, Instant),
}

/// What came while it was listened.
#[derive(Default)]
struct Heard {
    sounds: Vec<(Instant, MediaHeader, Bytes)>,
    /// Numbers of pictures, and when each was shown.
    pictures: Vec<(Instant, u32)>,
}

impl Listener {
    async fn round(rig: &Rig, camera: usize) -> Result<Round> {
        let client = rig.server.client().await?;
        let known = client.snapshot().cameras.get(camera).context("the camera")?;
        let stream = StreamAddress { camera: known.address.clone(), role: StreamRole::Main };
        let state = PlaybackState { at: 0, speed: 0.0, because: None };
        let mut this = Self { client, format: (0, 0), course: (state, Instant::now()) };
        let asked = this.play(Some(wall_us() - BACK), 1.0).await?;
        let subscribe = Request::Subscribe {
            subscription: TILE,
            stream: stream.clone(),
            width: SIZE.0,
            height: SIZE.1,
            accepts: vec![Delivery::Planes],
            codecs: None,
            playback: Some(PLAYBACK),
        };
        this.client.send(&subscribe).await?;
        let listen = Request::Listen { subscription: SOUND, stream, playback: Some(PLAYBACK) };
        this.client.send(&listen).await?;
        let heard = this.listen(Duration::from_secs(5)).await?;
        let begin = this.first(&heard, asked)?;
        let (tones, off) = this.tones(&heard);
        let (holes, late) = (this.holes(&heard), this.late(&heard, asked));

        let asked = this.play(Some(wall_us() - BACK), 1.0).await?;
        let sought = this.listen(Duration::from_secs(1)).await?;
        let sought = this.first(&sought, asked)?;
        this.play(None, 2.0).await?;
        this.listen(LATE).await?;
        let fast = this.listen(Duration::from_secs(1)).await?.sounds.len() as u32;
        this.client.close().await;
        Ok(Round { tones, off, begin, sought, holes, late, fast })
    }

    async fn play(&mut self, at: Option<i64>, speed: f64) -> Result<Instant> {
        let asked = Instant::now();
        self.client.send(&Request::Play { playback: PLAYBACK, at, speed }).await?;
        Ok(asked)
    }

    /// Takes what comes. Pictures are acknowledged at once.
    async fn listen(&mut self, time: Duration) -> Result<Heard> {
        let mut heard = Heard::default();
        let end = tokio::time::Instant::now() + time;
        while let Ok(event) = tokio::time::timeout_at(end, self.client.next()).await {
            let now = Instant::now();
            match event? {
                Event::Media(header, payload) if header.kind == MediaKind::Sound => {
                    heard.sounds.push((now, header, payload));
                }
                Event::Media(header, payload) => {
                    let row = (SIZE.1 / 36 * SIZE.0) as usize;
                    let row = payload.get(row..row + SIZE.0 as usize);
                    let (_, number) = row.and_then(stamp::read).context("a picture's strip")?;
                    heard.pictures.push((now, number));
                    let acknowledge = Request::Acknowledge {
                        subscription: TILE,
                        sequence: header.sequence,
                        drawn: Some(header.wall_time),
                    };
                    self.client.send(&acknowledge).await?;
                }
                Event::Message(Message::Playback { state, .. }) => self.course = (state, now),
                Event::Message(Message::Sound { rate, channels, .. }) => {
                    self.format = (rate, channels);
                }
                Event::Message(Message::Unsubscribed { failure, .. }) => bail!(failure.message),
                Event::Message(_) => {}
            }
        }
        Ok(heard)
    }

    /// When a viewer lets a moment be heard, or has it shown.
    fn due(&self, at: i64) -> Instant {
        let (state, since) = self.course;
        let wait = at - state.at;
        let span = Duration::from_micros(wait.unsigned_abs());
        if wait < 0 { since - span } else { since + span }
    }

    /// How long a sound is, in µs.
    fn length(&self, payload: &Bytes) -> i64 {
        let samples = payload.len() as i64 / (2 * i64::from(self.format.1.max(1)));
        samples * 1_000_000 / i64::from(self.format.0.max(1))
    }

    /// How long after `asked` the first is heard that came in time, in ms.
    fn first(&self, heard: &Heard, asked: Instant) -> Result<f64> {
        let due = heard.sounds.iter().map(|(came, header, _)| (came, self.due(header.wall_time)));
        let in_time = due.filter(|(came, due)| *due >= **came && *due >= asked);
        let first = in_time.map(|(_, due)| due).min().context("nothing is heard")?;
        Ok(first.duration_since(asked).as_secs_f64() * 1000.0)
    }

    /// How many tones begin with a picture of theirs, and how far off one is at most.
    fn tones(&self, heard: &Heard) -> (u32, f64) {
        let (mut tones, mut off, mut quiet) = (0, 0.0f64, i64::MIN);
        for (_, header, payload) in &heard.sounds {
            let length = self.length(payload);
            let samples: Vec<u16> = payload
                .chunks_exact(2)
                .map(|it| i16::from_le_bytes([it[0], it[1]]).unsigned_abs())
                .collect();
            let Some(first) = samples.iter().position(|it| *it > LOUD) else {
                continue;
            };
            let at = header.wall_time + length * first as i64 / samples.len() as i64;
            let is_onset = quiet != i64::MIN && at - quiet > 500_000;
            quiet = header.wall_time + length;
            if !is_onset {
                continue;
            }
            let due = self.due(at);
            let apart = |shown: &Instant| {
                due.max(*shown).duration_since(due.min(*shown)).as_secs_f64() * 1000.0
            };
            let begins = heard.pictures.iter().filter(|(_, number)| number % RATE == 0);
            let nearest = begins.map(|(shown, _)| apart(shown)).fold(f64::MAX, f64::min);
            if nearest < 500.0 {
                (tones, off) = (tones + 1, off.max(nearest));
            }
        }
        (tones, off)
    }

    fn holes(&self, heard: &Heard) -> u32 {
        let follows = |pair: &[(Instant, MediaHeader, Bytes)]| {
            let end = pair[0].1.wall_time + self.length(&pair[0].2);
            // Times of sound waver.
            end.abs_diff(pair[1].1.wall_time) < 60_000
        };
        heard.sounds.windows(2).filter(|pair| !follows(pair)).count() as u32
    }

    fn late(&self, heard: &Heard, asked: Instant) -> u32 {
        let is_late = |(came, header, _): &&(Instant, MediaHeader, Bytes)| {
            *came > asked + BEGIN && self.due(header.wall_time) < *came
        };
        heard.sounds.iter().filter(is_late).count() as u32
    }
}
