//! The promises to the user, each a file. `cargo xtask accept NAME` builds what
//! they are about and runs them; their figures are JSON, one a line.
//!
//! What they stand on (screens, browsers, clips, figures) is `crates/testkit`.

// Figures are printed; that is what this program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]
#![allow(missing_docs)]

mod a11y;
mod bad_input;
mod bad_streams;
mod browser;
mod corpus_rtsp;
mod deliveries;
mod demo;
mod first_unit;
mod handover;
mod isolation;
mod latency;
mod latency_camera;
mod motion;
mod motion_recording;
mod outages;
mod picture_truth;
mod playback;
mod processes;
mod recording;
mod review;
mod rtsp_16;
mod screens;
mod soak;
mod stale;
mod states;
mod store;
mod switch;
mod timeline_year;
mod two_commands;
mod ui_budgets;
mod wall;

mod cameras;
mod harness;
mod references;
mod sight;

use std::io::Write;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use serde::Serialize;
use testkit::{Figure, orphans};
use tokio::signal::unix::{SignalKind, signal};

async fn motion_cost(short: bool) -> Result<Vec<Figure>> {
    let mut figures = motion::run("motion-cost").await?;
    figures.extend(motion_recording::cost(short).await?);
    Ok(figures)
}

type Figures = Pin<Box<dyn Future<Output = Result<Vec<Figure>>>>>;

struct Promise {
    name: &'static str,
    says: &'static str,
    /// Whether it measures speed.
    is_bench: bool,
    /// Whether it mostly waits, so that it may run while others do.
    is_patient: bool,
    /// The cases of the fault catalogue that it runs.
    faults: &'static [Case],
    /// Its figures; in a quick form where the flag is set.
    run: fn(bool) -> Figures,
}

/// One case of the fault catalogue, alone.
struct Case {
    id: &'static str,
    run: fn(bool) -> Figures,
}

/// What was asked for, under the name that was asked for.
struct Chosen {
    name: &'static str,
    says: &'static str,
    run: fn(bool) -> Figures,
}

/// A figure as it is printed.
#[derive(Serialize)]
struct Line {
    /// What it was asked for by.
    promise: &'static str,
    #[serde(flatten)]
    figure: Figure,
}

