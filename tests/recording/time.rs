//! Whatever clocks do, recordings are in order, at their time, and whole.

mod set;
mod stamps;
mod zones;

pub use set::run as set;
pub use stamps::run as stamps;
pub use zones::run as zones;

use std::path::Path;

use anyhow::Result;
use testkit::Figure;

use super::generated::rows;

/// T1 to T3.
pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = set(short).await?;
    figures.extend(zones(short).await?);
    figures.extend(stamps(short).await?);
    Ok(figures)
}

/// No row of the volume's index ends before it begins, and none of one run
/// begins before the one before it ended.
fn in_order(name: &str, volume: &Path) -> Result<Vec<Figure>> {
    let rows = rows(volume)?;
    let negative = rows.iter().filter(|row| row.end < row.start).count();
    let overlap = rows
        .windows(2)
        .filter(|pair| pair[0].stream == pair[1].stream && pair[0].run == pair[1].run)
        .filter(|pair| pair[1].start < pair[0].end)
        .count();
    let count = |what: &str, count: usize| {
        Figure::exactly(format!("{name}/{what}"), count as f64, "rows", 0.0)
    };
    Ok(vec![count("negative", negative), count("overlapping", overlap)])
}
