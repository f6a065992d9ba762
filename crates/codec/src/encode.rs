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

impl Encoder {
    /// The first encoder of [`CHOICES`] that opens: `rate` pictures a second, a
    /// key frame every `gop`, none of them held back.
    pub fn open(size: Size, rate: i32, gop: u32) -> Option<Self> {
        CHOICES.iter().find_map(|choice| Self::open_as(choice, size, rate, gop))
    }

    fn open_as(choice: &Choice, size: Size, rate: i32, gop: u32) -> Option<Self> {
        let codec = encoder::find_by_name(choice.name)?;
        let mut video = Context::new_with_codec(codec).encoder().video().ok()?;
        video.set_width(size.width);
        video.set_height(size.height);
        video.set_format(choice.pixel);
        video.set_time_base(Rational(1, rate));
        video.set_frame_rate(Some(Rational(rate, 1)));
        video.set_gop(gop);
        video.set_max_b_frames(0);
        video.set_aspect_ratio(Rational(1, 1));
        video.set_colorspace(color::Space::SMPTE170M);
        video.set_color_range(match choice.range {
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
            matrix: Some(Matrix::Bt601),
            range: Some(choice.range),
            field_order: Some(media::FieldOrder::Progressive),
        };
        let picture = frame::Video::new(choice.pixel, size.width, size.height);
        Some(Self { encoder, picture, format })
    }

    /// How the units are encoded.
    pub fn format(&self) -> &VideoFormat {
        &self.format
    }

    /// Encodes one picture, `slot` being its time in pictures. Nothing where
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
