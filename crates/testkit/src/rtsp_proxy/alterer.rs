use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::watch;

use super::message::Text;
use super::{Fault, Shared, Times, big_picture, packet};
use crate::random::Random;

/// Of so many bytes of a damaged packet one is damaged at most.
const MOST_DAMAGED: usize = 20;

/// Alters what one connection carries to the engine.
pub(super) struct Alterer {
    shared: Arc<Shared>,
    faults: watch::Receiver<Fault>,
    fault: Fault,
    /// So that no two connections suffer alike.
    number: u64,
    random: Random,
    video: HashSet<u8>,
    clocks: HashMap<u8, u32>,
    times: HashMap<u32, Time>,
}

/// What happens to the timestamps of one source.
#[derive(Clone, Copy)]
enum Time {
    Moved(u32),
    Still(u32),
}

impl Alterer {
    pub(super) fn new(shared: Arc<Shared>, number: u64) -> Self {
        let mut faults = shared.faults.subscribe();
        faults.mark_changed();
        Self {
            shared,
            faults,
            fault: Fault::None,
            number,
            random: Random::new(0),
            video: HashSet::from([96]),
            clocks: HashMap::from([(0, 8000)]),
            times: HashMap::new(),
        }
    }

    /// Whether a packet belongs to video.
    pub(super) fn is_video(&self, packet: &[u8]) -> bool {
        packet::payload_type(packet).is_some_and(|kind| self.video.contains(&kind))
    }

    /// A reply of the camera to a request of the kind `method`.
    pub(super) fn reply(&mut self, method: &str, mut reply: Text) -> Text {
        self.look();
        if method == "DESCRIBE" && reply.status() == Some(200) {
            self.learn(&String::from_utf8_lossy(&reply.body));
        }
        match (&self.fault, method) {
            (Fault::Answer(status), "DESCRIBE") => {
                let sequence = format!("CSeq: {}", reply.sequence());
                Text { lines: vec![status.clone(), sequence], body: Vec::new() }
            }
            (Fault::BigPicture, "DESCRIBE") if !reply.body.is_empty() => {
                reply.set_body(big_picture::in_sdp(&reply.body));
                reply
            }
            // It would tell where the timestamps really begin.
            (Fault::Times(_), "PLAY") => {
                reply.set_header("RTP-Info", None);
                reply
            }
            _ => reply,
        }
    }

    /// An RTP packet of the camera; nothing where it gets lost.
    pub(super) fn rtp(&mut self, mut packet: Vec<u8>) -> Option<Vec<u8>> {
        self.look();
        let Some(kind) = packet::payload_type(&packet) else { return Some(packet) };
        let is_video = self.video.contains(&kind);
        match self.fault {
            Fault::Corrupt { share, .. } if self.random.happens(share) => {
                if let Some(start) = packet::payload_start(&packet) {
                    let payload = packet.len() - start;
                    let most = (payload / MOST_DAMAGED).max(8);
                    for _ in 0..=self.random.below(most) {
                        let at = start + self.random.below(payload);
                        // Never the same byte again.
                        packet[at] ^= 1 + self.random.below(255) as u8;
                    }
                    self.shared.corrupted.fetch_add(1, Ordering::Relaxed);
                }
            }
            Fault::DropPackets { share, .. } if is_video && self.random.happens(share) => {
                self.lose(1);
                return None;
            }
            Fault::BigPicture if is_video => packet = big_picture::in_packet(packet),
            Fault::EndlessUnit if is_video => {
                packet::clear_marker(&mut packet);
                let time = packet::time(&packet);
                let first = self.times.entry(packet::source(&packet)).or_insert(Time::Still(time));
                let time = first.of(time);
                packet::set_time(&mut packet, time);
            }
            Fault::Times(times) => {
                let time = packet::time(&packet);
                let clock = self.clocks.get(&kind).copied().unwrap_or(90_000);
                let altered = || match times {
                    Times::Wrap => Time::Moved(0u32.wrapping_sub(2 * clock).wrapping_sub(time)),
                    Times::Back => Time::Moved(0u32.wrapping_sub(10 * clock)),
                    Times::Ahead => Time::Moved(3600 * clock),
                    Times::Still => Time::Still(time),
                };
                let altered = self.times.entry(packet::source(&packet)).or_insert_with(altered);
                let time = altered.of(time);
                packet::set_time(&mut packet, time);
            }
            _ => {}
        }
        Some(packet)
    }

