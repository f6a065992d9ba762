//! A finger on the timeline: sixty positions a second, and the newest wins.

use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{CameraClip, Figure};

use super::archive::Archive;
use super::viewer::{News, Viewer};

const TILES: u32 = 4;

/// How far the finger moves at once, in µs.
const MOVE: i64 = 1_000_000;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let seconds = if short { 3_u32 } else { 10 };
    let sub = |camera| CameraClip {
        width: 640,
        height: 360,
        rate: 15,
        gop: 30,
        pictures: 60,
        bits_per_second: 100_000,
        ..CameraClip::main(camera)
    };
    let clips: Vec<CameraClip> = (1..=TILES).map(sub).collect();
    let archive = Archive::make(&clips, Vec::new(), Duration::from_secs(1800)).await?;
    let (begin, _) = archive.span;
    let client = archive.server.client().await?;
    let mut viewer = Viewer::open(client, &archive.mains, (480, 270), begin).await?;
    viewer.shown(begin, 66_667).await?;
    let start = Instant::now();
    let (mut behind, mut pictures) = (Vec::new(), 0);
    let (mut at, mut asked) = (begin, Vec::new());
    for number in 0..60 * seconds {
        at = begin + i64::from(number) * MOVE;
        asked.push((viewer.play(Some(at), 0.0).await?, at));
        let next = start + Duration::from_secs(1) * (number + 1) / 60;
        while let Some(news) = viewer.next(next).await? {
            let News::Picture(came) = news else { continue };
            pictures += 1;
            // Where the finger was when it was where this picture is.
            let of = asked.iter().rev().find(|(_, at)| *at - came.wall < MOVE);
            if let Some((moved, _)) = of {
                behind.push(came.at.duration_since(*moved).as_secs_f64() * 1000.0);
            }
        }
    }
    let stopped = Instant::now();
    // What came already is shown.
    viewer.play(Some(at + 5 * MOVE), 0.0).await?;
    let (exact, _) = viewer.shown(at + 5 * MOVE, 66_667).await?;
    let last = exact.values().map(|it| it.at).max().unwrap_or(stopped);
    behind.sort_by(f64::total_cmp);
    let place = (behind.len() * 95).div_ceil(100).saturating_sub(1);
    let slow = behind.get(place).copied().unwrap_or(f64::INFINITY);
    let settled = last.saturating_duration_since(stopped).as_secs_f64() * 1000.0;
    let rate = f64::from(pictures) / f64::from(TILES) / f64::from(seconds);
    Ok(vec![
        Figure::at_most("scrub/behind", slow, "ms", 100.0).speed(),
        Figure::at_most("scrub/settled", settled, "ms", 100.0).speed(),
        Figure::at_least("scrub/pictures", rate, "pictures/s a tile", 10.0).speed(),
    ])
}
