//! One session with one stream of a camera.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use media::{
    AccessUnit, AudioFormat, AudioUnit, Clock, ClockOffset, Codec, Gap, MediaTime, Received,
    Source, SourceError, VideoFormat, WallTime,
};
use retina::client::{
    Demuxed, InitialTimestampPolicy, PlayOptions, Session, SessionIdPolicy, SessionOptions,
    SetupOptions, TeardownPolicy, Transport as RetinaTransport, UnassignedChannelDataPolicy,
};
use retina::codec::{AudioFrame, CodecItem, FrameFormat, VideoFrame};
use retina::rtcp::ReceivedCompoundPacket;
use tokio::time::Instant;

use crate::axis::Axis;
use crate::gate::Gate;
use crate::{Address, Credentials, Dialer, sentence, video};

/// How long a camera may take to describe its stream and to begin, once it has
/// taken the connection.
const MAX_ANSWERING: Duration = Duration::from_secs(10);

/// Seconds from 1900, where NTP counts from, to 1970.
const NTP_TO_UNIX: i64 = 2_208_988_800;

/// What to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRequest {
    /// Where it is.
    pub address: Address,
    /// How to log in there.
    pub credentials: Option<Credentials>,
    /// How packets are to come.
    pub transport: Transport,
}

/// How packets of a stream come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// Interleaved in RTSP's own connection: nothing is lost on the way.
    #[default]
    Tcp,
    /// As datagrams.
    Udp,
}

/// How far a session is on its way to the first picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Connecting.
    Reaching,
    /// Connected; logging in and asking for the stream.
    Asking,
    /// All was agreed on; the first key frame has not come yet.
    FirstKeyFrame,
}

/// A session with one stream of a camera. Dropping it takes leave of the camera.
pub struct Rtsp {
    address: Address,
    clock: Clock,
    gate: Gate,
    demuxed: Demuxed,
    video: Video,
    audio: Option<Audio>,
}

struct Video {
    index: usize,
    codec: Codec,
    format: Option<Arc<VideoFormat>>,
    axis: Axis,
    since: Instant,
    sequence: u64,
    /// Set from a loss to the next key frame, and before the first.
    needs_key: bool,
    /// Told as soon as it is known; the unit it came with follows.
    next: Option<Received>,
}

struct Audio {
    index: usize,
    format: Arc<AudioFormat>,
    axis: Axis,
}

impl Rtsp {
    /// Opens a session; `report` hears how far it is.
    pub async fn open(
        dialer: &Dialer,
        request: &StreamRequest,
        report: &(dyn Fn(Stage) + Sync),
    ) -> Result<Self, SourceError> {
        let error = match Self::open_with(dialer, request, true, report).await {
            Err(Refused { error, at_sound: true }) => error,
            opened => return opened.map_err(|refused| refused.error),
        };
        // Some cameras announce sound and do not give it.
        tracing::info!(address = %request.address, "opened without sound: {error}");
        let opened = Self::open_with(dialer, request, false, report).await;
        opened.map_err(|refused| refused.error)
    }

    async fn open_with(
        dialer: &Dialer,
        request: &StreamRequest,
        with_sound: bool,
        report: &(dyn Fn(Stage) + Sync),
    ) -> Result<Self, Refused> {
        let StreamRequest { address, credentials, transport } = request;
        report(Stage::Reaching);
        let gate = Gate::open(dialer, address, credentials.clone(), *transport).await?;
        report(Stage::Asking);
        let clock = dialer.clock().clone();
        let begin = begin(&gate, address, with_sound);
        let begun = tokio::select! {
            begun = begin => begun?,
            () = clock.sleep(MAX_ANSWERING) => {
                return Err(sentence::too_slow(address, MAX_ANSWERING.as_secs()).into());
            }
        };
        report(Stage::FirstKeyFrame);
        let since = clock.instant();
        let streams = begun.demuxed.streams();
        let video = Video {
            index: begun.video,
            codec: begun.codec,
            format: None,
            axis: Axis::new(streams[begun.video].clock_rate_hz()),
            since,
            sequence: 0,
            needs_key: true,
            next: None,
        };
        let audio = begun.sound.map(|(index, format)| Audio {
            index,
            axis: Axis::new(streams[index].clock_rate_hz()),
            format: Arc::new(format),
        });
        let (address, demuxed) = (address.clone(), begun.demuxed);
        Ok(Self { address, clock, gate, demuxed, video, audio })
    }

    /// How its sound is encoded, where there is some.
    pub fn sound(&self) -> Option<&Arc<AudioFormat>> {
        self.audio.as_ref().map(|audio| &audio.format)
    }

    async fn receive(&mut self) -> Result<Received, SourceError> {
        loop {
            if let Some(next) = self.video.next.take() {
                return Ok(next);
            }
            let item = match self.demuxed.next().await {
                Some(Ok(item)) => item,
                Some(Err(error)) => return Err(self.trouble(&error.to_string())),
                None => return Err(self.trouble("it ended")),
            };
            let received = match item {
                CodecItem::VideoFrame(frame) => self.unit(frame)?,
                CodecItem::AudioFrame(frame) => self.audio(&frame),
                CodecItem::Rtcp(packet) => self.offset(&packet),
                _ => None,
            };
            if let Some(received) = received {
                return Ok(received);
            }
        }
    }

