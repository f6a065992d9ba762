//! What the engine and a worker say to each other.
//!
//! A message is `u32` total length, `u32` header length (both little-endian),
//! the header in postcard, and the payload as it is. The total counts what
//! follows it. Both sides are of one version: another worker ends at once.

use std::io::{self, IoSlice, Read, Write};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use media::{AudioFormat, Cause, MediaTime, Need, PictureFormat, Size, VideoFormat, WallTime};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::SourceSpec;

/// Largest message either side accepts; larger ones end the conversation.
pub const MAX_MESSAGE: usize = 64 << 20;

/// How often a living worker says so when it has nothing else to say.
pub const ALIVE_INTERVAL: Duration = Duration::from_secs(1);

/// Samples a second of the sound that workers decode.
pub const SOUND_RATE: u32 = 48_000;

/// Length of the header length, which the total includes.
const LENGTH: usize = size_of::<u32>();

/// Engine to worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Become a source. Sent once, first, and nothing else after it.
    Open(SourceSpec),
    /// How the units that follow are encoded.
    Format {
        /// Which stream, by the engine's name for it.
        stream: u32,
        /// How.
        format: VideoFormat,
    },
    /// One unit; the payload is its payload.
    Unit {
        /// Of which stream.
        stream: u32,
        /// What it is.
        unit: UnitHeader,
    },
    /// What pictures are wanted.
    Needs {
        /// Of which stream.
        stream: u32,
        /// All of them; what was wanted before is forgotten.
        needs: Vec<Need>,
    },
    /// Forget the stream.
    Close {
        /// Which.
        stream: u32,
    },
    /// How the sound that follows is encoded. A worker has one stream's sound
    /// at most, and then nothing else.
    AudioFormat(AudioFormat),
    /// Some sound; the payload is its unit's. Answered with one [`Reply::Sound`].
    Audio {
        /// When it is to be heard.
        time: MediaTime,
        /// When it reached the engine; comes back with its samples.
        arrived: WallTime,
    },
    /// Words are to be drawn into the film that follows, which is encoded
    /// again. A worker that does this does nothing else.
    BurnIn(BurnHeader),
    /// Words; the payload is how much of each pixel they cover.
    Label(LabelHeader),
    /// One unit of the film; the payload is its payload. Answered with any
    /// number of [`Reply::Burnt`] and one [`Reply::Consumed`].
    Burn(UnitHeader),
    /// The film is over. Answered as a unit is.
    EndBurning,
}

/// A film that words are drawn into.
#[derive(Debug, Serialize, Deserialize)]
pub struct BurnHeader {
    /// How it is encoded.
    pub format: VideoFormat,
    /// Size of the pictures that are made of it: even, upright, of square samples.
    pub size: Size,
}

/// Words that are drawn into pictures.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LabelHeader {
    /// Into those that reached the engine within this second, since 1970 UTC.
    pub second: i64,
    /// Where, in pixels.
    pub left: u32,
    /// Where, in pixels.
    pub top: u32,
    /// How large, in pixels.
    pub size: Size,
}

/// What the decoder must know of an access unit beside its payload.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct UnitHeader {
    /// When it is to be shown.
    pub time: MediaTime,
    /// When it reached the engine; comes back with its picture.
    pub arrived: WallTime,
    /// Whether decoding can begin here.
    pub is_key: bool,
    /// Whether a picture is wanted.
    pub shown: bool,
    /// Whether somebody waits for that picture, however late it is.
    pub awaited: bool,
}

