//! The recorded sound of one stream, in step with a playback that is as fast as
//! what it shows was. Nothing is heard of any other.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use media::{AudioUnit, Clock, Sound, WallTime};
use protocol::Failure;
use tokio::sync::watch;
use tokio::time::Instant;
use workers::{SoundDecoder, SoundEvent};

use super::pace::Pace;
use super::reel::Reel;
use super::{Playback, Turn};
use crate::view;

/// Recorded sound for one listener.
pub struct RecordedSound {
    turns: watch::Receiver<Turn>,
    sequence: u32,
    work: Work,
}

struct Work {
    reel: Arc<Mutex<Reel>>,
    decoder: SoundDecoder,
    clock: Clock,
    /// What was read, and is not decoded yet.
    ready: VecDeque<Arc<AudioUnit>>,
    /// What begins before was read.
    read: WallTime,
    /// When more may be read.
    look_at: Instant,
    /// What is being decoded, by its time.
    awaited: VecDeque<WallTime>,
}

/// Sound is sent so long before it is to be heard: whoever plays it places it
/// exactly, also where it comes by fits and starts.
const LEAD: Duration = Duration::from_millis(400);

/// So far ahead is read at once.
const AHEAD: Duration = Duration::from_secs(2);

/// How soon is looked again where nothing is recorded yet.
const AGAIN: Duration = Duration::from_millis(250);

/// Units that a decoder does not answer for are forgotten beyond that.
const MAX_AWAITED: usize = 64;

impl RecordedSound {
    /// Of what `reel` has, at the time of `playback`.
    pub fn new(playback: &Playback, reel: Reel, decoder: SoundDecoder, clock: Clock) -> Self {
        let work = Work {
            reel: Arc::new(Mutex::new(reel)),
            decoder,
            ready: VecDeque::new(),
            read: WallTime(i64::MIN),
            look_at: clock.instant(),
            awaited: VecDeque::new(),
            clock,
        };
        Self { turns: playback.turns(), sequence: 0, work }
    }

    /// The next sound, and its number. An error where the playback is over.
    pub async fn next(&mut self) -> Result<(u32, Sound), Failure> {
        loop {
            let Turn { pace, .. } = *self.turns.borrow();
            tokio::select! {
                biased;
                changed = self.turns.changed() => {
                    if changed.is_err() {
                        return Err(view::not_found("The playback is over."));
                    }
                    self.work.begin_anew();
                }
                sound = self.work.next(&pace) => {
                    self.sequence = self.sequence.wrapping_add(1);
                    return Ok((self.sequence, sound));
                }
            }
        }
    }
}

impl Work {
    /// What was of another time is not heard.
    fn begin_anew(&mut self) {
        self.ready.clear();
        self.awaited.clear();
        self.read = WallTime(i64::MIN);
        self.look_at = self.clock.instant();
    }

    async fn next(&mut self, pace: &Pace) -> Sound {
        if pace.speed != 1.0 {
            return pending().await;
        }
        loop {
            let now = self.clock.instant();
            let begins = |unit: &AudioUnit| pace.due(unit.arrived).map_or(now, |due| due - LEAD);
            while let Some(unit) = self.ready.pop_front_if(|unit| begins(unit) <= now) {
                if self.awaited.len() == MAX_AWAITED {
                    self.awaited.pop_front();
                }
                self.awaited.push_back(unit.arrived);
                self.decoder.offer(&unit);
            }
            if self.ready.is_empty() && now >= self.look_at {
                self.look_at = now + AGAIN;
                self.read(pace.position(now)).await;
                continue;
            }
            let wake = match self.ready.front() {
                Some(unit) => begins(unit),
                None => self.look_at,
            };
            tokio::select! {
                event = self.decoder.next() => {
                    if let Some(sound) = self.hear(event) {
                        return sound;
                    }
                }
                () = self.clock.sleep_until(wake) => {}
            }
        }
    }

    /// Reads what is there from `position` on and was not read.
    async fn read(&mut self, position: WallTime) {
        let (reel, from, to) = (self.reel.clone(), self.read.max(position), position + AHEAD);
        let read = tokio::task::spawn_blocking(move || {
            reel.lock().unwrap_or_else(PoisonError::into_inner).sounds(from, to)
        });
        match read.await.expect("reading neither panics nor is aborted") {
            Ok(units) => {
                if let Some(last) = units.last() {
                    self.read = WallTime(last.arrived.0.saturating_add(1));
                }
                self.ready.extend(units);
            }
            Err(error) => tracing::warn!("recorded sound cannot be read: {error}"),
        }
    }

