//! An export of the hour that comes twice, since clocks go back: each film is as
//! long as it lasted, and its name tells in which of both hours it begins.

use std::time::Duration;

use anyhow::{Context, Result};
use archive::{ExportRequest, Wanted, Wish};
use jiff::tz::TimeZone;
use media::WallTime;
use serde_json::Value;
use testkit::{Figure, Place, wall_us};

use super::export::duration;
use super::export_faults::verify;
use super::generated::{Generated, rows};

/// 2025-10-26 1:30 UTC: 2:30 in Berlin for the second time. An hour and a minute
/// before it was 2:29.
const END: i64 = 1_761_442_200_000_000;

/// Of a minute, with a second between two.
const FILMS: usize = 60;

pub async fn run() -> Result<Vec<Figure>> {
    let place = Place::new()?;
    let (volume, destination) = (place.join("volume"), place.join("dest"));
    std::fs::create_dir(&destination)?;
    let age = Duration::from_micros((wall_us() - END).unsigned_abs());
    Generated { cameras: 1, segments: FILMS, seconds: 60, rate: 1, picture: 100, age }
        .write(&volume, false)?;
    let rows = rows(&volume)?;
    let (first, last) = rows.first().zip(rows.last()).context("rows")?;
    let request = ExportRequest {
        wanted: vec![Wanted { stream: first.stream, name: "Gate".to_owned() }],
        from: first.start,
        to: last.end,
        volumes: vec![volume],
        gaps: Vec::new(),
        destination,
        bare: false,
        burn_in: false,
        name: String::new(),
        note: String::new(),
        zone: TimeZone::get("Europe/Berlin")?,
        made_by: "Tessera test".to_owned(),
        now: WallTime(wall_us()),
    };
    let work = tokio::task::spawn_blocking(move || {
        archive::Export::plan(request)?.run(None, &mut |_| Wish::GoOn)
    });
    let done = work.await??;
    let manifest = verify(&done.path)?;
    let parts = manifest["cameras"][0]["parts"].as_array().context("parts")?;
    let (mut inexact, mut names) = (0.0f64, Vec::new());
    for (part, row) in parts.iter().zip(&rows) {
        let name = part["file"].as_str().context("a file")?;
        let lasted = (row.end.0 - row.start.0) as f64;
        inexact = inexact.max((duration(&done.path.join(name)).await? - lasted).abs());
        names.push(name.to_owned());
    }
    let offset = |name: &&String, offset| name.contains(offset);
    let summer = names.iter().take_while(|name| offset(name, "+0200")).count();
    let winter = names.iter().skip(summer).filter(|name| offset(name, "+0100")).count();
    let is_labelled = |name: &str, offset: &str| {
        manifest[name].as_str().is_some_and(|text| text.contains(offset))
    };
    let labels = is_labelled("fromText", "+02") && is_labelled("toText", "+01");
    let texts = Value::from(vec![manifest["fromText"].clone(), manifest["toText"].clone()]);
    Ok(vec![
        Figure::exactly("export/fall-back/films", parts.len() as f64, "films", FILMS as f64),
        Figure::at_most("export/fall-back/inexact", inexact, "µs", 0.5),
        Figure::exactly("export/fall-back/named", (summer + winter) as f64, "films", FILMS as f64)
            .noted(format!("{summer} of them in the first hour")),
        Figure::holds("export/fall-back/labels", labels).noted(texts.to_string()),
    ])
}
