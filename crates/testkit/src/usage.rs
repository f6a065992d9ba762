//! What a process uses, as the kernel counts it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// What a process uses now.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Processor time of all its threads, ended ones too.
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
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).context("is it gone?")?;
        let (_, fields) = stat.rsplit_once(") ").context("a line of stat")?;
        let fields: Vec<&str> = fields.split(' ').collect();
        let number =
            |at: usize| -> Result<u64> { Ok(fields.get(at).context("a field of stat")?.parse()?) };
        // In ticks of a hundredth of a second; threads that ended are in it.
        let ticks = number(11)? + number(12)?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let value = |name: &str| -> Result<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|line| line.split_whitespace().next());
            Ok(value.with_context(|| format!("{name} of a process"))?.parse()?)
        };
        Ok(Self {
            processor: Duration::from_millis(ticks * 10),
            memory: value("VmRSS:")? * 1024,
            descriptors: fs::read_dir(format!("/proc/{id}/fd"))?.count(),
            threads: value("Threads:")? as usize,
        })
    }
}
