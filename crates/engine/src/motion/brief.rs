//! What is looked for at a camera, and when: the rules of its pictures, which
//! know of no time of day, and the schedules of zones, which do.

use media::WallTime;
use serde::{Deserialize, Serialize};
use vision::{Line, Polygon, Rules, Zone};

use super::schedule::Schedule;
use crate::week::hour_of_week;

/// What is looked for at a camera, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brief {
    /// What.
    pub rules: Rules,
    /// When each zone tells of things, in the order of zones; always where
    /// there is none.
    pub schedules: Vec<Option<Schedule>>,
}

/// How it is kept. What has no schedule is kept as it was before there were any.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Kept {
    zones: Vec<Zone>,
    masks: Vec<Polygon>,
    lines: Vec<Line>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    schedules: Vec<Option<Schedule>>,
}

impl Brief {
    /// As it was kept; the whole picture, always, where that cannot be read.
    pub fn of_text(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        serde_json::from_str::<Kept>(text).map(Self::from).unwrap_or_else(|error| {
            tracing::error!("zones that cannot be read, all of the picture is watched: {error}");
            Self::default()
        })
    }

    /// To be kept; empty where nothing is said.
    pub fn text(self) -> String {
        if self == Self::default() {
            return String::new();
        }
        serde_json::to_string(&Kept::from(self)).expect("numbers that were checked are plain JSON")
    }

    /// Which zones, counted from 0, tell of what comes at `time`.
    pub fn zones_on(&self, time: WallTime) -> impl Fn(usize) -> bool {
        let hour = self.schedules.iter().any(Option::is_some).then(|| hour_of_week(time));
        move |zone| match (self.schedules.get(zone), hour) {
            (Some(Some(schedule)), Some(hour)) => schedule.0[hour],
            _ => true,
        }
    }
}

impl From<Kept> for Brief {
    fn from(Kept { zones, masks, lines, schedules }: Kept) -> Self {
        Self { rules: Rules { zones, masks, lines }, schedules }
    }
}

impl From<Brief> for Kept {
    fn from(Brief { rules: Rules { zones, masks, lines }, schedules }: Brief) -> Self {
        let has_any = schedules.iter().any(Option::is_some);
        let schedules = if has_any { schedules } else { Vec::new() };
        Self { zones, masks, lines, schedules }
    }
}

#[cfg(test)]
mod tests {
    use store::Week;

    use super::*;

    #[test]
    fn what_was_kept_before_there_were_schedules_is_read_and_kept_as_it_was() {
        let rules = Rules { zones: vec![Zone::default()], ..Rules::default() };
        let before = serde_json::to_string(&rules).unwrap();
        let brief = Brief::of_text(&before);
        assert_eq!(brief, Brief { rules, schedules: Vec::new() });
        assert_eq!(brief.clone().text(), before);
        let always = Brief { schedules: vec![None], ..brief };
        assert_eq!(always.text(), before);
    }

    #[test]
    fn schedules_come_back_as_they_were_kept() {
        let mut hours = [false; Week::HOURS];
        hours[Week::HOURS - 1] = true;
        let rules = Rules { zones: vec![Zone::default(); 2], ..Rules::default() };
        let brief = Brief { rules, schedules: vec![None, Some(Schedule(hours))] };
        let text = brief.clone().text();
        assert_eq!(Brief::of_text(&text), brief);
        let short = text.replace("\"0", "\"");
        assert_eq!(Brief::of_text(&short), Brief::default());
    }
}
