//! A clip as a source: over and over, in real time.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use ffmpeg_next::Packet;
use media::{MediaTime, SourceError, VideoFormat};

use crate::clip::Clip;
use crate::output::Output;
use crate::pace::Pace;
use workers::wire::Reply;

/// Later than this, the clip goes on from where it is.
const MAX_LATE: Duration = Duration::from_secs(1);

/// A clip may begin in the middle of a GOP, or never mark a key frame.
const MAX_SKIPPED: u32 = 250;

/// Says units until the engine hears no more; answers only what went wrong.
pub fn run(path: &Path, output: &Output) -> SourceError {
    let mut clip = match Clip::open(path) {
        Ok(clip) => clip,
        Err(error) => return error,
    };
    let pace = Pace::new(clip.interval());
    let mut player =
        Player { output, pace, start: Instant::now(), said: None, is_without_keys: false };
    loop {
        let units = player.play(&mut clip);
        if units == 0 && player.is_without_keys {
            return clip.not_video();
        }
        // Where nothing was played for want of a key frame, the next pass plays
        // what there is.
        player.is_without_keys |= units == 0;
        player.pace.begin_pass();
        if let Err(error) = clip.rewind() {
            return error;
        }
    }
}

struct Player<'a> {
    output: &'a Output,
    pace: Pace,
    start: Instant,
    /// The format the engine knows.
    said: Option<VideoFormat>,
    /// The clip marks no key frames: its first unit must do for one.
    is_without_keys: bool,
}

impl Player<'_> {
    /// Plays one pass and answers how many units it had.
    fn play(&mut self, clip: &mut Clip) -> u32 {
        let (mut skipped, mut units) = (0, 0);
        while let Some(packet) = clip.next() {
            let is_key = packet.is_key() || units == 0 && self.is_without_keys;
            if units == 0 && !is_key {
                skipped += 1;
                if skipped > MAX_SKIPPED {
                    return 0;
                }
                continue;
            }
            if self.said.as_ref() != Some(clip.format()) {
                self.output.say(&Reply::Format(clip.format().clone()), &[]);
                self.said = Some(clip.format().clone());
            }
            self.say(clip, &packet, is_key);
            units += 1;
        }
        units
    }

    fn say(&mut self, clip: &Clip, packet: &Packet, is_key: bool) {
        let mut due = self.pace.next(clip.stamps(packet));
        let now = self.start.elapsed();
        let handed = micros(due.handed);
        if now < handed {
            thread::sleep(handed - now);
        } else if now > handed + MAX_LATE {
            // Nobody took the units, or the machine slept: the clip stood still
            // and its time did not.
            let span = i64::try_from((now - handed).as_micros()).unwrap_or(i64::MAX);
            self.pace.stall(span);
            due.shown += span;
        }
        let unit =
            Reply::Unit { time: MediaTime(due.shown), duration: micros(due.duration), is_key };
        self.output.say(&unit, packet.data().unwrap_or_default());
    }
}

fn micros(span: i64) -> Duration {
    Duration::from_micros(span.max(0).unsigned_abs())
}
