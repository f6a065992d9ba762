//! Figures as promises print them.

use serde::{Deserialize, Serialize};

/// One line of a promise's output.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Figure {
    /// What it was asked for by.
    pub promise: String,
    /// Promise and figure.
    pub name: String,
    /// What was measured; nothing where it was not run.
    pub figure: Option<f64>,
    /// Of what.
    pub unit: String,
    /// What it must be.
    pub target: String,
    /// Whether it is.
    pub ok: bool,
    /// What a miss means.
    pub kind: Kind,
    /// Why it was not run, or what was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a miss means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The program is wrong.
    Correctness,
    /// The program, or the machine, is slow.
    Speed,
    /// The machine lacks what the case needs.
    NotRun,
}

impl Figure {
    /// Whether it says that the program is wrong.
    pub fn is_wrong(&self) -> bool {
        !self.ok && self.kind == Kind::Correctness
    }

    /// For people: one line.
    pub fn shown(&self) -> String {
        let Self { name, unit, target, .. } = self;
        let figure = self.figure.map_or_else(|| "–".to_owned(), |figure| figure.to_string());
        let verdict = match (self.ok, self.kind) {
            (true, _) => "ok",
            (false, Kind::Correctness) => "WRONG",
            (false, Kind::Speed) => "slow",
            (false, Kind::NotRun) => "not run",
        };
        let note = self.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
        format!("{verdict:>8}  {name}: {figure} {unit} ({target}){note}")
    }
}