    /// An RTCP packet of the camera.
    pub(super) fn rtcp(&mut self, mut packet: Vec<u8>) -> Vec<u8> {
        self.look();
        if let Some((source, place)) = packet::sender_report(&packet)
            && let Some(time) = self.times.get(&source)
        {
            let altered = time.of(packet::word(&packet, place.start));
            packet[place].copy_from_slice(&altered.to_be_bytes());
        }
        packet
    }

    /// Counts what got lost on the way.
    pub(super) fn lose(&self, packets: u64) {
        self.shared.lost.fetch_add(packets, Ordering::Relaxed);
    }

    /// Starts anew where another fault was set.
    fn look(&mut self) {
        if self.faults.has_changed().unwrap_or(false) {
            self.fault = self.faults.borrow_and_update().clone();
            self.random = Random::new(self.fault.seed() ^ self.number << 32);
            self.times.clear();
        }
    }

    /// Payload types and clocks of a description.
    fn learn(&mut self, sdp: &str) {
        self.video.clear();
        for line in sdp.lines() {
            if let Some(video) = line.strip_prefix("m=video ") {
                self.video
                    .extend(video.split(' ').skip(2).filter_map(|kind| kind.parse::<u8>().ok()));
            } else if let Some((kind, format)) =
                line.strip_prefix("a=rtpmap:").and_then(|map| map.split_once(' '))
                && let (Ok(kind), Some(Ok(clock))) =
                    (kind.parse(), format.split('/').nth(1).map(str::parse))
            {
                self.clocks.insert(kind, clock);
            }
        }
    }
}

impl Time {
    fn of(self, time: u32) -> u32 {
        match self {
            Self::Moved(by) => time.wrapping_add(by),
            Self::Still(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rtp(time: u32) -> Vec<u8> {
        let mut packet = vec![0x80, 0xe0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0x41, 1, 2, 3];
        packet::set_time(&mut packet, time);
        packet
    }

    fn altered(fault: Fault) -> (Arc<Shared>, Alterer) {
        let shared = Arc::new(Shared::default());
        shared.faults.send_replace(fault);
        let alterer = Alterer::new(Arc::clone(&shared), 1);
        (shared, alterer)
    }

    #[test]
    fn times_are_altered_from_the_moment_it_is_said() {
        let cases = [
            (Times::Wrap, 0u32.wrapping_sub(180_000), 3600),
            (Times::Back, 1_000_000 - 900_000, 3600),
            (Times::Ahead, 1_000_000 + 324_000_000, 3600),
            (Times::Still, 1_000_000, 0),
        ];
        for (times, first, step) in cases {
            let (shared, mut alterer) = altered(Fault::None);
            let mut time = |sent| packet::time(&alterer.rtp(rtp(sent)).unwrap());
            assert_eq!(time(7), 7);
            shared.faults.send_replace(Fault::Times(times));
            assert_eq!(time(1_000_000), first, "{times:?}");
            assert_eq!(time(1_003_600), first.wrapping_add(step), "{times:?}");
            let mut report = vec![0x80, 200, 0, 6, 0, 0, 0, 3];
            report.resize(28, 0);
            report[16..20].copy_from_slice(&1_003_600u32.to_be_bytes());
            let report = alterer.rtcp(report);
            assert_eq!(packet::word(&report, 16), first.wrapping_add(step), "{times:?}");
        }
    }

    #[test]
    fn packets_are_lost_and_corrupted_as_often_as_said() {
        let (shared, mut alterer) = altered(Fault::DropPackets { share: 0.2, seed: 4 });
        let kept = (0..1000).filter(|&time| alterer.rtp(rtp(time)).is_some()).count();
        assert!((700..900).contains(&kept), "{kept} kept");
        assert_eq!(shared.lost.load(Ordering::Relaxed), 1000 - kept as u64);
        shared.faults.send_replace(Fault::Corrupt { share: 1.0, seed: 4 });
        let packet = alterer.rtp(rtp(5)).unwrap();
        assert_eq!(packet[..12], rtp(5)[..12]);
        assert_ne!(packet[12..], rtp(5)[12..]);
    }
}
