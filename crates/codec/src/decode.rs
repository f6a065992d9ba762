//! One stream's thread in a worker: units in, pictures out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use ffmpeg_next::{Discard, Packet, decoder, frame};
use media::{
    FieldOrder, MediaTime, Need, Packing, PictureFormat, Ratio, Rotation, Size, VideoFormat,
    WallTime,
};

use crate::colour::{self, Told};
use crate::jpeg::Jpegs;
use crate::output::Output;
use crate::pending::Pending;
use crate::scale::{self, Scalers};
use crate::view::View;
use crate::{fence, fit, libav};
use workers::wire::{PictureHeader, Reply, UnitHeader};

/// The handle that the worker's main thread has. Dropping it ends the thread
/// with the unit it is at.
pub struct StreamThread {
    work: Sender<Work>,
    queue: Arc<Queue>,
}

/// What both sides know of the queue; its length is bounded by the engine.
#[derive(Default)]
struct Queue {
    units: AtomicUsize,
    is_closed: AtomicBool,
}

enum Work {
    Format(VideoFormat),
    Needs(Vec<Need>),
    Unit(UnitHeader, Vec<u8>),
}

impl StreamThread {
    pub fn start(stream: u32, output: Arc<Output>) -> io::Result<Self> {
        let (work, received) = mpsc::channel();
        let queue = Arc::new(Queue::default());
        let (name, known) = (format!("stream {stream}"), queue.clone());
        let run = move || {
            fence::step_back();
            Decoding::new(stream, output, known).run(&received);
        };
        thread::Builder::new().name(name).spawn(run)?;
        Ok(Self { work, queue })
    }

    pub fn set_format(&self, format: VideoFormat) {
        self.send(Work::Format(format));
    }

    pub fn set_needs(&self, needs: Vec<Need>) {
        self.send(Work::Needs(needs));
    }

    pub fn decode(&self, unit: UnitHeader, payload: Vec<u8>) {
        self.queue.units.fetch_add(1, Ordering::Relaxed);
        self.send(Work::Unit(unit, payload));
    }

    fn send(&self, work: Work) {
        self.work.send(work).expect("the thread ends after its queue does");
    }
}

impl Drop for StreamThread {
    fn drop(&mut self) {
        self.queue.is_closed.store(true, Ordering::Relaxed);
    }
}

struct Decoding {
    stream: u32,
    output: Arc<Output>,
    queue: Arc<Queue>,
    needs: Vec<Need>,
    format: Option<VideoFormat>,
    decoder: Option<decoder::Video>,
    /// How many pictures it held back when it had seen its first unit.
    first_delay: Option<u32>,
    /// The picture decoded last, and room for the next.
    newest: frame::Video,
    spare: frame::Video,
    /// When `newest` is to be shown, if it is.
    shown: Option<(MediaTime, WallTime)>,
    pending: Pending,
    scalers: Scalers,
    jpegs: Jpegs,
    /// When a picture was last made, and the time it is shown at.
    last_picture: Option<Instant>,
    last_time: i64,
    /// The time of the last picture made for analysis.
    last_analysed: Option<MediaTime>,
    /// Units the engine was not told of.
    consumed: u32,
    /// Units in a row of which nothing came.
    failures: u32,
    has_complained: bool,
}

impl Decoding {
    /// With more units waiting than this the stream is late, and units are
    /// decoded without making pictures of them …
    const MAX_WAITING: usize = 2;
    /// … as long as something moves.
    const MAX_PAUSE: Duration = Duration::from_millis(250);
    /// Pictures for analysis are at least so far apart: of 8, 10, 15 or 25 that
    /// come in a second, 8, 5, 7 or 6.
    const ANALYSED: Duration = Duration::from_millis(122);
    /// Times further back, in microseconds, are a new beginning.
    const MAX_DISORDER: i64 = 1_000_000;
    /// So many units in a row without a picture is no accident.
    const MAX_FAILURES: u32 = 100;
    /// With so many pictures in a row in the order of their units, nothing
    /// need be held back.
    const MIN_IN_ORDER: u32 = 100;
    /// Answers are collected over so many units where more are waiting.
    const MAX_UNANSWERED: u32 = 8;

