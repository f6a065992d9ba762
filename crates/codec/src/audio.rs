//! Sound in a worker: units in, samples out.

use std::sync::Arc;

use ffmpeg_next::{Packet, decoder, frame};
use media::{AudioFormat, Cause, MediaTime, WallTime};

use crate::libav;
use crate::output::Output;
use crate::resample::Resampler;
use workers::wire::Reply;

/// The sound of one stream.
pub struct Hearing {
    output: Arc<Output>,
    decoder: Option<decoder::Audio>,
    resampler: Resampler,
    decoded: frame::Audio,
    /// Units in a row of which nothing came.
    failures: u32,
    has_complained: bool,
}

impl Hearing {
    /// So many units in a row without a sound is no accident.
    const MAX_FAILURES: u32 = 100;

    pub fn new(output: Arc<Output>) -> Self {
        Self {
            output,
            decoder: None,
            resampler: Resampler::new(),
            decoded: frame::Audio::empty(),
            failures: 0,
            has_complained: false,
        }
    }

    pub fn open(&mut self, format: &AudioFormat) {
        self.failures = 0;
        self.has_complained = false;
        self.decoder = libav::open_sound_decoder(format);
        if self.decoder.is_none() {
            self.complain();
        }
    }

    /// Answers with what came of a unit, if that is nothing.
    pub fn decode(&mut self, time: MediaTime, arrived: WallTime, payload: &[u8]) {
        let mut samples = Vec::new();
        let channels = self.samples(payload, &mut samples);
        self.output.say(&Reply::Sound { time, arrived, channels }, &samples);
        if !samples.is_empty() {
            self.failures = 0;
            return;
        }
        self.failures += 1;
        if self.failures >= Self::MAX_FAILURES {
            self.complain();
        }
    }

    /// Answers how many channels they have.
    fn samples(&mut self, payload: &[u8], samples: &mut Vec<u8>) -> u16 {
        let mut channels = 1;
        // An empty packet would mean that the stream is over.
        let Some(decoder) = self.decoder.as_mut().filter(|_| !payload.is_empty()) else {
            return channels;
        };
        // What is wrong with a unit is in the log; the next may be fine.
        decoder.send_packet(&Packet::copy(payload)).ok();
        while decoder.receive_frame(&mut self.decoded).is_ok() {
            let mut made = Vec::new();
            let Some(of) = self.resampler.take(&self.decoded, &mut made) else { continue };
            // One answer has one number of channels: the newest.
            if of != channels {
                samples.clear();
                channels = of;
            }
            samples.append(&mut made);
        }
        channels
    }

    fn complain(&mut self) {
        if !std::mem::replace(&mut self.has_complained, true) {
            let sentence = "The camera's sound cannot be decoded. Set it to AAC or G.711.";
            let sentence = sentence.to_owned();
            self.output.say(&Reply::Failed { cause: Cause::Unsupported, sentence }, &[]);
        }
    }
}
