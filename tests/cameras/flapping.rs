//! Cameras that come and go.

use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{Fault, Random, RtspProxy, measure_for, until};

/// Resets all connections at random instants, 1 to 6 s apart, for `time`.
pub async fn flap(proxy: &RtspProxy, seed: u64, time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    let mut random = Random::new(seed);
    while Instant::now() < end {
        measure_for(between(&mut random, 1.0, 6.0)).await;
        reset(proxy).await?;
    }
    Ok(())
}

/// As [`flap`]; every other time nobody listens for as long again.
pub async fn switch(proxy: &RtspProxy, seed: u64, time: Duration) -> Result<()> {
    let end = Instant::now() + time;
    let mut random = Random::new(seed);
    while Instant::now() < end {
        measure_for(between(&mut random, 1.0, 6.0)).await;
        if random.happens(0.5) {
            reset(proxy).await?;
        } else {
            proxy.set(Fault::Refuse);
            measure_for(between(&mut random, 1.0, 6.0)).await;
            proxy.set(Fault::None);
        }
    }
    Ok(())
}

async fn reset(proxy: &RtspProxy) -> Result<()> {
    proxy.set(Fault::Reset { after: Duration::ZERO });
    let gone = async || Ok((proxy.open() == 0).then_some(()));
    until(Duration::from_secs(5), "the end of its connections", gone).await?;
    proxy.set(Fault::None);
    Ok(())
}

fn between(random: &mut Random, least: f64, most: f64) -> Duration {
    Duration::from_secs_f64(least + (most - least) * random.share())
}
