//! Settings tried on what is recorded: those that are kept tell what was told
//! when it happened, and others what they would have.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use protocol::{
    Command, MotionMode, MotionSettings, MotionState, MotionTrial, MotionZone, PicturePoint, Reply,
    TrialVerdict,
};
use testkit::{CameraClip, Figure, measure_for, wall_us};

use super::scene::Scene;
use super::{Camera, MOVES, light, micros, seconds};
use crate::recording::rig::{Rig, RigOptions};

/// The background of a camera is learned before something moves.
const QUIET: Duration = Duration::from_secs(35);

/// Times of an event, told live and again, are no further apart, in seconds.
const APART: f64 = 1.0;

/// A day is looked through in ten minutes; what is looked at before a span, so
/// that its background is learned, counts, too.
const TIMES_FASTER: f64 = 144.0;
const LEAD: f64 = 30.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let times = if short { 1 } else { 6 };
    let main = light(CameraClip { width: 640, height: 480, ..CameraClip::main(1) });
    let sub = light(CameraClip::sub(1));
    let options = RigOptions { subs: vec![sub.clone()], ..Default::default() };
    let rig = Rig::start_with(std::slice::from_ref(&main), options).await?;
    let scene = Scene::make(rig.place.path(), main, sub).await?;
    let mut camera = Camera::open(rig, scene).await?;
    camera.play(false).await?;
    let kept = settings(None, Vec::new());
    let set = Command::SetMotion { camera: camera.address.clone(), settings: kept.clone() };
    camera.command(set).await?;
    camera.state(|state| matches!(state, MotionState::Watching { is_coarse: false, .. })).await?;
    measure_for(QUIET).await;
    let from = wall_us();
    for _ in 0..times {
        let begin = wall_us();
        camera.play(true).await?;
        camera.event().await?;
        measure_for(MOVES.saturating_sub(micros(wall_us() - begin))).await;
        camera.play(false).await?;
        measure_for(Duration::from_secs(15)).await;
    }
    let to = wall_us();
    // What is on its way to the disk.
    measure_for(Duration::from_secs(3)).await;

    let mut figures = Vec::new();
    let live = camera.events(from).await?;
    let begun = Instant::now();
    let same = camera.try_out(kept.clone(), from, to).await?;
    let faster = (seconds(from, to) + LEAD) / begun.elapsed().as_secs_f64();
    let apart = live.iter().map(|event| {
        let nearest = same.events.iter().filter(|it| it.kind == event.kind).map(|it| {
            let [from, to] = [(it.from, event.from), (it.to, event.to)];
            f64::max(seconds(from.0, from.1).abs(), seconds(to.0, to.1).abs())
        });
        nearest.fold(f64::INFINITY, f64::min)
    });
    let apart = apart.fold(0.0, f64::max);
    // What is played begins anew until something else is to be.
    let told = live.len() as f64;
    figures.push(Figure::at_least("motion-trial/events", told, "events", times.into()));
    figures.push(Figure::at_most("motion-trial/apart", apart, "s", APART));
    let count = |trial: &MotionTrial, verdict| {
        trial.events.iter().filter(|it| it.verdict == verdict).count() as f64
    };
    let as_told = |name: &str, figure: f64| {
        Figure::exactly(format!("motion-trial/{name}"), figure, "events", told)
    };
    figures.push(as_told("stay", count(&same, TrialVerdict::Stays)));
    figures.push(as_told("others", same.events.len() as f64));
    let unseen = seconds(from, to) - same.looked as f64 / 1e6;
    figures.push(Figure::at_most("motion-trial/unseen", unseen, "s", 1.0));
    figures.push(Figure::at_least("motion-trial/speed", faster, "×", TIMES_FASTER).speed());

    // Where the box never is, nothing is told; two zones that it goes through tell it twice.
    let above = settings(Some((0.0, 0.0, 1.0, 0.2)), Vec::new());
    let goes = camera.try_out(above, from, to).await?;
    figures.push(as_told("go", count(&goes, TrialVerdict::Goes)));
    figures.push(as_told("go-alone", goes.events.len() as f64));
    let masked = settings(None, vec![corners((0.0, 0.0, 1.0, 1.0))]);
    let masked = camera.try_out(masked, from, to).await?;
    figures.push(as_told("masked", count(&masked, TrialVerdict::Goes)));
    let mut two = kept.clone();
    two.zones = vec![zone((0.0, 0.0, 1.0, 1.0)); 2];
    let come = camera.try_out(two, from, to).await?;
    figures.push(as_told("come", count(&come, TrialVerdict::Comes)));

    // What makes no sense is refused, and nothing of a trial is kept.
    let mut refused = 0;
    for (from, to) in [(to, from), (from, from), (to - 600_000_001, to), (i64::MIN, i64::MAX)] {
        let answer = camera.try_out(kept.clone(), from, to).await;
        refused += u8::from(answer.is_err_and(|error| error.to_string().contains("ten minutes")));
    }
    let future = camera.try_out(kept, to + 3_600_000_000, to + 3_660_000_000).await?;
    figures.push(Figure::exactly("motion-trial/refused", refused.into(), "of 4", 4.0));
    let looked = future.looked as f64;
    figures.push(Figure::exactly("motion-trial/future", looked, "µs", 0.0));
    figures.push(as_told("kept-events", camera.events(from).await?.len() as f64));
    camera.hearing.abort();
    camera.rig.end().await?;
    Ok(figures)
}

impl Camera {
    /// What other settings would have told.
    async fn try_out(&self, settings: MotionSettings, from: i64, to: i64) -> Result<MotionTrial> {
        let camera = self.address.clone();
        match self.command(Command::TryMotion { camera, settings, from, to }).await? {
            Reply::MotionTrial { trial } => Ok(trial),
            other => bail!("asked for a trial, got {other:?}"),
        }
    }
}

/// From left, top to right, bottom.
type Shape = (f32, f32, f32, f32);

/// With one zone, or the whole picture.
fn settings(shape: Option<Shape>, masks: Vec<Vec<PicturePoint>>) -> MotionSettings {
    let zones = shape.map(zone).into_iter().collect();
    MotionSettings { mode: MotionMode::On, zones, masks, lines: Vec::new() }
}

fn zone(shape: Shape) -> MotionZone {
    MotionZone {
        name: String::new(),
        corners: Some(corners(shape)),
        sensitivity: 80,
        min_size: 0.0,
        max_size: 1.0,
        min_seconds: 0.0,
        direction: None,
        loitering_seconds: None,
        schedule: None,
    }
}

fn corners((left, top, right, bottom): Shape) -> Vec<PicturePoint> {
    let corner = |(x, y)| PicturePoint { x, y };
    [(left, top), (right, top), (right, bottom), (left, bottom)].map(corner).to_vec()
}
