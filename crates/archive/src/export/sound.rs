//! The sound of a film: AAC as it was recorded, G.711 as PCM, which players
//! take in MP4.

use std::borrow::Cow;

use media::{AudioCodec, AudioFormat};

use crate::mp4::{Heard, Sizes, Sound};

/// Sound as it is gathered, fragment by fragment.
pub struct Sounds {
    format: AudioFormat,
    /// How long the film lasts, in µs.
    length: i64,
    /// When the first of it is heard, in µs since the film begins.
    start: Option<i64>,
    /// What was gathered, in samples.
    position: i64,
    durations: Vec<(u32, u32)>,
    sizes: Vec<u32>,
}

/// What of a fragment's sound goes into a film.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// Samples of silence in front, where some are missing.
    pub silence: u32,
    /// Where it begins in the file, and how long it is in bytes.
    pub bytes: (u64, u32),
    /// Samples of PCM, or units of AAC, silence among them.
    pub samples: u32,
}

/// Times of sound waver, as do those of pictures beside which it lies: it is
/// put right only where it is off by more, in µs.
const TOLERANCE: i64 = 60_000;

impl Sounds {
    /// Of a film that lasts `length` µs.
    pub fn new(format: AudioFormat, length: i64) -> Self {
        let (start, position) = (None, 0);
        Self { format, length, start, position, durations: Vec::new(), sizes: Vec::new() }
    }

    /// Takes what of a fragment is heard in the film, whose first unit is at
    /// `origin`, in µs since the film begins.
    pub fn take(&mut self, origin: i64, sounds: &[Sound]) -> Taken {
        match self.format.codec {
            AudioCodec::Aac => self.units(origin, sounds),
            AudioCodec::Pcmu | AudioCodec::Pcma => self.samples(origin, sounds),
        }
    }

    /// How it is encoded, and its tables; nothing where none was taken.
    pub fn finish(self) -> Option<(AudioFormat, Heard)> {
        let sizes = match frame(&self.format) {
            Some(frame) => Sizes::Same(u32::try_from(self.position).ok()?, frame),
            None => Sizes::Each(self.sizes),
        };
        let heard = Heard { start: self.start?, durations: self.durations, sizes };
        Some((self.format, heard))
    }

    /// Whole units, among them the one before the film begins: decoders need it.
    fn units(&mut self, origin: i64, sounds: &[Sound]) -> Taken {
        let mut taken = Taken::default();
        for sound in sounds {
            let (at, unit) = (origin + self.micros(sound.time), i64::from(sound.samples));
            let last = self.micros(unit);
            if at + 2 * last <= 0 || at >= self.length {
                continue;
            }
            let missing = self.missing(at);
            if missing < 0 {
                // Twice at the same time: the first is heard.
                continue;
            }
            if missing > 0
                && let Some((count, samples)) = self.durations.pop()
            {
                // The last is told to last longer.
                if count > 1 {
                    self.durations.push((count - 1, samples));
                }
                let longer = i64::from(samples) + missing;
                self.durations.push((1, u32::try_from(longer).unwrap_or(u32::MAX)));
                self.position += missing;
            }
            self.lasts(1, sound.samples);
            self.position += unit;
            self.sizes.push(sound.size);
            if taken.samples == 0 {
                taken.bytes.0 = sound.offset;
            }
            taken.samples += 1;
            taken.bytes.1 = (sound.offset + u64::from(sound.size) - taken.bytes.0) as u32;
        }
        taken
    }

    /// Samples from the beginning of the film to its end, and silence between.
    fn samples(&mut self, origin: i64, sounds: &[Sound]) -> Taken {
        let Some(sound) = sounds.first() else { return Taken::default() };
        let mut at = origin + self.micros(sound.time);
        let all = i64::from(sound.samples);
        let mut skipped = self.in_samples(-at).clamp(0, all);
        at += self.micros(skipped);
        let missing = if skipped < all { self.missing(at) } else { 0 };
        skipped = (skipped - missing.min(0)).min(all);
        let silence = missing.max(0);
        let left = self.in_samples(self.length - at.max(0)).max(0);
        let count = (all - skipped).min(left);
        if count == 0 {
            self.start = self.start.filter(|_| self.position > 0);
            return Taken::default();
        }
        let samples = u32::try_from(silence + count).unwrap_or(0);
        self.lasts(samples, 1);
        self.position += silence + count;
        let channels = i64::from(self.format.channels.max(1));
        Taken {
            silence: u32::try_from(silence).unwrap_or(0),
            bytes: (
                sound.offset + (skipped * channels).unsigned_abs(),
                u32::try_from(count * channels).unwrap_or(0),
            ),
            samples,
        }
    }

    /// How many samples are missing before what is heard at `at`; below zero
    /// where there are too many. Remembers when the first is heard.
    fn missing(&mut self, at: i64) -> i64 {
        let start = *self.start.get_or_insert(at);
        let off = at - start - self.micros(self.position);
        if off.abs() > TOLERANCE { self.in_samples(off) } else { 0 }
    }

    fn lasts(&mut self, count: u32, samples: u32) {
        match self.durations.last_mut() {
            Some((known, each)) if *each == samples => *known += count,
            _ => self.durations.push((count, samples)),
        }
    }

