use testkit::CameraCodec;

use super::elementary::Units;

/// Longest payload of a packet.
const LONGEST: usize = 1400;

/// RTP packets (RFC 3550, 6184, 7798) of one source.
#[derive(Clone)]
pub struct Packets {
    codec: CameraCodec,
    units: Units,
    source: Source,
    next: usize,
}

/// How the packets of a source begin.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Payload type.
    pub kind: u8,
    /// SSRC.
    pub ssrc: u32,
    /// Number of the first packet.
    pub sequence: u16,
    /// Timestamp of the first unit.
    pub time: u32,
}

impl Default for Source {
    fn default() -> Self {
        Self { kind: 96, ssrc: 0x5eed, sequence: 1, time: 0 }
    }
}

impl Packets {
    /// Of `units`, over and over.
    pub fn new(codec: CameraCodec, units: Units, source: Source) -> Self {
        Self { codec, units, source, next: 0 }
    }

    /// The packets of the next unit, 40 ms after the one before.
    pub fn unit(&mut self) -> Vec<Vec<u8>> {
        let unit = &self.units[self.next % self.units.len()];
        self.next += 1;
        let mut payloads: Vec<Vec<u8>> = unit.iter().flat_map(|nal| cut(self.codec, nal)).collect();
        let last = payloads.pop();
        let mut packets: Vec<_> = payloads.iter().map(|it| self.source.packet(it, false)).collect();
        packets.extend(last.map(|last| self.source.packet(&last, true)));
        self.source.time = self.source.time.wrapping_add(3600);
        packets
    }

    /// A packet of the same source with any payload.
    pub fn packet(&mut self, payload: &[u8]) -> Vec<u8> {
        let packet = self.source.packet(payload, true);
        self.source.time = self.source.time.wrapping_add(3600);
        packet
    }
}

impl Source {
    /// The next packet.
    pub fn packet(&mut self, payload: &[u8], is_last: bool) -> Vec<u8> {
        let mut packet = vec![0x80, self.kind | u8::from(is_last) << 7];
        packet.extend(self.sequence.to_be_bytes());
        packet.extend(self.time.to_be_bytes());
        packet.extend(self.ssrc.to_be_bytes());
        packet.extend(payload);
        self.sequence = self.sequence.wrapping_add(1);
        packet
    }
}

/// The payloads of one NAL unit: itself, or its fragments.
fn cut(codec: CameraCodec, nal: &[u8]) -> Vec<Vec<u8>> {
    let head = if codec == CameraCodec::H265 { 2 } else { 1 };
    if nal.len() <= LONGEST || nal.len() <= head {
        return vec![nal.to_vec()];
    }
    let (first, second) = (nal[0], nal[1]);
    let (indicator, kind) = match codec {
        CameraCodec::H265 => (vec![first & 0x81 | 49 << 1, second], first >> 1 & 63),
        CameraCodec::H264 | CameraCodec::Mjpeg => (vec![first & 0xe0 | 28], first & 31),
    };
    let pieces: Vec<&[u8]> = nal[head..].chunks(LONGEST).collect();
    let fragment = |(at, piece): (usize, &&[u8])| {
        let begins = u8::from(at == 0) << 7;
        let ends = u8::from(at + 1 == pieces.len()) << 6;
        [&indicator[..], &[begins | ends | kind], piece].concat()
    };
    pieces.iter().enumerate().map(fragment).collect()
}
