//! Recorded pictures with words in them: decoded, written on, and encoded
//! again as H.264, one after another.

use std::collections::BTreeMap;
use std::sync::Arc;

use ffmpeg_next::{Packet, decoder, frame};
use media::{Cause, MediaTime, Range, Rotation, Size, SourceError, VideoFormat};
use workers::wire::{BurnHeader, LabelHeader, Reply, UnitHeader};

use crate::canvas::Canvas;
use crate::decode::look;
use crate::encode::Encoder;
use crate::libav;
use crate::output::Output;
use crate::pending::Pending;
use crate::scale::Scalers;

/// What a worker does that burns words in, film after film.
pub struct Burning {
    output: Arc<Output>,
    film: Option<Film>,
}

struct Film {
    format: VideoFormat,
    /// Of the pictures that are made: even, upright, of square samples.
    size: Size,
    decoder: decoder::Video,
    pending: Pending,
    decoded: frame::Video,
    scalers: Scalers,
    /// By the second, of 1970 UTC, in which they are to be seen.
    labels: BTreeMap<i64, Label>,
    encoder: Option<Encoder>,
}

/// Words as they are to be drawn.
struct Label {
    at: LabelHeader,
    /// How much of each pixel is covered.
    ink: Vec<u8>,
}

/// Decoders hold pictures back, and pictures need the label of their second.
const KEPT_LABELS: usize = 64;

impl Burning {
    pub fn new(output: Arc<Output>) -> Self {
        Self { output, film: None }
    }

    /// Begins with another film.
    pub fn open(&mut self, header: BurnHeader) {
        let BurnHeader { format, size } = header;
        self.film = libav::open_decoder(&format).map(|decoder| Film {
            format,
            size,
            decoder,
            pending: Pending::default(),
            decoded: frame::Video::empty(),
            scalers: Scalers::default(),
            labels: BTreeMap::new(),
            encoder: None,
        });
        if self.film.is_none() {
            self.fail(unsupported("The FFmpeg on this server does not decode this recording."));
        }
    }

    /// What is to be seen in a second.
    pub fn label(&mut self, at: LabelHeader, ink: Vec<u8>) {
        let Some(film) = &mut self.film else { return };
        if ink.len() == at.size.width as usize * at.size.height as usize {
            film.labels.insert(at.second, Label { at, ink });
        }
        while film.labels.len() > KEPT_LABELS {
            film.labels.pop_first();
        }
    }

    /// Says what comes of a unit, and then that it was consumed.
    pub fn burn(&mut self, unit: UnitHeader, payload: &[u8]) {
        self.with(|film, output| film.burn(unit, payload, output));
    }

    /// Says what is still held back, and then that this was all.
    pub fn end(&mut self) {
        self.with(|film, output| {
            film.decoder.send_eof().ok();
            film.receive(output)
        });
        self.film = None;
    }

    fn with(&mut self, work: impl FnOnce(&mut Film, &Output) -> Result<(), SourceError>) {
        let Some(film) = &mut self.film else { return };
        match work(film, &self.output) {
            Ok(()) => self.output.say(&Reply::Consumed { stream: 0, units: 1 }, &[]),
            Err(error) => self.fail(error),
        }
    }

    fn fail(&mut self, error: SourceError) {
        self.film = None;
        let SourceError { cause, sentence } = error;
        self.output.say(&Reply::Failed { cause, sentence }, &[]);
    }
}

impl Film {
    fn burn(
        &mut self,
        unit: UnitHeader,
        payload: &[u8],
        output: &Output,
    ) -> Result<(), SourceError> {
        // An empty packet would mean that the film is over.
        if payload.is_empty() {
            return Ok(());
        }
        self.pending.push(unit);
        let mut packet = Packet::copy(payload);
        packet.set_pts(Some(unit.time.0));
        if unit.is_key {
            packet.set_flags(ffmpeg_next::packet::Flags::KEY);
        }
        // What is wrong with a unit is in the log; the next may be fine.
        self.decoder.send_packet(&packet).ok();
        self.receive(output)
    }

    fn receive(&mut self, output: &Output) -> Result<(), SourceError> {
        while self.decoder.receive_frame(&mut self.decoded).is_ok() {
            let time = self.decoded.pts().or(self.decoded.timestamp());
            let Some(unit) = time.and_then(|time| self.pending.take(time)) else { continue };
            if unit.shown {
                self.write_on(unit, output)?;
            }
        }
        Ok(())
    }