    fn new(stream: u32, output: Arc<Output>, queue: Arc<Queue>) -> Self {
        Self {
            stream,
            output,
            queue,
            needs: Vec::new(),
            format: None,
            decoder: None,
            first_delay: None,
            newest: frame::Video::empty(),
            spare: frame::Video::empty(),
            shown: None,
            pending: Pending::default(),
            scalers: Scalers::default(),
            jpegs: Jpegs::default(),
            last_picture: None,
            last_time: i64::MIN,
            last_analysed: None,
            consumed: 0,
            failures: 0,
            has_complained: false,
        }
    }

    fn run(mut self, work: &Receiver<Work>) {
        for work in work {
            if self.queue.is_closed.load(Ordering::Relaxed) {
                return;
            }
            match work {
                Work::Format(format) => self.open(format),
                Work::Needs(needs) => self.need(needs),
                Work::Unit(unit, payload) => {
                    let waiting = self.queue.units.fetch_sub(1, Ordering::Relaxed) - 1;
                    self.consumed += 1;
                    self.decode(unit, &payload, waiting);
                    if self.consumed > 0 && (waiting == 0 || self.consumed >= Self::MAX_UNANSWERED)
                    {
                        let (stream, units) = (self.stream, self.consumed);
                        self.output.say(&Reply::Consumed { stream, units }, &[]);
                        self.consumed = 0;
                    }
                }
            }
        }
    }

    fn open(&mut self, format: VideoFormat) {
        self.failures = 0;
        self.has_complained = false;
        self.begin(&format);
        if self.decoder.is_none() {
            let codec = format.codec.name();
            self.complain(format!(
                "The stream is encoded as {codec}, which the FFmpeg on this server does not \
                 decode. Set the camera to H.264 or H.265."
            ));
        }
        self.format = Some(format);
    }

    fn begin(&mut self, format: &VideoFormat) {
        self.pending = Pending::default();
        self.first_delay = None;
        self.decoder = libav::open_decoder(format);
    }

    /// What is new gets the newest picture: the next may be far away.
    fn need(&mut self, needs: Vec<Need>) {
        let known = std::mem::replace(&mut self.needs, needs);
        let new: Vec<Need> =
            self.needs.iter().filter(|need| !known.contains(need)).copied().collect();
        self.make_pictures(&new);
    }

    fn decode(&mut self, unit: UnitHeader, payload: &[u8], waiting: usize) {
        // An empty packet would mean that the stream is over.
        if payload.is_empty() {
            return;
        }
        if unit.is_key && self.is_held_back() {
            self.catch_up(unit, waiting);
        }
        let Some(decoder) = &mut self.decoder else { return };
        if unit.is_key {
            decoder.skip_loop_filter(unfiltered(&self.needs));
        }
        self.pending.push(unit);
        let mut packet = Packet::copy(payload);
        packet.set_pts(Some(unit.time.0));
        if unit.is_key {
            packet.set_flags(ffmpeg_next::packet::Flags::KEY);
        }
        // What is wrong with a unit is in the log; the next may be fine.
        decoder.send_packet(&packet).ok();
        self.first_delay.get_or_insert(libav::delay(decoder));
        self.failures += 1;
        self.receive(unit, waiting);
        if self.failures >= Self::MAX_FAILURES {
            self.complain(
                "Nothing in this stream can be decoded. Restart the camera, or set it to H.264."
                    .to_owned(),
            );
        }
    }

