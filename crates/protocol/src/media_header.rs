//! The fixed header of every binary message.

/// What a binary message carries, in front of its payload.
///
/// 32 bytes, little-endian: version u8, kind u8, flags u16, subscription u32,
/// sequence u32, format u32, media time i64 (µs), wall time i64 (µs).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaHeader {
    /// What the payload is.
    pub kind: MediaKind,
    /// [`MediaHeader::KEY`], [`MediaHeader::AFTER_GAP`], [`MediaHeader::UNSHOWN`],
    /// [`MediaHeader::APPROXIMATE`]; others are zero when sent, ignored when received.
    pub flags: u16,
    /// The tile it is for, or the sound.
    pub subscription: u32,
    /// Counts what there was for a subscription from 1; wraps. A hole is a
    /// picture, unit or sound that, because the viewer was behind, was not sent.
    pub sequence: u32,
    /// Names the [`crate::Message::Format`], [`crate::Message::Encoding`] or
    /// [`crate::Message::Sound`] sent before it.
    pub format: u32,
    /// When to show or play it, on the stream's own axis, in µs.
    pub media_time: i64,
    /// When its access unit reached the engine, in µs since 1970 UTC; of a
    /// recorded one, too.
    pub wall_time: i64,
}

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MediaKind {
    /// A decoded picture, as its format says: planes or a JPEG file.
    Picture = 1,
    /// An access unit, as its format says.
    Unit = 2,
    /// Decoded sound: signed 16-bit little-endian samples, those of the
    /// channels in turn.
    Sound = 3,
}

/// Why a binary message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaHeaderError {
    /// Shorter than a header.
    #[error("a media message of {0} bytes is shorter than its header")]
    TooShort(usize),
    /// Of another version.
    #[error("media header of version {0}")]
    Version(u8),
    /// Of a kind not defined.
    #[error("media of unknown kind {0}")]
    Kind(u8),
}

impl MediaHeader {
    /// Length in bytes.
    pub const BYTES: usize = 32;

    /// Flag of an access unit at which decoding can begin.
    pub const KEY: u16 = 1;

    /// Flag of an access unit in front of which others are missing.
    pub const AFTER_GAP: u16 = 2;

    /// Flag of an access unit to be decoded and not shown: it came long before
    /// the viewer did, and later ones build on it.
    pub const UNSHOWN: u16 = 4;

    /// Flag of a recorded picture that is near the time asked for: the exact one
    /// follows.
    pub const APPROXIMATE: u16 = 8;

    /// The version written.
    pub const VERSION: u8 = 1;

    /// As bytes.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = Self::VERSION;
        bytes[1] = self.kind as u8;
        bytes[2..4].copy_from_slice(&self.flags.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.subscription.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.format.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.media_time.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.wall_time.to_le_bytes());
        bytes
    }

    /// A whole binary message.
    pub fn with(self, payload: &[u8]) -> Vec<u8> {
        let mut message = Vec::with_capacity(Self::BYTES + payload.len());
        message.extend_from_slice(&self.to_bytes());
        message.extend_from_slice(payload);
        message
    }

    /// Splits a binary message into header and payload.
    pub fn parse(message: &[u8]) -> Result<(Self, &[u8]), MediaHeaderError> {
        let Some((header, payload)) = message.split_first_chunk::<{ Self::BYTES }>() else {
            return Err(MediaHeaderError::TooShort(message.len()));
        };
        if header[0] != Self::VERSION {
            return Err(MediaHeaderError::Version(header[0]));
        }
        let kind = match header[1] {
            1 => MediaKind::Picture,
            2 => MediaKind::Unit,
            3 => MediaKind::Sound,
            other => return Err(MediaHeaderError::Kind(other)),
        };
        let header = Self {
            kind,
            flags: u16::from_le_bytes(part(header, 2)),
            subscription: u32::from_le_bytes(part(header, 4)),
            sequence: u32::from_le_bytes(part(header, 8)),
            format: u32::from_le_bytes(part(header, 12)),
            media_time: i64::from_le_bytes(part(header, 16)),
            wall_time: i64::from_le_bytes(part(header, 24)),
        };
        Ok((header, payload))
    }
}

fn part<const N: usize>(header: &[u8; MediaHeader::BYTES], at: usize) -> [u8; N] {
    std::array::from_fn(|i| header[at + i])
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: MediaHeader = MediaHeader {
        kind: MediaKind::Picture,
        flags: 0x0102,
        subscription: 7,
        sequence: u32::MAX,
        format: 3,
        media_time: -1,
        wall_time: 1_790_000_000_000_000,
    };

    #[test]
    fn what_is_written_is_read() {
        for kind in [MediaKind::Picture, MediaKind::Unit, MediaKind::Sound] {
            let header = MediaHeader { kind, ..HEADER };
            let mut message = header.to_bytes().to_vec();
            message.extend_from_slice(b"payload");
            assert_eq!(MediaHeader::parse(&message), Ok((header, b"payload".as_slice())));
        }
    }

    #[test]
    fn broken_headers_are_refused() {
        let bytes = HEADER.to_bytes();
        assert_eq!(MediaHeader::parse(&bytes[..31]), Err(MediaHeaderError::TooShort(31)));
        let mut other = bytes;
        other[0] = 2;
        assert_eq!(MediaHeader::parse(&other), Err(MediaHeaderError::Version(2)));
        other = bytes;
        other[1] = 99;
        assert_eq!(MediaHeader::parse(&other), Err(MediaHeaderError::Kind(99)));
    }
}
