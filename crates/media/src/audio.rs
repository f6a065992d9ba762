//! Sound, as encoded.

use std::sync::Arc;

use bytes::Bytes;

use crate::{MediaTime, WallTime};

/// How sound is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioCodec {
    /// MPEG-4 AAC, raw access units without ADTS.
    Aac,
    /// G.711 µ-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
}

impl AudioCodec {
    /// FFmpeg's short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aac => "aac",
            Self::Pcmu => "pcm_mulaw",
            Self::Pcma => "pcm_alaw",
        }
    }
}

/// What is needed to decode sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFormat {
    /// Codec.
    pub codec: AudioCodec,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u16,
    /// AudioSpecificConfig (ISO/IEC 14496-3) of AAC; empty for G.711.
    pub config: Bytes,
}

/// Encoded sound of some milliseconds.
#[derive(Clone, Debug)]
pub struct AudioUnit {
    /// How it is encoded.
    pub format: Arc<AudioFormat>,
    /// When it is to be heard, on the stream's axis.
    pub time: MediaTime,
    /// When it reached this engine.
    pub arrived: WallTime,
    /// One AAC access unit, or samples of a byte each.
    pub payload: Bytes,
}