const PROMISES: &[Promise] = &[
    Promise {
        name: "harness",
        says: "what reads pictures here reads a page that paints known ones",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(harness::run(short)),
    },
    Promise {
        name: "demo",
        says: "four demo tiles at 25 pictures a second, none late, none mixed up",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(demo::run(short)),
    },
    Promise {
        name: "deliveries",
        says: "planes, JPEG files or what the camera sends: each as fast, and what suits the viewer",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(deliveries::run(short)),
    },
    Promise {
        name: "latency",
        says: "from the worker to the draw call within 25 ms",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(latency::run(short)),
    },
    Promise {
        name: "picture-truth",
        says: "colours, shape and turn of a picture are those of the clip",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(picture_truth::run(short)),
    },
    Promise {
        name: "record-cost",
        says: "recording costs a third of what it costs with FFmpeg, and is on the disk each second",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(recording::cost(short)),
    },
    Promise {
        name: "gaps",
        says: "every second that was not recorded has a row that says why",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(recording::gaps(short)),
    },
    Promise {
        name: "retention",
        says: "no limit is exceeded, what is evidence stays, and the forecast is right",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(recording::retention(short)),
    },
    Promise {
        name: "index-year",
        says: "a year of sixty-four cameras delays neither a start nor a look",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(recording::year(short)),
    },
    Promise {
        name: "timeline-year",
        says: "what is recorded in a year is told in 30 ms and drawn in 2, at any zoom",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(timeline_year::run(short)),
    },
    Promise {
        name: "record-64",
        says: "sixty-four cameras are recorded, and not a picture is missing",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(recording::many(short)),
    },
    Promise {
        name: "kill-9",
        says: "an engine that is killed at any time loses two seconds at most, and records at once",
        is_bench: false,
        is_patient: false,
        faults: &[Case { id: "R1", run: |short| Box::pin(recording::kills(short)) }],
        run: |short| Box::pin(recording::kills(short)),
    },
    Promise {
        name: "power-cut",
        says: "a power cut costs two seconds at most, and no row is without its footage",
        is_bench: false,
        is_patient: false,
        faults: &[Case { id: "R2", run: |short| Box::pin(recording::power(short)) }],
        run: |short| Box::pin(recording::power(short)),
    },
    Promise {
        name: "damaged-files",
        says: "of a file that is cut off or overwritten, all that is intact is read",
        is_bench: false,
        is_patient: false,
        faults: &[Case { id: "R3", run: |short| Box::pin(recording::damage(short)) }],
        run: |short| Box::pin(recording::damage(short)),
    },
    Promise {
        name: "index",
        says: "an index that is damaged, held up or from another time costs nothing recorded",
        is_bench: false,
        is_patient: true,
        faults: &[
            Case { id: "R12", run: |short| Box::pin(recording::overwritten(short)) },
            Case { id: "R13", run: |short| Box::pin(recording::lock(short)) },
            Case { id: "R14", run: |short| Box::pin(recording::log(short)) },
        ],
        run: |short| Box::pin(recording::index(short)),
    },
    Promise {
        name: "removal",
        says: "an engine that is killed as it removes leaves old or new, and nothing in between",
        is_bench: false,
        is_patient: false,
        faults: &[Case { id: "R15", run: |short| Box::pin(recording::removal(short)) }],
        run: |short| Box::pin(recording::removal(short)),
    },
    Promise {
        name: "rebuild",
        says: "an index that is lost is made anew from the files, the same as before",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(recording::rebuild(short)),
    },
    Promise {
        name: "disk-faults",
        says: "a disk fails, fills up, is taken away or is slow: told, no more lost than must be, and over by itself",
        is_bench: false,
        is_patient: true,
        faults: &[
            Case { id: "R4", run: |short| Box::pin(recording::sync_error(short)) },
            Case { id: "R5", run: |short| Box::pin(recording::full(short)) },
            Case { id: "R6", run: |short| Box::pin(recording::evidence(short)) },
            Case { id: "R7", run: |short| Box::pin(recording::inodes(short)) },
            Case { id: "R8", run: |short| Box::pin(recording::read_only(short)) },
            Case { id: "R9", run: |short| Box::pin(recording::swapped(short)) },
            Case { id: "R10", run: |short| Box::pin(recording::slow(short)) },
            Case { id: "R11", run: |short| Box::pin(recording::hanging(short)) },
        ],
        run: |short| Box::pin(recording::disk(short)),
    },
    Promise {
        name: "export",
        says: "what is exported is what was recorded, plays anywhere, and is whole or not there",
        is_bench: true,
        is_patient: false,
        faults: &[
            Case { id: "R15-export", run: |short| Box::pin(recording::export_kills(short)) },
            Case { id: "I1", run: |short| Box::pin(recording::export_names(short)) },
        ],
        run: |short| Box::pin(recording::export(short)),
    },
    Promise {
        name: "handover",
        says: "a span is marked, exported, bookmarked and kept as evidence by a few keys",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |_| Box::pin(handover::run()),
    },
    Promise {
        name: "foreign-files",
        says: "what others wrote is refused with its place, costs little, and stays as it is",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(recording::foreign(short)),
    },
    Promise {
        name: "time-faults",
        says: "whatever clocks do, recordings are in order, at their time, and whole",
        is_bench: false,
        is_patient: true,
        faults: &[
            Case { id: "T1", run: |short| Box::pin(recording::set(short)) },
            Case { id: "T2", run: |short| Box::pin(recording::zones(short)) },
            Case { id: "T3", run: |short| Box::pin(recording::stamps(short)) },
        ],
        run: |short| Box::pin(recording::time(short)),
    },
    Promise {
        name: "seek",
        says: "any instant of a day is shown at once, on one tile or on sixteen",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(playback::seek(short)),
    },
    Promise {
        name: "replay",
        says: "ten seconds back and live again: nothing is missing and nothing comes twice",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(playback::replay(short)),
    },
    Promise {
        name: "playback-sound",
        says: "recorded sound is heard with the pictures of the same moment",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(playback::sound(short)),
    },
    Promise {
        name: "step",
        says: "steps lead to the same pictures every time",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(playback::step(short)),
    },
    Promise {
        name: "reverse",
        says: "recordings play backwards, and up to sixteen times as fast",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(playback::reverse(short)),
    },
    Promise {
        name: "scrub",
        says: "pictures follow the finger on the timeline",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(playback::scrub(short)),
    },
    Promise {
        name: "snapshot",
        says: "one picture as a file is the one that playback shows, whole or not there; thumbnails come at once",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(playback::snapshot(short)),
    },
    Promise {
        name: "motion-quality",
        says: "what somebody labelled as moving is seen, on a road and from a camera that shakes",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |_| Box::pin(motion::run("motion-quality")),
    },
    Promise {
        name: "motion-events",
        says: "who came and went is told once and on time; light, clouds and shake are not",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |_| Box::pin(motion::run("motion-events")),
    },
    Promise {
        name: "motion-recording",
        says: "what moves is recorded, with what came before and after, and nothing else",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(motion_recording::run(short)),
    },
    Promise {
        name: "motion-cost",
        says: "a picture is looked at in 0.15 ms, and a camera watched and recorded for 0.35 s a minute",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(motion_cost(short)),
    },
    Promise {
        name: "review",
        says: "a hundred events are looked through with the keyboard alone",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(review::run(short)),
    },
    Promise {
        name: "tamper",
        says: "a camera that is covered, blind, out of focus, frozen or turned away is told within ten seconds",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |_| Box::pin(motion::run("tamper")),
    },
    Promise {
        name: "processes",
        says: "window, engine and workers die and come back alone",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(processes::run(short)),
    },
    Promise {
        name: "store",
        says: "what cannot be rebuilt survives kills and damage",
        is_bench: false,
        is_patient: false,
        faults: &[Case { id: "R17", run: |short| Box::pin(store::run(short)) }],
        run: |short| Box::pin(store::run(short)),
    },
    Promise {
        name: "rtsp-16",
        says: "sixteen cameras: no unit lost, out of order or mixed up",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(rtsp_16::run(short)),
    },
    Promise {
        name: "bad-streams",
        says: "what comes damaged, late, changed or endless is told, and harms no other camera",
        is_bench: false,
        is_patient: true,
        faults: &[
            Case { id: "N3", run: |short| Box::pin(bad_streams::loss(short)) },
            Case { id: "N4", run: |short| Box::pin(bad_streams::jitter(short)) },
            Case { id: "N8", run: |short| Box::pin(bad_streams::changes(short)) },
            Case { id: "N9", run: |short| Box::pin(bad_streams::corruption(short)) },
            Case { id: "N10", run: |short| Box::pin(bad_streams::limits(short)) },
            Case { id: "N11", run: |short| Box::pin(bad_streams::dead_workers(short)) },
            Case { id: "N12", run: |short| Box::pin(bad_streams::stopped_workers(short)) },
        ],
        run: |short| Box::pin(bad_streams::run(short)),
    },
    Promise {
        name: "corpus-rtsp",
        says: "what real cameras answered is read right, and what none would answer ends in a sentence",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(corpus_rtsp::run(short)),
    },
    Promise {
        name: "stale",
        says: "a picture that stopped is told, and comes back by itself; a wrong password too",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(stale::run(short)),
    },
    Promise {
        name: "isolation",
        says: "what happens to one camera happens to no other",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(isolation::run(short)),
    },
    Promise {
        name: "first-unit",
        says: "within 50 ms of the start, beyond what the camera takes; within 20 ms of joining",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(first_unit::run(short)),
    },
    Promise {
        name: "soak",
        says: "cameras that come and go leave nothing behind",
        is_bench: false,
        is_patient: true,
        faults: &[],
        run: |short| Box::pin(soak::run(short)),
    },
    Promise {
        name: "outages",
        says: "the network fails, cameras are slow, refuse the password or come and go",
        is_bench: false,
        is_patient: true,
        faults: &[
            Case { id: "N1", run: |short| Box::pin(outages::half_open(short)) },
            Case { id: "N2", run: |short| Box::pin(outages::resets(short)) },
            Case { id: "N5", run: |short| Box::pin(outages::trickle(short)) },
            Case { id: "N6", run: |short| Box::pin(outages::login(short)) },
            Case { id: "N7", run: |short| Box::pin(outages::crowd(short)) },
        ],
        run: |short| Box::pin(outages::run(short)),
    },
    Promise {
        name: "wall-16",
        says: "sixteen cameras on the wall: painted at once, every picture, none mixed up",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(wall::sixteen(short)),
    },
    Promise {
        name: "wall-64",
        says: "sixty-four cameras on the wall, all of them moving",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(wall::sixty_four(short)),
    },
    Promise {
        name: "latency-camera",
        says: "from a camera's send to the draw call within 40 ms",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(latency_camera::run(short)),
    },
    Promise {
        name: "switch",
        says: "another layout, or a camera alone, is there at once",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(switch::run(short)),
    },
    Promise {
        name: "browser",
        says: "a page is reloaded, left, opened twice and put to sleep, and is live again",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |_| Box::pin(browser::run()),
    },
    Promise {
        name: "bad-input",
        says: "one clear sentence for each, nothing lost",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(bad_input::run(short)),
    },
    Promise {
        name: "screens",
        says: "the window looks as it did when somebody looked at it",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(screens::run(short)),
    },
    Promise {
        name: "states",
        says: "every state of a tile looks as it did when somebody looked at it",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(states::run(short)),
    },
    Promise {
        name: "a11y",
        says: "axe finds nothing, and whole tasks are done by keyboard alone",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(a11y::run(short)),
    },
    Promise {
        name: "ui-budgets",
        says: "the page is light, takes little of the machine, and answers keys at once",
        is_bench: true,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(ui_budgets::run(short)),
    },
    Promise {
        name: "two-commands",
        says: "from a clean checkout to a moving picture",
        is_bench: false,
        is_patient: false,
        faults: &[],
        run: |short| Box::pin(two_commands::run(short)),
    },
];

