//! Two windows, two engines, one data directory.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use testkit::{Desk, Figure, Place, Process, Server, alive, door, said_sentence};

use crate::sight::{SOON, moving, window};

/// The second hands over to the first and ends.
pub async fn windows() -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let first = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &first, SOON).await?;
    let engine = door(data.path()).await?.process;

    let second = window(&desk, data.path(), &["--demo"])?;
    let output = second.output(Duration::from_secs(10)).await.context("the second window")?;
    let shown = moving(&desk, &first, SOON).await.is_ok();
    let same = door(data.path()).await?.process == engine && alive(engine);
    first.end().await?;
    Ok(vec![
        Figure::holds("processes/two-windows/second-ends-well", output.status.success())
            .noted(output.stderr),
        Figure::holds("processes/two-windows/first-goes-on", shown),
        Figure::holds("processes/two-windows/same-engine", same),
    ])
}

/// The second says why it cannot and ends, and writes nothing.
pub async fn engines() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let data = Place::new()?;
    let first = Server::start(&place, data.path(), &["--demo"]).await?;
    let before = door(data.path()).await?;

    let begin = Instant::now();
    let command = Server::command(&place, data.path(), &[])?;
    let output = Process::run(&command, SOON).await?;
    let time = begin.elapsed();
    let sentence = said_sentence(&output.stderr);
    ensure!(first.process().runs(), "the first engine ended");
    let answers = first.client().await.is_ok();
    let same = door(data.path()).await?.key == before.key;
    first.end().await?;
    let note = match &sentence {
        Ok(sentence) => sentence.clone(),
        Err(error) => format!("{error:#}"),
    };
    Ok(vec![
        Figure::holds("processes/two-engines/second-refuses", output.refused()),
        Figure::holds("processes/two-engines/sentence", sentence.is_ok()).noted(note),
        Figure::holds("processes/two-engines/first-untouched", answers && same),
        Figure::at_most("processes/two-engines/time", time.as_secs_f64(), "s", 2.0).speed(),
    ])
}
