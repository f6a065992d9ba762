//! Any instant of a day, at once, on all tiles.

use std::time::Duration;

use anyhow::Result;
use testkit::{CameraClip, Figure, Random};

use super::archive::Archive;
use super::viewer::{Came, Viewer};

const CAMERAS: u32 = 16;

/// Between two pictures of a stream for the grid, in µs.
const INTERVAL: i64 = 1_000_000 / 15;

/// And of a large one.
const MAIN_INTERVAL: i64 = 40_000;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let (seeks, length) = if short { (30, 600) } else { (200, 24 * 3600) };
    // A day of them is to fit into 20 GB; of the large ones the first is played.
    let main = |camera| {
        let bits_per_second = if camera == 1 { 300_000 } else { 30_000 };
        CameraClip { bits_per_second, ..CameraClip::main(camera) }
    };
    let sub = |camera| CameraClip {
        width: 640,
        height: 360,
        rate: 15,
        gop: 30,
        pictures: 60,
        bits_per_second: 40_000,
        ..CameraClip::sub(camera)
    };
    let mains: Vec<CameraClip> = (1..=CAMERAS).map(main).collect();
    let subs = (1..=CAMERAS).map(sub).collect();
    let archive = Archive::make(&mains[..], subs, Duration::from_secs(length)).await?;
    let mut random = Random::new(11);
    let (begin, end) = archive.span;
    let mut any = || begin + random.below((end - begin) as usize) as i64;
    let mut figures = Vec::new();

    let client = archive.server.client().await?;
    let mut one = Viewer::open(client, &archive.subs[..1], (480, 270), begin).await?;
    one.shown(begin, INTERVAL).await?;
    let mut waits = Vec::new();
    for _ in 0..seeks {
        let at = any();
        let asked = one.play(Some(at), 0.0).await?;
        let (exact, _) = one.shown(at, INTERVAL).await?;
        waits.push(last(&exact).duration_since(asked));
    }
    drop(one);
    figures.push(slowest("seek/one", waits, 100.0));

    let client = archive.server.client().await?;
    let mut all = Viewer::open(client, &archive.subs, (480, 270), begin).await?;
    all.shown(begin, INTERVAL).await?;
    let (mut waits, mut apart) = (Vec::new(), 0);
    for _ in 0..seeks {
        let at = any();
        let asked = all.play(Some(at), 0.0).await?;
        let (exact, _) = all.shown(at, INTERVAL).await?;
        waits.push(last(&exact).duration_since(asked));
        let walls = || exact.values().map(|it| it.wall);
        apart = apart.max(walls().max().unwrap_or(0) - walls().min().unwrap_or(0));
    }
    drop(all);
    figures.push(slowest("seek/all", waits, 300.0));
    let apart = apart as f64 / 1000.0;
    figures.push(Figure::at_most("seek/apart", apart, "ms", INTERVAL as f64 / 1000.0));

    let client = archive.server.client().await?;
    let mut main = Viewer::open(client, &archive.mains[..1], (1920, 1080), begin).await?;
    main.shown(begin, MAIN_INTERVAL).await?;
    let (mut keys, mut waits) = (Vec::new(), Vec::new());
    for _ in 0..seeks {
        let at = any();
        let asked = main.play(Some(at), 0.0).await?;
        let (exact, coarse) = main.shown(at, MAIN_INTERVAL).await?;
        let exact = last(&exact);
        keys.push(coarse.map_or(exact, |it: Came| it.at).duration_since(asked));
        waits.push(exact.duration_since(asked));
    }
    figures.push(slowest("seek/main-key", keys, 100.0));
    figures.push(slowest("seek/main", waits, 250.0));
    Ok(figures)
}

fn last(exact: &std::collections::BTreeMap<u32, Came>) -> std::time::Instant {
    exact.values().map(|it| it.at).max().unwrap_or_else(std::time::Instant::now)
}

/// What 95 of 100 were faster than.
pub fn slowest(name: &str, mut waits: Vec<Duration>, target: f64) -> Figure {
    waits.sort_unstable();
    let ms = |wait: &Duration| wait.as_secs_f64() * 1000.0;
    let place = (waits.len() * 95).div_ceil(100).saturating_sub(1);
    let figure = Figure::at_most(name, waits.get(place).map_or(f64::INFINITY, ms), "ms", target);
    let (median, most) = (waits.get(waits.len() / 2), waits.last());
    let note = format!(
        "median {:.0}, slowest {:.0} of {}",
        median.map_or(0.0, ms),
        most.map_or(0.0, ms),
        waits.len()
    );
    figure.speed().noted(note)
}
