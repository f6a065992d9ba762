//! Disks that fail, fill up, are taken away or are slow: cases R4 to R11 of the
//! fault catalogue.

mod alarm;
mod evidence;
mod footage;
mod full;
mod hanging;
mod image;
mod inodes;
mod read_only;
mod rotation;
mod slow;
mod swapped;
mod sync_error;
mod throttle;
mod tracer;

use anyhow::Result;
use testkit::Figure;

pub use evidence::evidence;
pub use full::full;
pub use hanging::hanging;
pub use inodes::inodes;
pub use read_only::read_only;
pub use slow::slow;
pub use swapped::swapped;
pub use sync_error::sync_error;

/// How soon it is to be told that a volume is in trouble, in seconds.
const TOLD: f64 = 10.0;

/// How soon recording is to go on when the trouble is over, in seconds.
const RESUMED: f64 = 5.0;

/// Longer than anything here may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = sync_error(short).await?;
    figures.extend(full(short).await?);
    figures.extend(evidence(short).await?);
    figures.extend(inodes(short).await?);
    figures.extend(read_only(short).await?);
    figures.extend(swapped(short).await?);
    figures.extend(slow(short).await?);
    figures.extend(hanging(short).await?);
    Ok(figures)
}