    /// Whether pictures come late for nothing. A damaged unit can make FFmpeg
    /// believe that pictures come in another order than their units, and it
    /// never unlearns that: live video would be up to 16 pictures late for ever.
    fn is_held_back(&self) -> bool {
        let delay = self.decoder.as_ref().map(libav::delay);
        delay > self.first_delay && self.pending.in_order() >= Self::MIN_IN_ORDER
    }

    /// Shows what the decoder holds back, and begins with another.
    fn catch_up(&mut self, unit: UnitHeader, waiting: usize) {
        if let Some(decoder) = &mut self.decoder {
            decoder.send_eof().ok();
        }
        self.receive(unit, waiting);
        if let Some(format) = self.format.clone() {
            self.begin(&format);
        }
    }

    /// Takes the pictures that the decoder has ready; of `unit`, where it does
    /// not say of which.
    fn receive(&mut self, unit: UnitHeader, waiting: usize) {
        while let Some(decoder) = &mut self.decoder
            && decoder.receive_frame(&mut self.spare).is_ok()
        {
            std::mem::swap(&mut self.newest, &mut self.spare);
            self.failures = 0;
            let time = self.newest.pts().or(self.newest.timestamp()).unwrap_or(unit.time.0);
            let of = self.pending.take(time).unwrap_or(unit);
            self.shown = of.shown.then(|| (self.after_last(time), of.arrived));
            let is_late = !of.awaited
                && waiting > Self::MAX_WAITING
                && self.last_picture.is_some_and(|it| it.elapsed() < Self::MAX_PAUSE);
            if !is_late {
                let is_due = self.is_analysis_due();
                let is_wanted = |need: &&Need| need.packing != Packing::Luma || is_due;
                let needs: Vec<Need> = self.needs.iter().filter(is_wanted).copied().collect();
                self.make_pictures(&needs);
            }
        }
    }

    fn is_analysis_due(&self) -> bool {
        let (Some((time, _)), Some(last)) = (self.shown, self.last_analysed) else { return true };
        time < last || time.since(last) >= Self::ANALYSED
    }

    /// Decoders put pictures in order, and not every container has times that
    /// follow it (AVI and bare streams only know the order of decoding).
    fn after_last(&mut self, time: i64) -> MediaTime {
        let back = self.last_time.saturating_sub(time);
        if (0..Self::MAX_DISORDER).contains(&back) {
            self.last_time += 1;
        } else {
            self.last_time = time;
        }
        MediaTime(self.last_time)
    }

    /// Makes and says what is needed of the newest picture, each size once.
    fn make_pictures(&mut self, needs: &[Need]) {
        let (Some((time, arrived)), Some(format)) = (self.shown, &self.format) else { return };
        let Some((view, layout)) = look(&self.newest, format) else {
            return self.complain(
                "The stream's pictures have samples that cannot be shown. Set the camera to H.264."
                    .to_owned(),
            );
        };
        if needs.iter().any(|need| need.packing == Packing::Luma) {
            self.last_analysed = Some(time);
        }
        let mut textures: Vec<(Size, Vec<Need>)> = Vec::new();
        for need in needs {
            let size = fit::texture(layout.display_aspect, layout.rotation, view.size, need.tile);
            match textures.iter_mut().find(|(known, _)| *known == size) {
                Some((_, sharing)) => sharing.push(*need),
                None => textures.push((size, vec![*need])),
            }
        }
        let mut say = |tiles: Vec<Size>, format: PictureFormat, payload: &[u8]| {
            let consumed = std::mem::take(&mut self.consumed);
            let stream = self.stream;
            let header = PictureHeader { stream, consumed, tiles, format, time, arrived };
            self.output.say(&Reply::Picture(header), payload);
        };
        for (size, needs) in textures {
            let format = PictureFormat { size, ..layout };
            let [analysed, planar, files] = [Packing::Luma, Packing::Planes, Packing::Jpeg]
                .map(|packing| boxes(&needs, packing));
            if !analysed.is_empty()
                && let Ok(luma) = self.scalers.luma(&view, size)
            {
                say(analysed, PictureFormat { packing: Packing::Luma, ..format }, &luma);
            }
            if !planar.is_empty() || !files.is_empty() {
                let Ok(planes) = self.scalers.planes(&view, size) else { continue };
                if !planar.is_empty() {
                    say(planar, format, &planes);
                }
                if !files.is_empty()
                    && let Some((format, file)) = self.jpegs.file(planes, &format)
                {
                    say(files, format, &file);
                }
            }
            self.last_picture = Some(Instant::now());
        }
        self.scalers.tidy();
        self.jpegs.tidy();
    }

