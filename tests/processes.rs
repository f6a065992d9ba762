//! Window, engine and workers die and come back alone; two of them get along;
//! what a dead one left behind harms nobody.

mod deaths;
mod leftovers;
mod pairs;

pub use leftovers::can_mount;

use anyhow::Result;
use testkit::{Figure, orphans};

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let kills = if short { 3 } else { 50 };
    figures.extend(part("window-killed", deaths::windows(kills).await).await?);
    figures.extend(part("engine-killed", deaths::engine().await).await?);
    figures.extend(part("worker-killed", deaths::workers().await).await?);
    figures.extend(part("two-windows", pairs::windows().await).await?);
    figures.extend(part("two-engines", pairs::engines().await).await?);
    figures.extend(part("stale-lock", leftovers::lock().await).await?);
    figures.extend(part("stale-door", leftovers::door().await).await?);
    figures.extend(part("full-tmp", leftovers::full_tmp().await).await?);
    Ok(figures)
}

/// One part that breaks off says so and leaves the others theirs.
async fn part(name: &str, figures: Result<Vec<Figure>>) -> Result<Vec<Figure>> {
    // Engines outlive their windows.
    orphans::end().await?;
    let name = format!("processes/{name}");
    Ok(figures.unwrap_or_else(|error| vec![Figure::broke_off(&name, &error)]))
}