/// Worker to engine.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The worker still runs.
    Alive,
    /// So many units of this stream were decoded since the last answer.
    Consumed {
        /// Which stream.
        stream: u32,
        /// How many.
        units: u32,
    },
    /// A picture; the payload is its own.
    Picture(PictureHeader),
    /// The stream cannot be decoded.
    Unsupported {
        /// Which.
        stream: u32,
        /// Why: a sentence.
        sentence: String,
    },
    /// How the units that follow are encoded.
    Format(VideoFormat),
    /// A source's unit; the payload is its payload.
    Unit {
        /// When it is to be shown.
        time: MediaTime,
        /// How long it is shown; zero where nothing tells.
        duration: Duration,
        /// Whether decoding can begin here.
        is_key: bool,
    },
    /// Answers one [`Request::Audio`] with its times; the payload is samples at
    /// [`SOUND_RATE`], none where nothing came of it.
    Sound {
        /// When it is to be heard.
        time: MediaTime,
        /// When its unit reached the engine.
        arrived: WallTime,
        /// 1 or 2.
        channels: u16,
    },
    /// A picture with words in it, in the order in which they are shown; the
    /// payload is H.264 with start codes.
    Burnt {
        /// The time of its unit.
        time: MediaTime,
        /// Whether decoding can begin here.
        is_key: bool,
    },
    /// A source could not be opened, or ended; sound cannot be decoded, or
    /// words not be burnt in.
    Failed {
        /// What kind of failure.
        cause: Cause,
        /// The same for people.
        sentence: String,
    },
}

/// One picture, for every tile whose texture has its size.
#[derive(Debug, Serialize, Deserialize)]
pub struct PictureHeader {
    /// Whose.
    pub stream: u32,
    /// Units decoded since the last answer; saves a message.
    pub consumed: u32,
    /// The boxes it was made for.
    pub tiles: Vec<Size>,
    /// Layout.
    pub format: PictureFormat,
    /// When it is to be shown.
    pub time: MediaTime,
    /// When its unit reached the engine.
    pub arrived: WallTime,
}

