//! From a picture leaving the worker to its draw call: four tiles in the real
//! window, otherwise idle.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use protocol::Statistics;
use testkit::{Desk, Figure, Place, Server, measure_for};

use crate::sight::{SOON, TILES, moving, window};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    // No driver: nothing but the product draws.
    let window = window(&desk, data.path(), &["--demo"])?;
    moving(&desk, &window, SOON).await?;
    measure_for(Duration::from_secs(if short { 8 } else { 30 })).await;
    let said = Server::ask(desk.place(), data.path(), &["status", "--json"]).await?;
    let statistics: Statistics =
        serde_json::from_str(&said).with_context(|| format!("no statistics: {said}"))?;
    ensure!(
        statistics.viewers.len() == TILES,
        "{} tiles of viewers, not {TILES}",
        statistics.viewers.len()
    );
    let worst = |part: fn(&protocol::Spread) -> f64| {
        statistics.viewers.iter().map(|tile| part(&tile.draw_lag_ms)).fold(0.0, f64::max)
    };
    let drawn = statistics.viewers.iter().map(|tile| tile.drawn).min().unwrap_or(0);
    window.end().await?;
    Ok(vec![
        Figure::at_least("latency/drawn", drawn as f64, "pictures", 50.0),
        Figure::at_most("latency/median", worst(|spread| spread.median), "ms", 25.0).speed(),
        Figure::at_most("latency/p99", worst(|spread| spread.p99), "ms", 80.0).speed(),
    ])
}