    fn unit(&mut self, frame: VideoFrame) -> Result<Option<Received>, SourceError> {
        let arrived = self.clock.wall();
        let video = &mut self.video;
        if frame.has_new_parameters() || video.format.is_none() {
            let stream = &self.demuxed.streams()[video.index];
            let format = video::format(stream, &video.codec, &self.address)?;
            if video.format.as_deref() != format.as_ref() {
                video.format = format.map(Arc::new);
            }
        }
        let stamp = frame.timestamp().timestamp();
        let since = self.clock.instant().duration_since(video.since);
        let (time, jumped) = video.axis.place(stamp, since);
        if jumped {
            tracing::info!(address = %self.address, stamp, "the camera's time jumped");
        }
        // A JPEG builds on nothing; of other pictures nobody can say whether
        // what was lost was part of them.
        let is_jpeg = video.codec == Codec::MJPEG;
        let is_key = is_jpeg || frame.is_random_access_point();
        let packets = u32::from(frame.loss());
        let is_damaged = packets > 0 && !is_jpeg;
        let is_first = video.sequence == 0;
        let unit = (!is_damaged && (is_key || !video.needs_key)).then_some(()).and_then(|()| {
            let format = video.format.clone()?;
            let unit = AccessUnit {
                format,
                sequence: video.sequence,
                time,
                duration: Duration::ZERO,
                arrived,
                is_key,
                payload: Bytes::from(frame.into_data()),
            };
            video.sequence += 1;
            Some(Received::Unit(Arc::new(unit)))
        });
        video.needs_key = unit.is_none();
        let unit = unit.unwrap_or(Received::Dropped);
        if packets == 0 || is_first {
            return Ok(Some(unit));
        }
        video.next = Some(unit);
        Ok(Some(Received::Gap(Gap { packets })))
    }

    fn audio(&mut self, frame: &AudioFrame) -> Option<Received> {
        let since = self.clock.instant().duration_since(self.video.since);
        let audio = self.audio.as_mut().filter(|audio| audio.index == frame.stream_id())?;
        let (time, _) = audio.axis.place(frame.timestamp().timestamp(), since);
        Some(Received::Audio(Arc::new(AudioUnit {
            format: audio.format.clone(),
            time: MediaTime(time.0),
            arrived: self.clock.wall(),
            payload: Bytes::copy_from_slice(frame.data()),
        })))
    }

    /// What a sender report (RFC 3550, section 6.4.1) says about the camera's clock.
    fn offset(&self, packet: &ReceivedCompoundPacket) -> Option<Received> {
        if packet.stream_id() != self.video.index {
            return None;
        }
        let reports = packet.pkts().filter_map(|it| it.as_sender_report().ok().flatten());
        let ntp = reports.map(|report| report.ntp_timestamp().0).next().filter(|ntp| *ntp != 0)?;
        let micros = ((ntp & 0xffff_ffff) * 1_000_000) >> 32;
        let unix = (ntp >> 32) as i64 - NTP_TO_UNIX;
        let theirs = WallTime(unix * 1_000_000 + micros as i64);
        let ours = self.clock.wall();
        Some(Received::Clock(ClockOffset::from_micros(theirs.0.saturating_sub(ours.0))))
    }

    /// Why the session ended; the gate knows better than retina.
    fn trouble(&self, said: &str) -> SourceError {
        self.gate.trouble().unwrap_or_else(|| sentence::nonsense(&self.address, said))
    }
}

impl Source for Rtsp {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Result<Received, SourceError>> + Send + '_>> {
        Box::pin(self.receive())
    }
}

/// A session could not be opened.
struct Refused {
    error: SourceError,
    /// Whether it may be without sound.
    at_sound: bool,
}

impl From<SourceError> for Refused {
    fn from(error: SourceError) -> Self {
        Self { error, at_sound: false }
    }
}

/// A session that has begun to play.
struct Begun {
    demuxed: Demuxed,
    video: usize,
    codec: Codec,
    sound: Option<(usize, AudioFormat)>,
}

async fn begin(gate: &Gate, address: &Address, with_sound: bool) -> Result<Begun, Refused> {
    let trouble = |error: retina::Error| {
        gate.trouble().unwrap_or_else(|| sentence::nonsense(address, &error.to_string()))
    };
    let options = SessionOptions::default()
        .user_agent(concat!("Tessera/", env!("CARGO_PKG_VERSION")).to_owned())
        .session_id(SessionIdPolicy::UseFirst)
        .unassigned_channel_data(UnassignedChannelDataPolicy::Ignore)
        // The gate takes leave, whatever the transport.
        .teardown(TeardownPolicy::Never);
    let described = Session::describe(gate.url().clone(), options).await;
    let mut session = described.map_err(trouble)?;
    let streams = session.streams();
    let video = streams.iter().enumerate().find_map(|(n, it)| Some((n, video::codec(it)?)));
    let Some((video, codec)) = video else {
        let other = streams.iter().find(|stream| stream.media() == "video");
        let error = match other {
            Some(other) => sentence::unknown_codec(address, other.encoding_name()),
            None => sentence::no_video(address),
        };
        return Err(error.into());
    };
    let sound = streams.iter().enumerate().find_map(|(n, it)| Some((n, video::sound(it)?)));
    let sound = sound.filter(|_| with_sound);
    let setup = || {
        SetupOptions::default()
            .transport(RetinaTransport::Tcp(Default::default()))
            .frame_format(FrameFormat::MP4)
    };
    session.setup(video, setup()).await.map_err(trouble)?;
    if let Some((index, _)) = sound {
        let set_up = session.setup(index, setup()).await;
        set_up.map_err(|error| Refused { error: trouble(error), at_sound: true })?;
    }
    let policy = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Permissive);
    let playing = session.play(policy).await.map_err(trouble)?;
    let demuxed = playing.demuxed().map_err(trouble)?;
    Ok(Begun { demuxed, video, codec, sound })
}
