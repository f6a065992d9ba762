use std::time::Duration;

/// What goes wrong between an engine and a camera, from the camera's side.
/// Kept until another is set, for connections that are open too.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Nothing is forwarded either way; connections stay, and new ones are
    /// accepted and hear nothing.
    Stall,
    /// Nobody listens; open connections are reset.
    Refuse,
    /// One byte a second reaches the engine.
    Trickle,
    /// Each connection is reset when it is so old, or after so long for those
    /// that are open already.
    Reset {
        /// Its age.
        after: Duration,
    },
    /// Some bytes of the payload of some RTP packets are others: up to eight, or one in twenty.
    Corrupt {
        /// How many packets of all.
        share: f64,
        /// What repeats it.
        seed: u64,
    },
    /// Some RTP packets of video are missing.
    DropPackets {
        /// How many of all.
        share: f64,
        /// What repeats it.
        seed: u64,
    },
    /// Each DESCRIBE is answered by eight gibibytes.
    HugeLength,
    /// An access unit of video that never ends: no marker bits, one timestamp.
    /// On TCP the first packets come over and over as fast as they are read;
    /// such a connection is reset when the fault ends.
    EndlessUnit,
    /// H.264 parameter sets announce 65520×65520 pixels, in SDP and in band.
    BigPicture,
    /// RTP timestamps are not what they should be.
    Times(Times),
    /// Datagrams of video suffer; those of a connection only, not of TCP.
    Udp(Udp),
    /// Each DESCRIBE is answered by this status line, such as
    /// `RTSP/1.0 404 Not Found`.
    Answer(String),
}

/// What is wrong with RTP timestamps, and with those of sender reports, from
/// the moment it is set or a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// They wrap after two seconds. For sessions that are open already, that
    /// takes a jump first.
    Wrap,
    /// They jump back by ten seconds.
    Back,
    /// They jump ahead by an hour.
    Ahead,
    /// They stand still.
    Still,
}

/// What happens to datagrams.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Udp {
    /// Share that is lost.
    pub loss: f64,
    /// Each is late by up to twice this; none overtakes another by it.
    pub jitter: Duration,
    /// Share that is late by 2 to 20 ms more, so that others overtake it.
    pub reorder: f64,
    /// Share that comes twice.
    pub duplicate: f64,
    /// What repeats it.
    pub seed: u64,
}

impl Fault {
    /// Where random choices begin.
    pub(super) fn seed(&self) -> u64 {
        match self {
            Self::Corrupt { seed, .. } | Self::DropPackets { seed, .. } => *seed,
            Self::Udp(udp) => udp.seed,
            _ => 0,
        }
    }
}
