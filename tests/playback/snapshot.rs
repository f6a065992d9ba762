//! One picture as a file: the one that playback shows, by the command line too.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use protocol::{Command, NewStill, Reply, Still, StillFormat, StreamAddress};
use testkit::{CameraClip, Figure, Place, Random, Server};

use super::archive::Archive;
use super::viewer::Viewer;

/// What one picture takes at most, in ms.
const MAX_TIME: f64 = 1000.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let instants = if short { 10 } else { 100 };
    let main = CameraClip { gop: 50, ..CameraClip::main(1) };
    let archive =
        Archive::make(std::slice::from_ref(&main), Vec::new(), Duration::from_secs(120)).await?;
    let (from, to) = archive.span;
    let stream = archive.mains.first().context("a stream")?.clone();
    let mut client = archive.server.client().await?;
    let other = archive.server.client().await?;
    let mut viewer = Viewer::open(other, &archive.mains, (320, 180), from).await?;
    viewer.shown(from, 40_000).await?;
    let mut random = Random::new(6);
    let (mut others, mut changed, mut smaller, mut slowest) = (0, 0, 0, Duration::ZERO);
    for _ in 0..instants {
        let at = from + (random.share() * (to - from) as f64) as i64;
        viewer.play(Some(at), 0.0).await?;
        let (shown, _) = viewer.shown(at, 40_000).await?;
        let begin = std::time::Instant::now();
        let still = take(&mut client, &stream, at).await?;
        slowest = slowest.max(begin.elapsed());
        others += usize::from(shown.values().any(|came| came.wall != still.taken));
        smaller += usize::from((still.width, still.height) != (main.width, main.height));
        changed += usize::from(take(&mut client, &stream, at).await?.file != still.file);
    }
    client.close().await;

    let place = Place::new()?;
    let ago = format!("{}s", (testkit::wall_us() - (from + to) / 2) / 1_000_000);
    let mut refused = BTreeSet::new();
    let mut command = async |words: &[&str], file: &str| -> Result<bool> {
        let file = place.join(file);
        let path = file.to_string_lossy();
        let words = [&["snapshot"], words, &[&*path]].concat();
        if let Err(error) = Server::ask(&archive.place, archive.data.path(), &words).await {
            refused.insert(format!("{error:#}"));
            return Ok(false);
        }
        Ok(std::fs::metadata(&file)?.len() > 1000)
    };
    let png = command(&["1", "--at", &ago], "gate.png").await?;
    let jpeg = command(&["1", "--at", &ago], "gate.jpg").await?;
    let none = command(&["1", "--at", "30d"], "none.png").await?
        || command(&["1", "--at", &ago], "nowhere/gate.png").await?
        || command(&["1", "--at", &ago], "gate.gif").await?
        || command(&["99"], "gate.png").await?;
    let names: Vec<String> = std::fs::read_dir(place.path())?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    archive.server.end().await?;
    let count = |name: &str, count: usize| {
        let figure = Figure::exactly(format!("snapshot/{name}"), count as f64, "pictures", 0.0);
        figure.noted(format!("of {instants}, {}×{}", main.width, main.height))
    };
    Ok(vec![
        count("other-than-playback", others),
        count("changed", changed),
        count("smaller", smaller),
        Figure::at_most("snapshot/time", slowest.as_secs_f64() * 1e3, "ms", MAX_TIME).speed(),
        Figure::holds("snapshot/command", png && jpeg && !none && names.len() == 2)
            .noted(names.join(", ")),
        Figure::exactly("snapshot/refused", refused.len() as f64, "sentences", 4.0)
            .noted(refused.into_iter().collect::<Vec<_>>().join(" ")),
    ])
}

async fn take(client: &mut link::Client, stream: &StreamAddress, at: i64) -> Result<Still> {
    let still = NewStill { stream: stream.clone(), at: Some(at), format: StillFormat::Png };
    match client.command(Command::TakeStill { still }).await? {
        Reply::Still { still } => Ok(still),
        other => bail!("asked for a picture, got {other:?}"),
    }
}
