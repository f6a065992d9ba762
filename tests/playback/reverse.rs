//! Backwards, and faster than it was.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{CameraClip, Figure};

use super::archive::Archive;
use super::viewer::{News, Viewer};

/// How fast, how many pictures a second at least, and of which stream.
const CASES: [(&str, f64, f64); 6] = [
    ("1", 1.0, 24.0),
    ("4", 4.0, 20.0),
    ("16", 16.0, 10.0),
    ("-1", -1.0, 20.0),
    ("-4", -4.0, 10.0),
    ("-16", -16.0, 10.0),
];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let seconds = if short { 3 } else { 10 };
    let main = CameraClip { gop: 25, ..CameraClip::main(1) };
    let archive = Archive::make(&[main], Vec::new(), Duration::from_secs(600)).await?;
    let (begin, end) = archive.span;
    let middle = begin + (end - begin) / 2;
    let client = archive.server.client().await?;
    let mut viewer = Viewer::open(client, &archive.mains, (1920, 1080), middle).await?;
    viewer.shown(middle, 40_000).await?;
    let mut figures = Vec::new();
    for (name, speed, least) in CASES {
        viewer.play(Some(middle), speed).await?;
        // The first second is not counted: it begins to decode.
        let since = Instant::now() + Duration::from_secs(1);
        let end = since + Duration::from_secs(seconds);
        let (mut walls, mut disorder, mut worst) = (BTreeSet::new(), 0, 0.0_f64);
        let mut last = None;
        while let Some(news) = viewer.next(end).await? {
            let News::Picture(came) = news else { continue };
            if came.at < since {
                continue;
            }
            if let Some((wall, at)) = last {
                disorder += usize::from(((came.wall - wall) as f64 * speed) <= 0.0);
                worst = worst.max(came.at.duration_since(at).as_secs_f64() * 1000.0);
            }
            last = Some((came.wall, came.at));
            walls.insert(came.wall);
        }
        let rate = walls.len() as f64 / seconds as f64;
        let covered = match (walls.first(), walls.last()) {
            (Some(first), Some(last)) => (last - first) as f64 / 1e6 / seconds as f64,
            _ => 0.0,
        };
        let name = format!("reverse/{name}x");
        figures.extend([
            Figure::at_least(&name, rate, "pictures/s", least)
                .speed()
                .noted(format!("longest pause {worst:.0} ms, {covered:.1} s a second")),
            Figure::exactly(format!("{name}/out-of-order"), disorder as f64, "pictures", 0.0),
        ]);
    }
    Ok(figures)
}
