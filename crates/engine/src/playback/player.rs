//! One tile of a playback: finds, decodes and shows what its time asks for.

mod backward;
mod forward;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use archive::ArchiveError;
use media::{Clock, Need, Picture, WallTime};
use protocol::RecordedState;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use workers::{Decoder, DecoderEvent};

use super::group::Group;
use super::pace::Pace;
use super::reel::{Found, Reel};
use super::screen::Screen;
use super::{Membership, Playback, Turn};
use crate::view;

/// What is shown where a playback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The picture of its time.
    Exact,
    /// A key frame, until that is there.
    KeyFirst,
    /// The key frame at or before it.
    Key,
}

/// Shows one stream's recordings on one tile.
pub struct Player {
    turns: watch::Receiver<Turn>,
    steps: mpsc::Receiver<i32>,
    work: Work,
}

/// What finds, decodes and shows. Whatever it waits for may be given up.
struct Work {
    membership: Membership,
    reel: Arc<Mutex<Reel>>,
    decoder: Decoder,
    screen: Screen,
    clock: Clock,
    standing: Standing,
    /// What the decoder has: a group, and so many of its units.
    fed: Option<(Arc<Group>, usize)>,
    /// Decoded, and not shown yet.
    ready: VecDeque<Arc<Picture>>,
    /// Pictures that are on their way, by their time.
    awaited: VecDeque<WallTime>,
    /// When the last of them came, or was asked for.
    heard: Instant,
    /// Whether all that is ready or awaited follows what is shown without a hole.
    is_flowing: bool,
}

/// Why a group cannot be had.
enum Lack {
    /// Nothing is recorded there.
    Nothing(super::Absence),
    /// It cannot be read.
    Failed(ArchiveError),
}

/// So many pictures are on their way to and from the worker: it always has
/// something to do.
const AHEAD: usize = 3;

/// A picture that does not come in that time never will: its unit is damaged.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// How soon is looked again where nothing is recorded yet.
const AGAIN: Duration = Duration::from_millis(250);

/// With fewer units to decode the exact picture comes as soon as any.
const SOON: usize = 8;

impl Player {
    /// Of what `reel` has, for a tile that the viewer calls `subscription`.
    pub fn new(
        playback: &Playback,
        subscription: u32,
        reel: Reel,
        decoder: Decoder,
        screen: Screen,
        clock: Clock,
        standing: Standing,
    ) -> Self {
        let (membership, steps) = playback.join(subscription);
        let work = Work {
            membership,
            reel: Arc::new(Mutex::new(reel)),
            decoder,
            screen,
            heard: clock.instant(),
            clock,
            standing,
            fed: None,
            ready: VecDeque::new(),
            awaited: VecDeque::new(),
            is_flowing: false,
        };
        Self { turns: playback.turns(), steps, work }
    }

    /// Until the tile or the playback is gone.
    pub async fn run(mut self) {
        let mut need = self.work.screen.need().clone();
        self.work.need(*need.borrow_and_update());
        loop {
            let Turn { pace, .. } = *self.turns.borrow_and_update();
            tokio::select! {
                biased;
                changed = self.turns.changed() => if changed.is_err() { return },
                changed = need.changed() => {
                    if changed.is_err() { return }
                    self.work.need(*need.borrow_and_update());
                }
                Some(pictures) = self.steps.recv() => self.work.step(&pace, pictures).await,
                never = self.work.play(&pace) => match never {},
            }
        }
    }
}

impl Work {
    /// What is decoded from now on is decoded for this.
    fn need(&mut self, need: Need) {
        self.decoder.set_needs(&[need]);
        // Pictures of another size are of no use.
        self.screen.clear();
        self.begin_anew();
    }

    async fn play(&mut self, pace: &Pace) -> Infallible {
        loop {
            let position = pace.position(self.clock.instant());
            if self.forward_on(position, pace).await {
                continue;
            }
            self.is_flowing = false;
            match self.find(move |reel| reel.at(position)).await {
                Ok(group) => {
                    self.membership.is_present();
                    if pace.speed > 0.0 {
                        self.forward(group, position, pace).await;
                    } else if pace.speed < 0.0 {
                        self.backward(group, position, pace).await;
                    } else {
                        // A worker that dies takes the first try with it.
                        for _ in 0..2 {
                            if self.stand(&group, position).await {
                                return pending().await;
                            }
                        }
                        self.screen.say(RecordedState::Failed {
                            message: "This picture cannot be decoded.".to_owned(),
                        });
                        return pending().await;
                    }
                }
                Err(lack) => self.lack(lack, pace).await,
            }
        }
    }

    /// Tells that there is nothing to show, and waits until there may be.
    async fn lack(&mut self, lack: Lack, pace: &Pace) {
        match lack {
            Lack::Nothing(absence) => {
                let cause = absence.cause.map(view::gap_cause);
                self.screen.say(RecordedState::Nothing { cause });
                self.membership.is_absent(absence, pace);
            }
            Lack::Failed(error) => {
                tracing::warn!("a recording cannot be read: {error}");
                self.screen.say(RecordedState::Failed { message: error.to_string() });
            }
        }
        self.clock.sleep(AGAIN).await;
    }