#[derive(Parser)]
struct Args {
    form: Form,
    names: Vec<String>,
    #[arg(long)]
    all: bool,
    #[arg(long)]
    list: bool,
    #[arg(long)]
    short: bool,
    /// Of all, those that mostly wait
    #[arg(long, requires = "all", conflicts_with = "busy")]
    patient: bool,
    /// Of all, those that do not
    #[arg(long, requires = "all")]
    busy: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Accept,
    Bench,
    Faults,
}

impl Form {
    /// What of `promise` can be asked for.
    fn choices(self, promise: &Promise) -> Vec<Chosen> {
        let Promise { name, says, run, .. } = *promise;
        let whole = Chosen { name, says, run };
        match self {
            Self::Accept => vec![whole],
            Self::Bench => promise.is_bench.then_some(whole).into_iter().collect(),
            Self::Faults => {
                let cases = promise.faults.iter();
                cases.map(|case| Chosen { name: case.id, says, run: case.run }).collect()
            }
        }
    }
}

/// Ends with 0 where all figures hold, with 1 where one does not, with more
/// where they could not be had.
fn main() -> ExitCode {
    let args = Args::parse();
    if args.list {
        for Chosen { name, says, .. } in PROMISES.iter().flat_map(|it| args.form.choices(it)) {
            println!("{name:<14} {says}");
        }
        return ExitCode::SUCCESS;
    }
    match run(&args) {
        Ok(all_hold) => ExitCode::from(u8::from(!all_hold)),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(3)
        }
    }
}

