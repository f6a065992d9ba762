//! What the page may weigh, what it may take of the machine while sixty-four
//! cameras are on the wall, and how soon a key is answered.

mod heap;
mod keys;
mod weights;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::LayoutShape;
use serde_json::json;
use testkit::{Browser, Figure, measure_for};

use crate::wall::{In, Scene, small_sub};

/// Until the tiles of a wall of sixty-four cold cameras are live, on two cores.
const SOON: Duration = Duration::from_secs(60);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = weights::run().await?;
    let most = if short { LayoutShape::Sixteen } else { LayoutShape::SixtyFour };
    let tiles = most.tiles();
    let scene = Scene::start((1920, 1080), u32::try_from(tiles)?, small_sub(5), &[]).await?;
    for shape in [LayoutShape::Quad, LayoutShape::Sixteen, most] {
        scene.add_layout("Wall", shape, shape.tiles()).await?;
    }
    for (place, name) in [(In::Chromium, "chromium"), (In::Window, "window")] {
        let browser = scene.open(place).await?;
        keys::press(&browser, "PageDown").await?;
        keys::press(&browser, "PageDown").await?;
        browser.live(16, SOON).await?;
        figures.extend(keys::run(&browser, name, if short { 2 } else { 5 }).await?);
        if matches!(place, In::Chromium) {
            keys::press(&browser, "PageDown").await?;
            browser.live(tiles, SOON).await?;
            figures
                .extend(layout(&browser, Duration::from_secs(if short { 5 } else { 20 })).await?);
            figures.extend(heap::run(&browser, short).await?);
        }
        browser.close().await?;
    }
    Ok(figures)
}

/// What finding out where things are, and how they look, takes while all tiles
/// are live.
async fn layout(browser: &Browser, time: Duration) -> Result<Vec<Figure>> {
    // Of its own thread, whatever else the machine does.
    browser.devtools("Performance.enable", json!({ "timeDomain": "threadTicks" })).await?;
    let (before, begin) = (layout_seconds(browser).await?, Instant::now());
    measure_for(time).await;
    let spent = layout_seconds(browser).await? - before;
    let spent = 1000.0 * spent / begin.elapsed().as_secs_f64();
    browser.devtools("Performance.disable", json!({})).await?;
    Ok(vec![Figure::at_most("ui-budgets/layout", spent, "ms/s", 5.0).speed()])
}

/// Since the page began.
async fn layout_seconds(browser: &Browser) -> Result<f64> {
    let metrics = browser.devtools("Performance.getMetrics", json!({})).await?;
    let metrics = metrics["metrics"].as_array().context("metrics of the page")?;
    let of = |name: &str| {
        let found = metrics.iter().find(|it| it["name"] == name);
        found.and_then(|it| it["value"].as_f64()).with_context(|| format!("no {name}"))
    };
    Ok(of("LayoutDuration")? + of("RecalcStyleDuration")?)
}
