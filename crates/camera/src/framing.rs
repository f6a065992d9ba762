//! Cuts what a camera sends over RTSP's connection into messages and
//! interleaved packets, and keeps both within limits.

use bytes::{Buf, Bytes, BytesMut};

use crate::message::Head;

/// Longest start line of a request of ours.
pub const MAX_LINE: usize = 8 * 1024;

/// Longest head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Longest body, in bytes. Session descriptions have a few kilobytes.
const MAX_BODY: u64 = 1024 * 1024;

/// Largest access unit, in bytes. Key frames of cameras have up to two million.
const MAX_UNIT: usize = 16 * 1024 * 1024;

/// Something whole that came over the connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Inbound {
    /// A request or response.
    Message {
        /// Start line and headers.
        head: Head,
        /// As many bytes as the head announced.
        body: Bytes,
    },
    /// An interleaved packet.
    Packet {
        /// One of those agreed on.
        channel: u8,
        /// RTP or RTCP.
        packet: Bytes,
    },
}

/// Why a connection is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingError {
    /// Neither a message nor a packet begins here.
    NotRtsp,
    /// A head without end.
    LongHead,
    /// A body longer than any camera's.
    LongBody,
    /// A picture longer than any camera's.
    LongUnit,
}

/// The next whole thing in `buffer`, which is taken out of it; nothing where
/// more bytes are needed.
pub fn next(buffer: &mut BytesMut) -> Result<Option<Inbound>, FramingError> {
    // Some cameras send empty lines between messages and packets.
    let empty = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    buffer.advance(empty);
    match buffer.first() {
        None => Ok(None),
        Some(b'$') => Ok(packet(buffer)),
        Some(first) if first.is_ascii_uppercase() => message(buffer),
        Some(_) => Err(FramingError::NotRtsp),
    }
}

/// What came so far of the access unit that a stream is at.
#[derive(Debug, Default)]
pub struct UnitSize {
    timestamp: [u8; 4],
    bytes: usize,
}

impl UnitSize {
    /// Counts an RTP packet (RFC 3550).
    pub fn count(&mut self, packet: &[u8]) -> Result<(), FramingError> {
        let Some(&[_, _, _, _, t0, t1, t2, t3]) = packet.first_chunk() else { return Ok(()) };
        let timestamp = [t0, t1, t2, t3];
        if self.timestamp != timestamp {
            *self = Self { timestamp, bytes: 0 };
        }
        self.bytes += packet.len();
        if self.bytes > MAX_UNIT { Err(FramingError::LongUnit) } else { Ok(()) }
    }
}

fn packet(buffer: &mut BytesMut) -> Option<Inbound> {
    let [_, channel, high, low] = *buffer.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    (buffer.len() >= 4 + length).then(|| {
        buffer.advance(4);
        Inbound::Packet { channel, packet: buffer.split_to(length).freeze() }
    })
}

fn message(buffer: &mut BytesMut) -> Result<Option<Inbound>, FramingError> {
    let Some((head_end, body_begin)) = end_of_head(buffer) else {
        if buffer.len() > MAX_HEAD {
            return Err(FramingError::LongHead);
        }
        // What begins like no line of text needs no end to be refused.
        let start = buffer.iter().take(16).take_while(|byte| !matches!(byte, b'\r' | b'\n'));
        let is_text = start.clone().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
        return if is_text { Ok(None) } else { Err(FramingError::NotRtsp) };
    };
    let head = Head::parse(&buffer[..head_end]);
    if head.status().is_none() && head.request().is_none() {
        return Err(FramingError::NotRtsp);
    }
    let length = head.length().ok_or(FramingError::NotRtsp)?;
    if length > MAX_BODY {
        return Err(FramingError::LongBody);
    }
    if buffer.len() < body_begin + length as usize {
        return Ok(None);
    }
    buffer.advance(body_begin);
    let body = buffer.split_to(length as usize).freeze();
    Ok(Some(Inbound::Message { head, body }))
}

/// Where the head ends, and where the body begins.
fn end_of_head(buffer: &[u8]) -> Option<(usize, usize)> {
    let limit = buffer.len().min(MAX_HEAD);
    let mut line_begin = 0;
    for (at, _) in buffer[..limit].iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        let line = &buffer[line_begin..at];
        if line.is_empty() || line == b"\r" {
            return Some((line_begin, at + 1));
        }
        line_begin = at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Inbound>, FramingError> {
        let mut buffer = BytesMut::from(bytes);
        let mut found = Vec::new();
        while let Some(inbound) = next(&mut buffer)? {
            found.push(inbound);
        }
        Ok(found)
    }

    #[test]
    fn messages_and_packets_follow_each_other() {
        let bytes =
            b"RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc\r\n$\x01\x00\x02xy$\x00\x00\x05z";
        let found = all(bytes).unwrap();
        assert_eq!(found.len(), 2);
        assert!(matches!(&found[0], Inbound::Message { body, .. } if body == "abc"));
        assert!(matches!(&found[1], Inbound::Packet { channel: 1, packet } if packet == "xy"));
    }

    #[test]
    fn anything_may_come_byte_by_byte() {
        let mut buffer = BytesMut::new();
        let mut found = 0;
        for byte in b"RTSP/1.0 200 OK\nCSeq: 1\nContent-Length: 1\n\na$\x00\x00\x01a" {
            buffer.extend_from_slice(&[*byte]);
            found += usize::from(next(&mut buffer).unwrap().is_some());
        }
        assert_eq!((found, buffer.len()), (2, 0));
    }

    #[test]
    fn a_unit_without_end_is_refused() {
        let packet = vec![0x80; 60_000];
        let mut size = UnitSize::default();
        let mut taken = 0;
        while size.count(&packet).is_ok() {
            taken += packet.len();
            assert!(taken <= MAX_UNIT, "it was never refused");
        }
        let next = [0x80, 96, 0, 0, 0, 0, 0, 1];
        assert_eq!(size.count(&next), Ok(()));
    }

    #[test]
    fn what_breaks_a_limit_is_refused_before_it_is_kept() {
        let huge = b"RTSP/1.0 200 OK\r\nContent-Length: 8589934592\r\n\r\n";
        assert_eq!(all(huge), Err(FramingError::LongBody));
        let endless = [b"RTSP/1.0 200 OK\r\n".as_slice(), &[b'a'; 70_000]].concat();
        assert_eq!(all(&endless), Err(FramingError::LongHead));
        let negative = b"RTSP/1.0 200 OK\r\nContent-Length: -5\r\n\r\n";
        assert_eq!(all(negative), Err(FramingError::NotRtsp));
    }

    #[test]
    fn what_is_no_rtsp_is_refused() {
        assert_eq!(all(b"HTTP/1.1 200 OK\r\n\r\n"), Err(FramingError::NotRtsp));
        assert_eq!(all(b"SSH-2.0-x\x00\x01\x02"), Err(FramingError::NotRtsp));
        assert_eq!(all(b"\x00\x01"), Err(FramingError::NotRtsp));
    }
}
