//! Whether the weight of pictures says when to look: what is labelled is looked
//! at in time, and a camera that spends the same on everything is not believed.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fmt, fs, thread};

use anyhow::{Context, Result};
use media::MediaTime;
use serde_json::Value;
use vision::{Event, Motion, Rules, Tracker, Trust, Wake, Watch};

use crate::clip::{Pictures, RATE};
use crate::figure::Figure;
use crate::sequence::Sequence;
use crate::stream::{Encoding, HEIGHT, Rate, Stream, Unit, WIDTH};

/// What footage goes through before it is encoded: nothing, a camera's own
/// noise instead of what an earlier encoder left, and the same at night.
const LOOKS: [Look; 3] = [
    Look { name: "as-is", is_cleaned: false, filter: "null", seconds: LONG },
    Look { name: "sensor", is_cleaned: true, filter: "noise=alls=2:allf=t", seconds: LONGER },
    Look { name: "night", is_cleaned: true, filter: NIGHT, seconds: LONGER },
];

const NIGHT: &str = "eq=contrast=0.5:brightness=-0.15,noise=alls=4:allf=t";

const ENCODINGS: [Encoding; 4] = [
    Encoding { rate: Rate::Quality(23), gop: 10 },
    Encoding { rate: Rate::Quality(28), gop: 20 },
    Encoding { rate: Rate::Quality(23), gop: 20 },
    Encoding { rate: Rate::Quality(28), gop: 40 },
];

/// Nothing moves for so long at first, and between two turns of a clip.
const QUIET_FIRST: usize = 240;
const QUIET_BETWEEN: usize = 40;

/// Of what happens, at least so much is to be looked at from its begin.
const RECALL: f64 = 0.98;

/// A stream is about so long, in seconds, and so long where it can be relied on.
const LONG: usize = 540;
const LONGER: usize = 1500;

/// What begins is looked at so soon, in pictures.
const SOON: usize = 10;

/// Key frames are looked at so often while asleep, in pictures.
const GLIMPSED: usize = 20;

/// What is this near to something that moves is not taken for quiet, in pictures.
const NEAR: usize = 8;

/// The parts of the picture of the highway that are cameras of their own.
const WINDOWS: [[usize; 4]; 4] =
    [[0, 96, 128, 96], [128, 120, 128, 96], [32, 24, 128, 96], [192, 72, 128, 96]];

/// Pixels of a part that are labelled as moving where something is.
const MOVING: usize = 60;

/// How footage looks.
struct Look {
    name: &'static str,
    /// Whether it is without what an earlier encoder left.
    is_cleaned: bool,
    filter: &'static str,
    /// For how long, about.
    seconds: usize,
}

/// One stream that is watched.
struct Job<'a> {
    footage: &'a Labelled,
    cleaned: &'a Pictures,
    look: &'static Look,
    encoding: Encoding,
}

/// Pictures, and in which of them somebody saw that something moves.
struct Labelled {
    name: String,
    pictures: Pictures,
    moves: Vec<bool>,
}

/// What came of watching a stream.
#[derive(Default)]
struct Watched {
    /// Of each picture, whether it was looked at with all before and after it.
    looked: Vec<bool>,
    /// Whether key frames were enough when it came.
    asleep: Vec<bool>,
    /// Whether weights were relied on.
    trusted: Vec<bool>,
    told: Vec<Event>,
}

/// Of so many, so many.
#[derive(Clone, Copy, Default)]
struct Share {
    some: usize,
    all: usize,
}

/// What was missed of a stream, and of all.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// Labelled events that were looked at in time.
    labelled: Share,
    /// Of those that began while only key frames were looked at.
    asleep: Share,
    /// Events that are told by who looks at all pictures, too.
    told: Share,
}

pub fn run(folder: &Path) -> Result<Vec<Figure>> {
    let (mut figures, mut all) = (Vec::new(), Tally::default());
    let mut encodings = ENCODINGS.iter().copied().cycle();
    let all_footage = footage(folder)?;
    let cleaned: Vec<Pictures> = all_footage.iter().map(Labelled::cleaned).collect();
    let mut jobs = Vec::new();
    for (footage, cleaned) in all_footage.iter().zip(&cleaned) {
        for (look, encoding) in LOOKS.iter().zip(&mut encodings) {
            jobs.push(Job { footage, cleaned, look, encoding });
        }
    }
    for done in in_parallel(&jobs) {
        let (figure, tally) = done?;
        figures.push(figure);
        all.add(tally);
    }
    let figure = |name, share: Share, unit| {
        Figure::at_least(name, share.share(), unit, RECALL).noted(share.to_string())
    };
    figures.push(figure("wake-up/recall", all.labelled, "of labelled events"));
    figures.push(figure("wake-up/recall/asleep", all.asleep, "of those that woke"));
    figures.push(figure("wake-up/told", all.told, "of told events"));
    figures.extend(constant(folder)?);
    Ok(figures)
}

