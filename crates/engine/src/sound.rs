//! The decoded sound of one stream: one decoder, however many listen.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use media::Sound;
use protocol::{Failure, FailureCode};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};
use workers::{Pool, SoundEvent};

use crate::stream::Stream;

/// Sound that may wait for one listener, in units of some 20 to 60 ms; one
/// that is slower misses the oldest.
const MAX_WAITING: usize = 32;

/// Who hears a stream.
pub struct Sounds {
    heard: broadcast::Sender<Heard>,
    is_running: Mutex<bool>,
    changed: Notify,
}

/// What a listener is told.
#[derive(Clone, Debug)]
pub enum Heard {
    /// The next sound.
    Sound(Sound),
    /// There will be no more.
    Ended(Failure),
}

impl Sounds {
    /// Of a stream that nobody hears.
    pub fn new() -> Self {
        let heard = broadcast::Sender::new(MAX_WAITING);
        Self { heard, is_running: Mutex::default(), changed: Notify::new() }
    }

    /// Listens from now on, and says whether [`Sounds::run`] must be started.
    /// Whoever drops the receiver says so with [`Sounds::left`].
    pub fn join(&self) -> (broadcast::Receiver<Heard>, bool) {
        let mut is_running = self.lock();
        let must_run = !std::mem::replace(&mut *is_running, true);
        (self.heard.subscribe(), must_run)
    }

    /// A receiver was dropped.
    pub fn left(&self) {
        self.changed.notify_one();
    }

    /// Decodes while somebody listens.
    pub async fn run(stream: Arc<Stream>, pool: Pool) {
        let this = &stream.sounds;
        loop {
            let work = this.decode(&stream, &pool);
            let failure = match stream.stop.run_until_cancelled(work).await {
                Some(failure) => failure,
                None => Some(Failure::new(FailureCode::NotFound, "The camera was removed.")),
            };
            // Whoever comes after this asks for a new decoder.
            let mut is_running = this.lock();
            let is_over = failure.is_some();
            if let Some(failure) = failure {
                // The last may have left meanwhile.
                this.heard.send(Heard::Ended(failure)).ok();
            }
            if is_over || this.heard.receiver_count() == 0 {
                *is_running = false;
                return;
            }
        }
    }

    /// Ends with nothing when nobody listens any more, with the reason when it
    /// cannot go on.
    async fn decode(&self, stream: &Arc<Stream>, pool: &Pool) -> Option<Failure> {
        let _wanted = stream.want();
        let mut units = stream.hub.listen();
        let mut decoder = pool.sound_decoder(format!("{}, sound", stream.id));
        loop {
            tokio::select! {
                unit = units.recv() => match unit {
                    Ok(unit) => decoder.offer(&unit),
                    Err(RecvError::Lagged(units)) => {
                        tracing::debug!(stream = %stream.id, units, "sound was missed");
                    }
                    Err(RecvError::Closed) => return None,
                },
                event = decoder.next() => match event {
                    SoundEvent::Sound(sound) => {
                        // The last may have left, and `changed` is about to say so.
                        self.heard.send(Heard::Sound(sound)).ok();
                    }
                    SoundEvent::Unsupported(sentence) => {
                        return Some(Failure::new(FailureCode::Unsupported, sentence));
                    }
                },
                () = self.changed.notified() => {
                    if self.heard.receiver_count() == 0 {
                        return None;
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use media::{
        AudioCodec, AudioFormat, AudioUnit, CameraId, Clock, MediaTime, SoundFormat, StreamId,
        StreamRole, WallTime,
    };
    use tokio_util::sync::CancellationToken;
    use workers::{SourceSpec, WorkerProgram};

    use super::*;
    use crate::listen::Listening;
    use crate::origin::Origin;

    /// A stream whose sound is G.711, which takes no worker.
    fn telephone() -> (Arc<Stream>, Pool) {
        let program = WorkerProgram { path: "/nowhere".into(), arguments: Vec::new() };
        let id = StreamId { camera: CameraId(1), role: StreamRole::Main };
        let origin = Origin::Worker(SourceSpec::File { path: "/nowhere".into() });
        let stream = Arc::new(Stream::new(id, origin, CancellationToken::new()));
        (stream, Pool::start(program, Clock::system()))
    }

    fn listen(stream: &Arc<Stream>, pool: &Pool) -> Listening {
        Listening::open(stream.clone(), |stream| {
            tokio::spawn(Sounds::run(stream.clone(), pool.clone()));
        })
    }

    fn publish(stream: &Stream, time: i64) {
        let (codec, config) = (AudioCodec::Pcma, Bytes::new());
        stream.hub.publish_audio(Arc::new(AudioUnit {
            format: Arc::new(AudioFormat { codec, rate: 8000, channels: 1, config }),
            time: MediaTime(time),
            arrived: WallTime(0),
            payload: Bytes::from_static(&[0xd5]),
        }));
    }

    /// Until the task that decodes has come or gone.
    async fn settle() {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn however_many_listen_it_is_decoded_once_and_while_they_do() {
        let (stream, pool) = telephone();
        let (mut one, mut other) = (listen(&stream, &pool), listen(&stream, &pool));
        settle().await;
        assert!(*stream.sounds.lock());
        publish(&stream, 7);
        for listening in [&mut one, &mut other] {
            let (sequence, sound) = listening.next().await.unwrap();
            assert_eq!((sequence, sound.time), (1, MediaTime(7)));
            assert_eq!(sound.format, SoundFormat { rate: 8000, channels: 1 });
            assert_eq!(&sound.samples[..], [8, 0]);
        }
        drop(one);
        settle().await;
        assert!(*stream.sounds.lock());
        drop(other);
        settle().await;
        assert!(!*stream.sounds.lock());
        let mut again = listen(&stream, &pool);
        settle().await;
        publish(&stream, 9);
        assert_eq!(again.next().await.unwrap().1.time, MediaTime(9));
    }

    #[tokio::test]
    async fn a_slow_listener_misses_the_oldest_and_knows() {
        let (stream, pool) = telephone();
        let mut listening = listen(&stream, &pool);
        settle().await;
        for time in 0..100 {
            publish(&stream, time);
            settle().await;
        }
        let (sequence, sound) = listening.next().await.unwrap();
        assert_eq!((sequence, sound.time), (69, MediaTime(68)));
    }

    #[tokio::test]
    async fn a_removed_camera_ends_it() {
        let (stream, pool) = telephone();
        let mut listening = listen(&stream, &pool);
        stream.stop.cancel();
        let over = tokio::time::timeout(Duration::from_secs(5), listening.next()).await.unwrap();
        assert_eq!(over.unwrap_err().code, FailureCode::NotFound);
    }
}
