//! What is told of clips that somebody looked at: who came and went, and
//! nothing where nobody did.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use vision::{Event, Motion, Point, Polygon, Rules, Tracker, Watch, Zone};

use crate::clip::Pictures;
use crate::figure::Figure;
use crate::sequence::Sequence;

pub fn run(folder: &Path) -> Result<Vec<Figure>> {
    let text = fs::read_to_string(folder.join("annotations/events.json"))?;
    let annotations: Value = serde_json::from_str(&text)?;
    let mut figures = visits(folder, &annotations["one-by-one-person.mp4"])?;
    figures.extend(cars(folder, &annotations["car-detection.mp4"])?);
    figures.push(clouds(folder)?);
    figures.push(shake(folder)?);
    Ok(figures)
}

/// People who come one after the other and stand for a while.
fn visits(folder: &Path, annotation: &Value) -> Result<Vec<Figure>> {
    let pictures = Pictures::of_clip(&folder.join("video/one-by-one-person.mp4"), 320, 180)?;
    let told = told(&pictures, Rules::default())?;
    let expected = spans(&annotation["visits"], |it| (&it["enter"], &it["leave"]))?;
    Ok(compared("motion-events/visits", annotation, &told, &expected))
}

/// Cars, two of them at once, below a camera that sets its exposure anew.
fn cars(folder: &Path, annotation: &Value) -> Result<Vec<Figure>> {
    let pictures = Pictures::of_clip(&folder.join("video/car-detection.mp4"), 320, 180)?;
    let told = told(&pictures, Rules::default())?;
    let expected = spans(&annotation["vehicles"], |it| (&it["t"][0], &it["t"][1]))?;
    let mut figures = compared("motion-events/cars", annotation, &told, &expected);
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (start, end) in told.iter().map(span) {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    let expected = spans(&annotation["motion_intervals"], |it| (&it[0], &it[1]))?;
    let tolerance = annotation["tolerance_s"].as_f64().context("a tolerance")?;
    let (found, note) = matches(&joined, &expected, tolerance);
    let name = "motion-events/cars/intervals";
    figures.push(Figure::exactly(name, found, "of 3", expected.len() as f64).noted(note));
    Ok(figures)
}

/// Clouds over a car park: people walk below them, nothing moves in the sky
/// and on the houses.
fn clouds(folder: &Path) -> Result<Figure> {
    let pictures = Pictures::of_clip(&folder.join("video/pets2001_campus_a.mp4"), 320, 240)?;
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.45), (0.0, 0.45)];
    let corners = corners.map(|(x, y)| Point { x, y }).to_vec();
    let zone = Zone { shape: Some(Polygon::new(corners)?), ..Zone::default() };
    let told = told(&pictures, Rules { zones: vec![zone], ..Rules::default() })?;
    Ok(Figure::exactly("motion-events/clouds", told.len() as f64, "events", 0.0)
        .noted(listed(&told)))
}

/// A camera that shakes above a road: what is told was labelled as moving.
fn shake(folder: &Path) -> Result<Figure> {
    let sequence = Sequence::open(&folder.join("motion_gt/cdnet_traffic"))?;
    let pictures = sequence.inputs()?;
    let told = told(&pictures, Rules::default())?;
    let (width, height) = sequence.size;
    let is_false = |event: &&Event| {
        let index = pictures.times.iter().position(|time| *time == event.best.time);
        let Some(labels) = index.and_then(|index| sequence.any_label(index)) else { return true };
        let extent = event.best.extent;
        let moves = |at: usize| {
            let (x, y) = ((at % width) as f32 / width as f32, (at / width) as f32 / height as f32);
            let is_within = |value: f32, from: f32, to: f32| from <= value && value < to;
            labels[at] == 255
                && is_within(x, extent.from.x, extent.to.x)
                && is_within(y, extent.from.y, extent.to.y)
        };
        (0..labels.len()).filter(|at| moves(*at)).count() < 100
    };
    let wrong: Vec<Event> = told.iter().filter(is_false).cloned().collect();
    let note = format!("{} events: {}", told.len(), listed(&told));
    Ok(Figure::exactly("motion-events/shake", wrong.len() as f64, "events", 0.0).noted(note))
}

/// All events of `pictures`, as they were told last, in the order they began.
fn told(pictures: &Pictures, rules: Rules) -> Result<Vec<Event>> {
    let (mut motion, mut tracker, mut watch) = (Motion::new(), Tracker::new(), Watch::new(rules)?);
    let mut told = BTreeMap::new();
    for (index, time) in pictures.times.iter().enumerate() {
        let observation = motion.observe(pictures.grey(index)?, *time);
        for event in watch.see(tracker.follow(&observation), *time, |_| true) {
            told.insert(event.id, event);
        }
    }
    let mut told: Vec<Event> = told.into_values().collect();
    told.sort_by_key(|event| event.start);
    Ok(told)
}

fn compared(
    name: &str,
    annotation: &Value,
    told: &[Event],
    expected: &[(f64, f64)],
) -> Vec<Figure> {
    let tolerance = annotation["tolerance_s"].as_f64().unwrap_or_default();
    let spans: Vec<(f64, f64)> = told.iter().map(span).collect();
    let overlap = |a: &(f64, f64), b: &(f64, f64)| a.0 < b.1 && b.0 < a.1;
    let extra = spans.iter().filter(|it| !expected.iter().any(|other| overlap(it, other))).count()
        + spans.len().saturating_sub(expected.len());
    let (exact, note) = matches(&spans, expected, tolerance);
    let count = expected.len() as f64;
    vec![
        Figure::exactly(name, spans.len() as f64, "events", count).noted(listed(told)),
        Figure::exactly(format!("{name}/within-tolerance"), exact, "events", count).noted(note),
        Figure::exactly(format!("{name}/extra"), extra as f64, "events", 0.0),
    ]
}

/// How many of the expected spans have one that begins and ends when they do.
fn matches(told: &[(f64, f64)], expected: &[(f64, f64)], tolerance: f64) -> (f64, String) {
    let mut left = told.to_vec();
    let mut found = 0;
    let mut note = String::new();
    for expected in expected {
        let apart = |it: &(f64, f64)| (it.0 - expected.0).abs().max((it.1 - expected.1).abs());
        let best = (0..left.len()).min_by(|a, b| apart(&left[*a]).total_cmp(&apart(&left[*b])));
        let Some(best) = best else { continue };
        let best = left.swap_remove(best);
        found += u32::from(apart(&best) <= tolerance + 1e-3);
        note += &format!("{:+.2} {:+.2}; ", best.0 - expected.0, best.1 - expected.1);
    }
    (f64::from(found), note)
}

fn spans<'a>(
    list: &'a Value,
    ends: impl Fn(&'a Value) -> (&'a Value, &'a Value),
) -> Result<Vec<(f64, f64)>> {
    let list = list.as_array().context("a list of spans")?;
    let span = |it| {
        let (start, end) = ends(it);
        Ok((start.as_f64().context("a start")?, end.as_f64().context("an end")?))
    };
    list.iter().map(span).collect()
}

fn span(event: &Event) -> (f64, f64) {
    (event.start.0 as f64 / 1e6, event.end.0 as f64 / 1e6)
}

fn listed(events: &[Event]) -> String {
    let one = |event: &Event| format!("{:.2}–{:.2}", span(event).0, span(event).1);
    events.iter().map(one).collect::<Vec<_>>().join(", ")
}
