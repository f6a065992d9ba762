//! T3: the camera's timestamps wrap, jump, or stand still.

use std::time::Duration;

use anyhow::{Context, Result};
use protocol::StreamRole;
use testkit::{Fault, Figure, Recorded, Times, measure_for, monotonic_ns, wall_us};

use super::in_order;
use crate::recording::losses::agreed;
use crate::recording::rig::{Rig, RigOptions, light};

/// Pictures of a group.
const GROUP: u64 = 25;

/// How far the time of a picture in a file may be from when it was sent.
const OFF: f64 = 1.0;

const TIMES: [(&str, Times); 4] = [
    ("wrap", Times::Wrap),
    ("back", Times::Back),
    ("ahead", Times::Ahead),
    ("still", Times::Still),
];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let each = Duration::from_secs(if short { 6 } else { 30 });
    let options = RigOptions { is_proxied: true, ..Default::default() };
    let rig = Rig::start_with(&light(1), options).await?;
    let proxy = rig.proxy.as_ref().context("a proxy")?;
    let mut spans = Vec::new();
    for (name, times) in TIMES {
        measure_for(each).await;
        let begin = monotonic_ns();
        proxy.set(Fault::Times(times));
        measure_for(each).await;
        proxy.set(Fault::None);
        measure_for(each).await;
        spans.push((name, begin, monotonic_ns()));
    }
    rig.all_recorded().await?;
    // Of the one clock to the other.
    let origin = wall_us() as f64 / 1e6 - monotonic_ns() as f64 / 1e9;
    rig.end().await?;
    let Rig { volume, ids, .. } = rig;
    let recorded = Recorded::read(&volume, ids[0], StreamRole::Main)?;
    let mut figures = in_order("T3", &volume)?;
    let marked = recorded.units.iter().filter_map(|unit| Some((unit.mark?, unit.wall)));
    let marked: Vec<_> = marked.collect();
    for (name, begin, end) in spans {
        let of: Vec<_> =
            marked.iter().filter(|(mark, _)| (begin..end).contains(&mark.sent_ns)).collect();
        let (missing, worst) = of.windows(2).fold((0, 0), |(all, worst), pair| {
            let missing = pair[1].0.number.saturating_sub(pair[0].0.number + 1);
            (all + missing, worst.max(missing))
        });
        let off = of
            .iter()
            .map(|(mark, wall)| (wall.0 as f64 / 1e6 - origin - mark.sent_ns as f64 / 1e9).abs());
        let units = Figure::at_least(format!("T3/{name}/recorded"), of.len() as f64, "units", 25.0);
        figures.extend([
            units.noted(format!("{missing} missing in all")),
            Figure::at_most(format!("T3/{name}/missing"), worst as f64, "units", GROUP as f64),
            Figure::at_most(format!("T3/{name}/off"), off.fold(0.0, f64::max), "s", OFF),
        ]);
    }
    figures.push(agreed("T3", &volume)?);
    Ok(figures)
}
