//! What came of a stream lately: the group of pictures that newcomers begin
//! with and, while somebody watches, those before it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, Gop, MediaTime, WallTime};

/// The newest groups of pictures of a stream.
pub struct Memory {
    gop: Gop,
    /// Begin of the newest group, by both clocks.
    begin: (WallTime, MediaTime),
    is_kept: bool,
    /// Groups before `gop`, the oldest first.
    groups: VecDeque<Lately>,
    bytes: usize,
}

/// A group of pictures in memory.
#[derive(Clone, Debug)]
pub struct Lately {
    /// When its first unit came, made even: networks deliver by fits and starts.
    pub begin: WallTime,
    /// In the order of decoding, a key frame first.
    pub units: Vec<Arc<AccessUnit>>,
    /// Whether it may become longer.
    pub is_open: bool,
}

/// What is watched is kept so long: who goes back half a minute stays that far behind.
const KEPT: Duration = Duration::from_secs(45);

/// At most so much of one stream is kept, in bytes: half a minute of one for the grid.
const MAX_BYTES: usize = 4 << 20;

/// How far the begin of a group is moved for a camera's clock that is fast or slow, in µs.
const MAX_SLEW: i64 = 20_000;

/// A clock that is off so much more is another one, in µs.
const MAX_DRIFT: i64 = 2_000_000;

impl Memory {
    /// Which forgets a group larger than `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            gop: Gop::new(max_bytes),
            begin: Default::default(),
            is_kept: false,
            groups: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Whether groups before the newest are kept from now on.
    pub fn keep(&mut self, is_kept: bool) {
        self.is_kept = is_kept;
        if !is_kept {
            self.groups.clear();
            self.bytes = 0;
        }
    }

    /// Takes the next unit.
    pub fn push(&mut self, unit: &Arc<AccessUnit>) {
        if unit.is_key {
            self.interrupt();
            self.forget(unit.arrived - KEPT);
            self.begin = (self.evened(unit), unit.time);
        }
        self.gop.push(unit);
    }

    /// What comes next does not build on what came.
    pub fn interrupt(&mut self) {
        let units = self.gop.take();
        if self.is_kept && !units.is_empty() {
            self.bytes += size(&units);
            self.groups.push_back(Lately { begin: self.begin.0, units, is_open: false });
        }
    }

    /// The newest group: see [`Gop`].
    pub fn gop(&self) -> &[Arc<AccessUnit>] {
        self.gop.units()
    }

    /// All that is kept, the oldest first.
    pub fn groups(&self) -> Vec<Lately> {
        let units = self.gop.units().to_vec();
        let newest = Lately { begin: self.begin.0, units, is_open: true };
        let newest = Some(newest).filter(|it| !it.units.is_empty());
        self.groups.iter().cloned().chain(newest).collect()
    }

    fn forget(&mut self, since: WallTime) {
        let is_old = |group: &Lately| group.units.last().is_none_or(|it| it.arrived < since);
        while let Some(oldest) = self.groups.front()
            && (self.bytes > MAX_BYTES || is_old(oldest))
        {
            self.bytes -= size(&oldest.units);
            self.groups.pop_front();
        }
    }

    /// When the group of `key` begins, by the times of the stream.
    fn evened(&self, key: &AccessUnit) -> WallTime {
        let (begin, media) = self.begin;
        let due = begin.0.saturating_add(key.time.0.saturating_sub(media.0));
        let off = key.arrived.0.saturating_sub(due);
        let slew = off.clamp(-MAX_SLEW, MAX_SLEW);
        if off.abs() > MAX_DRIFT { key.arrived } else { WallTime(due.saturating_add(slew)) }
    }
}

fn size(units: &[Arc<AccessUnit>]) -> usize {
    units.iter().map(|unit| unit.payload.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::unit;

    /// `K` and `p` are units of a second, each of a MiB, which come `late` µs
    /// late; `x` interrupts, `+` keeps from there on, `-` no more. The groups
    /// by their units.
    fn check(notation: &str, expected: &str) {
        let mut memory = Memory::new(64 << 20);
        let mut sequence = 0;
        for step in notation.chars() {
            match step {
                'K' | 'p' => {
                    let arrived = WallTime(sequence as i64 * 1_000_000);
                    memory.push(&unit(sequence, arrived, step == 'K', 1 << 20));
                    sequence += 1;
                }
                'x' => memory.interrupt(),
                other => memory.keep(other == '+'),
            }
        }
        let groups: Vec<String> = memory
            .groups()
            .iter()
            .map(|group| {
                let mut units = group.units.iter().map(|it| it.sequence.to_string());
                let units = units.by_ref().collect::<Vec<_>>().join(" ");
                format!("{units}{}", if group.is_open { "…" } else { "" })
            })
            .collect();
        assert_eq!(groups.join(" | "), expected, "{notation}");
    }

    #[test]
    fn what_is_watched_is_kept_as_far_as_it_fits() {
        check("KpKp", "2 3…");
        check("+KpKp", "0 1 | 2 3…");
        check("+KpxpKp", "0 1 | 3 4…");
        check("+KpKpKpKp", "2 3 | 4 5 | 6 7…");
        check("+KpKp-", "2 3…");
        check("+KpKpx", "0 1 | 2 3");
    }

    #[test]
    fn begins_are_made_even() {
        let mut memory = Memory::new(1 << 20);
        memory.keep(true);
        let late = [0, 15_000, -15_000, 90_000, 3_000_000];
        for (sequence, late) in (0..).zip(late) {
            let arrived = WallTime(sequence as i64 * 1_000_000 + late);
            memory.push(&unit(sequence, arrived, true, 10));
        }
        let begins: Vec<i64> = memory.groups().iter().map(|it| it.begin.0).collect();
        assert_eq!(begins, [0, 1_015_000, 1_995_000, 3_015_000, 7_000_000]);
    }
}
