//! One stream of RTP packets, put together.
//!
//! retina's client wants to read packets itself; its depacketizers are had
//! alone only through what it exposes to its own benchmarks. Its version is
//! pinned, and all of that is named here and nowhere else.

use std::num::{NonZeroU16, NonZeroU32};

use retina::client::Stream;
use retina::codec::{CodecItem, Depacketizer, FrameFormat, ParametersRef};
use retina::rtp::{PacketHeader, PacketMeta};
use retina::testutil::DepacketizeBuf;
use retina::{PacketContext, Timestamp};

/// Geovision cameras send packets of this type among others; they mean nothing.
const NO_PAYLOAD: u8 = 50;

/// Packets that make no sense, one after another without a unit between them,
/// after which a stream is given up.
const MAX_NONSENSE: u32 = 500;

/// A stream that was set up.
pub struct Track {
    /// Of its packets; that of control is the next.
    pub channel: u8,
    recipe: Recipe,
    depacketizer: Depacketizer,
    buffer: DepacketizeBuf,
    ssrc: Option<u32>,
    due: Option<u16>,
    /// The last time of a packet, unwrapped.
    time: Option<i64>,
    nonsense: u32,
    /// Losses that the depacketizer does not know of.
    untold: u32,
}

/// What a depacketizer is made of.
struct Recipe {
    media: String,
    encoding: String,
    clock_rate: NonZeroU32,
    channels: Option<NonZeroU16>,
    parameters: Option<String>,
}

impl Track {
    /// Of what retina read in the description `sdp`; the error is for those
    /// who mend cameras.
    pub fn new(stream: &Stream, sdp: &str, channel: u8) -> Result<Self, String> {
        let clock_rate = NonZeroU32::new(stream.clock_rate_hz()).ok_or("a clock rate of 0")?;
        let recipe = Recipe {
            media: stream.media().to_owned(),
            encoding: stream.encoding_name().to_owned(),
            clock_rate,
            channels: stream.channels(),
            parameters: parameters(sdp, stream).map(str::to_owned),
        };
        Ok(Self {
            channel,
            depacketizer: recipe.make()?,
            recipe,
            buffer: DepacketizeBuf::new(64 * 1024),
            ssrc: None,
            due: None,
            time: None,
            nonsense: 0,
            untold: 0,
        })
    }

    /// Units a second of its time.
    pub fn clock_rate(&self) -> u32 {
        self.recipe.clock_rate.get()
    }

    /// What is known of its codec.
    pub fn parameters(&self) -> Option<ParametersRef<'_>> {
        self.depacketizer.parameters()
    }

    /// Takes a packet. What is whole now comes out of [`Track::pull`], until
    /// that is empty. An error means that the stream makes no sense.
    pub fn push(&mut self, packet: &[u8]) -> Result<(), String> {
        let (header, payload) = match PacketHeader::validate(packet) {
            Ok(read) => read,
            Err(error) => return self.nonsense(error),
        };
        if header.payload_type() == NO_PAYLOAD {
            return Ok(());
        }
        let number = header.sequence_number();
        let is_another = self.ssrc.replace(header.ssrc()).is_some_and(|it| it != header.ssrc());
        let loss = match self.due {
            _ if is_another => 1,
            Some(due) => number.wrapping_sub(due),
            None => 0,
        };
        if loss > u16::MAX / 2 {
            // It was skipped before.
            return Ok(());
        }
        self.due = Some(number.wrapping_add(1));
        let time = match self.time {
            // Whatever wraps comes nearest to where it was.
            Some(last) => {
                last + i64::from(header.timestamp().wrapping_sub(last as u32).cast_signed())
            }
            None => i64::from(header.timestamp()),
        };
        self.time = Some(time);
        let timestamp = Timestamp::new(time, self.recipe.clock_rate, 0);
        let Some(timestamp) = timestamp else { return self.nonsense("a time beyond all times") };
        let meta = PacketMeta {
            ctx: PacketContext::dummy(),
            stream_id: 0,
            timestamp,
            sequence_number: number,
            ssrc: header.ssrc(),
            mark: header.mark(),
            loss,
        };
        let payload = &packet[usize::from(payload.start)..usize::from(payload.end)];
        match self.buffer.push(&mut self.depacketizer, meta, payload) {
            Ok(()) => Ok(()),
            Err(error) => self.nonsense(&error),
        }
    }

    /// What is whole.
    pub fn pull(&mut self) -> Result<Option<CodecItem>, String> {
        match self.depacketizer.pull() {
            Some(Ok(item)) => {
                self.nonsense = 0;
                Ok(Some(item))
            }
            Some(Err(error)) => self.nonsense(&format!("{error:?}")).map(|()| None),
            None => Ok(None),
        }
    }

    /// Losses since the last time this was asked, which no unit tells of.
    pub fn untold(&mut self) -> u32 {
        std::mem::take(&mut self.untold)
    }

    /// Goes on with what comes next: one broken packet is a loss, no end.
    fn nonsense(&mut self, why: &str) -> Result<(), String> {
        self.nonsense += 1;
        self.untold += 1;
        if self.nonsense > MAX_NONSENSE {
            return Err(why.to_owned());
        }
        tracing::debug!(why, "a packet that makes no sense");
        self.depacketizer = self.recipe.make()?;
        self.buffer = DepacketizeBuf::new(64 * 1024);
        Ok(())
    }
}

impl Recipe {
    fn make(&self) -> Result<Depacketizer, String> {
        let Self { media, encoding, clock_rate, channels, parameters } = self;
        let made =
            Depacketizer::new(media, encoding, clock_rate.get(), *channels, parameters.as_deref());
        made.map(|mut depacketizer| {
            depacketizer.set_frame_format(FrameFormat::MP4);
            depacketizer
        })
    }
}

/// The format parameters (RFC 8866, section 6.15) of `stream` in the
/// description it was read in.
fn parameters<'a>(sdp: &'a str, stream: &Stream) -> Option<&'a str> {
    let kind = stream.rtp_payload_type().to_string();
    let mut sections = sdp.split("\nm=").skip(1);
    let is_of = |section: &&str| {
        let mut words = section.lines().next().unwrap_or_default().split_whitespace();
        let media = words.next();
        let has_kind = words.nth(2) == Some(kind.as_str());
        let maps = attributes(section, "rtpmap", &kind).next().is_none_or(|map| {
            let name = map.split('/').next().unwrap_or_default();
            name.eq_ignore_ascii_case(stream.encoding_name())
        });
        media == Some(stream.media()) && has_kind && maps
    };
    let section = sections.find(is_of)?;
    attributes(section, "fmtp", &kind).last()
}

/// Values of an attribute that belong to a payload type.
fn attributes<'a>(section: &'a str, name: &str, kind: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!("a={name}:{kind} ");
    section.lines().filter_map(move |line| line.strip_prefix(begin.as_str())).map(str::trim)
}