    fn complain(&mut self, sentence: String) {
        if !std::mem::replace(&mut self.has_complained, true) {
            self.output.say(&Reply::Unsupported { stream: self.stream, sentence }, &[]);
        }
    }
}

/// In which pictures the edges of blocks are not smoothed (H.264, H.265), which is a
/// sixth of decoding: in all where only analysis sees them, which finds as much in
/// blocks. What was left out is missing in what follows up to the next key frame.
fn unfiltered(needs: &[Need]) -> Discard {
    let is_seen = needs.is_empty() || needs.iter().any(|need| need.packing != Packing::Luma);
    if is_seen { Discard::Default } else { Discard::All }
}

fn boxes(needs: &[Need], packing: Packing) -> Vec<Size> {
    needs.iter().filter(|need| need.packing == packing).map(|need| need.tile).collect()
}

/// What is seen of a decoded picture, and how that is laid out; the size is
/// that of the view.
pub fn look<'a>(
    picture: &'a frame::Video,
    format: &VideoFormat,
) -> Option<(View<'a>, PictureFormat)> {
    let whole = View::whole(picture)?;
    if !scale::is_readable(whole.pixel) {
        return None;
    }
    let source = whole.size;
    let (space, range) = libav::colour_numbers(picture);
    let is_rgb = libav::is_rgb(picture.format());
    let told = Told { pixel: picture.format(), is_rgb, space, range, lines: source.height };
    let (matrix, range) = colour::meaning(&told, format);
    let aspect = picture.aspect_ratio();
    let sample_aspect = Ratio::new(
        u32::try_from(aspect.numerator()).unwrap_or(0),
        u32::try_from(aspect.denominator()).unwrap_or(0),
    );
    let first = match first_field(picture, format) {
        Some(is_top) => View::whole(picture)?.field(is_top),
        None => None,
    };
    let is_field = first.is_some();
    let view = first.unwrap_or(whole);
    let layout = PictureFormat {
        packing: Packing::Planes,
        size: view.size,
        source,
        // As players do: some decoders claim square samples where a codec says nothing.
        display_aspect: fit::display_aspect(source, format.sample_aspect.or(sample_aspect)),
        rotation: rotation(picture).unwrap_or(format.rotation),
        matrix,
        range,
        is_field,
    };
    Some((view, layout))
}

/// Whether the upper field is first in time; nothing where the picture is one.
fn first_field(picture: &frame::Video, format: &VideoFormat) -> Option<bool> {
    // These say of every picture what it is; the container's word is for the
    // ones that cannot.
    const TELLING: [&str; 10] =
        ["h264", "hevc", "mpeg2video", "mpeg4", "vc1", "dvvideo", "prores", "dnxhd", "vp9", "av1"];
    if picture.is_interlaced() {
        return Some(picture.is_top_first());
    }
    match format.field_order? {
        _ if TELLING.contains(&format.codec.name()) => None,
        FieldOrder::Progressive => None,
        FieldOrder::TopFirst => Some(true),
        FieldOrder::BottomFirst => Some(false),
    }
}

/// The turn that the stream itself asks for (an SEI message, or Exif).
fn rotation(picture: &frame::Video) -> Option<Rotation> {
    let matrix = picture.side_data(frame::side_data::Type::DisplayMatrix)?;
    colour::rotation(matrix.data())
}