/// Does jobs on all processors; what came of them, in their order.
fn in_parallel(jobs: &[Job<'_>]) -> Vec<Result<(Figure, Tally)>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = numbers.map_while(|number| Some((number, jobs.get(number)?)));
        mine.map(|(number, job)| (number, job.run())).collect::<Vec<_>>()
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|it| it.join().expect("a job does not panic")).collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

impl Job<'_> {
    fn run(&self) -> Result<(Figure, Tally)> {
        let Self { footage, look, encoding, .. } = self;
        let pictures = if look.is_cleaned { self.cleaned } else { &footage.pictures };
        let order = footage.order(look.seconds);
        let stream = Stream::encode(pictures, &order, look.filter, *encoding)?;
        let watched = follow(&stream, Some(&mut Wake::new()))?;
        let tally = Tally::of(&footage.spans(&order), &follow(&stream, None)?.told, &watched);
        let slept = Share::of(&watched.looked, |looked| !**looked);
        let name = format!("wake-up/{}/{}", footage.name, look.name);
        let note = format!("{encoding}: in time {}, asleep {}", tally.labelled, tally.asleep);
        Ok((Figure::told(name, slept.share(), "of the time asleep").noted(note), tally))
    }
}

impl Share {
    fn of<T>(list: &[T], is_one: impl Fn(&&T) -> bool) -> Self {
        Self { some: list.iter().filter(is_one).count(), all: list.len() }
    }

    /// Nothing is missed of none.
    fn share(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.some as f64 / self.all as f64 }
    }

    fn add(&mut self, other: Self) {
        (self.some, self.all) = (self.some + other.some, self.all + other.all);
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.some, self.all)
    }
}

impl Tally {
    /// Of labelled `spans` in pictures, and of what is `told` by who looks at all.
    fn of(spans: &[(usize, usize)], told: &[Event], watched: &Watched) -> Self {
        let is_in_time = |span: &&(usize, usize)| {
            let end = (span.0 + SOON).min(watched.looked.len());
            watched.looked[span.0..end].iter().any(|it| *it)
        };
        let is_told = |event: &&Event| {
            let start = event.start + Duration::from_secs(1);
            watched.told.iter().any(|it| it.start <= start && it.end >= event.start)
        };
        let is_asleep = |span: &&(usize, usize)| watched.asleep[span.0];
        let asleep: Vec<_> = spans.iter().filter(is_asleep).copied().collect();
        Self {
            labelled: Share::of(spans, is_in_time),
            asleep: Share::of(&asleep, is_in_time),
            told: Share::of(told, is_told),
        }
    }

    fn add(&mut self, other: Self) {
        self.labelled.add(other.labelled);
        self.asleep.add(other.asleep);
        self.told.add(other.told);
    }
}

/// A camera of constant bit rate is found out, from the start and later.
fn constant(folder: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for footage in footage(folder)?.into_iter().take(1) {
        let (order, cleaned) = (footage.order(LONG), footage.cleaned());
        for rate in [128, 500] {
            let encoding = Encoding { rate: Rate::Constant(rate), gop: 20 };
            let filter = LOOKS[1].filter;
            let stream = Stream::encode(&cleaned, &order, filter, encoding)?;
            let name = format!("wake-up/constant/{}/{rate}", footage.name);
            let off = refused_after(&stream, Wake::new())?;
            figures.push(Figure::at_most(name.clone(), off, "min", 10.0));
            let even = Encoding { rate: Rate::Quality(28), gop: 20 };
            let before = Stream::encode(&cleaned, &order[..3000], filter, even)?;
            let mut wake = Wake::new();
            follow(&before, Some(&mut wake))?;
            let note = format!("{:?} before", wake.trust());
            let last = before.units.last().context("a unit")?.time;
            let units = stream
                .units
                .iter()
                .map(|unit| Unit { time: MediaTime(unit.time.0 + last.0 + 100_000), ..*unit });
            let mut stream = Stream { units: units.collect(), ..stream };
            stream.pictures.times = stream.units.iter().map(|it| it.time).collect();
            let off = refused_after(&stream, wake)?;
            figures.push(Figure::at_most(format!("{name}/later"), off, "min", 10.0).noted(note));
        }
    }
    Ok(figures)
}

