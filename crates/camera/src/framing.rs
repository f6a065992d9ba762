//! Cuts what a camera sends over RTSP's connection into messages and runs of
//! interleaved packets, and keeps both within limits.

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};

use crate::message::Head;

/// Longest head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Longest start line of a request of ours.
pub const MAX_LINE: usize = 8 * 1024;

/// Longest body, in bytes. Session descriptions have a few kilobytes.
const MAX_BODY: u64 = 1024 * 1024;

/// Largest access unit, in bytes. Key frames of cameras have up to two million.
const MAX_UNIT: usize = 16 * 1024 * 1024;

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

/// Packets that follow each other at the beginning of a buffer.
#[derive(Debug, Default)]
pub struct Run {
    /// Bytes of whole packets.
    pub bytes: usize,
    /// Whether the last of them ends an access unit, or is none of a picture.
    pub is_complete: bool,
    /// What came of the access unit that each channel is at.
    units: HashMap<u8, Unit>,
}

#[derive(Debug, Default)]
struct Unit {
    timestamp: [u8; 4],
    bytes: usize,
}

impl Run {
    /// Goes on through `buffer`, which begins as it did the last time.
    pub fn extend(&mut self, buffer: &[u8]) -> Result<(), FramingError> {
        while let Some(&[b'$', channel, high, low]) = buffer[self.bytes..].first_chunk() {
            let length = 4 + usize::from(u16::from_be_bytes([high, low]));
            let Some(framed) = buffer[self.bytes..].get(..length) else { break };
            self.bytes += length;
            self.count(channel, &framed[4..])?;
        }
        Ok(())
    }

    /// Counts packets that are whole, and are none of the buffer's.
    pub fn burst(&mut self, packets: &[u8]) -> Result<(), FramingError> {
        let bytes = std::mem::take(&mut self.bytes);
        let counted = self.extend(packets);
        self.bytes = bytes;
        counted
    }

    /// The packets were taken out of the buffer.
    pub fn taken(&mut self) {
        self.bytes = 0;
    }

    /// Counts a packet of RTP or RTCP (RFC 3550).
    fn count(&mut self, channel: u8, packet: &[u8]) -> Result<(), FramingError> {
        self.is_complete = true;
        let Some(&[_, kind, _, _, t0, t1, t2, t3]) = packet.first_chunk() else { return Ok(()) };
        let is_control = (192..=223).contains(&kind);
        if is_control {
            return Ok(());
        }
        self.is_complete = kind & 0x80 != 0;
        let timestamp = [t0, t1, t2, t3];
        let unit = self.units.entry(channel).or_default();
        if unit.timestamp != timestamp {
            *unit = Unit { timestamp, bytes: 0 };
        }
        unit.bytes += packet.len();
        if unit.bytes > MAX_UNIT { Err(FramingError::LongUnit) } else { Ok(()) }
    }
}

/// The message at the beginning of `buffer`, which is taken out of it; nothing
/// where more bytes are needed or a packet is there. Empty lines in front of it are dropped.
pub fn message(buffer: &mut BytesMut) -> Result<Option<(Head, Bytes)>, FramingError> {
    skip_empty_lines(buffer);
    let Some(first) = buffer.first().filter(|first| **first != b'$') else { return Ok(None) };
    if !first.is_ascii_uppercase() {
        return Err(FramingError::NotRtsp);
    }
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
    let _ = buffer.split_to(body_begin);
    let body = buffer.split_to(length as usize).freeze();
    Ok(Some((head, body)))
}

/// Some cameras send empty lines between messages and packets.
fn skip_empty_lines(buffer: &mut BytesMut) {
    let empty = buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let _ = buffer.split_to(empty);
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

    fn all(bytes: &[u8]) -> Result<Vec<(Head, Bytes)>, FramingError> {
        let mut buffer = BytesMut::from(bytes);
        let mut found = Vec::new();
        while let Some(message) = message(&mut buffer)? {
            found.push(message);
        }
        Ok(found)
    }

    fn packet(channel: u8, marker: bool, timestamp: u8, payload: usize) -> Vec<u8> {
        let length = (12 + payload) as u16;
        let [high, low] = length.to_be_bytes();
        let kind = if marker { 0xe0 } else { 0x60 };
        let mut bytes = vec![b'$', channel, high, low, 0x80, kind, 0, 1, 0, 0, 0, timestamp];
        bytes.resize(4 + usize::from(length), 0);
        bytes
    }

    #[test]
    fn messages_follow_each_other() {
        let bytes = b"RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc\r\nOPTIONS * RTSP/1.0\n\n";
        let found = all(bytes).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].1, "abc");
        assert_eq!(found[1].0.request(), Some(("OPTIONS", "*")));
    }

    #[test]
    fn a_message_may_come_byte_by_byte() {
        let mut buffer = BytesMut::new();
        let mut found = 0;
        for byte in b"RTSP/1.0 200 OK\nCSeq: 1\nContent-Length: 1\n\na" {
            buffer.extend_from_slice(&[*byte]);
            found += usize::from(message(&mut buffer).unwrap().is_some());
        }
        assert_eq!((found, buffer.len()), (1, 0));
    }

    #[test]
    fn a_run_has_whole_packets_only() {
        let bytes =
            [packet(0, false, 1, 90), packet(0, true, 1, 50), packet(1, true, 1, 9)].concat();
        let mut run = Run::default();
        run.extend(&bytes[..100]).unwrap();
        assert_eq!((run.bytes, run.is_complete), (0, false));
        run.extend(&bytes[..120]).unwrap();
        assert_eq!((run.bytes, run.is_complete), (106, false));
        run.extend(&bytes[..bytes.len() - 1]).unwrap();
        assert_eq!((run.bytes, run.is_complete), (172, true));
        run.taken();
        run.extend(&bytes[172..]).unwrap();
        assert_eq!(run.bytes, 25);
    }

    #[test]
    fn a_unit_without_end_is_refused() {
        let bytes = packet(0, false, 7, 60_000);
        let mut run = Run::default();
        let mut taken = 0;
        let error = loop {
            match run.extend(&bytes) {
                Ok(()) => run.taken(),
                Err(error) => break error,
            }
            taken += bytes.len();
            assert!(taken <= MAX_UNIT, "it was never refused");
        };
        assert_eq!(error, FramingError::LongUnit);
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
