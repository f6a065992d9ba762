//! What is wrong with the machine, the files or the other side is answered
//! with one clear sentence, and nothing is lost.

mod messages;
mod starts;

use anyhow::Result;
use testkit::Figure;

pub async fn run(_short: bool) -> Result<Vec<Figure>> {
    let mut figures = starts::run().await?;
    figures.extend(messages::run().await?);
    Ok(figures)
}

/// A case that must end in a sentence.
fn sentence(name: &str, said: Result<String>) -> Figure {
    let figure = Figure::holds(format!("bad-input/{name}"), said.is_ok());
    figure.noted(said.unwrap_or_else(|error| format!("{error:#}")))
}