/// Why a conversation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The pipe.
    #[error("pipe")]
    Pipe(#[from] io::Error),
    /// Longer than [`MAX_MESSAGE`], or lengths that contradict each other.
    #[error("a message of {0} bytes")]
    Length(usize),
    /// The header is not one of ours.
    #[error("unreadable header")]
    Header(#[from] postcard::Error),
}

/// The bytes that go before the payload: lengths and header.
pub fn preamble(header: &impl Serialize, payload: usize) -> Result<Vec<u8>, WireError> {
    let mut bytes = postcard::to_extend(header, vec![0; 2 * LENGTH])?;
    let total = bytes.len() - LENGTH + payload;
    if total > MAX_MESSAGE {
        return Err(WireError::Length(total));
    }
    let header = bytes.len() - 2 * LENGTH;
    bytes[..LENGTH].copy_from_slice(&(total as u32).to_le_bytes());
    bytes[LENGTH..2 * LENGTH].copy_from_slice(&(header as u32).to_le_bytes());
    Ok(bytes)
}

/// Writes one message, with as few system calls as there can be.
pub fn write(
    to: &mut impl Write,
    header: &impl Serialize,
    payload: &[u8],
) -> Result<(), WireError> {
    let preamble = preamble(header, payload.len())?;
    let mut slices = [IoSlice::new(&preamble), IoSlice::new(payload)];
    let mut left = &mut slices[..];
    while !left.is_empty() {
        match to.write_vectored(left) {
            Ok(0) if left.iter().all(|slice| slice.is_empty()) => break,
            Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero).into()),
            Ok(written) => IoSlice::advance_slices(&mut left, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Reads one message; nothing where the pipe ended between two.
pub fn read<T: for<'de> Deserialize<'de>>(
    from: &mut impl Read,
) -> Result<Option<(T, Vec<u8>)>, WireError> {
    let mut length = [0; LENGTH];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let total = checked_total(u32::from_le_bytes(length))?;
    from.read_exact(&mut length)?;
    let header_length = checked_header(u32::from_le_bytes(length), total)?;
    let mut header = vec![0; header_length];
    from.read_exact(&mut header)?;
    let mut payload = vec![0; total - LENGTH - header_length];
    from.read_exact(&mut payload)?;
    Ok(Some((postcard::from_bytes(&header)?, payload)))
}

/// Reads messages from a pipe without copying their payloads.
pub struct Messages<R> {
    from: R,
    read: BytesMut,
}

impl<R: AsyncRead + Unpin> Messages<R> {
    /// What a read asks for at least: many small messages at once.
    const CHUNK: usize = 64 << 10;

    /// Of `from`, a pipe.
    pub fn new(from: R) -> Self {
        Self { from, read: BytesMut::new() }
    }

    /// The next message; nothing where the pipe ended. Cancel-safe.
    pub async fn next<T: for<'de> Deserialize<'de>>(
        &mut self,
    ) -> Result<Option<(T, Bytes)>, WireError> {
        let Some(()) = self.fill(2 * LENGTH).await? else { return Ok(None) };
        let total = checked_total((&self.read[..LENGTH]).get_u32_le())?;
        let header = checked_header((&self.read[LENGTH..2 * LENGTH]).get_u32_le(), total)?;
        let Some(()) = self.fill(LENGTH + total).await? else { return Ok(None) };
        let mut message = self.read.split_to(LENGTH + total).freeze();
        message.advance(2 * LENGTH);
        let payload = message.split_off(header);
        Ok(Some((postcard::from_bytes(&message)?, payload)))
    }

    /// Has at least `wanted` bytes, unless the pipe ends first.
    async fn fill(&mut self, wanted: usize) -> Result<Option<()>, WireError> {
        while self.read.len() < wanted {
            // A chunk is used up before the next: what a small unit keeps
            // alive is shared with its neighbours.
            let missing = wanted - self.read.len();
            if self.read.capacity() - self.read.len() < missing {
                self.read.reserve(missing.max(Self::CHUNK));
            }
            if self.from.read_buf(&mut self.read).await? == 0 {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }
}

/// A sentence out of a worker, which may be in a stream's hands: without what a
/// terminal would obey, and no longer than anybody reads.
pub fn plain(sentence: &str) -> String {
    const MAX_LETTERS: usize = 500;
    sentence.chars().filter(|letter| !letter.is_control()).take(MAX_LETTERS).collect()
}

fn checked_total(total: u32) -> Result<usize, WireError> {
    let total = total as usize;
    if (LENGTH..=MAX_MESSAGE).contains(&total) { Ok(total) } else { Err(WireError::Length(total)) }
}

fn checked_header(header: u32, total: usize) -> Result<usize, WireError> {
    let header = header as usize;
    if header <= total - LENGTH { Ok(header) } else { Err(WireError::Length(header)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn consumed(bytes: &[u8]) -> Result<Option<(Reply, Vec<u8>)>, WireError> {
        read::<Reply>(&mut &bytes[..])
    }

    #[test]
    fn a_message_comes_back() {
        let mut pipe = Vec::new();
        write(&mut pipe, &Reply::Consumed { stream: 3, units: 2 }, b"payload").unwrap();
        write(&mut pipe, &Reply::Alive, b"").unwrap();
        let mut pipe = &pipe[..];
        let (reply, payload) = read::<Reply>(&mut pipe).unwrap().unwrap();
        assert!(matches!(reply, Reply::Consumed { stream: 3, units: 2 }));
        assert_eq!(payload, b"payload");
        assert!(matches!(read(&mut pipe), Ok(Some((Reply::Alive, _)))));
        assert!(matches!(read::<Reply>(&mut pipe), Ok(None)));
    }

    #[tokio::test]
    async fn messages_are_read_however_they_were_cut() {
        let mut pipe = Vec::new();
        for units in 0..50 {
            let payload = vec![units as u8; 10_000];
            write(&mut pipe, &Reply::Consumed { stream: 1, units }, &payload).unwrap();
        }
        let mut messages = Messages::new(&pipe[..]);
        for expected in 0..50 {
            let (reply, payload) = messages.next::<Reply>().await.unwrap().unwrap();
            assert!(matches!(reply, Reply::Consumed { units, .. } if units == expected));
            assert_eq!(payload, vec![expected as u8; 10_000]);
        }
        assert!(messages.next::<Reply>().await.unwrap().is_none());
    }

    #[test]
    fn impossible_lengths_are_refused() {
        assert!(matches!(consumed(&[0xff; 16]), Err(WireError::Length(_))));
        assert!(matches!(consumed(&[0, 0, 0, 0, 0, 0, 0, 0]), Err(WireError::Length(0))));
        assert!(matches!(consumed(&[5, 0, 0, 0, 9, 0, 0, 0, 0]), Err(WireError::Length(9))));
        assert!(matches!(consumed(&[5, 0, 0, 0, 1, 0, 0, 0, 99]), Err(WireError::Header(_))));
    }
}