fn run(args: &Args) -> Result<bool> {
    let chosen = choose(args)?;
    orphans::adopt()?;
    // One thread: children are tied to the life of the thread that starts them.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut all_hold = true;
        for promise in chosen {
            // Dropping a promise ends what it started.
            let figures = tokio::select! {
                figures = hold(&promise, args.short) => figures,
                () = interrupted() => Err(anyhow::anyhow!("interrupted")),
            };
            let ended = orphans::end().await?;
            if !ended.is_empty() {
                eprintln!("{}: ended what it left running: {}", promise.name, ended.join(", "));
            }
            for figure in figures? {
                all_hold &= figure.ok;
                println!("{}", serde_json::to_string(&Line { promise: promise.name, figure })?);
            }
            std::io::stdout().flush()?;
        }
        Ok(all_hold)
    })
}

/// Ctrl+C, or `cargo xtask` is gone.
async fn interrupted() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

/// The figures of one promise. What breaks it off is a figure that is wrong.
async fn hold(promise: &Chosen, short: bool) -> Result<Vec<Figure>> {
    eprintln!("{}: {}", promise.name, promise.says);
    let limit = Duration::from_secs(if short { 15 * 60 } else { 90 * 60 });
    let begin = Instant::now();
    let figures = tokio::time::timeout(limit, (promise.run)(short)).await;
    let figures = figures
        .with_context(|| format!("not done within {} minutes", limit.as_secs() / 60))
        .and_then(|figures| figures)
        .unwrap_or_else(|error| vec![Figure::broke_off(promise.name, &error)]);
    eprintln!("{}: {:.1} s", promise.name, begin.elapsed().as_secs_f64());
    Ok(figures)
}

fn choose(args: &Args) -> Result<Vec<Chosen>> {
    let is_asked = |it: &&Promise| match (args.patient, args.busy) {
        (true, _) => it.is_patient,
        (_, true) => !it.is_patient,
        _ => true,
    };
    let all = || PROMISES.iter().filter(is_asked).flat_map(|it| args.form.choices(it));
    if args.all {
        return Ok(all().collect());
    }
    let find = |name: &String| {
        all().find(|it| it.name == name).with_context(|| format!("there is no {name}; see --list"))
    };
    let chosen: Vec<_> = args.names.iter().map(find).collect::<Result<_>>()?;
    if chosen.is_empty() {
        bail!("say which to run; see --list");
    }
    Ok(chosen)
}
