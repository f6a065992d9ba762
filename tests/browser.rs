//! What people do to a page in a browser: they reload it, leave it and come
//! back, open it twice, and close the laptop.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use testkit::{Browser, Figure, Place, Server, statistics, until};

use crate::sight::{SOON, TILES};

/// A page that is loaded shows live pictures by then.
const BACK: f64 = 5.0;

/// The engine gives up a viewer that answers nothing well before.
const GIVEN_UP: Duration = Duration::from_secs(90);

pub async fn run() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let address = Server::fresh_address(&place, data.path()).await?;
    let browser = Browser::chromium(&place, &address, 1280, 720).await?;
    browser.live(TILES, SOON).await?;
    let mut figures = Vec::new();

    leave(&browser, "location.reload();").await?;
    figures.extend(is_back(&browser, "browser/reload").await?);

    leave(&browser, "location.href = 'about:blank';").await?;
    browser.run("history.back();", vec![]).await?;
    figures.extend(is_back(&browser, "browser/back").await?);

    browser.run("window.other = window.open(location.href);", vec![]).await?;
    let both = viewers(&server, 2 * TILES).await;
    figures.push(Figure::holds("browser/two/both-draw", both.is_ok()));
    browser.run("window.other.close();", vec![]).await?;
    figures.extend(is_back(&browser, "browser/two").await?);
    let left = viewers(&server, TILES).await;
    figures.push(Figure::holds("browser/two/one-is-left", left.is_ok()));

    let state = |state: &str| json!({ "state": state });
    browser.devtools("Page.setWebLifecycleState", state("frozen")).await?;
    until(GIVEN_UP, "the end of a viewer that sleeps", async || {
        let counted = statistics(&mut server.client().await?).await?;
        Ok(counted.viewers.is_empty().then_some(()))
    })
    .await?;
    browser.devtools("Page.setWebLifecycleState", state("active")).await?;
    // It was hidden, too, and comes to the front when another is closed: a slow
    // browser closes it before it was in front.
    until(SOON, "the page to be in front", async || {
        browser.run("window.open('about:blank').close();", vec![]).await?;
        browser.devtools("Page.bringToFront", json!({})).await?;
        let seen = browser.run("return document.visibilityState;", vec![]).await?;
        Ok((seen == json!("visible")).then_some(()))
    })
    .await?;
    figures.extend(is_back(&browser, "browser/lid").await?);
    browser.close().await?;
    server.end().await?;
    Ok(figures)
}

/// Runs what takes the page away, and waits until it is gone.
async fn leave(browser: &Browser, script: &str) -> Result<()> {
    browser.run(&format!("window.isLeft = true; {script}"), vec![]).await?;
    until(SOON, "another page", async || {
        let is_left = browser.run("return window.isLeft === true;", vec![]).await;
        Ok(is_left.is_ok_and(|it| it == json!(false)).then_some(()))
    })
    .await
}

/// The wall moves again and shows on each tile what belongs there.
async fn is_back(browser: &Browser, name: &str) -> Result<Vec<Figure>> {
    let begun = Instant::now();
    let live = browser.live(TILES, SOON).await;
    let time = begun.elapsed().as_secs_f64();
    if let Err(error) = live {
        return Ok(vec![Figure::broke_off(name, &error)]);
    }
    let readings = browser.watch(Duration::from_secs(2)).await?;
    let slowest = (0..TILES).map(|tile| readings.rate(tile)).fold(f64::INFINITY, f64::min);
    Ok(vec![
        Figure::at_most(format!("{name}/live"), time, "s", BACK),
        Figure::at_least(format!("{name}/moves"), slowest, "pictures/s", 3.0),
        Figure::exactly(
            format!("{name}/mixed-up"),
            readings.mixed_up().len() as f64,
            "pictures",
            0.0,
        ),
    ])
}

/// Waits until so many tiles are shown, each of which drew something.
async fn viewers(server: &Server, count: usize) -> Result<()> {
    until(SOON, "viewers that draw", async || {
        let viewers = statistics(&mut server.client().await?).await?.viewers;
        let is_drawn = viewers.iter().all(|it| it.drawn > 0);
        Ok((viewers.len() == count && is_drawn).then_some(()))
    })
    .await
}
