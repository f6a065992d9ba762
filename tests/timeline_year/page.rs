//! How long the page takes to draw lanes, in both browsers.

use std::time::Duration;

use anyhow::{Context, Result};
use protocol::{Command, LayoutShape, NewVolume};
use testkit::{Browser, Figure, Place, until};

use crate::wall::{In, Scene, small_sub};

const CAMERAS: u32 = 4;
const SOON: Duration = Duration::from_secs(30);

/// Shows the layout that has cameras.
const SHOW: &str = "
    const init = { key: 'PageDown', bubbles: true, cancelable: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', init));
";

/// Times every blit of the timeline, with what the canvas puts off until it is read.
const LISTEN: &str = "
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    window.drawn = [];
    CanvasRenderingContext2D.prototype.drawImage = function (...all) {
        const begin = performance.now();
        draw.apply(this, all);
        if (this.canvas.closest('[role=slider]') === null) return;
        this.getImageData(0, 0, 1, 1);
        window.drawn.push(performance.now() - begin);
    };
";

/// Zooms in and out by keys, once a refresh, and answers with the times.
const ZOOM: &str = "
    const [done] = arguments;
    const slider = document.querySelector('[role=slider]');
    slider.focus();
    let left = 40;
    const press = () => {
        const key = left > 20 ? '-' : '+';
        slider.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        if (--left > 0) requestAnimationFrame(press);
        else setTimeout(() => done(window.drawn), 500);
    };
    // Once there is an answer to draw.
    setTimeout(press, 2000);
";

pub async fn run() -> Result<Vec<Figure>> {
    let scene = Scene::start((1920, 1080), CAMERAS, small_sub(5), &[]).await?;
    let disk = Place::new()?;
    let path = disk.path().to_string_lossy().into_owned();
    let volume = NewVolume { path, max_bytes: None, max_days: None };
    scene.server.client().await?.command(Command::AddVolume { volume }).await?;
    scene.add_layout("Wall", LayoutShape::Quad, CAMERAS as usize).await?;
    let mut figures = Vec::new();
    for (place, name) in [(In::Chromium, "chromium"), (In::Window, "window")] {
        let browser = scene.open(place).await?;
        figures.push(redraws(&browser, name).await?);
        browser.close().await?;
    }
    Ok(figures)
}

async fn redraws(browser: &Browser, name: &str) -> Result<Figure> {
    browser.run(SHOW, vec![]).await?;
    until(SOON, "a timeline", async || {
        let found = browser.run("return document.querySelector('[role=slider]') !== null", vec![]);
        Ok(found.await?.as_bool().unwrap_or_default().then_some(()))
    })
    .await?;
    browser.run(LISTEN, vec![]).await?;
    let times = browser.answer(ZOOM, vec![]).await?;
    let mut times: Vec<f64> = serde_json::from_value(times).context("times of redraws")?;
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().context("no redraw")?;
    let figure = format!("timeline-year/{name}/redraw");
    let figure = Figure::at_most(figure, median, "ms", 2.0).speed();
    Ok(figure.noted(format!("the median of {}", times.len())))
}
