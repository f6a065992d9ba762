//! A camera in front of which something goes across the middle of the picture.

use std::time::Duration;

use anyhow::{Result, ensure};
use testkit::{Figure, measure_for, until, wall_us};

use super::{corners, search};
use crate::cameras::SOON;
use crate::motion_recording::{Camera, MOVES};

/// Across the middle, where it moves, and above and below that.
const MIDDLE: [usize; 4] = [4, 8, 28, 10];
const ABOVE: [usize; 4] = [0, 0, 32, 4];
const BELOW: [usize; 4] = [0, 14, 32, 18];

/// Before and after: slots, groups, and the time until it is played.
const SLACK_US: i64 = 12_000_000;

pub async fn run() -> Result<Vec<Figure>> {
    let mut camera = Camera::watched().await?;
    let before = wall_us();
    camera.play(true).await?;
    camera.event().await?;
    measure_for(MOVES).await;
    camera.play(false).await?;
    measure_for(Duration::from_secs(3)).await;
    let after = wall_us();
    let mut client = camera.rig.server.client().await?;
    let address = client.snapshot().cameras[0].address.clone();
    let mut look = async |area| {
        search(&mut client, vec![address.clone()], (before, i64::MAX), corners(area), 100).await
    };
    let mut found = Vec::new();
    until(SOON, "what moved", async || {
        found = look(MIDDLE).await?.0;
        Ok((!found.is_empty()).then_some(()))
    })
    .await?;
    ensure!(found.iter().all(|it| it.from < it.to), "{found:?}");
    let within = |at: i64| (before - SLACK_US..after + SLACK_US).contains(&at);
    let off = found.iter().filter(|it| !within(it.from) || !within(it.to)).count();
    let elsewhere = look(ABOVE).await?.0.len() + look(BELOW).await?.0.len();
    client.close().await;
    camera.end().await?;
    Ok(vec![
        Figure::at_least("region-search/live/found", found.len() as f64, "spans", 1.0),
        Figure::exactly("region-search/live/other-times", off as f64, "spans", 0.0),
        Figure::exactly("region-search/live/elsewhere", elsewhere as f64, "spans", 0.0),
    ])
}
