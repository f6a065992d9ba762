//! The demonstration: a camera that needs nothing but a worker.

use std::thread;
use std::time::{Duration, Instant};

use media::{Cause, Clock, MediaTime, Size, SourceError};

use crate::canvas::{Canvas, Colour};
use crate::encode::Encoder;
use crate::figures;
use crate::output::Output;
use crate::stamp::Stamp;
use workers::wire::Reply;

const SIZE: Size = Size { width: 640, height: 360 };
const RATE: u32 = 25;
/// One second.
const GOP: u32 = RATE;
/// Later than this, pictures are left out.
const MAX_LATE: Duration = Duration::from_secs(1);

/// Says units until the engine hears no more; answers only what went wrong.
pub fn run(number: u32, name: &str, output: &Output) -> SourceError {
    let Some(mut encoder) = Encoder::open(SIZE, RATE as i32, GOP) else {
        return SourceError {
            cause: Cause::Unsupported,
            sentence: "The FFmpeg on this server encodes no video, so there is no demonstration. \
                       Install a complete FFmpeg."
                .to_owned(),
        };
    };
    output.say(&Reply::Format(encoder.format().clone()), &[]);
    let clock = Clock::system();
    let mut scene = Scene::new(number, name);
    let start = Instant::now();
    let mut slot = 0;
    loop {
        let now = start.elapsed();
        let due = time_of(slot);
        if now < due {
            thread::sleep(due - now);
        } else if now > due + MAX_LATE {
            // Nobody took the units, or the machine slept. What was missed
            // stays missed: the numbers say so.
            slot = (now.as_micros() * u128::from(RATE) / 1_000_000) as u64;
        }
        let canvas = scene.draw(slot, clock.wall().0);
        let Some(packet) = encoder.encode(canvas, slot as i64) else {
            return SourceError {
                cause: Cause::Ended,
                sentence: "The demonstration's encoder failed. It starts again.".to_owned(),
            };
        };
        let unit = Reply::Unit {
            time: MediaTime::default() + time_of(slot),
            duration: time_of(1),
            is_key: packet.is_key(),
        };
        output.say(&unit, packet.data().unwrap_or_default());
        slot += 1;
    }
}

fn time_of(slot: u64) -> Duration {
    Duration::from_micros(slot * 1_000_000 / u64::from(RATE))
}

struct Scene {
    number: u32,
    name: String,
    background: Canvas,
    canvas: Canvas,
}

impl Scene {
    /// Neutral, behind the stamp.
    const GREY: Colour = Colour { luma: 128, u: 128, v: 128 };
    const INK: u8 = 225;
    const SHADE: u8 = 40;
    /// More letters are written smaller.
    const LONG_NAME: usize = 25;

    fn new(number: u32, name: &str) -> Self {
        let (width, height) = (SIZE.width as usize, SIZE.height as usize);
        let mut background = figures::background(number, width, height);
        background.fill_lines(0..Stamp::lines(height), Self::GREY);
        let canvas = background.clone();
        Self { number, name: name.to_owned(), background, canvas }
    }

    /// The picture of a slot; `wall` is what its clock shows, in microseconds.
    fn draw(&mut self, slot: u64, wall: i64) -> &Canvas {
        let canvas = &mut self.canvas;
        canvas.copy_from(&self.background);
        figures::draw(canvas, self.number, slot as f32 / RATE as f32);
        let (width, height) = (canvas.width, canvas.height);
        let top = Stamp::lines(height) + 12;
        let scale = if self.name.chars().count() > Self::LONG_NAME { 2 } else { 3 };
        for (offset, luma) in [(2, Self::SHADE), (0, Self::INK)] {
            canvas.write(&self.name, 16 + offset, top + offset, scale, luma);
            canvas.write(&clock_text(wall), 16 + offset, height - 32 + offset, 2, luma);
        }
        let stamp = Stamp::new(self.number, slot as u32);
        stamp.draw(&mut canvas.planes[0], width, width, height);
        canvas
    }
}

/// `12:34:56.789 UTC`.
fn clock_text(wall: i64) -> String {
    let milliseconds = wall.div_euclid(1000).rem_euclid(24 * 60 * 60 * 1000);
    let seconds = milliseconds / 1000;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02}.{:03} UTC", milliseconds % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_utc() {
        assert_eq!(clock_text(0), "00:00:00.000 UTC");
        assert_eq!(clock_text(1_700_000_000_123_999), "22:13:20.123 UTC");
        assert_eq!(clock_text(-1), "23:59:59.999 UTC");
    }

    #[test]
    fn every_picture_carries_its_stamp() {
        let mut scene = Scene::new(70, "Loading bay");
        let canvas = scene.draw(1234, 0);
        let read = Stamp::read(&canvas.planes[0], canvas.width, canvas.width, canvas.height);
        assert_eq!(read, Some(Stamp { number: 6, picture: 1234 }));
    }
}
