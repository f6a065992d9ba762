//! One measured figure, in the form of all figures of this project.

use std::fmt;

/// A figure and what it must be.
pub struct Figure {
    name: String,
    figure: Option<f64>,
    unit: &'static str,
    target: Target,
    is_speed: bool,
    note: Option<String>,
}

enum Target {
    AtLeast(f64),
    AtMost(f64),
    Exactly(f64),
}

impl Figure {
    pub fn at_least(name: impl Into<String>, figure: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, figure, unit, Target::AtLeast(target))
    }

    pub fn at_most(name: impl Into<String>, figure: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, figure, unit, Target::AtMost(target))
    }

    pub fn exactly(name: impl Into<String>, figure: f64, unit: &'static str, target: f64) -> Self {
        Self::new(name, figure, unit, Target::Exactly(target))
    }

    /// Told, not promised.
    pub fn told(name: impl Into<String>, figure: f64, unit: &'static str) -> Self {
        Self::at_least(name, figure, unit, 0.0)
    }

    /// Could not be measured here.
    pub fn not_run(name: impl Into<String>, why: &str) -> Self {
        let mut figure = Self::exactly(name, 0.0, "holds", 1.0).noted(why);
        figure.figure = None;
        figure
    }

    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    #[must_use]
    pub fn speed(mut self) -> Self {
        self.is_speed = true;
        self
    }

    pub fn ok(&self) -> bool {
        self.figure.is_some_and(|figure| match self.target {
            Target::AtLeast(target) => figure >= target,
            Target::AtMost(target) => figure <= target,
            Target::Exactly(target) => (figure - target).abs() < f64::EPSILON,
        })
    }

    fn new(name: impl Into<String>, figure: f64, unit: &'static str, target: Target) -> Self {
        let figure = Some((figure * 10_000.0).round() / 10_000.0);
        Self { name: name.into(), figure, unit, target, is_speed: false, note: None }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match self.target {
            Target::AtLeast(target) => format!("≥ {target}"),
            Target::AtMost(target) => format!("≤ {target}"),
            Target::Exactly(target) => format!("= {target}"),
        };
        let kind = match (self.figure, self.is_speed) {
            (None, _) => "not-run",
            (_, true) => "speed",
            _ => "correctness",
        };
        let mut line = serde_json::json!({
            "name": self.name, "figure": self.figure, "unit": self.unit, "target": target,
            "ok": self.ok(), "kind": kind,
        });
        if let Some(note) = &self.note {
            line["note"] = note.clone().into();
        }
        write!(f, "{line}")
    }
}
