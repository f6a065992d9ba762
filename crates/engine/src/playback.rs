//! Recordings shown again: several tiles, one time.

mod group;
mod loaded;
mod pace;
mod player;
mod recent;
mod reel;
mod screen;
mod sound;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use media::{Clock, WallTime};
use protocol::{MAX_SPEED, PlaybackState, PlaybackTurn};
use tokio::sync::{mpsc, watch};

pub use group::Group;
use pace::Pace;
pub use player::{Player, Standing};
pub use recent::Recent;
pub use reel::{Absence, Found, Reel};
pub use screen::{RecordedEvent, RecordedTile};
pub use sound::RecordedSound;

/// A playback: the time that its tiles show. Clones are the same.
#[derive(Clone)]
pub struct Playback(Arc<Shared>);

struct Shared {
    clock: Clock,
    turn: watch::Sender<Turn>,
    members: Mutex<Members>,
}

/// How it goes on, and why.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    pace: Pace,
    because: Option<PlaybackTurn>,
}

#[derive(Default)]
struct Members {
    next: u64,
    by_id: HashMap<u64, Member>,
}

struct Member {
    /// The viewer's name for the tile.
    subscription: u32,
    steps: mpsc::Sender<i32>,
    /// Where nothing is recorded at the moment, what is around that.
    absence: Option<Absence>,
}

/// One tile's place in a playback. Dropping it leaves.
pub struct Membership {
    playback: Playback,
    id: u64,
}

/// Nearer to now than that it is live: pictures are still on their way.
const EDGE: Duration = Duration::from_millis(500);

/// Steps that wait for a tile; more are not taken.
const MAX_STEPS: usize = 4;

impl Playback {
    /// One that stands, now.
    pub fn new(clock: Clock) -> Self {
        let pace = Pace { at: clock.wall(), since: clock.instant(), speed: 0.0 };
        let turn = watch::Sender::new(Turn { pace, because: None });
        Self(Arc::new(Shared { clock, turn, members: Mutex::default() }))
    }

    /// Goes to `at`, where that is said, and on as fast as `speed`, which is
    /// kept within [`MAX_SPEED`]. What plays is behind what is live.
    pub fn play(&self, at: Option<WallTime>, speed: f64) {
        let speed = if speed.is_finite() { speed.clamp(-MAX_SPEED, MAX_SPEED) } else { 0.0 };
        self.0.turn.send_modify(|turn| {
            let since = self.0.clock.instant();
            let mut at = at.unwrap_or_else(|| turn.pace.position(since));
            if speed > 0.0 {
                at = at.min(self.0.clock.wall() - EDGE);
            }
            *turn = Turn { pace: Pace { at, since, speed }, because: None };
        });
    }

    /// Steps by `pictures` of the tile of `subscription`; whether there is one
    /// that can.
    pub fn step(&self, subscription: u32, pictures: i32) -> bool {
        let members = self.members();
        let tile = members.by_id.values().find(|it| it.subscription == subscription);
        tile.is_some_and(|it| it.steps.try_send(pictures).is_ok())
    }

    /// How it goes on from now.
    pub fn state(&self) -> PlaybackState {
        let Turn { pace, because } = *self.0.turn.borrow();
        let at = pace.position(self.0.clock.instant()).0;
        PlaybackState { at, speed: pace.speed, because }
    }

    /// Changes whenever something else is to be shown than what follows.
    pub fn turns(&self) -> watch::Receiver<Turn> {
        self.0.turn.subscribe()
    }

    /// A tile joins, and the steps it is asked for.
    fn join(&self, subscription: u32) -> (Membership, mpsc::Receiver<i32>) {
        let (steps, ordered) = mpsc::channel(MAX_STEPS);
        let mut members = self.members();
        members.next += 1;
        let id = members.next;
        members.by_id.insert(id, Member { subscription, steps, absence: None });
        (Membership { playback: self.clone(), id }, ordered)
    }

    fn turn(&self, pace: Pace, because: PlaybackTurn) {
        self.0.turn.send_replace(Turn { pace, because: Some(because) });
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.0.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Membership {
    /// There is something to be shown.
    fn is_present(&self) {
        if let Some(member) = self.playback.members().by_id.get_mut(&self.id) {
            member.absence = None;
        }
    }

    /// Nothing is recorded at this time of `pace`. Where that is so for all
    /// tiles, the playback goes on with what comes next.
    fn is_absent(&self, absence: Absence, pace: &Pace) {
        let mut members = self.playback.members();
        if let Some(member) = members.by_id.get_mut(&self.id) {
            member.absence = Some(absence);
        }
        let all: Option<Vec<Absence>> = members.by_id.values().map(|it| it.absence).collect();
        drop(members);
        let Some(all) = all.filter(|_| pace.speed != 0.0) else { return };
        let since = self.playback.0.clock.instant();
        let here = pace.position(since);
        if pace.speed > 0.0 {
            match all.iter().filter_map(|it| it.after).min() {
                Some(at) if at > here => {
                    self.playback.turn(Pace { at, since, ..*pace }, PlaybackTurn::Skipped);
                }
                // It cannot be faster than what is being recorded.
                None if pace.speed > 1.0 => {
                    let newest = all.iter().filter_map(|it| it.before).max();
                    let at = newest.unwrap_or(here).min(here);
                    self.playback.turn(Pace { at, since, speed: 1.0 }, PlaybackTurn::Live);
                }
                _ => {}
            }
        } else {
            match all.iter().filter_map(|it| it.before).max() {
                Some(end) if end <= here => {
                    let at = WallTime(end.0 - 1);
                    self.playback.turn(Pace { at, since, ..*pace }, PlaybackTurn::Skipped);
                }
                Some(_) => {}
                None => {
                    let pace = Pace { at: here, since, speed: 0.0 };
                    self.playback.turn(pace, PlaybackTurn::Begin);
                }
            }
        }
    }

    /// It caught up with what is live: from now on it is as fast as that.
    fn is_live(&self, pace: &Pace) {
        let since = self.playback.0.clock.instant();
        let pace = Pace { at: pace.position(since), since, speed: 1.0 };
        self.playback.turn(pace, PlaybackTurn::Live);
    }

    /// It stepped to `at`.
    fn stepped(&self, at: WallTime) {
        let since = self.playback.0.clock.instant();
        self.playback.turn(Pace { at, since, speed: 0.0 }, PlaybackTurn::Stepped);
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.playback.members().by_id.remove(&self.id);
    }
}