    /// Shows the picture of `at`, after its group's first where that takes
    /// long, or that alone; whether it came.
    async fn stand(&mut self, group: &Arc<Group>, at: WallTime) -> bool {
        self.drop_decoded();
        let wanted = if self.standing == Standing::Key { 0 } else { group.shown_at(at) };
        let exact = group.units[wanted].arrived;
        let begin = self.continued(group, wanted);
        let is_coarse_first = self.standing == Standing::KeyFirst && wanted - begin > SOON;
        if is_coarse_first {
            self.awaited.push_back(group.units[begin].arrived);
        }
        self.awaited.push_back(exact);
        for index in begin..group.units.len().min(wanted + group.delay + 1) {
            self.offer(group, index, index == wanted || is_coarse_first && index == begin);
        }
        if wanted + group.delay >= group.units.len() {
            // What comes after makes a decoder give what it holds back.
            let last = group.clone();
            if let Ok(next) = self.find(move |reel| reel.after(&last)).await {
                for index in 0..next.units.len().min(group.delay + 1) {
                    self.offer(&next, index, false);
                }
            }
        }
        while let Some(picture) = self.picture().await {
            let is_exact = picture.arrived == exact;
            self.screen.show(picture, !is_exact);
            if is_exact {
                return true;
            }
        }
        false
    }

    /// Moves the playback by so many pictures from the one that is shown.
    async fn step(&mut self, pace: &Pace, pictures: i32) {
        let position = pace.position(self.clock.instant());
        let Ok(mut group) = self.find(move |reel| reel.at(position)).await else {
            // From nowhere there is no step.
            return self.membership.stepped(position);
        };
        let (mut at, mut left, is_forward) = (position, i64::from(pictures), pictures > 0);
        let to = loop {
            match group.step(at, left) {
                Ok(to) => break to,
                Err(rest) => {
                    let known = group.clone();
                    let next = match is_forward {
                        true => self.find(move |reel| reel.after(&known)).await,
                        false => self.find(move |reel| reel.before(&known)).await,
                    };
                    let Ok(next) = next else {
                        // No further than there is something.
                        break if is_forward { group.last() } else { group.from() };
                    };
                    group = next;
                    (at, left) = (if is_forward { group.from() } else { group.last() }, rest);
                }
            }
        };
        self.membership.stepped(to);
    }

    /// Where decoding goes on so that the unit `wanted` of `group` is decoded:
    /// behind what the decoder has, or at the key frame.
    fn continued(&mut self, group: &Arc<Group>, wanted: usize) -> usize {
        match &self.fed {
            Some((known, next)) if Arc::ptr_eq(known, group) && *next <= wanted => *next,
            _ => 0,
        }
    }

    /// Hands a unit to the decoder. Whoever wants its picture says so in `awaited`.
    fn offer(&mut self, group: &Arc<Group>, index: usize, is_shown: bool) {
        self.heard = self.clock.instant();
        let is_taken = self.decoder.offer(&group.units[index], is_shown).is_ok();
        self.fed = is_taken.then(|| (group.clone(), index + 1));
    }

    /// The next picture that is on its way; nothing where none is, or none comes.
    async fn picture(&mut self) -> Option<Arc<Picture>> {
        while !self.awaited.is_empty() {
            let silent = self.clock.sleep_until(self.heard + MAX_WAIT);
            let event = tokio::select! {
                event = self.decoder.next() => event,
                () = silent => {
                    self.awaited.clear();
                    self.begin_anew();
                    return None;
                }
            };
            if let Some(picture) = self.hear(event) {
                return Some(picture);
            }
        }
        None
    }

    /// The picture of an event, where it is one that is on its way.
    fn hear(&mut self, event: DecoderEvent) -> Option<Arc<Picture>> {
        match event {
            DecoderEvent::Picture { picture, .. } => {
                let place = self.awaited.iter().position(|it| *it == picture.arrived)?;
                self.heard = self.clock.instant();
                self.awaited.remove(place);
                Some(Arc::new(picture))
            }
            DecoderEvent::Restarted => {
                self.begin_anew();
                None
            }
            DecoderEvent::Unsupported(message) => {
                self.screen.say(RecordedState::Failed { message });
                None
            }
        }
    }

    /// What is decoded, or on its way, is not wanted any more.
    fn drop_decoded(&mut self) {
        self.ready.clear();
        self.awaited.clear();
    }

    /// The decoder is to begin with a key frame.
    fn begin_anew(&mut self) {
        self.fed = None;
        self.awaited.clear();
    }

    async fn find(
        &self,
        ask: impl FnOnce(&mut Reel) -> Result<Found, ArchiveError> + Send + 'static,
    ) -> Result<Arc<Group>, Lack> {
        let reel = self.reel.clone();
        let found = tokio::task::spawn_blocking(move || {
            ask(&mut reel.lock().unwrap_or_else(PoisonError::into_inner))
        });
        match found.await.expect("reading neither panics nor is aborted") {
            Ok(Found::Group(group)) => Ok(group),
            Ok(Found::Nothing(absence)) => Err(Lack::Nothing(absence)),
            Err(error) => Err(Lack::Failed(error)),
        }
    }
}