    /// The sound of an event, where it is of what is to be heard.
    fn hear(&mut self, event: SoundEvent) -> Option<Sound> {
        match event {
            SoundEvent::Sound(sound) => {
                let place = self.awaited.iter().position(|it| *it == sound.arrived)?;
                self.awaited.remove(place);
                Some(sound)
            }
            SoundEvent::Unsupported(sentence) => {
                tracing::debug!("recorded sound is not decoded: {sentence}");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use archive::{Batch, Item, Limits, Volume};
    use bytes::Bytes;
    use media::{AudioCodec, AudioFormat, CameraId, MediaTime, SoundFormat, StreamId, StreamRole};
    use tokio::time::timeout;
    use tokio_util::sync::CancellationToken;
    use workers::{Pool, SourceSpec, WorkerProgram};

    use super::super::recent::Recent;
    use super::*;
    use crate::origin::Origin;
    use crate::stream::Stream;
    use crate::testing::unit;

    const BEGIN: i64 = 1_700_000_000_000_000;
    const SECOND: i64 = 1_000_000;

    fn second(second: f64) -> WallTime {
        WallTime(BEGIN + (second * SECOND as f64) as i64)
    }

    /// Eight seconds with sound in units of so many µs: G.711 is low in even
    /// seconds and high in odd ones.
    fn reel(folder: &Path, codec: AudioCodec) -> Reel {
        let (rate, length, config): (_, _, &[u8]) = match codec {
            AudioCodec::Aac => (16_000, 64_000, &[0x14, 0x08]),
            AudioCodec::Pcmu | AudioCodec::Pcma => (8000, 40_000, &[]),
        };
        let config = Bytes::from_static(config);
        let format = Arc::new(AudioFormat { codec, rate, channels: 1, config });
        let id = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let origin = Origin::Worker(SourceSpec::Demo { number: 1, name: String::new() });
        let stream = Arc::new(Stream::new(id, origin, CancellationToken::new()));
        let volume_id = Volume::create(folder).unwrap();
        let mut volume = Volume::open(folder, &volume_id).unwrap();
        let mut times = (0..).map(|number| number * length).peekable();
        for number in 0..8 {
            let arrived = second(number as f64);
            let mut audio = Vec::new();
            while let Some(time) = times.next_if(|time| *time < (number + 1) * SECOND) {
                let code = if number % 2 == 0 { 0xd5 } else { 0x55 };
                audio.push(Arc::new(AudioUnit {
                    format: format.clone(),
                    time: MediaTime(time),
                    arrived,
                    payload: vec![code; 320].into(),
                }));
            }
            let items = vec![Item::Unit(unit(number as u64, arrived, number % 4 == 0, 10))];
            let batch = Batch { stream: id, camera_name: "".into(), items, audio };
            let round = volume.round(vec![batch], &Limits::default(), arrived);
            assert!(round.failures.is_empty() && round.index.is_none(), "{round:?}");
        }
        // Whoever writes has it open.
        std::mem::forget(volume);
        let other = StreamId { role: StreamRole::Sub, ..id };
        let ledger = Box::new(|_| None);
        Reel::new([id, other], vec![folder.to_owned()], Recent::new(stream), ledger)
    }

    /// Sound of a playback of it that stands.
    fn sound(folder: &Path) -> (Playback, RecordedSound) {
        let clock = Clock::system();
        let program = WorkerProgram { path: "/nowhere".into(), arguments: Vec::new() };
        let decoder = Pool::start(program, clock.clone()).sound_decoder("again".to_owned());
        let playback = Playback::new(clock.clone());
        let reel = reel(folder, AudioCodec::Pcma);
        let sound = RecordedSound::new(&playback, reel, decoder, clock);
        (playback, sound)
    }

    #[test]
    fn sound_is_found_by_its_time() {
        for (codec, expected) in [
            (AudioCodec::Pcmu, vec![980_000, 1_000_000, 1_020_000, 1_040_000]),
            (AudioCodec::Aac, vec![1_024_000]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let mut reel = reel(folder.path(), codec);
            let mut found = |from, to| {
                let units = reel.sounds(second(from), second(to)).unwrap();
                units.iter().map(|it| it.arrived.0 - BEGIN).collect::<Vec<_>>()
            };
            assert_eq!(found(0.97, 1.06), expected, "{codec:?}");
            assert_eq!(found(8.0, 60.0), [0; 0], "{codec:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_comes_ahead_of_its_picture_and_without_a_hole() {
        let folder = tempfile::tempdir().unwrap();
        let (playback, mut sound) = sound(folder.path());
        playback.play(Some(second(2.5)), 1.0);
        for (number, piece) in (1..).zip(0..200) {
            let (sequence, heard) = sound.next().await.unwrap();
            let expected = second(2.5).0 + piece * 20_000;
            assert_eq!((sequence, heard.arrived.0), (number, expected));
            assert_eq!(heard.time.0, expected - BEGIN);
            assert_eq!(heard.format, SoundFormat { rate: 8000, channels: 1 });
            let code: i16 = if (expected - BEGIN) / SECOND % 2 == 0 { 8 } else { -8 };
            assert_eq!(heard.samples, code.to_le_bytes().repeat(160));
            let ahead = heard.arrived.0 - playback.state().at;
            assert!((0..=401_000).contains(&ahead), "{ahead} µs ahead");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_silent_at_other_speeds_and_begins_anew_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let (playback, mut sound) = sound(folder.path());
        let second_long = Duration::from_secs(1);
        let mut first = async |at: Option<f64>, speed| {
            playback.play(at.map(second), speed);
            let heard = timeout(second_long, sound.next()).await;
            heard.ok().map(|heard| heard.unwrap().1.arrived.0 - BEGIN)
        };
        assert_eq!(first(Some(2.0), 0.0).await, None);
        assert_eq!(first(None, 1.0).await, Some(2_000_000));
        for speed in [0.5, 2.0, -1.0] {
            assert_eq!(first(Some(4.0), speed).await, None, "{speed}");
        }
        assert_eq!(first(Some(6.0), 1.0).await, Some(6_000_000));
        assert_eq!(first(Some(1.0), 1.0).await, Some(1_000_000));
        // Where nothing is recorded nothing is heard.
        assert_eq!(first(Some(20.0), 1.0).await, None);
        drop(playback);
        assert!(sound.next().await.is_err());
    }
}
