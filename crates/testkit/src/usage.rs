//! What a process uses, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::MissedTickBehavior;

use crate::{measure_for, monotonic_ns};

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a process uses now.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Processor time, to 10 ms.
    pub processor: Duration,
    /// Resident memory in bytes.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
}

impl Usage {
    /// Of the process `id`, without its children.
    pub fn of(id: u32) -> Result<Self> {
        // Threads that ended count, which they do nowhere else. The kernel scales
        // both to what ran by the clock: only the last tick is not in it.
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).context("is it gone?")?;
        let ticks = stat.rsplit(')').next().map(|it| it.split_whitespace().skip(11).take(2));
        let ticks: u64 = ticks.into_iter().flatten().filter_map(|it| it.parse::<u64>().ok()).sum();
        let processor = Duration::from_secs(ticks) / rustix::param::clock_ticks_per_second() as u32;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let value = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|line| line.split_whitespace().next());
            Ok(value.with_context(|| format!("{name} of a process"))?.parse()?)
        };
        Ok(Self {
            processor,
            memory: value("VmRSS:")? * 1024,
            descriptors: fs::read_dir(format!("/proc/{id}/fd"))?.count(),
            threads: value("Threads:")? as usize,
        })
    }

    /// How many processors these processes keep busy for `time`.
    pub async fn processors(ids: &[u32], time: Duration) -> Result<f64> {
        let sum = || ids.iter().map(|id| Ok(Self::of(*id)?.processor)).sum::<Result<Duration>>();
        let (before, begin) = (sum()?, monotonic_ns());
        measure_for(time).await;
        let spent = sum()?.saturating_sub(before).as_secs_f64();
        Ok(spent / ((monotonic_ns() - begin) as f64 / 1e9))
    }

    /// What comes of `work`, and the most resident memory that the process `id`
    /// had meanwhile, in bytes.
    pub async fn peak_memory<T>(
        id: u32,
        work: impl Future<Output = Result<T>>,
    ) -> Result<(T, u64)> {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut peak = 0;
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => {
                    return Ok((done?, peak.max(Self::of(id)?.memory)));
                }
                _ = ticks.tick() => peak = peak.max(Self::of(id)?.memory),
            }
        }
    }
}
