//! What is missing in recordings where engines were killed.

use std::path::Path;

use anyhow::Result;
use protocol::StreamRole;
use testkit::{Figure, Recorded};

/// An engine was killed, and another one started.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// When it was killed, by the clock of marks.
    pub at_ns: u64,
    /// When the other was started.
    pub start_ns: u64,
}

/// What is missing, of the camera that misses most.
#[derive(Clone, Copy, Debug, Default)]
pub struct Losses {
    /// How often an engine was killed.
    pub kills: usize,
    /// From the last unit before a kill to the kill, in seconds.
    pub lost: f64,
    /// From a start to the first unit after it, in seconds.
    pub back: f64,
    /// How often that was longer than promised.
    pub late: usize,
    /// Units that are missing at other times, of all cameras.
    pub elsewhere: u64,
    /// Units that come after a later one, or twice.
    pub disorder: u64,
    /// Segments whose files are damaged.
    pub damaged: u64,
}

/// From a start until every camera is recorded, in seconds.
const BACK: f64 = 3.0;

impl Losses {
    /// Of the cameras `ids` on `volume`.
    pub fn read(volume: &Path, ids: &[u32], kills: &[Kill]) -> Result<Self> {
        let mut losses = Self { kills: kills.len(), ..Self::default() };
        for id in ids {
            let recorded = Recorded::read(volume, *id, StreamRole::Main)?;
            losses.add(&recorded, kills);
        }
        Ok(losses)
    }

    fn add(&mut self, recorded: &Recorded, kills: &[Kill]) {
        let marks: Vec<_> = recorded.units.iter().filter_map(|unit| unit.mark).collect();
        let seconds = |from: u64, to: u64| to.saturating_sub(from) as f64 / 1e9;
        for kill in kills {
            let last = marks.iter().rfind(|mark| mark.sent_ns <= kill.at_ns);
            let lost = last.map_or(f64::INFINITY, |last| seconds(last.sent_ns, kill.at_ns));
            let first = marks.iter().find(|mark| mark.sent_ns >= kill.start_ns);
            let back = first.map_or(f64::INFINITY, |first| seconds(kill.start_ns, first.sent_ns));
            self.lost = self.lost.max(lost);
            self.back = self.back.max(back);
            self.late += usize::from(back > BACK);
        }
        for pair in marks.windows(2) {
            let is_killed =
                |kill: &Kill| pair[0].sent_ns <= kill.start_ns && kill.at_ns <= pair[1].sent_ns;
            if !kills.iter().any(is_killed) {
                self.elsewhere += pair[1].number.saturating_sub(pair[0].number + 1);
            }
        }
        self.disorder += recorded.faults().1;
        self.damaged += recorded.damaged as u64;
    }

    /// What everybody is promised, whoever kills the engine.
    pub fn figures(&self, name: &str) -> Vec<Figure> {
        let units = |what: &str, count: u64| {
            Figure::exactly(format!("{name}/{what}"), count as f64, "units", 0.0)
        };
        let mut figures = Vec::new();
        if self.kills > 0 {
            figures.push(Figure::at_most(format!("{name}/lost"), self.lost, "s", 2.0));
            let back = Figure::at_most(format!("{name}/back"), self.back, "s", BACK).speed();
            figures.push(back.noted(format!("{} later than {BACK} s", self.late)));
        }
        figures.extend([
            units("lost-elsewhere", self.elsewhere),
            units("out-of-order", self.disorder),
            Figure::exactly(format!("{name}/damaged"), self.damaged as f64, "segments", 0.0),
        ]);
        figures
    }
}

/// Whether index and files agree, each payload being read.
pub fn agreed(name: &str, volume: &Path) -> Result<Figure> {
    let findings = archive::check(volume, true)?;
    let note = findings.iter().take(3).map(|it| format!("{it:?}")).collect::<Vec<_>>().join(", ");
    let figure =
        Figure::exactly(format!("{name}/findings"), findings.len() as f64, "findings", 0.0);
    Ok(if findings.is_empty() { figure } else { figure.noted(note) })
}
