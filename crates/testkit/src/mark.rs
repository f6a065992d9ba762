use std::time::Duration;

use protocol::StreamRole;
use rustix::time::{ClockId, clock_gettime};

/// `cameras/server.py` writes it, followed by the digits.
const UUID: [u8; 16] = 0x7acc_f027_a918_41f2_b167_3f3d_99a2_fb90_u128.to_be_bytes();

/// Hexadecimal digits of camera, role, number and time.
const DIGITS: [usize; 4] = [8, 1, 16, 16];

/// What a simulated camera writes into an SEI message of each access unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Number of the camera.
    pub camera: u32,
    /// Which of its streams.
    pub role: StreamRole,
    /// Number of the access unit in all that the camera sent of this stream.
    pub number: u64,
    /// When it was sent; compare with [`monotonic_ns`].
    pub sent_ns: u64,
}

impl Mark {
    /// Finds the mark anywhere in an access unit, Annex B or length-prefixed.
    pub fn find(payload: &[u8]) -> Option<Self> {
        // Neither the UUID nor digits need emulation prevention.
        let at = payload.windows(UUID.len()).position(|window| window == UUID)?;
        let mut rest = payload.get(at + UUID.len()..)?;
        let mut number = |digits: usize| {
            let (digits, after) = rest.split_at_checked(digits)?;
            rest = after;
            u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
        };
        let [camera, role, number, sent_ns] = DIGITS.map(&mut number);
        let role = match role? {
            0 => StreamRole::Main,
            1 => StreamRole::Sub,
            _ => return None,
        };
        Some(Self { camera: camera?.try_into().ok()?, role, number: number?, sent_ns: sent_ns? })
    }

    /// How long ago it was sent.
    pub fn age(&self) -> Duration {
        Duration::from_nanos(monotonic_ns().saturating_sub(self.sent_ns))
    }
}

/// The monotonic clock of this machine, which all its processes share.
pub fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.cast_unsigned() * 1_000_000_000 + now.tv_nsec.cast_unsigned()
}

/// What time it is, in µs since 1970 UTC, as engines tell it.
pub fn wall_us() -> i64 {
    let now = clock_gettime(ClockId::Realtime);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(digits: &str) -> Vec<u8> {
        let mut unit = vec![0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 6, 5, 57];
        unit.extend(UUID);
        unit.extend(digits.as_bytes());
        unit.extend([0x80, 0, 0, 0, 1, 0x65, 0x88]);
        unit
    }

    #[test]
    fn a_mark_is_found_in_an_access_unit() {
        let mark = Mark { camera: 7, role: StreamRole::Sub, number: 0x1234, sent_ns: 99 };
        let digits = format!("{:08x}{:x}{:016x}{:016x}", 7, 1, 0x1234, 99);
        assert_eq!(Mark::find(&said(&digits)), Some(mark));
    }

    #[test]
    fn what_is_no_mark_is_none() {
        assert_eq!(Mark::find(&[]), None);
        assert_eq!(Mark::find(&UUID), None);
        assert_eq!(Mark::find(&said(&"g".repeat(41))), None);
        assert_eq!(Mark::find(&said(&format!("{:08x}{:x}{:032x}", 7, 2, 0))), None);
    }

    #[test]
    fn the_clock_is_that_of_instants() {
        let (before, instant) = (monotonic_ns(), std::time::Instant::now());
        while instant.elapsed() < Duration::from_millis(1) {}
        assert!(monotonic_ns() - before >= 1_000_000);
    }
}
