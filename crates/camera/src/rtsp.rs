//! One session with one stream of a camera.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use media::{
    AccessUnit, AudioFormat, AudioUnit, Clock, ClockOffset, Codec, Gap, Received, Source,
    SourceError, VideoFormat, WallTime,
};
use retina::client::{
    InitialTimestampPolicy, PlayOptions, Session, SessionIdPolicy, SessionOptions, SetupOptions,
    TeardownPolicy, Transport as RetinaTransport,
};
use retina::codec::{AudioFrame, CodecItem, VideoFrame};
use retina::rtcp::PacketRef;
use tokio::time::Instant;
use url::Url;

use crate::axis::Axis;
use crate::framing::UnitSize;
use crate::gate::Gate;
use crate::track::Track;
use crate::wire::{self, Wire};
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
    dialer: Dialer,
    /// Gone only while it is dropped.
    wire: Option<Wire>,
    size: UnitSize,
    video: Video,
    audio: Option<Audio>,
    ready: VecDeque<Received>,
}

struct Video {
    track: Track,
    codec: Codec,
    format: Option<Arc<VideoFormat>>,
    axis: Axis,
    since: Instant,
    sequence: u64,
    /// Set from a loss to the next key frame, and before the first.
    needs_key: bool,
}

struct Audio {
    track: Track,
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
        let mut gate = Gate::open(dialer, address, credentials.clone(), *transport).await?;
        report(Stage::Asking);
        let clock = dialer.clock().clone();
        let begun = tokio::select! {
            begun = negotiate(&mut gate, address, with_sound) => begun?,
            () = clock.sleep(MAX_ANSWERING) => {
                return Err(sentence::too_slow(address, MAX_ANSWERING.as_secs()).into());
            }
        };
        report(Stage::FirstKeyFrame);
        let Begun { mut tracks, codec, sound } = begun;
        let audio = sound.and_then(|format| {
            let track = tracks.pop()?;
            let axis = Axis::new(track.clock_rate());
            Some(Audio { track, format: Arc::new(format), axis })
        });
        let track = tracks.pop().ok_or_else(|| sentence::no_video(address))?;
        let video = Video {
            axis: Axis::new(track.clock_rate()),
            track,
            codec,
            format: None,
            since: clock.instant(),
            sequence: 0,
            needs_key: true,
        };
        Ok(Self {
            address: address.clone(),
            clock,
            dialer: dialer.clone(),
            wire: Some(gate.into_wire()),
            size: UnitSize::default(),
            video,
            audio,
            ready: VecDeque::new(),
        })
    }

    /// How its sound is encoded, where there is some.
    pub fn sound(&self) -> Option<&Arc<AudioFormat>> {
        self.audio.as_ref().map(|audio| &audio.format)
    }

    async fn receive(&mut self) -> Result<Received, SourceError> {
        loop {
            if let Some(received) = self.ready.pop_front() {
                return Ok(received);
            }
            let Some(wire) = &mut self.wire else { return Err(sentence::closed(&self.address)) };
            match wire.packet()? {
                Some((channel, packet)) => self.take(channel, &packet)?,
                None => wire.fill().await?,
            }
        }
    }

    /// Takes a packet apart, or puts it to the others.
    fn take(&mut self, channel: u8, packet: &[u8]) -> Result<(), SourceError> {
        let nonsense = |address: &Address, why: &str| sentence::nonsense(address, why);
        let pictures = self.video.track.channel;
        let sound = self.audio.as_ref().map(|audio| audio.track.channel);
        if channel == pictures {
            let counted = self.size.count(packet);
            counted.map_err(|error| wire::refusal(&self.address, error))?;
            let pushed = self.video.track.push(packet);
            pushed.map_err(|why| nonsense(&self.address, &why))?;
            while let Some(item) =
                self.video.track.pull().map_err(|why| nonsense(&self.address, &why))?
            {
                if let CodecItem::VideoFrame(frame) = item {
                    self.unit(frame)?;
                }
            }
        } else if Some(channel) == sound
            && let Some(audio) = &mut self.audio
        {
            audio.track.push(packet).map_err(|why| nonsense(&self.address, &why))?;
            while let Some(item) =
                audio.track.pull().map_err(|why| nonsense(&self.address, &why))?
            {
                if let CodecItem::AudioFrame(frame) = item {
                    let since = self.clock.instant().duration_since(self.video.since);
                    let unit = audio.unit(&frame, since, self.clock.wall());
                    self.ready.push_back(Received::Audio(Arc::new(unit)));
                }
            }
        } else if channel == pictures.wrapping_add(1)
            && let Some(offset) = self.offset(packet)
        {
            self.ready.push_back(Received::Clock(offset));
        }
        Ok(())
    }

    fn unit(&mut self, frame: VideoFrame) -> Result<(), SourceError> {
        let arrived = self.clock.wall();
        let video = &mut self.video;
        // A track that began anew after nonsense has parameters that are not new to it.
        let may_differ = frame.has_new_parameters() || frame.is_random_access_point();
        if may_differ || video.format.is_none() {
            let format = video::format(video.track.parameters(), &video.codec, &self.address)?;
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
        let packets = u32::from(frame.loss()) + video.track.untold();
        let is_damaged = packets > 0 && !is_jpeg;
        let is_first = video.sequence == 0;
        if packets > 0 && !is_first {
            self.ready.push_back(Received::Gap(Gap { packets }));
        }
        let may_pass = !is_damaged && (is_key || !video.needs_key);
        video.needs_key = !may_pass;
        let format = video.format.clone().filter(|_| may_pass);
        self.ready.push_back(match format {
            None => Received::Dropped,
            Some(format) => {
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
                Received::Unit(Arc::new(unit))
            }
        });
        Ok(())
    }

    /// What a sender report (RFC 3550, section 6.4.1) says about the camera's clock.
    fn offset(&self, packet: &[u8]) -> Option<ClockOffset> {
        let (first, _) = PacketRef::parse(packet).ok()?;
        let report = first.as_sender_report().ok()??;
        let ntp = Some(report.ntp_timestamp().0).filter(|ntp| *ntp != 0)?;
        let micros = ((ntp & 0xffff_ffff) * 1_000_000) >> 32;
        let unix = (ntp >> 32) as i64 - NTP_TO_UNIX;
        let theirs = WallTime(unix * 1_000_000 + micros as i64);
        Some(ClockOffset::from_micros(theirs.0.saturating_sub(self.clock.wall().0)))
    }
}

