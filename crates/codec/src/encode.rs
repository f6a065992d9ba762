//! Pictures to access units, with whatever encoder this FFmpeg has.

use ffmpeg_next::codec::{Context, encoder};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{Dictionary, Packet, Rational, color, frame};
use media::{Codec, Matrix, Range, Ratio, Rotation, Size, VideoFormat};

use crate::canvas::Canvas;

/// An open encoder and the picture it takes.
pub struct Encoder {
    encoder: encoder::video::Encoder,
    picture: frame::Video,
    format: VideoFormat,
}

struct Choice {
    name: &'static str,
    pixel: Pixel,
    range: Range,
    options: &'static [(&'static str, &'static str)],
}

/// Best first. x264 is there where FFmpeg was built with GPL parts; the last
/// two always are.
const CHOICES: [Choice; 4] = [
    Choice {
        name: "libx264",
        pixel: Pixel::YUV420P,
        range: Range::Limited,
        options: &[
            ("preset", "ultrafast"),
            ("tune", "zerolatency"),
            ("crf", "26"),
            ("sc_threshold", "0"),
        ],
    },
    Choice {
        name: "libopenh264",
        pixel: Pixel::YUV420P,
        range: Range::Limited,
        options: &[("b", "600000"), ("allow_skip_frames", "0")],
    },
    Choice {
        name: "mpeg4",
        pixel: Pixel::YUV420P,
        range: Range::Limited,
        options: &[("b", "1000000"), ("sc_threshold", "1000000000")],
    },
    Choice {
        name: "mjpeg",
        pixel: Pixel::YUVJ420P,
        range: Range::Full,
        options: &[("qmin", "4"), ("qmax", "8")],
    },
];

/// Of these players everywhere take what comes out; better, and slower.
const FILM_CHOICES: [Choice; 2] = [
    Choice {
        name: "libx264",
        pixel: Pixel::YUV420P,
        range: Range::Limited,
        options: &[("preset", "veryfast"), ("tune", "zerolatency"), ("crf", "21")],
    },
    Choice {
        name: "libopenh264",
        pixel: Pixel::YUV420P,
        range: Range::Limited,
        options: &[("b", "6000000"), ("allow_skip_frames", "0")],
    },
];

#[derive(Clone, Copy)]
struct Wanted {
    size: Size,
    /// Pictures a second.
    rate: i32,
    /// Pictures from one key frame to the next.
    gop: u32,
    /// Slots a second.
    slots: i32,
    matrix: Matrix,
    range: Range,
}

impl Encoder {
    /// The first encoder of [`CHOICES`] that opens: `rate` pictures a second, a
    /// key frame every `gop`, none of them held back.
    pub fn open(size: Size, rate: i32, gop: u32) -> Option<Self> {
        let matrix = Matrix::Bt601;
        let open = |choice: &Choice| {
            let wanted = Wanted { size, rate, gop, slots: rate, matrix, range: choice.range };
            Self::open_as(choice, wanted)
        };
        CHOICES.iter().find_map(open)
    }

    /// The first encoder of H.264 that opens, for pictures that are kept: slots
    /// are µs, and none is held back.
    pub fn open_film(size: Size, matrix: Matrix, range: Range) -> Option<Self> {
        // Of no account but for how bits are shared out: what counts is slots.
        let wanted = Wanted { size, rate: 25, gop: 50, slots: 1_000_000, matrix, range };
        FILM_CHOICES.iter().find_map(|choice| Self::open_as(choice, wanted))
    }

    fn open_as(choice: &Choice, wanted: Wanted) -> Option<Self> {
        let Wanted { size, rate, gop, slots, matrix, range } = wanted;
        let codec = encoder::find_by_name(choice.name)?;
        let mut video = Context::new_with_codec(codec).encoder().video().ok()?;
        video.set_width(size.width);
        video.set_height(size.height);
        video.set_format(choice.pixel);
        video.set_time_base(Rational(1, slots));
        video.set_frame_rate(Some(Rational(rate, 1)));
        video.set_gop(gop);
        video.set_max_b_frames(0);
        video.set_aspect_ratio(Rational(1, 1));
        video.set_colorspace(match matrix {
            Matrix::Bt601 => color::Space::SMPTE170M,
            Matrix::Bt709 => color::Space::BT709,
            Matrix::Fcc => color::Space::FCC,
            Matrix::Smpte240m => color::Space::SMPTE240M,
            Matrix::Bt2020 => color::Space::BT2020NCL,
        });
        video.set_color_range(match range {
            Range::Limited => color::Range::MPEG,
            Range::Full => color::Range::JPEG,
        });
        let mut options: Dictionary = choice.options.iter().collect();
        options.set("threads", "1");
        let encoder = video.open_as_with(codec, options).ok()?;
        let format = VideoFormat {
            codec: Codec::named(codec.id().name()),
            // Parameter sets are in the stream, before every key frame.
            extradata: bytes::Bytes::new(),
            size,
            sample_aspect: Some(Ratio::ONE),
            rotation: Rotation::None,
            matrix: Some(matrix),
            range: Some(range),
            field_order: Some(media::FieldOrder::Progressive),
        };
        let picture = frame::Video::new(choice.pixel, size.width, size.height);
        Some(Self { encoder, picture, format })
    }

    /// How the units are encoded.
    pub fn format(&self) -> &VideoFormat {
        &self.format
    }

    /// Encodes one picture, `slot` being its time. Nothing where
    /// the encoder failed.
    pub fn encode(&mut self, canvas: &Canvas, slot: i64) -> Option<Packet> {
        for (plane, samples) in canvas.planes.iter().enumerate() {
            let width = if plane == 0 { canvas.width } else { canvas.width / 2 };
            let stride = self.picture.stride(plane);
            let lines = self.picture.data_mut(plane).chunks_mut(stride);
            for (line, samples) in lines.zip(samples.chunks(width)) {
                line[..width].copy_from_slice(samples);
            }
        }
        self.picture.set_pts(Some(slot));
        self.encoder.send_frame(&self.picture).ok()?;
        let mut packet = Packet::empty();
        self.encoder.receive_packet(&mut packet).ok()?;
        Some(packet)
    }
}
