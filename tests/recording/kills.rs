//! R1: `kill -9` at any time.

use std::time::Duration;

use anyhow::Result;
use testkit::{Figure, Random, measure_for};

use super::losses::{Kill, Losses, agreed};
use super::rig::{Rig, light};

const CAMERAS: u32 = 8;

/// Rounds are a second apart: kills come anywhere in one, and in the next.
const WITHIN: Duration = Duration::from_secs(2);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let times = if short { 3 } else { 50 };
    let mut rig = Rig::start(&light(CAMERAS)).await?;
    let mut random = Random::new(1);
    let mut kills = Vec::new();
    for _ in 0..times {
        measure_for(WITHIN.mul_f64(random.share())).await;
        let at_ns = rig.kill().await?;
        let start_ns = rig.start_again().await?;
        rig.all_recorded().await?;
        kills.push(Kill { at_ns, start_ns });
    }
    rig.end().await?;
    let done = f64::from(times) * f64::from(CAMERAS);
    let mut figures = vec![Figure::exactly("kill-9", done, "camera-kills", done)];
    figures.extend(Losses::read(&rig.volume, &rig.ids, &kills)?.figures("kill-9"));
    figures.push(agreed("kill-9", &rig.volume)?);
    Ok(figures)
}
