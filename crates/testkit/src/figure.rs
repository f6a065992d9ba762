use serde::{Deserialize, Serialize};

/// One measured figure of a promise, compared with its target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    /// Promise and figure, such as `demo/window/rate`.
    pub name: String,
    /// What was measured; nothing where it was not run.
    pub figure: Option<f64>,
    /// Of what.
    pub unit: String,
    /// What it must be, such as `≤ 200`.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The program is wrong.
    Correctness,
    /// The program, or the machine, is slow.
    Speed,
    /// The machine lacks what the case needs. Never counts as passed.
    NotRun,
}

impl Figure {
    /// Must be `target` exactly.
    pub fn exactly(name: impl Into<String>, figure: f64, unit: &str, target: f64) -> Self {
        let ok = (figure - target).abs() < f64::EPSILON;
        Self::new(name.into(), figure, unit, format!("= {target}"), ok)
    }

    /// Must be `target` or less.
    pub fn at_most(name: impl Into<String>, figure: f64, unit: &str, target: f64) -> Self {
        Self::new(name.into(), figure, unit, format!("≤ {target}"), figure <= target)
    }

    /// Must be `target` or more.
    pub fn at_least(name: impl Into<String>, figure: f64, unit: &str, target: f64) -> Self {
        Self::new(name.into(), figure, unit, format!("≥ {target}"), figure >= target)
    }

    /// Must hold; 1 where it does.
    pub fn holds(name: impl Into<String>, holds: bool) -> Self {
        Self::exactly(name, f64::from(u8::from(holds)), "holds", 1.0)
    }

    /// Could not be run on this machine.
    pub fn not_run(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            figure: None,
            unit: "holds".to_owned(),
            target: "= 1".to_owned(),
            ok: false,
            kind: Kind::NotRun,
            note: Some(why.into()),
        }
    }

    /// A promise that broke off before it had its figures.
    pub fn broke_off(name: &str, error: &anyhow::Error) -> Self {
        Self::holds(name, false).noted(format!("{error:#}"))
    }

    /// A figure of speed: a miss is told and fails nothing in `cargo xtask test`.
    #[must_use]
    pub fn speed(mut self) -> Self {
        self.kind = Kind::Speed;
        self
    }

    /// With what was wrong.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn new(name: String, figure: f64, unit: &str, target: String, ok: bool) -> Self {
        // Three digits are all that is measured here.
        let figure = (figure * 1000.0).round() / 1000.0;
        let kind = Kind::Correctness;
        Self { name, figure: Some(figure), unit: unit.to_owned(), target, ok, kind, note: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_one_line_with_the_promised_fields() {
        let line = serde_json::to_string(&Figure::at_most("a/b", 1.23456, "ms", 25.0)).unwrap();
        assert_eq!(
            line,
            r#"{"name":"a/b","figure":1.235,"unit":"ms","target":"≤ 25","ok":true,"kind":"correctness"}"#
        );
    }

    #[test]
    fn what_was_not_run_did_not_pass() {
        let figure = Figure::not_run("a", "no mount namespace");
        assert!(!figure.ok);
        assert_eq!(figure.figure, None);
    }

    #[test]
    fn no_number_misses_every_target() {
        assert!(!Figure::at_most("a", f64::NAN, "ms", 25.0).ok);
        assert!(!Figure::at_least("a", f64::NAN, "ms", 25.0).ok);
    }
}
