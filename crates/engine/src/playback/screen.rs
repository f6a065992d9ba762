//! What a tile of a playback shows.

use std::sync::Arc;

use media::{Need, Picture, Size, WallTime};
use protocol::{Failure, RecordedState};
use tokio::sync::watch;

use crate::view;

/// The recorded pictures of one stream, for one tile. Dropping it ends them.
pub struct RecordedTile {
    shown: watch::Receiver<Shown>,
    need: watch::Sender<Need>,
    /// [`Shown::count`] and [`Shown::turns`] of what was returned last.
    seen: u32,
    told: u32,
}

/// What there is to show.
pub enum RecordedEvent {
    /// A picture.
    Picture {
        /// How many were made since the last one returned: more than one, and
        /// some were passed over.
        made: u32,
        /// The newest.
        picture: Arc<Picture>,
        /// Whether it is near the time asked for, and the exact one follows.
        is_approximate: bool,
    },
    /// How it is going.
    State(RecordedState),
}

/// The player's end.
pub struct Screen {
    shown: watch::Sender<Shown>,
    need: watch::Receiver<Need>,
}

#[derive(Default)]
struct Shown {
    /// Counts pictures.
    count: u32,
    picture: Option<Arc<Picture>>,
    is_approximate: bool,
    /// Counts states.
    turns: u32,
    state: Option<RecordedState>,
}

impl RecordedTile {
    /// Both ends.
    pub fn new(need: Need) -> (Self, Screen) {
        let (shown, seen) = watch::channel(Shown::default());
        let (need, needs) = watch::channel(need);
        (Self { shown: seen, need, seen: 0, told: 0 }, Screen { shown, need: needs })
    }

    /// What is new. Safe to drop while waiting.
    pub async fn next(&mut self) -> Result<RecordedEvent, Failure> {
        loop {
            {
                let shown = self.shown.borrow_and_update();
                if shown.turns != self.told
                    && let Some(state) = shown.state.clone()
                {
                    self.told = shown.turns;
                    return Ok(RecordedEvent::State(state));
                }
                if let Some(picture) = shown.picture.clone().filter(|_| shown.count != self.seen) {
                    let made = shown.count.wrapping_sub(self.seen);
                    self.seen = shown.count;
                    let is_approximate = shown.is_approximate;
                    return Ok(RecordedEvent::Picture { made, picture, is_approximate });
                }
            }
            if self.shown.changed().await.is_err() {
                return Err(view::not_found("The playback is over."));
            }
        }
    }

    /// The tile has another size now.
    pub fn resize(&self, size: Size) {
        self.need.send_if_modified(|need| {
            let is_news = need.tile != size;
            need.tile = size;
            is_news
        });
    }
}

impl Screen {
    /// What the tile needs, and when that changes; an error where it is gone.
    pub fn need(&mut self) -> &mut watch::Receiver<Need> {
        &mut self.need
    }

    /// Shows a picture.
    pub fn show(&self, picture: Arc<Picture>, is_approximate: bool) {
        self.shown.send_modify(|shown| {
            shown.count = shown.count.wrapping_add(1);
            shown.picture = Some(picture);
            shown.is_approximate = is_approximate;
        });
        self.say(RecordedState::Shown);
    }

    /// Whether exactly the picture of `at` is what was shown last.
    pub fn shows(&self, at: WallTime) -> bool {
        self.shown() == Some(at)
    }

    /// The time of what was shown last, where that was no picture near it.
    pub fn shown(&self) -> Option<WallTime> {
        let shown = self.shown.borrow();
        shown.picture.as_ref().filter(|_| !shown.is_approximate).map(|it| it.arrived)
    }

    /// What was shown is of no use any more.
    pub fn clear(&self) {
        self.shown.send_modify(|shown| shown.picture = None);
    }

    /// Tells how it is going, where that is news.
    pub fn say(&self, state: RecordedState) {
        self.shown.send_if_modified(|shown| {
            let is_news = shown.state.as_ref() != Some(&state);
            if is_news {
                if state != RecordedState::Shown {
                    // Whatever came before is not of this time.
                    shown.picture = None;
                }
                shown.turns = shown.turns.wrapping_add(1);
                shown.state = Some(state);
            }
            is_news
        });
    }
}
