//! Colour bars in every codec at hand × matrix × range × shape × turn ×
//! interlace, read back from the canvas of the real window: colours within
//! ±4 of 255, the picture where its shape and turn say, and nowhere else.
//!
//! Bars are computed here in floating point, straight from the standards, and
//! so is the place of each bar on the tile. Whether a clip states what it was
//! asked to is `ffprobe`'s word; a property that a codec and container cannot
//! state is left out of their product. In short, a set of clips that covers
//! most pairs of properties.

mod bars;
mod codecs;
mod looks;
mod place;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::future::join_all;
use link::Client;
use protocol::{CameraAddress, CameraSource, Command, Layout, NewCamera, Reply};
use testkit::{Browser, Desk, Figure, Place, statistics, until};

use crate::sight::{self, SOON};
use looks::{Look, Made};

/// Of 255.
const TOLERANCE: f64 = 4.0;

/// Clips of the short form.
const SHORT: usize = 60;

/// What came of one clip.
enum Verdict {
    /// The worst difference of a colour.
    Off(f64, String),
    /// There was picture where there should be none.
    Spills(String),
    /// Nothing was shown.
    Dark(String),
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let desk = Desk::start(1920, 1080).await?;
    let data = Place::new()?;
    let mut truth = Truth::new("picture-truth", short).await?;
    let server = sight::engine(&desk, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let layout = sight::open_with_quad(&mut client).await?;
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    until(SOON, "the window's size", async || {
        desk.display().fill("Tessera").map(|is| is.then_some(()))
    })
    .await?;
    truth.look(&mut client, &browser, &layout).await?;
    browser.close().await?;
    server.end().await?;
    Ok(truth.figures())
}

/// Clips, and what is seen of them.
pub struct Truth {
    codecs: usize,
    looks: Vec<Look>,
    tally: Tally,
}

impl Truth {
    /// Those there can be here, in short fewer of them. `name` is for figures.
    pub async fn new(name: &'static str, short: bool) -> Result<Self> {
        let codecs = codecs::at_hand().await?;
        let all = looks::all(&codecs);
        let looks = if short { looks::pairs(&all, SHORT) } else { all };
        Ok(Self { codecs: codecs.len(), looks, tally: Tally::new(name) })
    }

