//! What moved at sixteen cameras in thirty days, and what a search is to find
//! of it, counted slot by slot.

use media::{CameraId, Grid};
use store::{Slot, StoreError, Trace, Traces};
use testkit::Random;

use super::WallTime;

pub const CAMERAS: u32 = 16;
pub const DAYS: i64 = 30;
pub const DAY_US: i64 = 86_400_000_000;

/// 2026-10-01, 0:00 UTC.
pub const BEGIN: i64 = 1_790_812_800_000_000;

const SLOTS_OF_DAY: i64 = 86_400 / 5;
const SLOTS_OF_MINUTE: i64 = 12;
const SLOT_US: i64 = 5_000_000;
const HOUR_US: i64 = 3_600_000_000;

/// What moves again within this goes on.
const JOINED_US: i64 = 10_000_000;

/// At so many cameras leaves move all the time.
const TREES: u32 = 4;

/// Things stay below this row; what is above is the sky.
const HORIZON: usize = 2;

/// Something is in the sky of a camera about so often.
const IN_THE_SKY: f64 = 1.5 / 86_400.0;

/// Slots in which something moved in each area, by area and camera.
#[derive(Default)]
pub struct Month(Vec<Vec<Vec<i64>>>);

impl Month {
    /// Writes a month down, and notes what of it is in `areas`.
    pub fn write(traces: &mut Traces, areas: &[Grid], is_quiet: bool) -> Result<Self, StoreError> {
        let mut month = Self(vec![vec![Vec::new(); CAMERAS as usize]; areas.len()]);
        for camera in 1..=CAMERAS {
            let mut random = Random::new(camera.into());
            for day in 0..DAYS {
                let moved = a_day(&mut random, camera, is_quiet);
                let first = Slot::of(WallTime(BEGIN + day * DAY_US)).0;
                let all = (first..).zip(&moved).filter(|(_, cells)| !cells.is_empty());
                let all = all.map(|(slot, cells)| Trace {
                    camera: CameraId(camera),
                    slot: Slot(slot),
                    cells: *cells,
                });
                let all: Vec<Trace> = all.collect();
                traces.record(&all)?;
                for (area, of_area) in areas.iter().zip(&mut month.0) {
                    let seen = all.iter().filter(|it| it.cells.meets(area)).map(|it| it.slot.0);
                    of_area[camera as usize - 1].extend(seen);
                }
            }
        }
        Ok(month)
    }

    /// What a search is to find: the newest spans, and whether there are more.
    pub fn expected(
        &self,
        area: usize,
        cameras: &[u32],
        (from, to): (i64, i64),
        limit: usize,
    ) -> (Vec<(i64, i64, CameraId)>, bool) {
        let mut spans: Vec<(i64, i64, CameraId)> = Vec::new();
        for camera in cameras {
            let first = spans.len();
            let slots = &self.0[area][*camera as usize - 1];
            let within = |slot: &&i64| (*slot + 1) * SLOT_US > from && **slot * SLOT_US < to;
            for slot in slots.iter().rev().filter(within) {
                let (begin, end) = (slot * SLOT_US, (slot + 1) * SLOT_US);
                match spans[first..].last_mut() {
                    Some(span) if span.0 - end <= JOINED_US && span.1 - begin <= HOUR_US => {
                        span.0 = begin;
                    }
                    _ => spans.push((begin, end, CameraId(*camera))),
                }
            }
        }
        spans.sort_by_key(|&(from, _, camera)| (-from, camera));
        let is_more = spans.len() > limit;
        if is_more {
            let cut = spans[limit].0;
            spans.truncate(limit);
            // What begins together with the first that is left out comes with it.
            spans.retain(|span| span.0 > cut);
        }
        (spans, is_more)
    }
}

/// Slot by slot, where something moved at a camera.
fn a_day(random: &mut Random, camera: u32, is_quiet: bool) -> Vec<Grid> {
    let mut day = vec![Grid::default(); SLOTS_OF_DAY as usize];
    let share = if is_quiet { 0.3 } else { 0.95 };
    for minute in (0..SLOTS_OF_DAY).step_by(SLOTS_OF_MINUTE as usize) {
        if random.happens(share) {
            for _ in 0..=random.below(3) {
                let begin = minute as usize + random.below(SLOTS_OF_MINUTE as usize);
                a_walk(random, &mut day[begin..]);
            }
        }
    }
    for cells in &mut day {
        if camera <= TREES && !is_quiet {
            (4..7).for_each(|row| cells.add(random.below(3), row));
        }
        if random.happens(IN_THE_SKY) {
            cells.add(random.below(Grid::COLUMNS), random.below(HORIZON));
        }
    }
    day
}

/// A thing goes somewhere, for up to half a minute.
fn a_walk(random: &mut Random, day: &mut [Grid]) {
    let (width, height) = (1 + random.below(5), 2 + random.below(6));
    let (mut x, mut y) = (random.below(Grid::COLUMNS), HORIZON + random.below(15));
    let steps = 1 + random.below(6);
    for cells in day.iter_mut().take(steps) {
        // What it passed over within a slot.
        let (to_x, to_y) = (x + random.below(5), y + random.below(2));
        for row in y..to_y + height {
            (x..to_x + width).for_each(|column| cells.add(column, row));
        }
        (x, y) = (to_x, to_y);
    }
}
