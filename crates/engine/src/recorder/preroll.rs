//! What came shortly before an event, in memory.

use std::collections::VecDeque;

use archive::Item;
use media::WallTime;

/// Lets pass what belongs to an event, with what came before it.
#[derive(Default)]
pub struct Preroll {
    /// Begins with a key frame, or is empty.
    waiting: VecDeque<Item>,
    bytes: usize,
    is_open: bool,
}

/// Of one stream: more than a minute of a large one.
const MAX_BYTES: usize = 64 << 20;

impl Preroll {
    /// Takes what came; answers what is to be recorded. While an event goes on,
    /// `wanted` is from when on that is; else what came from `kept` on is kept.
    pub fn pass(
        &mut self,
        items: Vec<Item>,
        wanted: Option<WallTime>,
        kept: WallTime,
    ) -> Vec<Item> {
        let was_open = std::mem::replace(&mut self.is_open, wanted.is_some());
        if let Some(since) = wanted {
            let mut passed: Vec<Item> =
                self.forget(since).into_iter().filter(is_clock_set).collect();
            self.bytes = 0;
            passed.extend(self.waiting.drain(..).chain(items));
            return passed;
        }
        let mut passed = if was_open { vec![Item::Break] } else { Vec::new() };
        for item in items {
            match item {
                Item::ClockSet(_) if self.waiting.is_empty() => passed.push(item),
                item => self.keep(item),
            }
        }
        let forgotten = self.forget(kept);
        passed.extend(forgotten.into_iter().filter(is_clock_set));
        passed
    }

    fn keep(&mut self, item: Item) {
        match &item {
            Item::Unit(unit) if self.waiting.is_empty() && !unit.is_key => return,
            Item::Unit(unit) => self.bytes += unit.payload.len(),
            Item::Break if self.waiting.is_empty() => return,
            Item::Break | Item::ClockSet(_) => {}
        }
        self.waiting.push_back(item);
    }

    /// Drops groups of pictures that ended before `since`: these.
    fn forget(&mut self, since: WallTime) -> Vec<Item> {
        let mut forgotten = Vec::new();
        loop {
            let is_key = |item: &Item| matches!(item, Item::Unit(unit) if unit.is_key);
            let mut keys = self.waiting.iter().enumerate().skip(1).filter(|(_, it)| is_key(it));
            let Some((next, Item::Unit(unit))) = keys.next() else {
                if self.bytes > MAX_BYTES {
                    forgotten.extend(self.waiting.drain(..));
                    self.bytes = 0;
                }
                return forgotten;
            };
            if unit.arrived > since && self.bytes <= MAX_BYTES {
                return forgotten;
            }
            for item in self.waiting.drain(..next) {
                if let Item::Unit(unit) = &item {
                    self.bytes -= unit.payload.len();
                }
                forgotten.push(item);
            }
        }
    }
}

/// Whoever records later must know of it.
fn is_clock_set(item: &Item) -> bool {
    matches!(item, Item::ClockSet(_))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::unit;

    /// A letter a second: `K` and `p` are units, in capitals while an event
    /// goes on (`P` for a predicted one, `E` for a key frame).
    fn check(notation: &str, before: u64, expected: &str) {
        check_late(notation, before, 0, expected);
    }

    /// As [`check`], of an event that began so many seconds before it was told.
    fn check_late(notation: &str, before: u64, late: u64, expected: &str) {
        let mut preroll = Preroll::default();
        let mut recorded = Vec::new();
        for (second, letter) in (0..).zip(notation.chars()) {
            let now = WallTime(second * 1_000_000);
            let unit = unit(second as u64, now, matches!(letter, 'K' | 'E'), 10);
            let is_event = matches!(letter, 'P' | 'E');
            let items = vec![Item::Unit(unit)];
            let second = Duration::from_secs;
            let wanted = is_event.then_some(now - second(late) - second(before));
            recorded.extend(preroll.pass(items, wanted, now - second(before + 3)));
        }
        let words: Vec<String> = recorded
            .iter()
            .map(|item| match item {
                Item::Unit(unit) => unit.sequence.to_string(),
                Item::Break => "|".into(),
                Item::ClockSet(_) => "c".into(),
            })
            .collect();
        assert_eq!(words.join(" "), expected, "{notation}");
    }

    #[test]
    fn an_event_begins_with_the_group_before_it() {
        check("KppKppKpPpp", 2, "6 7 8 |");
        check("KppKppKpPpp", 3, "3 4 5 6 7 8 |");
        check("KppKppKpPPp", 0, "6 7 8 9 |");
        check("ppKpPpKpE", 1, "2 3 4 | 6 7 8");
        check("KpppKppp", 2, "");
        check_late("KppKppKppKpPpp", 2, 2, "6 7 8 9 10 11 |");
    }
}