    /// Shows all clips in the tiles of `layout`, and looks.
    pub async fn look(
        &mut self,
        client: &mut Client,
        browser: &Browser,
        layout: &Layout,
    ) -> Result<()> {
        let Self { looks, tally, .. } = self;
        let clips = Place::new()?;
        for (number, batch) in looks.chunks(4).enumerate() {
            if number % 10 == 0 {
                eprintln!("{}: {} of {} clips", tally.name, number * 4, looks.len());
            }
            let made = join_all(batch.iter().map(|look| look.make(&clips))).await;
            let mut shown = Vec::new();
            for (look, made) in batch.iter().zip(made) {
                match made.with_context(|| look.to_string())? {
                    Made::Clip(path) => shown.push((look, path)),
                    Made::CannotSay(what) => tally.left_out(look, &what),
                }
            }
            let paths: Vec<String> = shown
                .iter()
                .map(|(_, path)| path.to_str().map(str::to_owned).context("a path in UTF-8"))
                .collect::<Result<_>>()?;
            let verdicts = show(client, browser, layout, &shown, &paths).await?;
            for ((look, path), verdict) in shown.iter().zip(verdicts) {
                tally.add(look, verdict);
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// What was seen.
    pub fn figures(self) -> Vec<Figure> {
        self.tally.figures(self.codecs)
    }
}

/// Puts up to four clips on the wall and reads each back.
async fn show(
    client: &mut Client,
    browser: &Browser,
    layout: &Layout,
    shown: &[(&Look, std::path::PathBuf)],
    paths: &[String],
) -> Result<Vec<Verdict>> {
    let mut cameras = Vec::new();
    let mut verdicts: Vec<Option<Verdict>> = Vec::new();
    for ((look, _), path) in shown.iter().zip(paths) {
        let source = CameraSource::File { path: path.clone() };
        let camera = NewCamera { name: look.to_string(), source, login: None };
        match client.command(Command::AddCamera { camera }).await {
            Ok(Reply::Camera { camera }) => {
                cameras.push(Some(camera));
                verdicts.push(None);
            }
            Ok(other) => bail!("added a camera, got {other:?}"),
            Err(link::LinkError::Refused(failure)) => {
                cameras.push(None);
                verdicts.push(Some(Verdict::Dark(failure.message)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let address = |at: usize| cameras.get(at).and_then(Option::as_ref).map(|it| it.address.clone());
    let tiles = (0..layout.tiles.len()).map(address).collect();
    client.command(Command::SetLayout { layout: Layout { tiles, ..layout.clone() } }).await?;

    for (tile, ((look, _), verdict)) in shown.iter().zip(&mut verdicts).enumerate() {
        let Some(camera) = cameras.get(tile).and_then(Option::as_ref) else { continue };
        *verdict = Some(match drawn(client, &camera.address).await {
            Ok(()) => read(browser, look, tile, camera.number).await?,
            Err(error) => Verdict::Dark(format!("{error:#}")),
        });
    }
    for camera in cameras.iter().flatten() {
        client.command(Command::RemoveCamera { camera: camera.address.clone() }).await?;
    }
    Ok(verdicts.into_iter().flatten().collect())
}

/// Waits until pictures of `camera` were drawn.
async fn drawn(client: &mut Client, camera: &CameraAddress) -> Result<()> {
    until(Duration::from_secs(10), "a drawn picture", async || {
        let statistics = statistics(client).await?;
        let is_drawn =
            |it: &protocol::ViewerStatistics| it.stream.camera == *camera && it.drawn > 1;
        Ok(statistics.viewers.iter().any(is_drawn).then_some(()))
    })
    .await
}

async fn read(browser: &Browser, look: &Look, index: usize, number: u32) -> Result<Verdict> {
    let tile = until(Duration::from_secs(5), "the clip's tile", async || {
        let tiles = browser.tiles().await?;
        let is_it = |tile: &testkit::Tile| {
            tile.index == index && tile.camera == Some(number) && tile.state == "live"
        };
        Ok(tiles.into_iter().find(is_it))
    })
    .await;
    let tile = match tile {
        Ok(tile) => tile,
        Err(error) => return Ok(Verdict::Dark(format!("{error:#}"))),
    };
    let spots = place::spots(look, &tile);
    let points: Vec<_> =
        spots.inside.iter().map(|spot| spot.at).chain(spots.outside.clone()).collect();
    let colours = browser.colours(&points).await?;
    let (inside, outside) = colours.split_at(spots.inside.len());

    let mut worst = (0.0, String::new());
    for (spot, colour) in spots.inside.iter().zip(inside) {
        let off = distance(colour, &spot.colour);
        if off > worst.0 {
            worst = (off, format!("{} is {:.0?}, not {:.0?}", spot.name, colour, spot.colour));
        }
    }
    // Beside the picture is the wall's ground, in no theme the colour of a bar.
    let spills = outside
        .iter()
        .zip(&spots.beside)
        .find(|(colour, bar)| distance(colour, bar) < 3.0 * TOLERANCE);
    Ok(match spills {
        Some((colour, _)) => Verdict::Spills(format!("{colour:.0?} beside the picture")),
        None => Verdict::Off(worst.0, worst.1),
    })
}

fn distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

struct Tally {
    name: &'static str,
    worst: BTreeMap<&'static str, f64>,
    clips: usize,
    wrong: Vec<String>,
    spilt: Vec<String>,
    dark: Vec<String>,
    left_out: usize,
}

impl Tally {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            worst: BTreeMap::new(),
            clips: 0,
            wrong: Vec::new(),
            spilt: Vec::new(),
            dark: Vec::new(),
            left_out: 0,
        }
    }

    fn add(&mut self, look: &Look, verdict: Verdict) {
        self.clips += 1;
        let (list, why) = match verdict {
            Verdict::Off(off, why) => {
                let worst = self.worst.entry(look.codec.name).or_insert(0.0);
                *worst = worst.max(off);
                if off <= TOLERANCE {
                    return;
                }
                (&mut self.wrong, why)
            }
            Verdict::Spills(why) => (&mut self.spilt, why),
            Verdict::Dark(why) => (&mut self.dark, why),
        };
        eprintln!("{}: {look}: {why}", self.name);
        list.push(format!("{look}: {why}"));
    }

    fn left_out(&mut self, look: &Look, what: &str) {
        eprintln!("{}: {look}: left out, the clip cannot state {what}", self.name);
        self.left_out += 1;
    }

    fn figures(self, codecs: usize) -> Vec<Figure> {
        let count = |name: &str, list: &[String]| {
            let figure = Figure::exactly(self.named(name), list.len() as f64, "clips", 0.0);
            match list.first() {
                Some(first) => figure.noted(first.clone()),
                None => figure,
            }
        };
        let mut figures = vec![
            Figure::at_least(self.named("clips"), self.clips as f64, "clips", 50.0)
                .noted(format!("{} more cannot state what they are", self.left_out)),
            // Those it is about, and what any FFmpeg can encode.
            Figure::at_least(self.named("codecs"), codecs as f64, "encoders", 6.0),
            count("wrong-colour", &self.wrong),
            count("wrong-place", &self.spilt),
            count("not-shown", &self.dark),
        ];
        figures.extend(
            self.worst.iter().map(|(codec, worst)| {
                Figure::at_most(self.named(codec), *worst, "of 255", TOLERANCE)
            }),
        );
        figures
    }

    fn named(&self, what: &str) -> String {
        format!("{}/{what}", self.name)
    }
}