    fn write_on(&mut self, unit: UnitHeader, output: &Output) -> Result<(), SourceError> {
        let unreadable = || unsupported("The recording's pictures cannot be written on.");
        let (view, layout) = look(&self.decoded, &self.format).ok_or_else(unreadable)?;
        let lying = match layout.rotation.is_sideways() {
            true => Size { width: self.size.height, height: self.size.width },
            false => self.size,
        };
        let planes = self.scalers.planes(&view, lying).map_err(|_| unreadable())?;
        let mut canvas = upright(&planes, lying, layout.rotation);
        let second = unit.arrived.0.div_euclid(1_000_000);
        if let Some(label) = self.labels.get(&second) {
            label.draw(&mut canvas, layout.range);
        }
        if self.encoder.is_none() {
            self.encoder = Encoder::open_film(self.size, layout.matrix, layout.range);
        }
        let encoder = self.encoder.as_mut().ok_or_else(|| {
            unsupported(
                "The FFmpeg on this server encodes no H.264. Install one with x264 or OpenH264, or \
                 export without burning in.",
            )
        })?;
        let packet = encoder.encode(&canvas, unit.time.0);
        let packet = packet.ok_or_else(|| unsupported("The encoder failed. Try again."))?;
        let burnt = Reply::Burnt { time: MediaTime(unit.time.0), is_key: packet.is_key() };
        output.say(&burnt, packet.data().unwrap_or_default());
        Ok(())
    }
}

impl Label {
    /// White, on what is darkened around it.
    fn draw(&self, canvas: &mut Canvas, range: Range) {
        let (black, white) = match range {
            Range::Limited => (16, 235),
            Range::Full => (0, 255),
        };
        let LabelHeader { left, top, size, .. } = self.at;
        let [left, top, width, height] = [left, top, size.width, size.height].map(|it| it as usize);
        let (right, bottom) = ((left + width).min(canvas.width), (top + height).min(canvas.height));
        let half = canvas.width / 2;
        for y in top..bottom {
            for x in left..right {
                let ink = i32::from(self.ink[(y - top) * width + x - left]);
                let luma = &mut canvas.planes[0][y * canvas.width + x];
                let dark = black + (i32::from(*luma) - black) * DARKENED / 256;
                *luma = (dark + (white - dark) * ink / 255) as u8;
                if x % 2 == 0 && y % 2 == 0 {
                    for plane in &mut canvas.planes[1..] {
                        let chroma = &mut plane[y / 2 * half + x / 2];
                        let grey = (i32::from(*chroma) - 128) * DARKENED / 256;
                        *chroma = (128 + grey * (255 - ink) / 255) as u8;
                    }
                }
            }
        }
    }
}

/// What is left of the light around words, of 256.
const DARKENED: i32 = 96;

/// The planes of a picture, turned.
fn upright(planes: &[u8], size: Size, rotation: Rotation) -> Canvas {
    let (width, height) = (size.width as usize, size.height as usize);
    let (luma, chroma) = planes.split_at(width * height);
    let (blue, red) = chroma.split_at(chroma.len() / 2);
    let turn = |plane, width, height| turned(plane, width, height, rotation);
    let planes = [
        turn(luma, width, height),
        turn(blue, width / 2, height / 2),
        turn(red, width / 2, height / 2),
    ];
    match rotation.is_sideways() {
        true => Canvas { width: height, height: width, planes },
        false => Canvas { width, height, planes },
    }
}

fn turned(plane: &[u8], width: usize, height: usize, rotation: Rotation) -> Vec<u8> {
    let column = |x: usize| (0..height).map(move |y| plane[y * width + x]);
    match rotation {
        Rotation::None => plane.to_vec(),
        Rotation::Half => plane.iter().rev().copied().collect(),
        Rotation::Quarter => (0..width).flat_map(|x| column(x).rev()).collect(),
        Rotation::ThreeQuarters => (0..width).rev().flat_map(column).collect(),
    }
}

fn unsupported(sentence: &str) -> SourceError {
    SourceError { cause: Cause::Unsupported, sentence: sentence.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_turned_clockwise() {
        let check = |rotation, expected: &[u8]| {
            assert_eq!(turned(b"abcdef", 3, 2, rotation), expected, "{rotation:?}");
        };
        check(Rotation::None, b"abcdef");
        check(Rotation::Quarter, b"daebfc");
        check(Rotation::Half, b"fedcba");
        check(Rotation::ThreeQuarters, b"cfbead");
    }

    #[test]
    fn words_stay_within_the_picture() {
        let mut canvas = Canvas::new(8, 4);
        let size = Size { width: 4, height: 4 };
        let at = LabelHeader { second: 0, left: 6, top: 2, size };
        Label { at, ink: vec![255; 16] }.draw(&mut canvas, Range::Limited);
        let white: Vec<usize> = (0..32).filter(|it| canvas.planes[0][*it] == 235).collect();
        assert_eq!(white, [22, 23, 30, 31]);
    }
}
