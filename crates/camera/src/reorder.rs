//! Puts RTP packets that came over UDP back in order.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// How long a packet is waited for. Nothing is gained by less: without it the
/// pictures stand still until the next key frame.
const MAX_WAIT: Duration = Duration::from_millis(150);

/// Packets that may wait for one that is missing, about two large key frames.
const MAX_WAITING: usize = 1024;

/// A number this far behind the expected one is of another stream of numbers.
const MAX_LATE: u16 = 3000;

/// One stream of RTP packets (RFC 3550), in the order they were sent.
#[derive(Debug, Default)]
pub struct Reorder {
    /// The number that is due.
    due: Option<u16>,
    /// By how far they are ahead of `due`, and when each came.
    waiting: BTreeMap<u16, (Instant, Bytes)>,
}

impl Reorder {
    /// Takes a packet; those that are in order now are added to `ready`.
    pub fn add(&mut self, packet: Bytes, now: Instant, ready: &mut Vec<Bytes>) {
        let Some(number) = number_of(&packet) else { return };
        let due = *self.due.get_or_insert(number);
        let ahead = number.wrapping_sub(due);
        if ahead > u16::MAX / 2 {
            // Late or sent twice, unless the numbers began anew.
            if due.wrapping_sub(number) <= MAX_LATE {
                return;
            }
            self.give_up(ready);
            self.due = Some(number);
        }
        let ahead = number.wrapping_sub(self.due.unwrap_or(number));
        self.waiting.entry(ahead).or_insert((now, packet));
        self.drain(ready);
        if self.waiting.len() > MAX_WAITING {
            self.skip(now, ready);
        }
    }

    /// When [`Reorder::skip`] is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.waiting.values().map(|(came, _)| *came + MAX_WAIT).min()
    }

    /// Waits no longer for what is missing now, nor for anything that was
    /// waited for as long: many holes together cost no more time than one.
    pub fn skip(&mut self, now: Instant, ready: &mut Vec<Bytes>) {
        while let Some((&missing, _)) = self.waiting.first_key_value() {
            self.advance(missing);
            self.drain(ready);
            if self.deadline().is_some_and(|deadline| deadline > now) {
                return;
            }
        }
    }

    /// Those that are due, one after another.
    fn drain(&mut self, ready: &mut Vec<Bytes>) {
        let mut count = 0;
        while let Some((_, packet)) = self.waiting.remove(&count) {
            ready.push(packet);
            count += 1;
        }
        self.advance(count);
    }

    fn advance(&mut self, count: u16) {
        if count > 0 {
            self.due = self.due.map(|due| due.wrapping_add(count));
            let waiting = std::mem::take(&mut self.waiting);
            self.waiting = waiting.into_iter().map(|(ahead, it)| (ahead - count, it)).collect();
        }
    }

    fn give_up(&mut self, ready: &mut Vec<Bytes>) {
        ready.extend(std::mem::take(&mut self.waiting).into_values().map(|(_, packet)| packet));
    }
}

/// The number of an RTP packet; nothing where it is none.
fn number_of(packet: &[u8]) -> Option<u16> {
    let [first, _, high, low] = *packet.first_chunk()?;
    (packet.len() >= 12 && first >> 6 == 2).then(|| u16::from_be_bytes([high, low]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(number: u16) -> Bytes {
        let [high, low] = number.to_be_bytes();
        Bytes::copy_from_slice(&[0x80, 96, high, low, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Numbers that come and, after each, what is passed on; `!` waits too long.
    fn check(first: u16, steps: &[(Option<u16>, &[u16])]) {
        let mut reorder = Reorder::default();
        let now = Instant::now();
        let mut ready = Vec::new();
        reorder.add(packet(first), now, &mut ready);
        assert_eq!(ready.len(), 1);
        for (comes, passed) in steps {
            ready.clear();
            match comes {
                Some(number) => reorder.add(packet(*number), now, &mut ready),
                None => {
                    assert_eq!(reorder.deadline(), Some(now + MAX_WAIT));
                    reorder.skip(now, &mut ready);
                }
            }
            let numbers: Vec<u16> = ready.iter().filter_map(|it| number_of(it)).collect();
            assert_eq!(&numbers, passed, "after {comes:?}");
        }
        assert_eq!(reorder.deadline().is_some(), !reorder.waiting.is_empty());
    }

    #[test]
    fn packets_are_passed_on_in_order_and_once() {
        check(9, &[(Some(11), &[]), (Some(11), &[]), (Some(10), &[10, 11]), (Some(10), &[])]);
        check(65534, &[(Some(0), &[]), (Some(65535), &[65535, 0]), (Some(1), &[1])]);
    }

    #[test]
    fn a_lost_one_is_waited_for_and_no_longer() {
        check(1, &[(Some(3), &[]), (Some(6), &[]), (None, &[3]), (None, &[6]), (Some(7), &[7])]);
    }

    #[test]
    fn no_packet_waits_longer_however_many_are_lost() {
        let mut reorder = Reorder::default();
        let begin = Instant::now();
        let step = Duration::from_millis(10);
        let mut ready = Vec::new();
        let mut passed = 0;
        // Every other one is lost.
        for number in 0..200_u16 {
            let now = begin + step * u32::from(number);
            while reorder.deadline().is_some_and(|deadline| deadline <= now) {
                reorder.skip(now, &mut ready);
            }
            reorder.add(packet(number * 2), now, &mut ready);
            for late in ready.drain(..).filter_map(|it| number_of(&it)) {
                assert!(now - (begin + step * u32::from(late / 2)) <= MAX_WAIT);
                passed += 1;
            }
        }
        assert_eq!(passed, 200 - 15);
    }

    #[test]
    fn numbers_that_begin_anew_are_followed() {
        check(
            40_000,
            &[(Some(40_002), &[]), (Some(20_000), &[40_002, 20_000]), (Some(20_001), &[20_001])],
        );
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut reorder = Reorder::default();
        let mut ready = Vec::new();
        reorder.add(packet(0), Instant::now(), &mut ready);
        for number in 2..20_000 {
            reorder.add(packet(number), Instant::now(), &mut ready);
            assert!(reorder.waiting.len() <= MAX_WAITING + 1);
        }
        assert_eq!(ready.len(), 19_999);
    }
}
