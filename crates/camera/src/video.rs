//! What retina says about a stream, as formats of ours.

use bytes::Bytes;
use media::{
    AudioCodec, AudioFormat, Codec, Range, Ratio, Rotation, Size, SourceError, VideoFormat,
};
use retina::client::Stream;
use retina::codec::ParametersRef;

use crate::{Address, sentence};

/// The longest side of a picture that is believed, in pixels.
const MAX_SIDE: u32 = 16_384;

/// The codec of a stream by its name in the session's description; nothing
/// where it is no video, or of a codec that is not known.
pub fn codec(stream: &Stream) -> Option<Codec> {
    if stream.media() != "video" {
        return None;
    }
    match stream.encoding_name() {
        "h264" => Some(Codec::H264),
        "h265" => Some(Codec::H265),
        "jpeg" => Some(Codec::MJPEG),
        _ => None,
    }
}

/// The format of the pictures that come now; nothing where the camera has not
/// told it yet.
pub fn format(
    parameters: Option<ParametersRef<'_>>,
    codec: &Codec,
    address: &Address,
) -> Result<Option<VideoFormat>, SourceError> {
    let Some(ParametersRef::Video(parameters)) = parameters else { return Ok(None) };
    let (width, height) = parameters.pixel_dimensions();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(sentence::absurd_size(address, width, height));
    }
    let is_jpeg = *codec == Codec::MJPEG;
    Ok(Some(VideoFormat {
        codec: codec.clone(),
        // A JPEG says all in itself.
        extradata: if is_jpeg { Bytes::new() } else { parameters.extra_data().to_vec().into() },
        size: Size { width, height },
        sample_aspect: parameters.pixel_aspect_ratio().and_then(|(num, den)| Ratio::new(num, den)),
        rotation: Rotation::None,
        matrix: None,
        range: is_jpeg.then_some(Range::Full),
        field_order: None,
    }))
}

/// The format of a stream's sound; nothing where it is none that is known.
pub fn sound(stream: &Stream) -> Option<AudioFormat> {
    if stream.media() != "audio" {
        return None;
    }
    let codec = match stream.encoding_name() {
        "mpeg4-generic" => AudioCodec::Aac,
        "pcmu" => AudioCodec::Pcmu,
        "pcma" => AudioCodec::Pcma,
        _ => return None,
    };
    let ParametersRef::Audio(parameters) = stream.parameters()? else { return None };
    let config = match codec {
        AudioCodec::Aac => parameters.extra_data().to_vec().into(),
        AudioCodec::Pcmu | AudioCodec::Pcma => Bytes::new(),
    };
    let (rate, channels) = (parameters.clock_rate(), parameters.channels().get());
    Some(AudioFormat { codec, rate, channels, config })
}
