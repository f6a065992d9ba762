//! Sixteen and sixty-four cameras on the wall, in the real window and in
//! Chromium, with cameras, engine and viewer on the same two cores.

mod scene;

use std::time::Duration;

use anyhow::Result;
use protocol::LayoutShape;
use testkit::{CameraClip, Figure, Readings};

pub use scene::{In, MAIN, Scene, painted_ms, press_and_watch};

/// Until a wall of cold cameras moves evenly.
const SETTLING: Duration = Duration::from_secs(4);

/// What a sub-stream is on a wall of sixteen.
pub fn sub(rate: u32) -> CameraClip {
    let sub = CameraClip::sub(1);
    CameraClip { rate, gop: rate, pictures: rate * 8, bits_per_second: 400_000, ..sub }
}

/// What a sub-stream is on a wall of sixty-four.
pub fn small_sub(rate: u32) -> CameraClip {
    CameraClip { width: 320, height: 180, bits_per_second: 150_000, ..sub(rate) }
}

pub async fn sixteen(short: bool) -> Result<Vec<Figure>> {
    let scene = Scene::start((1920, 1080), 16, sub(15), &[]).await?;
    scene.add_layout("Wall", LayoutShape::Sixteen, 16).await?;
    let time = Duration::from_secs(if short { 10 } else { 30 });
    let mut figures = Vec::new();
    for (place, name) in [(In::Window, "wall-16/window"), (In::Chromium, "wall-16/chromium")] {
        let (first, steady) = look(&scene, place, 16, time).await?;
        let worst = Worst::of(&steady, 16);
        figures.extend([
            Figure::at_most(format!("{name}/painted"), painted_ms(&first, 16), "ms", 2200.0)
                .speed(),
            Figure::at_least(format!("{name}/rate"), worst.rate, "pictures/s", 14.0).speed(),
            Figure::at_most(format!("{name}/gap"), worst.gap_ms, "ms", 400.0).speed(),
            Figure::at_least(format!("{name}/moves"), worst.rate, "pictures/s", 3.0),
        ]);
        figures.extend(truth(name, &[&first, &steady]));
    }
    Ok(figures)
}

pub async fn sixty_four(short: bool) -> Result<Vec<Figure>> {
    let scene = Scene::start((2560, 1440), 64, small_sub(5), &[]).await?;
    scene.add_layout("Wall", LayoutShape::SixtyFour, 64).await?;
    // The simulation holds back some of so many that are opened at once.
    let _open = scene.keep_open().await?;
    let time = Duration::from_secs(if short { 10 } else { 30 });
    let (first, steady) = look(&scene, In::Window, 64, time).await?;
    let worst = Worst::of(&steady, 64);
    let share = worst.rate / f64::from(scene.clip.rate);
    let mut figures = vec![
        Figure::at_least("wall-64/share", share, "of the pictures", 0.95).speed(),
        Figure::at_least("wall-64/moves", worst.rate, "pictures/s", 1.0),
        Figure::at_most("wall-64/painted", painted_ms(&first, 64), "ms", 2200.0).speed(),
        Figure::at_most("wall-64/gap", worst.gap_ms, "ms", 1000.0).speed(),
    ];
    figures.extend(truth("wall-64", &[&first, &steady]));
    Ok(figures)
}

/// The wall from the moment it is asked for, and once it moves evenly.
async fn look(
    scene: &Scene,
    place: In,
    tiles: usize,
    time: Duration,
) -> Result<(Readings, Readings)> {
    let browser = scene.open(place).await?;
    let first = press_and_watch(&browser, "PageDown", SETTLING).await?;
    browser.live(tiles, crate::cameras::SOON).await?;
    let steady = browser.watch(time).await?;
    browser.close().await?;
    Ok((scene.unrolled(&first), scene.unrolled(&steady)))
}

/// The worst tile.
struct Worst {
    rate: f64,
    gap_ms: f64,
}

impl Worst {
    fn of(readings: &Readings, tiles: usize) -> Self {
        let rate = (0..tiles).map(|tile| readings.rate(tile)).fold(f64::INFINITY, f64::min);
        let gap_ms = (0..tiles).map(|tile| readings.longest_gap_ms(tile)).fold(0.0, f64::max);
        Self { rate, gap_ms }
    }
}

fn truth(name: &str, readings: &[&Readings]) -> [Figure; 1] {
    let mixed_up: Vec<_> = readings.iter().flat_map(|it| it.mixed_up()).collect();
    for it in &mixed_up {
        eprintln!("{name}: {it:?}");
    }
    [Figure::exactly(format!("{name}/mixed-up"), mixed_up.len() as f64, "pictures", 0.0)]
}
