//! Tries an address before it is kept.

use std::sync::Arc;
use std::time::Duration;

use media::{AccessUnit, AudioFormat, ClockOffset, Received, Source, SourceError, VideoFormat};

use crate::{Dialer, Rtsp, StreamRequest, sentence};

/// How long the first key frame is waited for. "Smart" codecs space them far.
const MAX_KEY_FRAME: Duration = Duration::from_secs(20);

/// How long pictures are counted, unless a second key frame ends it.
const COUNTING: Duration = Duration::from_secs(4);

/// What a stream turned out to be.
#[derive(Clone, Debug)]
pub struct Finding {
    /// How its pictures are encoded.
    pub format: Arc<VideoFormat>,
    /// A whole picture.
    pub key_frame: Arc<AccessUnit>,
    /// Pictures a second, as counted.
    pub rate: Option<f64>,
    /// From one key frame to the next, where two came in time.
    pub key_interval: Option<Duration>,
    /// How its sound is encoded, where there is some.
    pub sound: Option<Arc<AudioFormat>>,
    /// How far the camera's clock is off, where it says so in time.
    pub clock: Option<ClockOffset>,
}

/// Opens a stream, looks at it for some seconds and closes it.
pub async fn probe(dialer: &Dialer, request: &StreamRequest) -> Result<Finding, SourceError> {
    let mut session = Rtsp::open(dialer, request, &|_| {}).await?;
    let clock = dialer.clock();
    let sound = session.sound().cloned();
    let mut offset = None;
    let first_key = async {
        loop {
            match session.next().await? {
                Received::Unit(unit) if unit.is_key => return Ok(unit),
                Received::Clock(by) => offset = Some(by),
                _ => {}
            }
        }
    };
    let key_frame = tokio::select! {
        key_frame = first_key => key_frame?,
        () = clock.sleep(MAX_KEY_FRAME) => {
            return Err(sentence::too_slow(&request.address, MAX_KEY_FRAME.as_secs()));
        }
    };

    let mut pictures = 0_u32;
    let mut last = key_frame.clone();
    let mut key_interval = None;
    let until = clock.instant() + COUNTING;
    while let Some(received) = tokio::select! {
        received = session.next() => Some(received),
        () = clock.sleep_until(until) => None,
    } {
        match received {
            Ok(Received::Unit(unit)) => {
                pictures += 1;
                // Where every picture is one, there is nothing to tell.
                if unit.is_key && key_interval.is_none() && pictures > 1 {
                    key_interval = Some(unit.time.since(key_frame.time));
                }
                last = unit;
            }
            Ok(Received::Clock(by)) => offset = Some(by),
            Ok(_) => {}
            // It was seen; what it does later is told when it is watched.
            Err(_) => break,
        }
    }
    let span = last.time.since(key_frame.time).as_secs_f64();
    Ok(Finding {
        format: key_frame.format.clone(),
        rate: (span > 0.0).then(|| f64::from(pictures) / span),
        key_interval,
        sound,
        clock: offset,
        key_frame,
    })
}
