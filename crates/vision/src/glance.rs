//! What is told of pictures that lie too far apart for things to be followed
//! from one to the next: that something stands out in a zone. Nothing is known
//! of ways, so that lines and directions are of no account.

use crate::event::worth;
use crate::point::Extent;
use crate::rules::{Rules, RulesError, Zone};
use crate::track::Step;
use crate::{Event, Kind, Observation};

/// What is not seen in so many pictures in a row is over.
const MISSED: u32 = 2;

/// Tells in which zones something stands out.
#[derive(Debug)]
pub struct Glance {
    rules: Rules,
    /// What goes on in each zone, and in how many pictures in a row it was not seen.
    events: Vec<Option<(Event, u32)>>,
    last_id: u64,
}

impl Glance {
    /// Looks by `rules`; nothing happened yet.
    pub fn new(mut rules: Rules) -> Result<Self, RulesError> {
        rules.check()?;
        if rules.zones.is_empty() {
            rules.zones.push(Zone::default());
        }
        let events = vec![None; rules.zones.len()];
        Ok(Self { rules, events, last_id: 0 })
    }

    /// Events that began, went on or ended with what was `seen`. Zones, counted
    /// from 0, see nothing while they are not on: whether it is still the same
    /// thing that is there, nobody knows.
    pub fn see(&mut self, seen: &Observation, is_on: impl Fn(usize) -> bool) -> Vec<Event> {
        let mut told = Vec::new();
        for (number, event) in self.events.iter_mut().enumerate() {
            let zone = is_on(number).then(|| &self.rules.zones[number]);
            let found = zone.and_then(|zone| self.rules.largest(zone, seen));
            let step = found.map(|extent| Step { time: seen.time, extent });
            match (event.as_mut(), step) {
                (Some((known, missed)), Some(step)) => {
                    (known.end, *missed) = (step.time, 0);
                    if worth(step.extent) > worth(known.best.extent) {
                        known.best = step;
                    }
                    told.push(known.clone());
                }
                (None, Some(best)) => {
                    self.last_id += 1;
                    let new = Event {
                        id: self.last_id,
                        kind: Kind::Motion { zone: number },
                        track: 0,
                        start: best.time,
                        end: best.time,
                        is_over: false,
                        best,
                    };
                    told.push(event.insert((new, 0)).0.clone());
                }
                (Some((_, missed)), None) => {
                    *missed += 1;
                    let over = event.take_if(|(_, missed)| *missed >= MISSED);
                    told.extend(over.map(|(over, _)| Event { is_over: true, ..over }));
                }
                (None, None) => {}
            }
        }
        told
    }
}

impl Rules {
    /// What stands out most of what `zone` wants to be told.
    fn largest(&self, zone: &Zone, seen: &Observation) -> Option<Extent> {
        if !seen.is_moving() || seen.is_another_scene {
            return None;
        }
        let of_interest = seen.blobs.iter().filter(|blob| blob.contrast >= zone.min_contrast());
        let extents = of_interest.map(|blob| Extent::of(blob.area, seen.size)).filter(|extent| {
            let centre = extent.centre();
            let is_masked = self.masks.iter().any(|mask| mask.contains(centre));
            (zone.min_size..=zone.max_size).contains(&extent.size())
                && (zone.contains(centre) || zone.contains(extent.foot()))
                && !is_masked
        });
        extents.max_by(|one, other| worth(*one).total_cmp(&worth(*other)))
    }
}

#[cfg(test)]
mod tests {
    use media::{Grid, MediaTime};

    use super::*;
    use crate::{Area, Blob, Light, Point, Polygon, Shift};

    /// What is seen at `second` where a thing of 20×20 pixels is at `at` in a
    /// picture of 200×100.
    fn seen(second: i64, at: Option<(u32, u32)>) -> Observation {
        let blob = |(x, y): (u32, u32)| Blob {
            area: Area { left: x - 10, top: y - 10, right: x + 10, bottom: y + 10 },
            pixels: 400,
            centre: (x as f32, y as f32),
            contrast: 60,
        };
        Observation {
            time: MediaTime(second * 1_000_000),
            size: (200, 100),
            shift: Shift::default(),
            light: Light::SAME,
            blobs: at.map(blob).into_iter().collect(),
            grid: Grid::default(),
            is_another_scene: false,
        }
    }

    #[test]
    fn an_event_is_what_stands_out_in_picture_after_picture() {
        let point = |x, y| Point { x, y };
        let half = vec![point(0.5, 0.0), point(1.0, 0.0), point(1.0, 1.0), point(0.5, 1.0)];
        let right = Polygon::new(half).unwrap();
        let zones = vec![Zone::default(), Zone { shape: Some(right), ..Zone::default() }];
        let mut glance = Glance::new(Rules { zones, ..Rules::default() }).unwrap();
        let mut told = Vec::new();
        let places = [None, Some(20), None, Some(120), None, None, Some(180)];
        for (second, x) in (0..).zip(places) {
            for event in glance.see(&seen(second, x.map(|x| (x, 50))), |_| true) {
                let Kind::Motion { zone } = event.kind else { panic!("{event:?}") };
                let [start, end] = [event.start, event.end].map(|time| time.0 / 1_000_000);
                let over = if event.is_over { "" } else { ".." };
                told.push(format!("{} in {zone}: {start}-{end}{over}", event.id));
            }
        }
        let expected = [
            "1 in 0: 1-1..",
            "1 in 0: 1-3..",
            "2 in 1: 3-3..",
            "1 in 0: 1-3",
            "2 in 1: 3-3",
            "3 in 0: 6-6..",
            "4 in 1: 6-6..",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_masked_or_too_large_is_not_told() {
        let all = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| Point { x, y });
        let masks = vec![Polygon::new(all.to_vec()).unwrap()];
        let zones = vec![Zone { max_size: 0.01, ..Zone::default() }];
        for rules in [Rules { masks, ..Rules::default() }, Rules { zones, ..Rules::default() }] {
            assert_eq!(Glance::new(rules).unwrap().see(&seen(0, Some((50, 50))), |_| true), []);
        }
    }
}
