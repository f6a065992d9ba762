//! What a process uses, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::MissedTickBehavior;

/// How often memory is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a process uses now.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Processor time of the threads it has now.
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
        // Not the ticks of `stat`: what runs for microseconds is mostly not
        // running when the clock ticks, or always.
        let threads = fs::read_dir(format!("/proc/{id}/task")).context("is it gone?")?;
        let spent = threads.filter_map(|thread| {
            let path = thread.ok()?.path().join("schedstat");
            let spent = fs::read_to_string(path).ok()?;
            spent.split(' ').next()?.parse::<u64>().ok()
        });
        let processor = Duration::from_nanos(spent.sum());
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
