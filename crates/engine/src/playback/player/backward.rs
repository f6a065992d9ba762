//! Playing backwards: a group is decoded forwards, and its pictures are shown
//! from the last to the first.

use std::sync::Arc;
use std::time::Duration;

use media::{Need, WallTime};

use super::{AHEAD, Group, MAX_WAIT, Pace, Work};

/// More pictures a second nobody sees.
const RATE: f64 = 25.0;

/// Pictures of one group that are kept at once, in bytes.
const MAX_BYTES: usize = 96 << 20;

/// What is faster shows key frames only.
const MAX_WHOLE: f64 = 4.0;

/// The next group is decoded while so many pictures are left.
const MIN_READY: usize = 24;

/// The pictures of one group that are wanted.
struct Batch {
    group: Arc<Group>,
    /// Their units, in the order of decoding.
    wanted: Vec<usize>,
    /// Where decoding goes on.
    next: usize,
    /// What came.
    pictures: Vec<Arc<media::Picture>>,
}

impl Work {
    /// Plays `group` from `position` back, and what is before it, until nothing is.
    pub async fn backward(&mut self, group: Arc<Group>, position: WallTime, pace: &Pace) {
        self.drop_decoded();
        let need = *self.screen.need().borrow();
        let mut first = group.from();
        let mut batch = Some(Batch::of(group, position, pace, need));
        let mut is_over = false;
        loop {
            let now = self.clock.instant();
            self.show_due(pace, now);
            if batch.is_none() && !is_over && self.ready.len() < MIN_READY {
                let at = first;
                match self.find(move |reel| reel.before_time(at)).await {
                    Ok(group) => {
                        first = group.from();
                        batch = Some(Batch::of(group, position, pace, need));
                    }
                    Err(_) => is_over = true,
                }
            }
            if let Some(current) = &mut batch {
                let end = current.wanted.last().map_or(0, |last| last + current.group.delay + 1);
                let end = end.min(current.group.units.len());
                while self.awaited.len() < AHEAD + current.group.delay && current.next < end {
                    let is_shown = current.wanted.binary_search(&current.next).is_ok();
                    if is_shown {
                        self.awaited.push_back(current.group.units[current.next].arrived);
                    }
                    self.offer(&current.group.clone(), current.next, is_shown);
                    current.next += 1;
                }
                if current.next == end && self.awaited.is_empty() {
                    current.pictures.sort_by_key(|picture| picture.arrived);
                    self.ready.extend(current.pictures.drain(..).rev());
                    batch = None;
                    continue;
                }
            }
            if is_over && batch.is_none() && self.ready.is_empty() {
                if let Some(end) = pace.due(WallTime(first.0 - 1)) {
                    self.clock.sleep_until(end).await;
                }
                return;
            }
            let mut wake = now + MAX_WAIT;
            if let Some(picture) = self.ready.front() {
                wake = wake.min(pace.due(picture.arrived).unwrap_or(now));
            }
            tokio::select! {
                event = self.decoder.next() => {
                    if let Some(picture) = self.hear(event)
                        && let Some(batch) = &mut batch
                    {
                        batch.pictures.push(picture);
                    }
                }
                () = self.clock.sleep_until(wake) => {
                    if now.duration_since(self.heard) > MAX_WAIT {
                        self.awaited.clear();
                    }
                }
            }
        }
    }
}

impl Batch {
    /// Those of `group` that are not after `position`, as many as are seen.
    fn of(group: Arc<Group>, position: WallTime, pace: &Pace, need: Need) -> Self {
        let area = need.tile.width as usize * need.tile.height as usize;
        let most = (MAX_BYTES / (area * 3 / 2).max(1)).clamp(4, 256);
        let span = group.to.since(group.from());
        let distance = pace.distance(RATE).max(span / most as u32);
        let mut wanted = Vec::new();
        let mut before = WallTime(position.0.saturating_add(1));
        for index in group.backwards() {
            let unit = &group.units[index];
            let is_chosen = if -pace.speed > MAX_WHOLE { unit.is_key } else { true };
            if unit.arrived < before && is_chosen {
                wanted.push(index);
                before = unit.arrived - distance.saturating_sub(Duration::from_millis(1));
            }
        }
        wanted.sort_unstable();
        Self { group, wanted, next: 0, pictures: Vec::new() }
    }
}
