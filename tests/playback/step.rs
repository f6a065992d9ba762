//! A hundred steps there and back: each picture is the one it was.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use testkit::{CameraClip, Figure};

use super::archive::Archive;
use super::viewer::{News, Viewer};

const STEPS: usize = 100;

pub async fn run(_short: bool) -> Result<Vec<Figure>> {
    let clip = |camera| CameraClip { gop: 25, ..crate::cameras::light(camera)[0].clone() };
    let archive = Archive::make(&[clip(1)], Vec::new(), Duration::from_secs(120)).await?;
    let begin = archive.span.0 + 20_000_000;
    let client = archive.server.client().await?;
    let mut viewer = Viewer::open(client, &archive.mains, (320, 180), begin).await?;
    viewer.shown(begin, 40_000).await?;

    // As they come out of a decoder that sees them one after another.
    let mut linear = BTreeMap::new();
    viewer.play(Some(begin - 10_000_000), 1.0).await?;
    let end = Instant::now() + Duration::from_secs(25);
    while let Some(news) = viewer.next(end).await? {
        if let News::Picture(came) = news {
            linear.insert(came.wall, came.hash);
        }
    }
    viewer.play(Some(begin), 0.0).await?;
    let (shown, _) = viewer.shown(begin, 40_000).await?;
    let mut here = shown.values().next().map_or(begin, |it| it.wall);
    let (mut others, mut wrong_way, mut unknown) = (0, 0, 0);
    for direction in [1, -1, -1, 1] {
        for _ in 0..STEPS {
            viewer.step(direction).await?;
            let came = viewer.picture().await?;
            wrong_way += usize::from((came.wall - here).signum() != i64::from(direction));
            match linear.get(&came.wall) {
                Some(hash) => others += usize::from(*hash != came.hash),
                None => unknown += 1,
            }
            here = came.wall;
        }
    }
    let is_back = shown.values().next().is_some_and(|it| it.wall == here);
    let count = |name: &str, count: usize| {
        Figure::exactly(format!("step/{name}"), count as f64, "steps of 400", 0.0)
    };
    Ok(vec![
        Figure::at_least("step/linear", linear.len() as f64, "pictures", 400.0),
        count("other-picture", others),
        count("not-seen-before", unknown),
        count("wrong-way", wrong_way),
        Figure::holds("step/back-where-it-began", is_back),
    ])
}
