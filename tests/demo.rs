//! Four demo tiles at 25 pictures a second, distinct pictures read back from
//! the canvas, no gap above 200 ms, none mixed up: in the real window and in
//! Chromium.

use std::time::Duration;

use anyhow::Result;
use testkit::{Browser, Desk, Figure, Place, Readings, Server};

use crate::sight::{RATE, SOON, TILES};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let mut figures = in_window(time).await?;
    figures.extend(in_chromium(time).await?);
    Ok(figures)
}

async fn in_window(time: Duration) -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let browser = Browser::window(&desk, data.path(), &["--demo"]).await?;
    let readings = watch(&browser, time).await?;
    browser.close().await?;
    Ok(figures("demo/window", &readings))
}

async fn in_chromium(time: Duration) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let browser = Browser::chromium(&place, server.address(), 1280, 720).await?;
    let readings = watch(&browser, time).await?;
    browser.close().await?;
    server.end().await?;
    Ok(figures("demo/chromium", &readings))
}

async fn watch(browser: &Browser, time: Duration) -> Result<Readings> {
    browser.live(TILES, SOON).await?;
    // The first second belongs to the start, which other promises measure.
    browser.watch(Duration::from_secs(1)).await?;
    browser.watch(time).await
}

fn figures(name: &str, readings: &Readings) -> Vec<Figure> {
    let rate = (0..TILES).map(|tile| readings.rate(tile)).fold(f64::INFINITY, f64::min);
    let gap = (0..TILES).map(|tile| readings.longest_gap_ms(tile)).fold(0.0, f64::max);
    vec![
        Figure::at_least(format!("{name}/rate"), rate, "pictures/s", 0.99 * RATE).speed(),
        Figure::at_most(format!("{name}/gap"), gap, "ms", 200.0).speed(),
        // Far below what is promised: it moves, on whatever machine.
        Figure::at_least(format!("{name}/moves"), rate, "pictures/s", 5.0),
        Figure::exactly(
            format!("{name}/mixed-up"),
            readings.mixed_up().len() as f64,
            "pictures",
            0.0,
        ),
        Figure::exactly(format!("{name}/unreadable"), readings.unreadable as f64, "looks", 0.0),
    ]
}
