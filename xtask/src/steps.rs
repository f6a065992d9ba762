//! Numbered steps with the time they took.

use std::time::{Duration, Instant};

use anyhow::Result;

/// A run of steps, told on standard error.
pub struct Steps {
    begin: Instant,
    total: usize,
    taken: Vec<Step>,
}

/// A step that was taken.
pub struct Step {
    /// What was done.
    pub name: String,
    /// How it went; a sentence where it went wrong or was left out.
    pub outcome: Outcome,
    /// How long it took.
    pub time: Duration,
}

/// How a step went.
pub enum Outcome {
    /// As it should.
    Passed,
    /// Wrong, and why.
    Failed(String),
    /// Not at all, and why.
    Skipped(String),
}

impl Steps {
    /// A run of `total` steps.
    pub fn new(total: usize) -> Self {
        Self { begin: Instant::now(), total, taken: Vec::new() }
    }

    /// Takes a step. A failure is kept and does not stop the run.
    pub fn take<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        let elapsed = minutes(self.begin.elapsed());
        eprintln!("\n[{}/{}] {name} · {elapsed}", self.taken.len() + 1, self.total);
        let begin = Instant::now();
        let (value, outcome) = match step() {
            Ok(value) => (Some(value), Outcome::Passed),
            Err(error) => {
                eprintln!("{error:#}");
                (None, Outcome::Failed(format!("{error:#}")))
            }
        };
        self.taken.push(Step { name: name.to_owned(), outcome, time: begin.elapsed() });
        value
    }

    /// Leaves a step out.
    pub fn skip(&mut self, name: &str, why: &str) {
        eprintln!("\n[{}/{}] {name}: left out, {why}", self.taken.len() + 1, self.total);
        let outcome = Outcome::Skipped(why.to_owned());
        self.taken.push(Step { name: name.to_owned(), outcome, time: Duration::ZERO });
    }

    /// The steps taken.
    pub fn taken(&self) -> &[Step] {
        &self.taken
    }

    /// Time since the first began.
    pub fn elapsed(&self) -> Duration {
        self.begin.elapsed()
    }
}

/// `time` as minutes and seconds.
pub fn minutes(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