    fn micros(&self, samples: i64) -> i64 {
        let micros = i128::from(samples) * 1_000_000 / i128::from(self.format.rate.max(1));
        i64::try_from(micros).unwrap_or(i64::MAX)
    }

    fn in_samples(&self, micros: i64) -> i64 {
        let samples = i128::from(micros) * i128::from(self.format.rate.max(1)) / 1_000_000;
        i64::try_from(samples).unwrap_or(i64::MAX)
    }
}

/// Bytes of a sample of all channels, where it is exported as PCM.
pub fn frame(format: &AudioFormat) -> Option<u32> {
    let is_law = matches!(format.codec, AudioCodec::Pcmu | AudioCodec::Pcma);
    is_law.then(|| 2 * u32::from(format.channels.max(1)))
}

/// What was recorded, as it is in a film: behind so many samples of silence
/// and as PCM, where it is G.711 in the format `law`.
pub fn in_file<'a>(law: Option<&AudioFormat>, silence: u32, recorded: &'a [u8]) -> Cow<'a, [u8]> {
    let Some(law) = law else { return recorded.into() };
    let mut pcm = vec![0; silence as usize * frame(law).unwrap_or(0) as usize];
    expand(law.codec, recorded, &mut pcm);
    pcm.into()
}

/// G.711 as little-endian PCM of 16 bits, behind what is in `pcm` already.
fn expand(codec: AudioCodec, bytes: &[u8], pcm: &mut Vec<u8>) {
    let sample = if codec == AudioCodec::Pcma { a_law } else { mu_law };
    pcm.extend(bytes.iter().flat_map(|byte| sample(*byte).to_le_bytes()));
}

/// ITU-T G.711, table 2.
fn mu_law(byte: u8) -> i16 {
    let byte = !byte;
    let (exponent, mantissa) = (i16::from(byte >> 4 & 7), i16::from(byte & 15));
    let level = ((mantissa * 8 + 132) << exponent) - 132;
    if byte & 0x80 == 0 { level } else { -level }
}

/// ITU-T G.711, table 1.
fn a_law(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let (exponent, mantissa) = (i16::from(byte >> 4 & 7), i16::from(byte & 15));
    let level = match exponent {
        0 => mantissa * 16 + 8,
        _ => (mantissa * 16 + 264) << (exponent - 1),
    };
    if byte & 0x80 == 0 { -level } else { level }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn sounds(codec: AudioCodec, length: i64) -> Sounds {
        Sounds::new(AudioFormat { codec, rate: 8000, channels: 1, config: Bytes::new() }, length)
    }

    fn law(time: i64, samples: u32) -> Sound {
        Sound { time, samples, offset: 100, size: samples }
    }

    #[test]
    fn laws_are_those_of_the_tables() {
        let ends = [0x00, 0x7f, 0x80, 0xff].map(mu_law);
        assert_eq!(ends, [-32_124, 0, 32_124, 0]);
        let ends = [0x2a, 0x55, 0xaa, 0xd5].map(a_law);
        assert_eq!(ends, [-32_256, -8, 32_256, 8]);
        let mut pcm = Vec::new();
        expand(AudioCodec::Pcmu, &[0x80, 0xff], &mut pcm);
        assert_eq!(pcm, [0x7c, 0x7d, 0, 0]);
    }

    #[test]
    fn samples_are_those_of_the_film() {
        let mut sounds = sounds(AudioCodec::Pcmu, 1_500_000);
        // Half a second before it begins.
        let taken = sounds.take(-500_000, &[law(0, 8000)]);
        assert_eq!((taken.bytes, taken.samples, taken.silence), ((4100, 4000), 4000, 0));
        // A quarter of a second is missing, and it ends after a half.
        let taken = sounds.take(-500_000, &[law(10_000, 8000)]);
        assert_eq!((taken.bytes, taken.samples, taken.silence), ((100, 6000), 8000, 2000));
        let (_, heard) = sounds.finish().unwrap();
        assert_eq!(heard.start, 0);
        assert_eq!(heard.durations, [(12_000, 1)]);
    }

    #[test]
    fn what_wavers_is_left_and_what_is_off_is_put_right() {
        let mut sounds = sounds(AudioCodec::Pcma, 10_000_000);
        assert_eq!(sounds.take(0, &[law(0, 8000)]).samples, 8000);
        // 50 ms late, then 50 ms early, then 100 ms early.
        assert_eq!(sounds.take(0, &[law(8400, 8000)]).samples, 8000);
        assert_eq!(sounds.take(0, &[law(15_600, 8000)]).samples, 8000);
        let taken = sounds.take(0, &[law(23_200, 8000)]);
        assert_eq!((taken.samples, taken.bytes.0), (7200, 900));
    }

    #[test]
    fn units_are_whole_and_the_one_before_is_there() {
        let mut sounds = sounds(AudioCodec::Aac, 1_000_000);
        // 128 ms each, from 300 ms before the film.
        let units: Vec<Sound> = (0..12)
            .map(|n| Sound { time: n * 1024, samples: 1024, offset: 50 * n as u64, size: 50 })
            .collect();
        let taken = sounds.take(-300_000, &units);
        assert_eq!((taken.bytes, taken.samples), ((50, 500), 10));
        let (_, heard) = sounds.finish().unwrap();
        assert_eq!((heard.start, heard.durations), (-172_000, vec![(10, 1024)]));
    }
}
