//! What a file says of how its samples are encoded.

use media::{AudioCodec, AudioFormat, Codec, VideoFormat};
use mp4_atom as mp4;
use mp4_atom::Atom as _;

use crate::ArchiveError;

/// The sample entry of a video track (ISO/IEC 14496-15 for H.264 and H.265).
pub fn video(format: &VideoFormat) -> Result<mp4::Codec, ArchiveError> {
    let unsupported = || ArchiveError::Unsupported { codec: format.codec.name().to_owned() };
    let side = |side: u32| u16::try_from(side).map_err(|_| unsupported());
    let visual = mp4::Visual {
        data_reference_index: 1,
        width: side(format.size.width)?,
        height: side(format.size.height)?,
        ..mp4::Visual::default()
    };
    let pasp = format.sample_aspect.map(|it| mp4::Pasp { h_spacing: it.num, v_spacing: it.den });
    let record = &mut &format.extradata[..];
    if format.codec == Codec::H264 {
        let avcc = mp4::Avcc::decode_body(record).map_err(|_| unsupported())?;
        let entry = mp4::Avc1 {
            visual,
            avcc,
            btrt: None,
            colr: None,
            pasp,
            taic: None,
            fiel: None,
            spatial: None,
        };
        Ok(entry.into())
    } else if format.codec == Codec::H265 {
        let hvcc = mp4::Hvcc::decode_body(record).map_err(|_| unsupported())?;
        let entry = mp4::Hvc1 {
            visual,
            hvcc,
            lhvc: None,
            btrt: None,
            colr: None,
            pasp,
            taic: None,
            fiel: None,
            ccst: None,
            spatial: None,
        };
        Ok(entry.into())
    } else if format.codec == Codec::MJPEG {
        let entry = mp4::Jpeg { visual, btrt: None, colr: None, pasp, fiel: None, spatial: None };
        Ok(entry.into())
    } else {
        Err(unsupported())
    }
}

/// The sample entry of an audio track; G.711 as [`patched`] makes it.
pub fn audio(format: &AudioFormat) -> mp4::Codec {
    let audio = mp4::Audio {
        data_reference_index: 1,
        channel_count: format.channels,
        sample_size: 16,
        sample_rate: u16::try_from(format.rate).unwrap_or(0).into(),
    };
    match format.codec {
        AudioCodec::Aac => {
            let dec_specific =
                mp4::esds::DecoderSpecific { raw: format.config.to_vec(), ..Default::default() };
            let dec_config = mp4::esds::DecoderConfig {
                // MPEG-4 audio, an audio stream (ISO/IEC 14496-1, tables 5 and 6).
                object_type_indication: 0x40,
                stream_type: 5,
                dec_specific: Some(dec_specific),
                ..Default::default()
            };
            let es_desc = mp4::esds::EsDescriptor { es_id: 2, dec_config, ..Default::default() };
            mp4::Mp4a { audio, esds: mp4::esds::Esds { es_desc }, btrt: None, taic: None }.into()
        }
        AudioCodec::Pcmu | AudioCodec::Pcma => {
            mp4::Sowt { audio, pcmc: None, chnl: None, btrt: None }.into()
        }
    }
}

/// The library knows no G.711: its samples are announced as PCM of another
/// name, which is put right in the encoded boxes (QTFF-2001, "Sound sample
/// description").
pub fn patched(mut boxes: Vec<u8>, format: Option<&AudioFormat>) -> Vec<u8> {
    let name = match format.map(|it| it.codec) {
        Some(AudioCodec::Pcmu) => b"ulaw",
        Some(AudioCodec::Pcma) => b"alaw",
        Some(AudioCodec::Aac) | None => return boxes,
    };
    if let Some(at) = boxes.windows(4).rposition(|it| it == b"sowt") {
        boxes[at..at + 4].copy_from_slice(name);
    }
    boxes
}
