//! Decoded sound to 16-bit samples at one rate, with FFmpeg's swresample.
//!
//! `ffmpeg-next` would read a frame's sample format as one of its own
//! enumeration, which a newer library may know more of, and copies custom
//! channel layouts without the memory they point to.

#![allow(unsafe_code)]

use std::mem::zeroed;
use std::ptr::{addr_of, null_mut};

use ffmpeg_next::{ffi, frame};

use workers::wire::SOUND_RATE;

/// Turns frames of one kind into samples; begins anew where the kind changes.
pub struct Resampler {
    context: *mut ffi::SwrContext,
    from: Option<Kind>,
}

/// What must be the same for samples to follow each other.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kind {
    format: i32,
    rate: i32,
    channels: i32,
}

impl Kind {
    /// Hostile sound could otherwise grow a thousandfold.
    const RATES: std::ops::RangeInclusive<i32> = 4_000..=192_000;
    const MAX_CHANNELS: i32 = 64;

    fn of(decoded: &frame::Audio) -> Option<Self> {
        // SAFETY: a `frame::Audio` holds an allocated frame.
        let kind = unsafe {
            let frame = decoded.as_ptr();
            Self {
                format: (*frame).format,
                rate: (*frame).sample_rate,
                channels: (*frame).ch_layout.nb_channels,
            }
        };
        let is_possible =
            Self::RATES.contains(&kind.rate) && (1..=Self::MAX_CHANNELS).contains(&kind.channels);
        is_possible.then_some(kind)
    }

    /// What is made of it: mono stays mono.
    fn heard(self) -> u16 {
        if self.channels == 1 { 1 } else { 2 }
    }
}

impl Resampler {
    /// More samples in one frame than any codec has.
    const MAX_SAMPLES: i32 = 1 << 16;

    pub fn new() -> Self {
        Self { context: null_mut(), from: None }
    }

    /// Adds the samples of `decoded`, signed 16-bit little-endian at
    /// [`SOUND_RATE`], to `samples`, and answers how many channels they have.
    /// Nothing where it cannot be done.
    pub fn take(&mut self, decoded: &frame::Audio, samples: &mut Vec<u8>) -> Option<u16> {
        let kind = Kind::of(decoded)?;
        if self.from != Some(kind) {
            self.open(decoded, kind)?;
        }
        // SAFETY: the frame's planes are as many and as long as its format,
        // channels and number of samples say, and the context was opened for
        // these; the room is as large as the context asked for.
        let made = unsafe {
            let frame = decoded.as_ptr();
            let count = (*frame).nb_samples;
            if !(0..=Self::MAX_SAMPLES).contains(&count) {
                return None;
            }
            let most = ffi::swr_get_out_samples(self.context, count);
            let width = usize::from(kind.heard()) * size_of::<i16>();
            let mut made = vec![0_u8; usize::try_from(most).ok()? * width];
            let mut planes = [made.as_mut_ptr()];
            let input = (*frame).extended_data.cast::<*const u8>();
            let written = ffi::swr_convert(self.context, planes.as_mut_ptr(), most, input, count);
            made.truncate(usize::try_from(written).ok()? * width);
            made
        };
        if cfg!(target_endian = "little") {
            samples.extend_from_slice(&made);
        } else {
            samples.extend(made.chunks_exact(2).flat_map(|sample| [sample[1], sample[0]]));
        }
        Some(kind.heard())
    }

    fn open(&mut self, decoded: &frame::Audio, kind: Kind) -> Option<()> {
        self.from = None;
        // SAFETY: the context is ours alone, and freed before another takes its
        // place; layouts are only read. The frame's format is as large as the
        // enumeration it is one of; a layout of
        // zeros is one to be filled.
        let opened = unsafe {
            ffi::swr_free(&mut self.context);
            let frame = decoded.as_ptr();
            // Not constant to every version of FFmpeg, and yet unchanged.
            let layout = addr_of!((*frame).ch_layout).cast_mut();
            let mut to: ffi::AVChannelLayout = zeroed();
            ffi::av_channel_layout_default(&mut to, i32::from(kind.heard()));
            let format = addr_of!((*frame).format).cast::<ffi::AVSampleFormat>().read();
            let allocated = ffi::swr_alloc_set_opts2(
                &mut self.context,
                &mut to,
                ffi::AVSampleFormat::AV_SAMPLE_FMT_S16,
                SOUND_RATE as i32,
                layout,
                format,
                kind.rate,
                0,
                null_mut(),
            );
            allocated >= 0 && ffi::swr_init(self.context) >= 0
        };
        self.from = opened.then_some(kind);
        self.from.map(drop)
    }
}

impl Drop for Resampler {
    fn drop(&mut self) {
        // SAFETY: it is ours alone, or null, which is freed as well.
        unsafe { ffi::swr_free(&mut self.context) };
    }
}