/// Minutes until weights are not relied on any more, for good.
fn refused_after(stream: &Stream, mut wake: Wake) -> Result<f64> {
    let watched = follow(stream, Some(&mut wake))?;
    let last = watched.trusted.iter().rposition(|it| *it).map_or(0, |last| last + 1);
    Ok(match wake.trust() {
        Trust::None => last as f64 / RATE / 60.0,
        Trust::Learning | Trust::Trusted => f64::INFINITY,
    })
}

/// Looks at a stream as an engine does.
fn follow(stream: &Stream, mut wake: Option<&mut Wake>) -> Result<Watched> {
    let mut eye = Eye::new()?;
    let mut watched = Watched { looked: vec![false; stream.units.len()], ..Watched::default() };
    // The first of its GOP, the next that was not looked at, and the last glimpse.
    let (mut first, mut next, mut glimpse) = (0, 0, None);
    let mut was_asleep = false;
    for (index, unit) in stream.units.iter().enumerate() {
        if let Some(wake) = &mut wake {
            wake.weigh(unit.bytes, unit.is_key, unit.time);
        }
        let is_asleep = wake.as_ref().is_some_and(|it| it.is_asleep());
        watched.trusted.push(wake.as_ref().is_some_and(|it| it.trust() == Trust::Trusted));
        watched.asleep.push(is_asleep);
        if unit.is_key {
            (first, next) = (index, index.max(next));
        }
        if is_asleep && !was_asleep {
            eye = eye.rested()?;
        }
        was_asleep = is_asleep;
        if is_asleep {
            let is_due = glimpse.is_none_or(|last| index - last >= GLIMPSED);
            if unit.is_key && is_due {
                (glimpse, next) = (Some(index), index + 1);
                let is_moving = eye.glimpse(stream, index)?;
                if let Some(wake) = &mut wake {
                    wake.see(unit.time, is_moving, None);
                }
            }
            continue;
        }
        for index in next.max(first)..=index {
            let (is_moving, since) = eye.look(stream, index)?;
            watched.looked[index] = true;
            if let Some(wake) = &mut wake {
                wake.see(stream.units[index].time, is_moving, since);
            }
        }
        next = index + 1;
    }
    watched.told = eye.told.into_values().collect();
    Ok(watched)
}

/// What is kept of a camera from picture to picture.
struct Eye {
    motion: Motion,
    tracker: Tracker,
    watch: Watch,
    running: BTreeMap<u64, MediaTime>,
    told: BTreeMap<(MediaTime, u64), Event>,
}

impl Eye {
    fn new() -> Result<Self> {
        let (motion, tracker) = (Motion::new(), Tracker::new());
        let watch = Watch::new(Rules::default())?;
        Ok(Self { motion, tracker, watch, running: BTreeMap::new(), told: BTreeMap::new() })
    }

    /// Nothing is followed any more, and the background is still known.
    fn rested(self) -> Result<Self> {
        Ok(Self { motion: self.motion, told: self.told, ..Self::new()? })
    }

    fn glimpse(&mut self, stream: &Stream, index: usize) -> Result<bool> {
        let time = stream.units[index].time;
        Ok(self.motion.observe(stream.pictures.grey(index)?, time).is_moving())
    }

    fn look(&mut self, stream: &Stream, index: usize) -> Result<(bool, Option<MediaTime>)> {
        let time = stream.units[index].time;
        let seen = self.motion.observe(stream.pictures.grey(index)?, time);
        for event in self.watch.see(self.tracker.follow(&seen), time, |_| true) {
            if event.is_over {
                self.running.remove(&event.id);
            } else {
                self.running.insert(event.id, event.start);
            }
            self.told.insert((event.start, event.id), event);
        }
        Ok((seen.is_moving(), self.running.values().max().copied()))
    }
}