impl Audio {
    fn unit(&mut self, frame: &AudioFrame, since: Duration, arrived: WallTime) -> AudioUnit {
        let (time, _) = self.axis.place(frame.timestamp().timestamp(), since);
        let payload = Bytes::copy_from_slice(frame.data());
        AudioUnit { format: self.format.clone(), time, arrived, payload }
    }
}

impl Source for Rtsp {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Result<Received, SourceError>> + Send + '_>> {
        Box::pin(self.receive())
    }

    fn set_patience(&mut self, is_patient: bool) -> Result<(), SourceError> {
        self.wire.as_mut().map_or(Ok(()), |wire| wire.set_patience(is_patient))
    }
}

impl Drop for Rtsp {
    fn drop(&mut self) {
        if let Some(wire) = self.wire.take() {
            self.dialer.spawn(wire.farewell());
        }
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
    /// Pictures, then sound.
    tracks: Vec<Track>,
    codec: Codec,
    sound: Option<AudioFormat>,
}

/// Asks, by retina through the gate, until the camera plays.
async fn negotiate(gate: &mut Gate, address: &Address, with_sound: bool) -> Result<Begun, Refused> {
    let at_sound = AtomicBool::new(false);
    let asked = {
        let url = gate.url();
        let ask = ask(url, address, with_sound, &at_sound);
        let serve = gate.serve();
        tokio::pin!(ask, serve);
        tokio::select! {
            asked = &mut ask => asked?,
            served = &mut serve => {
                let at_sound = at_sound.load(Ordering::Relaxed);
                served.map_err(|error| Refused { error, at_sound })?;
                // The last answer is on its way.
                ask.await?
            }
        }
    };
    let Asked { session, sdp, video, codec, sound } = asked;
    let streams = [Some(video), sound.as_ref().map(|(index, _)| *index)];
    let channels = gate.channels().iter();
    let tracks = streams
        .into_iter()
        .flatten()
        .zip(channels)
        .map(|(index, channel)| Track::new(&session.streams()[index], &sdp, *channel));
    let tracks: Result<Vec<Track>, String> = tracks.collect();
    let tracks = tracks.map_err(|why| sentence::nonsense(address, &why))?;
    Ok(Begun { tracks, codec, sound: sound.map(|(_, format)| format) })
}

/// What retina found out.
struct Asked {
    session: Session<retina::client::Playing>,
    sdp: String,
    video: usize,
    codec: Codec,
    sound: Option<(usize, AudioFormat)>,
}

async fn ask(
    url: Url,
    address: &Address,
    with_sound: bool,
    at_sound: &AtomicBool,
) -> Result<Asked, SourceError> {
    let trouble = |error: retina::Error| sentence::nonsense(address, &error.to_string());
    let options = SessionOptions::default()
        .user_agent(concat!("Tessera/", env!("CARGO_PKG_VERSION")).to_owned())
        .session_id(SessionIdPolicy::UseFirst)
        // The wire takes leave.
        .teardown(TeardownPolicy::Never);
    let mut session = Session::describe(url, options).await.map_err(trouble)?;
    let sdp = String::from_utf8_lossy(session.sdp()).into_owned();
    let streams = session.streams();
    let video = streams.iter().enumerate().find_map(|(n, it)| Some((n, video::codec(it)?)));
    let Some((video, codec)) = video else {
        let other = streams.iter().find(|stream| stream.media() == "video");
        return Err(match other {
            Some(other) => sentence::unknown_codec(address, other.encoding_name()),
            None => sentence::no_video(address),
        });
    };
    let sound = streams.iter().enumerate().find_map(|(n, it)| Some((n, video::sound(it)?)));
    let sound = sound.filter(|_| with_sound);
    let setup = || SetupOptions::default().transport(RetinaTransport::Tcp(Default::default()));
    session.setup(video, setup()).await.map_err(trouble)?;
    if let Some((index, _)) = sound {
        at_sound.store(true, Ordering::Relaxed);
        session.setup(index, setup()).await.map_err(trouble)?;
        at_sound.store(false, Ordering::Relaxed);
    }
    let policy = PlayOptions::default().initial_timestamp(InitialTimestampPolicy::Permissive);
    let session = session.play(policy).await.map_err(trouble)?;
    Ok(Asked { session, sdp, video, codec, sound })
}
