//! One picture as a file: the one that playback shows, by the command line too;
//! and a small one of any moment, at once.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use protocol::{Command, NewStill, Reply, Still, StillFormat, StreamAddress, ThumbnailSize};
use testkit::{CameraClip, Figure, Picture, Place, Random, Server};

use super::archive::Archive;
use super::seek::slowest;
use super::viewer::Viewer;

/// What one picture takes at most, in ms.
const MAX_TIME: f64 = 1000.0;

/// And a small one, while somebody points.
const MAX_THUMBNAIL_TIME: f64 = 150.0;

/// As the timeline asks for it.
const THUMBNAIL: ThumbnailSize = ThumbnailSize { width: 160, height: 90 };

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
    let thumbnails = thumbnails(&mut client, &stream, &main, archive.span, short).await?;
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
    let figures = vec![
        count("other-than-playback", others),
        count("changed", changed),
        count("smaller", smaller),
        Figure::at_most("snapshot/time", slowest.as_secs_f64() * 1e3, "ms", MAX_TIME).speed(),
        Figure::holds("snapshot/command", png && jpeg && !none && names.len() == 2)
            .noted(names.join(", ")),
        Figure::exactly("snapshot/refused", refused.len() as f64, "sentences", 4.0)
            .noted(refused.into_iter().collect::<Vec<_>>().join(" ")),
    ];
    Ok([figures, thumbnails].concat())
}

/// Of random moments of `span`, in which `stream` plays `clip`.
async fn thumbnails(
    client: &mut link::Client,
    stream: &StreamAddress,
    clip: &CameraClip,
    (from, to): (i64, i64),
    short: bool,
) -> Result<Vec<Figure>> {
    let instants = if short { 20 } else { 100 };
    // Cameras are not exact.
    let group = i64::from(clip.gop + 1) * 1_000_000 / i64::from(clip.rate);
    let mut random = Random::new(7);
    let (mut waits, mut wrong, mut differing) = (Vec::new(), 0, 0.0);
    for _ in 0..instants {
        let at = from + group + (random.share() * (to - from - group) as f64) as i64;
        let begin = std::time::Instant::now();
        let small = taken(ask(client, stream, at, StillFormat::Jpeg, Some(THUMBNAIL)).await?)?;
        waits.push(begin.elapsed());
        // A key frame is the one of its own moment, and not of the one before.
        let mut small_at =
            async |at| taken(ask(client, stream, at, StillFormat::Png, Some(THUMBNAIL)).await?);
        let (own, before) = (small_at(small.taken).await?, small_at(small.taken - 1).await?);
        let is_right = (0..group).contains(&(at - small.taken))
            && own.taken == small.taken
            && before.taken < small.taken
            && (small.width, small.height) == (THUMBNAIL.width, THUMBNAIL.height);
        wrong += usize::from(!is_right);
        let whole = picture(&take(client, stream, small.taken).await?)?;
        differing = f64::max(differing, shrunk(&whole).difference(&picture(&own)?, 32));
    }
    let nothing = ask(client, stream, from - 3_600_000_000, StillFormat::Jpeg, Some(THUMBNAIL));
    let is_told = matches!(nothing.await?, Reply::Unrecorded { .. });
    Ok(vec![
        slowest("snapshot/thumbnail", waits, MAX_THUMBNAIL_TIME),
        Figure::exactly("snapshot/thumbnail-wrong", wrong as f64, "pictures", 0.0)
            .noted(format!("of {instants}, not of the key frame before, or of another size")),
        Figure::at_most("snapshot/thumbnail-differs", 100.0 * differing, "% of pixels", 5.0),
        Figure::holds("snapshot/thumbnail-unrecorded", is_told),
    ])
}

async fn take(client: &mut link::Client, stream: &StreamAddress, at: i64) -> Result<Still> {
    taken(ask(client, stream, at, StillFormat::Png, None).await?)
}

async fn ask(
    client: &mut link::Client,
    stream: &StreamAddress,
    at: i64,
    format: StillFormat,
    thumbnail: Option<ThumbnailSize>,
) -> Result<Reply> {
    let stream = stream.clone();
    let still = NewStill { stream, at: Some(at), format, thumbnail, zone: None };
    Ok(client.command(Command::TakeStill { still }).await?)
}

fn taken(reply: Reply) -> Result<Still> {
    match reply {
        Reply::Still { still } => Ok(still),
        other => bail!("asked for a picture, got {other:?}"),
    }
}

fn picture(still: &Still) -> Result<Picture> {
    Picture::from_png(&BASE64_STANDARD.decode(&still.file)?)
}

/// As small as a thumbnail: each pixel the mean of those it stands for.
fn shrunk(picture: &Picture) -> Picture {
    let (width, height) = (THUMBNAIL.width as usize, THUMBNAIL.height as usize);
    let (across, down) = (picture.width() / width, picture.height() / height);
    let mut rgb = Vec::with_capacity(width * height * 3);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let part = picture.part(x * across, y * down, across, down);
        for colour in 0..3 {
            let rows = (0..down).flat_map(|y| part.row(y).iter().skip(colour).step_by(3));
            let sum: usize = rows.map(|sample| usize::from(*sample)).sum();
            rgb.push((sum / (across * down)) as u8);
        }
    }
    Picture::new(width, height, rgb)
}
