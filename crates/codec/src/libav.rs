//! What `ffmpeg-next` does not offer safely: opening a decoder on a
//! [`VideoFormat`] or an [`AudioFormat`], reading one off a file, and facts of decoded pictures.
//!
//! FFmpeg's enumerations are read as the numbers they are: a library newer than
//! its headers may know more of them than the Rust types do.

#![allow(unsafe_code)]

use std::ffi::CString;
use std::ptr::{addr_of, null_mut};

use bytes::Bytes;
use ffmpeg_next::codec::{Context, decoder};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{Dictionary, Stream, ffi, frame, log};
use media::{AudioFormat, Codec, FieldOrder, Ratio, Rotation, Size, VideoFormat};

use crate::colour;

/// Pictures of more samples are refused before memory is asked for: 8192×5120.
const MAX_SAMPLES: &str = "41943040";

/// Quietens FFmpeg. Its log goes to stderr, which is the engine's log.
pub fn start() {
    log::set_level(log::Level::Error);
    log::set_flags(log::Flags::SKIP_REPEATED);
}

/// A decoder with what the container says of the stream; nothing where there
/// is none for the codec or it does not open.
pub fn open_decoder(format: &VideoFormat) -> Option<decoder::Video> {
    let codec = find_decoder(format.codec.name())?;
    let mut context = Context::new_with_codec(codec);
    // SAFETY: the context was just allocated, is ours alone and is not open.
    unsafe {
        let context = context.as_mut_ptr().as_mut()?;
        context.width = i32::try_from(format.size.width).ok()?;
        context.height = i32::try_from(format.size.height).ok()?;
        context.pkt_timebase = ffi::AVRational { num: 1, den: 1_000_000 };
    }
    set_extradata(&mut context, &format.extradata)?;
    let mut options = Dictionary::new();
    options.set("threads", "1");
    options.set("max_pixels", MAX_SAMPLES);
    // Crop at the very sample, whatever that does to alignment.
    options.set("flags", "+unaligned");
    context.decoder().open_as_with(codec, options).and_then(decoder::Opened::video).ok()
}

/// How many pictures a decoder holds back to put them in order.
pub fn delay(decoder: &decoder::Video) -> u32 {
    // SAFETY: an open decoder has a context, which is only read.
    let delay = unsafe { (*decoder.as_ptr()).has_b_frames };
    u32::try_from(delay).unwrap_or(0)
}

/// A decoder for sound; nothing where there is none or it does not open.
pub fn open_sound_decoder(format: &AudioFormat) -> Option<decoder::Audio> {
    let codec = find_decoder(format.codec.name())?;
    let mut context = Context::new_with_codec(codec);
    // SAFETY: the context was just allocated, is ours alone and is not open.
    unsafe {
        let context = context.as_mut_ptr().as_mut()?;
        context.sample_rate = i32::try_from(format.rate).ok()?;
        context.pkt_timebase = ffi::AVRational { num: 1, den: 1_000_000 };
    }
    set_extradata(&mut context, &format.config)?;
    let mut options = Dictionary::new();
    options.set("threads", "1");
    context.decoder().open_as_with(codec, options).and_then(decoder::Opened::audio).ok()
}

fn find_decoder(name: &str) -> Option<ffmpeg_next::Codec> {
    let name = CString::new(name).ok()?;
    // SAFETY: `name` ends in a zero byte; descriptors live for ever.
    let id = unsafe {
        let descriptor = ffi::avcodec_descriptor_get_by_name(name.as_ptr());
        descriptor.as_ref()?.id
    };
    decoder::find(id.into())
}

/// Of a context that is not open yet and has none.
fn set_extradata(context: &mut Context, extradata: &[u8]) -> Option<()> {
    if extradata.is_empty() {
        return Some(());
    }
    let size = i32::try_from(extradata.len()).ok()?;
    let padding = ffi::AV_INPUT_BUFFER_PADDING_SIZE as usize;
    // SAFETY: the copy is as long as what is copied, padded as FFmpeg demands,
    // and freed with the context.
    unsafe {
        let copy = ffi::av_mallocz(extradata.len() + padding).cast::<u8>();
        if copy.is_null() {
            return None;
        }
        copy.copy_from_nonoverlapping(extradata.as_ptr(), extradata.len());
        let context = context.as_mut_ptr();
        (*context).extradata = copy;
        (*context).extradata_size = size;
    }
    Some(())
}

/// FFmpeg's numbers for matrix and range.
pub fn colour_numbers(picture: &frame::Video) -> (i32, i32) {
    // SAFETY: a `frame::Video` holds an allocated frame; both enumerations are
    // as large as an `i32` and read as one.
    unsafe {
        let picture = picture.as_ptr();
        (
            addr_of!((*picture).colorspace).cast::<i32>().read(),
            addr_of!((*picture).color_range).cast::<i32>().read(),
        )
    }
}

/// Whether samples are red, green and blue, if only through a palette.
pub fn is_rgb(pixel: Pixel) -> bool {
    has_flags(pixel, ffi::AV_PIX_FMT_FLAG_RGB | ffi::AV_PIX_FMT_FLAG_BAYER) || is_palette(pixel)
}

/// Whether the second plane is a palette.
pub fn is_palette(pixel: Pixel) -> bool {
    has_flags(pixel, ffi::AV_PIX_FMT_FLAG_PAL)
}

fn has_flags(pixel: Pixel, flags: i32) -> bool {
    // SAFETY: descriptors live for ever.
    pixel
        .descriptor()
        .is_some_and(|it| unsafe { (*it.as_ptr()).flags } & u64::from(flags.unsigned_abs()) != 0)
}

/// What a container says of a stream. The rotation is in its side data.
pub fn video_format(stream: &Stream<'_>, rotation: Rotation) -> VideoFormat {
    let parameters = stream.parameters();
    // SAFETY: the parameters are allocated for as long as they are borrowed,
    // and their extradata is as long as they say; both enumerations are as
    // large as an `i32` and read as one.
    let (raw, extradata, space, range, field_order) = unsafe {
        let raw = parameters.as_ptr();
        let length = usize::try_from((*raw).extradata_size).unwrap_or(0);
        let extradata = match (*raw).extradata.is_null() {
            true => Bytes::new(),
            false => Bytes::copy_from_slice(std::slice::from_raw_parts((*raw).extradata, length)),
        };
        (
            &*raw,
            extradata,
            addr_of!((*raw).color_space).cast::<i32>().read(),
            addr_of!((*raw).color_range).cast::<i32>().read(),
            addr_of!((*raw).field_order).cast::<i32>().read(),
        )
    };
    let length = |value: i32| u32::try_from(value).unwrap_or(0);
    // SAFETY: the stream belongs to the input it borrows, and only its two
    // aspects are read: the container's, and where it has none the codec's.
    let aspect = unsafe {
        ffi::av_guess_sample_aspect_ratio(null_mut(), stream.as_ptr().cast_mut(), null_mut())
    };
    VideoFormat {
        codec: Codec::named(parameters.id().name()),
        extradata,
        size: Size { width: length(raw.width), height: length(raw.height) },
        sample_aspect: Ratio::new(length(aspect.num), length(aspect.den)),
        rotation,
        matrix: colour::matrix(space),
        range: colour::range(range),
        field_order: match field_order {
            1 => Some(FieldOrder::Progressive),
            // Which field is shown first is the second letter of FFmpeg's names.
            2 | 5 => Some(FieldOrder::TopFirst),
            3 | 4 => Some(FieldOrder::BottomFirst),
            _ => None,
        },
    }
}
