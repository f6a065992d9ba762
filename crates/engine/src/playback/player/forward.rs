//! Playing forwards.

use std::sync::Arc;
use std::time::Duration;

use media::WallTime;

use super::super::EDGE;
use super::{AGAIN, AHEAD, Group, Lack, MAX_WAIT, Pace, Work};

/// A picture is decoded so long before it is due.
const LEAD: Duration = Duration::from_millis(120);

/// More pictures a second nobody sees.
const RATE: f64 = 30.0;

/// What is faster shows key frames only.
const MAX_WHOLE: f64 = 4.0;

/// Where decoding goes on.
struct Front {
    group: Arc<Group>,
    next: usize,
    /// The picture of the time at which playing began, until it is on its way.
    first: Option<WallTime>,
    /// Pictures that are not shown later than this are not wanted.
    from: WallTime,
}

impl Work {
    /// Plays `group` from `position` on, and what follows it, until nothing does.
    pub async fn forward(&mut self, group: Arc<Group>, position: WallTime, pace: &Pace) {
        self.drop_decoded();
        let wanted = group.shown_at(position);
        let from = group.units[wanted].arrived;
        // The first is shown at once, where it is not shown already.
        let first = Some(from).filter(|it| !self.screen.shows(*it));
        let next = self.continued(&group, wanted);
        self.flow(Front { group, next, first, from }, pace).await;
    }

    /// Plays on from `position` where that goes on with what was played forwards
    /// until now; whether it did. What is decoded already is not lost then.
    pub async fn forward_on(&mut self, position: WallTime, pace: &Pace) -> bool {
        let (Some((group, next)), Some(from)) = (self.fed.clone(), self.screen.shown()) else {
            return false;
        };
        let ends = group.units[..next].iter().map(|unit| unit.arrived + unit.duration);
        let is_next = from <= position && ends.max().is_some_and(|end| position < end);
        if !(self.is_flowing && is_next && pace.speed > 0.0) {
            return false;
        }
        self.flow(Front { group, next, first: None, from }, pace).await;
        true
    }

    async fn flow(&mut self, front: Front, pace: &Pace) {
        self.is_flowing = true;
        self.play_from(front, pace).await;
        self.is_flowing = false;
    }

    async fn play_from(&mut self, front: Front, pace: &Pace) {
        let Front { mut group, mut next, mut first, from } = front;
        let mut shown_until = WallTime(i64::MIN);
        let keys_only = pace.speed > MAX_WHOLE;
        let live = self.clock.wall() - EDGE;
        let is_there = pace.catches_up(self.clock.instant(), live);
        let mut is_over = false;
        let mut look_at = self.clock.instant();
        loop {
            let now = self.clock.instant();
            self.show_due(pace, now);
            if is_there.is_some_and(|at| at <= now) {
                self.membership.is_live(pace);
                return;
            }
            while self.awaited.len() < AHEAD + group.delay && next < group.units.len() {
                let unit = &group.units[next];
                let is_first = first == Some(unit.arrived);
                let due = pace.due(unit.arrived).unwrap_or(now);
                if due > now + LEAD && first.is_none() {
                    break;
                }
                // Each is shown unless the one behind it is due.
                let end = pace.due(unit.arrived + unit.duration).unwrap_or(now);
                let is_late = !is_first && (end < now || unit.arrived <= from);
                let is_dense = unit.arrived < shown_until;
                let is_shown = !(is_late || is_dense || keys_only && !unit.is_key) || is_first;
                if is_shown {
                    self.awaited.push_back(unit.arrived);
                    // Half a distance early is in time: cameras are not exact.
                    shown_until = unit.arrived + pace.distance(2.0 * RATE);
                    first = first.filter(|_| !is_first);
                }
                if !keys_only || unit.is_key || first.is_some() || is_shown {
                    self.offer(&group, next, is_shown);
                }
                next += 1;
                if self.fed.is_none() && !keys_only {
                    // The worker is behind: from the next key frame on.
                    next = group.units.len();
                }
            }
            if next >= group.units.len() && !is_over && now >= look_at {
                look_at = now + AGAIN;
                match self.following(&group).await {
                    Ok(following) => {
                        let begin = if following.is(&group) { next } else { 0 };
                        (group, next) = (following, begin);
                        if next < group.units.len() {
                            look_at = now;
                            continue;
                        }
                    }
                    Err(Lack::Nothing(_) | Lack::Failed(_)) => is_over = true,
                }
            }
            if is_over && self.ready.is_empty() && self.awaited.is_empty() {
                // The last picture stays as long as it lasts.
                if let Some(end) = pace.due(group.to) {
                    self.clock.sleep_until(end).await;
                }
                return;
            }
            let mut wake = now + MAX_WAIT;
            wake = wake.min(is_there.unwrap_or(wake));
            if let Some(picture) = self.ready.front() {
                wake = wake.min(pace.due(picture.arrived).unwrap_or(now));
            }
            match group.units.get(next) {
                Some(unit) if self.awaited.len() < AHEAD + group.delay => {
                    wake = wake.min(pace.due(unit.arrived).map_or(now, |due| due - LEAD));
                }
                // It is still being recorded.
                None if !is_over => wake = wake.min(look_at),
                _ => {}
            }
            tokio::select! {
                event = self.decoder.next() => {
                    if let Some(picture) = self.hear(event) {
                        self.ready.push_back(picture);
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

    /// What is to be played behind `group`.
    async fn following(&self, group: &Arc<Group>) -> Result<Arc<Group>, Lack> {
        let known = group.clone();
        self.find(move |reel| reel.following(&known)).await
    }

    /// Shows the newest picture that is due, and none that is older.
    pub fn show_due(&mut self, pace: &Pace, now: tokio::time::Instant) {
        let mut newest = None;
        while let Some(picture) = self.ready.front()
            && pace.due(picture.arrived).is_none_or(|due| due <= now)
        {
            newest = self.ready.pop_front();
        }
        if let Some(picture) = newest {
            self.screen.show(picture, false);
        }
    }
}
