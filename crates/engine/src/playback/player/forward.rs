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

impl Work {
    /// Plays `group` from `position` on, and what follows it, until nothing does.
    pub async fn forward(&mut self, group: Arc<Group>, position: WallTime, pace: &Pace) {
        let mut group = group;
        let wanted = group.shown_at(position);
        // The first is shown at once, where it is not shown already, and of the
        // later ones what is in time.
        let mut first = Some(group.units[wanted].arrived).filter(|it| !self.screen.shows(*it));
        let mut next = self.continued(&group, wanted);
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
                let is_late = !is_first && (due < now || first.is_some());
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
