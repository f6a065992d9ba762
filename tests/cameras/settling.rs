//! What an engine uses when there is nothing to do.

use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{Usage, until};

/// Threads for files and names end when they had nothing to do for so long, and
/// a little more.
const IDLE: Duration = Duration::from_secs(4);

/// How long an engine may take to give back what it used: [`IDLE`], and
/// farewells before it.
const GIVING_BACK: Duration = Duration::from_secs(30);

/// What process `id` uses at least, in the time that idle threads live.
pub async fn resting(id: u32) -> Result<Usage> {
    let end = Instant::now() + IDLE;
    let mut least = Usage::of(id)?;
    until(IDLE * 2, "the end of a measurement", async || {
        let usage = Usage::of(id)?;
        least.descriptors = least.descriptors.min(usage.descriptors);
        least.threads = least.threads.min(usage.threads);
        Ok((Instant::now() >= end).then_some(()))
    })
    .await?;
    Ok(least)
}

/// What process `id` uses once that is no more than `base`, or in the end.
pub async fn settled(id: u32, base: Usage) -> Result<Usage> {
    let mut last = Usage::of(id)?;
    let settled = until(GIVING_BACK, "the engine to rest", async || {
        last = Usage::of(id)?;
        let rests = last.descriptors <= base.descriptors && last.threads <= base.threads;
        Ok(rests.then_some(()))
    });
    // How much it still uses says more than that it did not rest.
    let _ = settled.await;
    Ok(last)
}
