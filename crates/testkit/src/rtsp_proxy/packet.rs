//! What faults need to know of RTP and RTCP packets.

/// Payload type of an RTP packet.
pub(super) fn payload_type(packet: &[u8]) -> Option<u8> {
    (packet.len() >= 12 && packet[0] >> 6 == 2).then(|| packet[1] & 0x7f)
}

/// Where the payload of an RTP packet begins.
pub(super) fn payload_start(packet: &[u8]) -> Option<usize> {
    payload_type(packet)?;
    let start = 12 + 4 * usize::from(packet[0] & 15);
    if packet[0] & 0x10 == 0 {
        return (start < packet.len()).then_some(start);
    }
    let words = u16::from_be_bytes(packet.get(start + 2..start + 4)?.try_into().ok()?);
    let start = start + 4 + 4 * usize::from(words);
    (start < packet.len()).then_some(start)
}

/// The source of an RTP packet.
pub(super) fn source(packet: &[u8]) -> u32 {
    word(packet, 8)
}

/// The timestamp of an RTP packet.
pub(super) fn time(packet: &[u8]) -> u32 {
    word(packet, 4)
}

/// Sets the timestamp of an RTP packet.
pub(super) fn set_time(packet: &mut [u8], time: u32) {
    packet[4..8].copy_from_slice(&time.to_be_bytes());
}

/// Sets the sequence number of an RTP packet.
pub(super) fn set_sequence(packet: &mut [u8], number: u16) {
    packet[2..4].copy_from_slice(&number.to_be_bytes());
}

/// The sequence number of an RTP packet.
pub(super) fn sequence(packet: &[u8]) -> u16 {
    u16::from_be_bytes([packet[2], packet[3]])
}

/// Says that the access unit goes on after this packet.
pub(super) fn clear_marker(packet: &mut [u8]) {
    packet[1] &= 0x7f;
}

/// Source and place of the RTP timestamp of the sender report that an RTCP
/// packet begins with.
pub(super) fn sender_report(packet: &[u8]) -> Option<(u32, std::ops::Range<usize>)> {
    (packet.len() >= 28 && packet[1] == 200).then(|| (word(packet, 4), 16..20))
}

/// Four bytes as a number.
pub(super) fn word(packet: &[u8], at: usize) -> u32 {
    packet[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
}
