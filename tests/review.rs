//! A hundred events are looked through with the keyboard alone, each once.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use protocol::{CameraAddress, CameraEvent, Command, Reply};
use serde_json::json;
use testkit::{Browser, Figure, Place, Server, until};

use crate::sight::SOON;

const EVENTS: usize = 100;

/// Each of them, in ms: faster than somebody holds the key down.
const MAX_EACH: f64 = 33.0;

pub async fn run(_: bool) -> Result<Vec<Figure>> {
    let (place, data) = (Place::new()?, Place::new()?);
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let mut client = server.client().await?;
    let cameras: Vec<CameraAddress> =
        client.snapshot().cameras.iter().map(|it| it.address.clone()).collect();
    for number in 0..EVENTS {
        let camera = cameras[number % cameras.len()].clone();
        client.command(Command::ReportEvent { camera, event: format!("event {number}") }).await?;
    }
    let browser = Browser::chromium(&place, server.address(), 1366, 768).await?;
    shown(&browser, "[data-state=live]", true).await?;
    for key in ["g", "e"] {
        browser.press(key).await?;
    }
    shown(&browser, "[role=option]", true).await?;
    let begin = Instant::now();
    for _ in 0..EVENTS {
        browser.press("Space").await?;
    }
    shown(&browser, "[role=option]", false).await?;
    let each = begin.elapsed().as_secs_f64() * 1e3 / EVENTS as f64;
    let mut left = Vec::new();
    let mut look = async || {
        let asked = Command::Events {
            cameras: cameras.clone(),
            from: 0,
            to: i64::MAX,
            limit: 1000,
            newest_first: true,
        };
        let Reply::Events { events } = client.command(asked).await? else {
            bail!("asked for events, got something else");
        };
        anyhow::Ok(events)
    };
    until(SOON, "what was reviewed to be kept", async || {
        left = look().await?;
        Ok(left.iter().all(|event| event.is_reviewed).then_some(()))
    })
    .await?;
    let mut figures = vec![
        Figure::exactly("review/known", left.len() as f64, "events", EVENTS as f64),
        Figure::at_most("review/each", each, "ms", MAX_EACH).speed(),
    ];
    browser.press("Ctrl+z").await?;
    shown(&browser, "[role=option]", true).await?;
    let back: Vec<CameraEvent> = look().await?.into_iter().filter(|it| !it.is_reviewed).collect();
    figures.push(Figure::exactly("review/back", back.len() as f64, "events", 1.0));
    browser.press("Enter").await?;
    shown(&browser, ".playback", true).await.context("it is not played")?;
    figures.push(Figure::holds("review/played", true));
    client.close().await;
    browser.close().await?;
    Ok(figures)
}

async fn shown(browser: &Browser, css: &str, is_there: bool) -> Result<()> {
    let script = "return document.querySelector(arguments[0]) !== null;";
    until(SOON, css, async || {
        let found = browser.run(script, vec![json!(css)]).await.unwrap_or_default();
        Ok((found == is_there).then_some(()))
    })
    .await
}
