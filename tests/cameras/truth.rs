//! Whether what the engine says of a stream is so.

use std::time::Instant;

use protocol::StreamState;
use testkit::{UnitViewer, monotonic_ns, said_sentence, wall_us};

use super::is_live;

/// How long pictures may fail to come before nobody may say that they do.
const LAPSE_NS: u64 = 3_000_000_000;

/// State and unit take two ways through the engine: either may be heard first.
const APART_NS: u64 = 100_000_000;

/// For how many seconds between two times stream `index` was said to be live
/// while no unit had come for longer than three seconds.
pub fn false_live(viewer: &UnitViewer, index: usize, from_ns: u64, to_ns: u64) -> f64 {
    let states = viewer.states(index);
    let mut states: Vec<_> = states.iter().map(|(at, state)| (ns(*at), is_live(state))).collect();
    states.push((to_ns, false));
    let units: Vec<u64> = viewer.units(index).iter().map(|got| got.at_ns).collect();
    let mut wrong_ns = 0;
    for pair in states.windows(2) {
        let (begin, end) = (pair[0].0.max(from_ns), pair[1].0.min(to_ns));
        if !pair[0].1 || begin >= end {
            continue;
        }
        let after = units.partition_point(|at| *at <= begin);
        let mut last = after.checked_sub(1).map_or(0, |before| units[before]);
        let within = units[after..].iter().copied().take_while(|at| *at < end);
        for at in within.chain([end]) {
            let wrong = at.saturating_sub(begin.max(last + LAPSE_NS));
            wrong_ns += if wrong > APART_NS { wrong } else { 0 };
            last = at;
        }
    }
    wrong_ns as f64 / 1e9
}

/// What is wrong with the failures told of stream `index` since `since`: each is
/// one sentence, and says when it is tried again.
pub fn unclear(viewer: &UnitViewer, index: usize, since: Instant) -> Vec<String> {
    let mut wrong = Vec::new();
    for (heard, state) in viewer.states(index).into_iter().filter(|(heard, _)| *heard >= since) {
        let (StreamState::Lost { failure, retry_at, .. }
        | StreamState::AuthFailed { failure, retry_at }
        | StreamState::Unsupported { failure, retry_at }) = state
        else {
            continue;
        };
        if let Err(error) = said_sentence(&failure.message) {
            wrong.push(error.to_string());
        }
        let passed = i64::try_from(heard.elapsed().as_micros()).unwrap_or(i64::MAX);
        if retry_at <= wall_us() - passed {
            wrong.push(format!("tried again before it was told: {}", failure.message));
        }
    }
    wrong
}

/// `instant` by the clock of marks.
fn ns(instant: Instant) -> u64 {
    let passed = u64::try_from(instant.elapsed().as_nanos()).unwrap_or(u64::MAX);
    monotonic_ns().saturating_sub(passed)
}
