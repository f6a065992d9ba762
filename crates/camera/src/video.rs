//! What retina says about a stream, as formats of ours.

use bytes::Bytes;
use h264_reader::avcc::AvcDecoderConfigurationRecord;
use h264_reader::nal::sps::{FrameMbsFlags, SeqParameterSet};
use media::{
    AudioCodec, AudioFormat, Codec, FieldOrder, Matrix, Range, Ratio, Rotation, Size, SourceError,
    VideoFormat,
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
    let sets = sequence_sets(codec, parameters.extra_data());
    let (matrix, range) = sets.first().map_or((None, None), colours);
    Ok(Some(VideoFormat {
        codec: codec.clone(),
        // A JPEG says all in itself.
        extradata: if is_jpeg { Bytes::new() } else { parameters.extra_data().to_vec().into() },
        size: Size { width, height },
        sample_aspect: parameters.pixel_aspect_ratio().and_then(|(num, den)| Ratio::new(num, den)),
        rotation: Rotation::None,
        matrix,
        range: if is_jpeg { Some(Range::Full) } else { range },
        field_order: field_order(&sets),
    }))
}

/// The sequence parameter sets in an `avcC` record.
fn sequence_sets(codec: &Codec, record: &[u8]) -> Vec<SeqParameterSet> {
    if *codec != Codec::H264 {
        return Vec::new();
    }
    let record = AvcDecoderConfigurationRecord::try_from(record).ok();
    let sets = record.and_then(|record| record.create_context().ok());
    sets.map_or_else(Vec::new, |sets| sets.sps().cloned().collect())
}

/// Whether pictures may be two fields; nothing where that is not told. Which
/// field is first is told by each picture.
fn field_order(sets: &[SeqParameterSet]) -> Option<FieldOrder> {
    let are_frames = sets.iter().all(|set| matches!(set.frame_mbs_flags, FrameMbsFlags::Frames));
    let order = if are_frames { FieldOrder::Progressive } else { FieldOrder::TopFirst };
    (!sets.is_empty()).then_some(order)
}

/// What colours are meant, as far as that is told (ITU-T H.264, E.2.1).
fn colours(set: &SeqParameterSet) -> (Option<Matrix>, Option<Range>) {
    let signal = set.vui_parameters.as_ref().and_then(|vui| vui.video_signal_type.as_ref());
    let described = signal.and_then(|it| it.colour_description.as_ref());
    let range = |is_full| if is_full { Range::Full } else { Range::Limited };
    (
        described.and_then(|it| Matrix::from_code(it.matrix_coefficients)),
        signal.map(|it| range(it.video_full_range_flag)),
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_h264_say_whether_there_are_fields() {
        // Of x264, 720×576.
        let frames = "0142c01effe100186742c01eda02d049b011000003000100000300320f162ea00100\
                      0468ce0fc8";
        let fields = "014d401effe10018674d401ef405a126c044000003000400000300c87c50aa800100\
                      0468de0fc8";
        for (codec, record, expected) in [
            (Codec::H264, frames, Some(FieldOrder::Progressive)),
            (Codec::H264, fields, Some(FieldOrder::TopFirst)),
            (Codec::H264, "", None),
            (Codec::H264, &fields[..40], None),
            (Codec::H265, frames, None),
        ] {
            let bytes: Vec<u8> = (0..record.len() / 2)
                .map(|at| u8::from_str_radix(&record[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            assert_eq!(field_order(&sequence_sets(&codec, &bytes)), expected, "{record}");
        }
    }
}