fn footage(folder: &Path) -> Result<Vec<Labelled>> {
    let text = fs::read_to_string(folder.join("annotations/events.json"))?;
    let annotations: Value = serde_json::from_str(&text)?;
    let mut footage = Vec::new();
    for (name, file, list, ends) in [
        ("visits", "one-by-one-person.mp4", "visits", ["/enter", "/leave"]),
        ("cars", "car-detection.mp4", "motion_intervals", ["/0", "/1"]),
    ] {
        let pictures = Pictures::of_clip(&folder.join("video").join(file), WIDTH, HEIGHT)?;
        let mut moves = vec![false; pictures.len()];
        for span in annotations[file][list].as_array().context("spans")? {
            let [from, to] = ends.map(|end| span.pointer(end).and_then(Value::as_f64));
            let (from, to) = (from.context("a start")? * RATE, to.context("an end")? * RATE);
            let to = (to as usize).min(pictures.len());
            moves[from as usize..to].fill(true);
        }
        footage.push(Labelled { name: name.to_owned(), pictures, moves });
    }
    let highway = Sequence::open(&folder.join("motion_gt/cdnet_highway"))?;
    for (number, window) in (1..).zip(WINDOWS) {
        let [x, y, width, height] = window;
        let filter = format!("crop={width}:{height}:{x}:{y},scale={WIDTH}:{HEIGHT}:flags=bicubic");
        let mut pictures = highway.filtered(&filter, WIDTH, HEIGHT)?;
        // The first pictures are not labelled.
        let first = (0..pictures.len()).find(|index| highway.any_label(*index).is_some());
        let first = first.context("labels")?;
        pictures.bytes.drain(..first * WIDTH * HEIGHT);
        pictures.times.truncate(pictures.len() - first);
        let moves = |index: usize| {
            let Some(labels) = highway.any_label(first + index) else { return true };
            let rows = (y..y + height).map(|row| &labels[row * highway.size.0 + x..][..width]);
            rows.flatten().filter(|label| **label == 255).count() >= MOVING
        };
        let moves = (0..pictures.len()).map(moves).collect();
        footage.push(Labelled { name: format!("highway-{number}"), pictures, moves });
    }
    Ok(footage)
}

impl Labelled {
    /// The clip again and again, with quiet before it, for about so many seconds.
    fn order(&self, seconds: usize) -> Vec<usize> {
        let quiet = self.quiet();
        let rate = RATE as usize;
        let there_and_back: Vec<usize> = quiet.clone().chain(quiet.rev()).collect();
        let mut order = Vec::new();
        let mut wait = QUIET_FIRST;
        while order.len() < seconds * rate {
            order.extend(there_and_back.iter().cycle().take(wait * rate));
            order.extend(0..self.pictures.len());
            wait = QUIET_BETWEEN;
        }
        order
    }

    /// The pictures as they were before somebody encoded them: where one differs
    /// from the middle of the quiet ones by nothing but noise, it is that.
    fn cleaned(&self) -> Pictures {
        const NOISE: u32 = 5;
        const AROUND: usize = 3;
        let quiet = self.quiet();
        let some: Vec<usize> = quiet.clone().step_by((quiet.len() / 15).max(1)).collect();
        let middle = |at: usize| {
            let mut values: Vec<u8> = some.iter().map(|it| self.pictures.bytes(*it)[at]).collect();
            values.sort_unstable();
            values[values.len() / 2]
        };
        let still: Vec<u8> = (0..WIDTH * HEIGHT).map(middle).collect();
        let mut pictures = self.pictures.clone();
        let mut sums = vec![0_u32; (WIDTH + 1) * (HEIGHT + 1)];
        for picture in pictures.bytes.chunks_exact_mut(WIDTH * HEIGHT) {
            for y in 0..HEIGHT {
                let mut row = 0;
                for x in 0..WIDTH {
                    let at = y * WIDTH + x;
                    row += u32::from(picture[at].abs_diff(still[at]));
                    sums[(y + 1) * (WIDTH + 1) + x + 1] = sums[y * (WIDTH + 1) + x + 1] + row;
                }
            }
            for y in 0..HEIGHT {
                let (top, bottom) = (y.saturating_sub(AROUND), (y + AROUND + 1).min(HEIGHT));
                for x in 0..WIDTH {
                    let (left, right) = (x.saturating_sub(AROUND), (x + AROUND + 1).min(WIDTH));
                    let sum = |y: usize, x: usize| sums[y * (WIDTH + 1) + x];
                    let all =
                        sum(bottom, right) + sum(top, left) - sum(top, right) - sum(bottom, left);
                    let area = ((bottom - top) * (right - left)) as u32;
                    if all < NOISE * area {
                        picture[y * WIDTH + x] = still[y * WIDTH + x];
                    }
                }
            }
        }
        pictures
    }

    /// The longest stretch in which nothing moves.
    fn quiet(&self) -> std::ops::Range<usize> {
        let moves = |at: usize| {
            let near = at.saturating_sub(NEAR)..(at + NEAR + 1).min(self.moves.len());
            self.moves[near].iter().any(|it| *it)
        };
        let (mut best, mut from) = (0..0, 0);
        for at in 0..self.moves.len() {
            if moves(at) {
                from = at + 1;
            } else if at + 1 - from > best.len() {
                best = from..at + 1;
            }
        }
        best
    }

    /// When something moves, in pictures of a stream of this order.
    fn spans(&self, order: &[usize]) -> Vec<(usize, usize)> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (at, index) in order.iter().enumerate() {
            if self.moves[*index] {
                match spans.last_mut() {
                    Some(last) if at <= last.1 + NEAR => last.1 = at,
                    _ => spans.push((at, at)),
                }
            }
        }
        spans
    }
}
