//! The memory of a process over some time.

use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{Usage, until};

/// How often it is looked at.
const SAMPLES: usize = 120;

/// What a process had of memory, from time to time.
pub struct Memory {
    /// Minutes and mebibytes.
    samples: Vec<(f64, f64)>,
}

impl Memory {
    /// Of process `id`, for `time`.
    pub async fn over(id: u32, time: Duration) -> Result<Self> {
        let begin = Instant::now();
        let mut samples = Vec::new();
        until(time * 2, "the end of a measurement", async || {
            let passed = begin.elapsed().as_secs_f64();
            if passed >= time.as_secs_f64() * samples.len() as f64 / SAMPLES as f64 {
                let memory = Usage::of(id)?.memory as f64 / f64::from(1 << 20);
                samples.push((passed / 60.0, memory));
            }
            Ok((samples.len() == SAMPLES).then_some(()))
        })
        .await?;
        Ok(Self { samples })
    }

    /// How it grows, in mebibytes a minute, by least squares. What is kept of
    /// each stream and of the last seconds fills up in the first third.
    pub fn slope(&self) -> f64 {
        let points = &self.samples[self.samples.len() / 3..];
        let count = points.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (mean(|it| it.0), mean(|it| it.1));
        let rise: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
        let run: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
        rise / run
    }

    /// For people: what it was, in ten steps.
    pub fn text(&self) -> String {
        let steps = self.samples.iter().step_by(self.samples.len().div_ceil(10));
        let memory: Vec<_> = steps.map(|(_, memory)| format!("{memory:.1}")).collect();
        format!("{} MiB", memory.join(" "))
    }

    /// By how much of a hundred it is more in the last sixth than it was after
    /// the first third.
    pub fn growth(&self) -> f64 {
        let sixth = self.samples.len() / 6;
        let median = |points: &[(f64, f64)]| {
            let mut memory: Vec<f64> = points.iter().map(|it| it.1).collect();
            memory.sort_by(f64::total_cmp);
            memory.get(memory.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let steady = median(&self.samples[2 * sixth..3 * sixth]);
        let end = median(&self.samples[self.samples.len() - sixth..]);
        (end / steady - 1.0) * 100.0
    }
}
