//! Pictures as JPEG files, for where one is kept, and for viewers that decode
//! nothing else.

use ffmpeg_next::codec::{Context, encoder};
use ffmpeg_next::format::Pixel;
use ffmpeg_next::{Dictionary, Packet, Rational, codec, frame};
use media::{Packing, PictureFormat, Size};

use crate::jfif;

/// FFmpeg's scale from 2 to 31, the best first: this is about 80 of a hundred,
/// what pictures need that are looked at for a moment.
const QUANTISER: i32 = 4;

/// FFmpeg's unit of quality.
const LAMBDA: i32 = 118;

/// The encoders of one stream, one for each size that was wanted last.
#[derive(Default)]
pub struct Jpegs(Vec<Encoder>);

struct Encoder {
    size: Size,
    encoder: encoder::video::Encoder,
    picture: frame::Video,
    is_used: bool,
}

impl Jpegs {
    /// Planes of `format` as a JPEG file, and the format of that; nothing where
    /// the encoder fails.
    pub fn file(
        &mut self,
        mut planes: Vec<u8>,
        format: &PictureFormat,
    ) -> Option<(PictureFormat, Vec<u8>)> {
        let index = match self.0.iter().position(|it| it.size == format.size) {
            Some(index) => index,
            None => {
                self.0.push(Encoder::open(format.size)?);
                self.0.len() - 1
            }
        };
        jfif::convert(&mut planes, format);
        let file = self.0[index].encode(&planes)?;
        let (packing, matrix, range) = (Packing::Jpeg, jfif::MATRIX, jfif::RANGE);
        Some((PictureFormat { packing, matrix, range, ..*format }, file))
    }

    /// Forgets the encoders that were not used since the last call.
    pub fn tidy(&mut self) {
        self.0.retain_mut(|encoder| std::mem::take(&mut encoder.is_used));
    }
}

impl Encoder {
    fn open(size: Size) -> Option<Self> {
        let codec = encoder::find(codec::Id::MJPEG)?;
        let mut video = Context::new_with_codec(codec).encoder().video().ok()?;
        video.set_width(size.width);
        video.set_height(size.height);
        video.set_format(Pixel::YUVJ420P);
        // Of no meaning in single pictures.
        video.set_time_base(Rational(1, 25));
        let mut options = Dictionary::new();
        options.set("flags", "+qscale");
        options.set("global_quality", &(QUANTISER * LAMBDA).to_string());
        // Better ones take a second look at every picture, for a few hundredths.
        options.set("huffman", "default");
        options.set("threads", "1");
        let encoder = video.open_as_with(codec, options).ok()?;
        let picture = frame::Video::new(Pixel::YUVJ420P, size.width, size.height);
        Some(Self { size, encoder, picture, is_used: true })
    }

    fn encode(&mut self, planes: &[u8]) -> Option<Vec<u8>> {
        self.is_used = true;
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let half = (width.div_ceil(2), height.div_ceil(2));
        let mut rest = planes;
        for (plane, (width, height)) in [(width, height), half, half].into_iter().enumerate() {
            let (samples, after) = rest.split_at_checked(width * height)?;
            rest = after;
            let stride = self.picture.stride(plane);
            let lines = self.picture.data_mut(plane).chunks_mut(stride);
            for (line, samples) in lines.zip(samples.chunks_exact(width)) {
                line[..width].copy_from_slice(samples);
            }
        }
        self.encoder.send_frame(&self.picture).ok()?;
        let mut packet = Packet::empty();
        self.encoder.receive_packet(&mut packet).ok()?;
        packet.data().map(<[u8]>::to_vec)
    }
}
