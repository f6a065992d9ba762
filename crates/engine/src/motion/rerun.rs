//! What is recorded of a camera, decoded again as it is when it is watched, and
//! as fast as that goes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use media::{Clock, Picture, Size, WallTime};
use protocol::{Failure, FailureCode};
use tokio::time::Instant;
use workers::{Decoder, DecoderEvent};

use super::sight::{LEAST_APART, NEED, SMALL};
use crate::Engine;
use crate::playback::{Absence, Found, Group, Reel};
use crate::stream::Stream;

/// So many pictures are on their way to and from the worker: it always has
/// something to do.
const AHEAD: usize = 8;

/// A picture that does not come in that time never will: its unit is damaged.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// The pictures of one camera's recordings that would have been looked at.
pub struct Rerun {
    reel: Arc<Mutex<Reel>>,
    decoder: Decoder,
    clock: Clock,
    /// Of the stream that is watched: recordings of it are decoded whole,
    /// whatever its size.
    watched: Option<Size>,
    place: Place,
    /// Pictures that are on their way, by their time.
    awaited: VecDeque<WallTime>,
    /// When the last of them came, or was asked for.
    heard: Instant,
    /// The next picture is wanted from then on.
    due: WallTime,
}

/// What comes next.
pub enum Scene {
    /// A picture.
    Picture(Arc<Picture>),
    /// Nothing is recorded for a while.
    Hole,
}

/// How far decoding is.
enum Place {
    /// Something is to be found, at this time.
    At(WallTime),
    /// At this unit of a group.
    In(Arc<Group>, usize),
    /// Nothing is recorded until then.
    Before(WallTime),
    /// There is no more.
    Over,
}

impl Rerun {
    /// Of what is recorded of the camera that is watched by `stream`, from `from` on.
    pub fn open(engine: &Engine, stream: &Arc<Stream>, from: WallTime) -> Result<Self, Failure> {
        let reel = engine.reel(stream.id)?;
        let name = format!("{} tried", stream.id);
        let mut decoder = engine.sources().pool.patient_decoder(name);
        decoder.set_needs(&[NEED]);
        let is_watched_whole = stream.id.role == media::StreamRole::Sub;
        let format = stream.format().borrow().clone().filter(|_| is_watched_whole);
        Ok(Self {
            reel: Arc::new(Mutex::new(reel)),
            decoder,
            clock: engine.clock().clone(),
            watched: format.map(|it| it.size),
            place: Place::At(from),
            awaited: VecDeque::new(),
            heard: engine.clock().instant(),
            due: WallTime(i64::MIN),
        })
    }

    /// The next picture, or hole; nothing at the end of what is recorded.
    pub async fn next(&mut self) -> Result<Option<Scene>, Failure> {
        loop {
            self.feed().await?;
            if self.awaited.is_empty() {
                match self.place {
                    Place::Over => return Ok(None),
                    Place::Before(next) => {
                        self.place = Place::At(next);
                        return Ok(Some(Scene::Hole));
                    }
                    Place::At(_) | Place::In(..) => continue,
                }
            }
            tokio::select! {
                event = self.decoder.next() => if let Some(picture) = self.hear(event)? {
                    return Ok(Some(Scene::Picture(picture)));
                },
                () = self.clock.sleep_until(self.heard + MAX_WAIT) => self.skip(),
            }
        }
    }

    /// Gives the decoder something to do.
    async fn feed(&mut self) -> Result<(), Failure> {
        loop {
            match &self.place {
                Place::At(at) => {
                    let at = *at;
                    self.place = self.find(move |reel| reel.at(at)).await?;
                }
                Place::In(group, next) => {
                    if self.awaited.len() >= AHEAD + group.delay {
                        return Ok(());
                    }
                    let (group, next) = (group.clone(), *next);
                    if next < group.units.len() {
                        self.offer(group, next);
                    } else {
                        self.place = self.find(move |reel| reel.after(&group)).await?;
                    }
                }
                Place::Before(_) | Place::Over => return Ok(()),
            }
        }
    }

    fn offer(&mut self, group: Arc<Group>, index: usize) {
        let unit = &group.units[index];
        let size = unit.format.size;
        let is_whole =
            Some(size) == self.watched || size.width.saturating_mul(size.height) <= SMALL;
        let is_due = unit.arrived >= self.due && (is_whole || unit.is_key);
        let mut next = index + 1;
        if is_due || is_whole {
            self.heard = self.clock.instant();
            if self.decoder.offer(unit, is_due).is_err() {
                // It goes on with the next key frame.
                next = group.units.len();
            } else if is_due {
                self.awaited.push_back(unit.arrived);
                self.due = unit.arrived + LEAST_APART;
            }
        }
        self.place = Place::In(group, next);
    }

    fn hear(&mut self, event: DecoderEvent) -> Result<Option<Arc<Picture>>, Failure> {
        match event {
            DecoderEvent::Picture { picture, .. } => {
                let Some(place) = self.awaited.iter().position(|it| *it == picture.arrived) else {
                    return Ok(None);
                };
                self.heard = self.clock.instant();
                self.awaited.remove(place);
                Ok(Some(Arc::new(picture)))
            }
            DecoderEvent::Restarted => {
                self.skip();
                Ok(None)
            }
            DecoderEvent::Unsupported(sentence) => {
                Err(Failure::new(FailureCode::Unsupported, sentence))
            }
        }
    }

    /// Goes on with the next key frame.
    fn skip(&mut self) {
        self.awaited.clear();
        if let Place::In(group, next) = &mut self.place {
            *next = group.units.len();
        }
    }

    async fn find(
        &self,
        ask: impl FnOnce(&mut Reel) -> Result<Found, archive::ArchiveError> + Send + 'static,
    ) -> Result<Place, Failure> {
        let reel = self.reel.clone();
        let found = tokio::task::spawn_blocking(move || {
            ask(&mut reel.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match found.await.expect("reading neither panics nor is aborted") {
            Ok(Found::Group(group)) => Ok(Place::In(group, 0)),
            Ok(Found::Nothing(Absence { after: Some(after), .. })) => Ok(Place::Before(after)),
            Ok(Found::Nothing(Absence { after: None, .. })) => Ok(Place::Over),
            Err(error) => Err(Failure::new(FailureCode::Other, error.to_string())),
        }
    }
}
