//! The readers, held to a page of our own that paints known pictures: a reader
//! that sees nothing wrong anywhere would make every promise hold.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use testkit::{Browser, Figure, Place, Readings, stamp};

const PAGE: &str = include_str!("harness/page.html");

pub async fn run(_short: bool) -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let good = watch(&place, "good").await?;
    let bad = watch(&place, "mixed").await?;
    let slow = watch(&place, "stalls").await?;
    let rate = (0..4).map(|tile| good.rate(tile)).fold(f64::INFINITY, f64::min);
    let gap = (0..4).map(|tile| slow.longest_gap_ms(tile)).fold(0.0, f64::max);
    Ok(vec![
        Figure::at_least("harness/sees-pictures", rate, "pictures/s", 20.0).speed(),
        Figure::at_least("harness/reads", good.readings.len() as f64, "pictures", 40.0),
        Figure::exactly("harness/good/mixed-up", good.mixed_up().len() as f64, "pictures", 0.0),
        Figure::exactly("harness/good/unreadable", good.unreadable as f64, "looks", 0.0),
        Figure::at_least("harness/sees-mixed-up", bad.mixed_up().len() as f64, "pictures", 1.0),
        Figure::at_least("harness/sees-gaps", gap, "ms", 400.0),
        Figure::at_most("harness/colours", colours(&place).await?, "of 255", 1.0),
    ])
}

async fn open(place: &Place, mode: &str) -> Result<Browser> {
    let page = place.join("page.html");
    // The page's strips are those of the reader in Rust.
    let strips: Vec<Vec<String>> =
        (1..=4).map(|camera| (0..256).map(|number| bits(camera, number)).collect()).collect();
    fs::write(&page, PAGE.replace("STRIPS", &serde_json::to_string(&strips)?))?;
    let url = format!("file://{}#{mode}", page.to_str().context("a path in UTF-8")?);
    Browser::chromium(place, &url, 1280, 720).await
}

async fn watch(place: &Place, mode: &str) -> Result<Readings> {
    let browser = open(place, mode).await?;
    browser.live(4, Duration::from_secs(10)).await?;
    let readings = browser.watch(Duration::from_secs(2)).await?;
    browser.close().await?;
    Ok(readings)
}

/// How far colours read are from those painted, at worst.
async fn colours(place: &Place) -> Result<f64> {
    let browser = open(place, "good").await?;
    let tiles = browser.live(4, Duration::from_secs(10)).await?;
    let points: Vec<(i32, i32)> =
        tiles.iter().map(|tile| (tile.x + tile.width / 2, tile.y + tile.height * 3 / 4)).collect();
    let read = browser.colours(&points).await?;
    browser.close().await?;
    let painted = |tile: usize| [40.0 * (tile as f64 + 1.0), 200.0, 100.0 - 20.0 * tile as f64];
    let off = read.iter().enumerate().flat_map(|(tile, colour)| {
        colour.iter().zip(painted(tile)).map(|(a, b)| (a - b).abs()).collect::<Vec<_>>()
    });
    Ok(off.fold(0.0, f64::max))
}

fn bits(camera: u32, number: u32) -> String {
    stamp::cells(camera, number).map(|cell| if cell { '1' } else { '0' }).iter().collect()
}
