//! Sound: as encoded, and as samples.

use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::format::bytes_as_vec;
use crate::{MediaTime, WallTime};

/// How sound is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioFormat {
    /// Codec.
    pub codec: AudioCodec,
    /// Samples a second.
    pub rate: u32,
    /// Channels.
    pub channels: u16,
    /// AudioSpecificConfig (ISO/IEC 14496-3) of AAC; empty for G.711.
    #[serde(with = "bytes_as_vec")]
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

/// How the samples of [`Sound`] follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoundFormat {
    /// Samples a second.
    pub rate: u32,
    /// 1 or 2.
    pub channels: u16,
}

/// Decoded sound of some milliseconds.
#[derive(Clone, Debug)]
pub struct Sound {
    /// How its samples follow each other.
    pub format: SoundFormat,
    /// When it is to be heard, on the stream's axis.
    pub time: MediaTime,
    /// When its unit reached this engine.
    pub arrived: WallTime,
    /// Signed 16-bit little-endian samples, those of the channels in turn.
    pub samples: Bytes,
}
