//! A key frame and what hangs on it.

use std::sync::Arc;

use crate::AccessUnit;

/// The units from the newest key frame on, so that a new viewer need not wait
/// for the next one.
///
/// Bounded: a group that outgrows `max_bytes` or [`Gop::MAX_UNITS`] is
/// forgotten, and joining it means waiting for the next key frame.
#[derive(Debug)]
pub struct Gop {
    units: Vec<Arc<AccessUnit>>,
    bytes: usize,
    max_bytes: usize,
}

impl Gop {
    /// Ten minutes at 25/s: beyond any "smart" group seen in the field.
    pub const MAX_UNITS: usize = 15_000;

    /// An empty group of at most `max_bytes` of payload.
    pub fn new(max_bytes: usize) -> Self {
        Self { units: Vec::new(), bytes: 0, max_bytes }
    }

    /// Takes the next unit of the stream.
    pub fn push(&mut self, unit: &Arc<AccessUnit>) {
        if unit.is_key {
            self.clear();
        } else if self.units.is_empty() {
            return;
        }
        self.bytes += unit.payload.len();
        self.units.push(unit.clone());
        if self.bytes > self.max_bytes || self.units.len() > Self::MAX_UNITS {
            self.clear();
        }
    }

    /// Forgets everything: the session was lost.
    pub fn clear(&mut self) {
        self.take();
    }

    /// Gives everything away.
    pub fn take(&mut self) -> Vec<Arc<AccessUnit>> {
        self.bytes = 0;
        std::mem::take(&mut self.units)
    }

    /// The key frame first; empty before one came.
    pub fn units(&self) -> &[Arc<AccessUnit>] {
        &self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Codec, MediaTime, Rotation, Size, VideoFormat, WallTime};
    use bytes::Bytes;
    use std::time::Duration;

    /// `K` is a key frame, `p` a predicted one, each of ten bytes.
    fn check(notation: &str, max_bytes: usize, expected: &[u64]) {
        let format = Arc::new(VideoFormat {
            codec: Codec::H264,
            extradata: Bytes::new(),
            size: Size::default(),
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        });
        let mut gop = Gop::new(max_bytes);
        for (sequence, kind) in (0..).zip(notation.chars()) {
            gop.push(&Arc::new(AccessUnit {
                format: format.clone(),
                sequence,
                time: MediaTime::default(),
                duration: Duration::ZERO,
                arrived: WallTime::default(),
                is_key: kind == 'K',
                payload: Bytes::from_static(&[0; 10]),
            }));
        }
        let kept: Vec<u64> = gop.units().iter().map(|unit| unit.sequence).collect();
        assert_eq!(kept, expected, "{notation}");
    }

    #[test]
    fn begins_at_the_newest_key_frame() {
        check("ppp", 100, &[]);
        check("ppKpp", 100, &[2, 3, 4]);
        check("KppKp", 100, &[3, 4]);
    }

    #[test]
    fn a_group_too_large_is_forgotten_until_the_next_key_frame() {
        check("Kppp", 30, &[]);
        check("KpppKp", 30, &[4, 5]);
    }
}
