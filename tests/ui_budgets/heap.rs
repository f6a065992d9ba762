//! Whether the page keeps what it should let go.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;
use testkit::{Browser, Figure, measure_for};

const LARGEST: f64 = 120.0;

/// MB an hour.
const GROWTH: f64 = 2.0;

/// Seconds tell leaks from rest only where they are large.
const SHORT_GROWTH: f64 = 30.0;

pub async fn run(browser: &Browser, short: bool) -> Result<Vec<Figure>> {
    let (time, every) = if short { (10, 2) } else { (600, 20) };
    let begin = Instant::now();
    let mut samples = Vec::new();
    while begin.elapsed() < Duration::from_secs(time) {
        measure_for(Duration::from_secs(every)).await;
        let used = used(browser).await?;
        samples.push((begin.elapsed().as_secs_f64() / 3600.0, used));
    }
    let largest = samples.iter().fold(0.0, |largest, (_, used)| f64::max(largest, *used));
    let growth = slope(&samples);
    let growth = if short {
        Figure::at_most("ui-budgets/heap-growth", growth, "MB/h", SHORT_GROWTH).speed()
    } else {
        Figure::at_most("ui-budgets/heap-growth", growth, "MB/h", GROWTH)
    };
    Ok(vec![Figure::at_most("ui-budgets/heap", largest, "MB", LARGEST), growth])
}

/// MB that are in use once what is not has been collected.
async fn used(browser: &Browser) -> Result<f64> {
    browser.devtools("HeapProfiler.collectGarbage", json!({})).await?;
    let usage = browser.devtools("Runtime.getHeapUsage", json!({})).await?;
    Ok(usage["usedSize"].as_f64().context("what the heap holds")? / 1e6)
}

/// Of the line with the least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let both: f64 = samples.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    both / samples.iter().map(|it| (it.0 - x).powi(2)).sum::<f64>()
}
