//! Another layout, or one camera alone, in the real window: what is open already
//! is there at once.

use std::time::Duration;

use anyhow::Result;
use protocol::LayoutShape;
use testkit::{CameraClip, Figure, Readings};

use crate::wall::{In, MAIN, Scene, painted_ms, press_and_watch, small_sub};

/// Cameras of the largest layout.
const CAMERAS: u32 = 64;

/// The longest GOP of the streams here.
const GOP_MS: f64 = 1000.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let main = CameraClip { rate: 15, gop: 15, pictures: 30, ..CameraClip::main(1) };
    let scene = Scene::start((1920, 1080), CAMERAS, small_sub(5), &[main]).await?;
    let steps = [
        ("first", LayoutShape::Sixteen),
        ("4", LayoutShape::Quad),
        ("16", LayoutShape::Sixteen),
        ("64", LayoutShape::SixtyFour),
    ];
    for (name, shape) in steps {
        scene.add_layout(name, shape, CAMERAS as usize).await?;
    }
    // As where cameras are recorded.
    let _open = scene.keep_open().await?;
    let browser = scene.open(In::Window).await?;
    let time = Duration::from_secs(if short { 2 } else { 4 });
    let mut figures = Vec::new();
    press_and_watch(&browser, "PageDown", time).await?;
    for (name, shape) in steps.into_iter().skip(1) {
        let readings = scene.unrolled(&press_and_watch(&browser, "PageDown", time).await?);
        let painted = painted_ms(&readings, shape.tiles());
        figures.push(Figure::at_most(format!("switch/to-{name}"), painted, "ms", 300.0).speed());
        figures.push(mixed_up(&format!("switch/to-{name}"), &readings));
    }
    press_and_watch(&browser, "PageUp", time).await?;
    let alone = scene.unrolled(&press_and_watch(&browser, "Enter", time).await?);
    let first = |camera: u32| {
        let seen = alone.readings.iter().find(|it| it.tile == 0 && it.camera == camera);
        seen.map_or(f64::INFINITY, |it| it.at_ms - alone.from_ms)
    };
    figures.extend([
        Figure::at_most("switch/maximise/sub", first(1), "ms", 300.0).speed(),
        Figure::at_most("switch/maximise/main", first(1 + MAIN), "ms", GOP_MS).speed(),
    ]);
    let back = scene.unrolled(&press_and_watch(&browser, "Escape", time).await?);
    let painted = painted_ms(&back, LayoutShape::Sixteen.tiles());
    figures.push(Figure::at_most("switch/back", painted, "ms", 300.0).speed());
    browser.close().await?;
    Ok(figures)
}

fn mixed_up(name: &str, readings: &Readings) -> Figure {
    let count = readings.mixed_up().len() as f64;
    Figure::exactly(format!("{name}/mixed-up"), count, "pictures", 0.0)
}
