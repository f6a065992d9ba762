//! When something moved in a part of the picture: thirty days of sixteen cameras
//! answered within a second, all of it and nothing else; and what moves at a
//! camera is found where it moved.

mod live;
mod month;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use link::Client;
use media::{CameraId, Clock, Grid, WallTime};
use protocol::{CameraAddress, Command, MAX_FOUND, MotionSpan, PicturePoint, Reply};
use store::{CameraSource, KeyKeeping, NewCamera, Store, Traces};
use testkit::{Figure, Place, Server};

use month::{BEGIN, CAMERAS, DAY_US, DAYS, Month};

/// Of all of them, in ms.
const SLOWEST: f64 = 1000.0;

/// Of one day of a camera, in kB.
const DAY: f64 = 2000.0;

/// So many pages of a search are asked for, one after the other.
const PAGES: usize = 5;

/// What is searched: columns and rows, of 32 and 18, and what it is like.
const AREAS: [(&str, [usize; 4]); 6] = [
    ("all", [0, 0, 32, 18]),
    ("half", [0, 9, 32, 18]),
    ("door", [11, 6, 15, 12]),
    ("cell", [20, 14, 21, 15]),
    // Where leaves move all day, at some of the cameras.
    ("tree", [0, 4, 3, 7]),
    // Where nearly nothing ever does.
    ("sky", [0, 0, 32, 2]),
];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut figures = long_ago(short).await?;
    figures.extend(live::run().await?);
    Ok(figures)
}

async fn long_ago(short: bool) -> Result<Vec<Figure>> {
    let (place, data) = (Place::new()?, Place::new()?);
    let path = data.path().to_owned();
    let fill = move || -> Result<Month> {
        let (mut store, _) = Store::open(&path, KeyKeeping::KeyFile, Clock::system())?;
        for number in 1..=CAMERAS {
            let source = CameraSource::Demo;
            store.add_camera(&NewCamera { name: format!("Camera {number}"), source })?;
        }
        let (mut traces, _) = Traces::open(&path)?;
        let areas = AREAS.map(|(_, area)| grid(area));
        Ok(Month::write(&mut traces, &areas, short)?)
    };
    let month = tokio::task::spawn_blocking(fill).await??;
    let bytes = std::fs::metadata(data.join("traces.sqlite"))?.len() as f64;
    let server = Server::start(&place, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let mut asked = Asked { month, slowest: Duration::ZERO, ..Asked::default() };
    for number in 0..AREAS.len() {
        asked.page_by_page(&mut client, number).await?;
        asked.parts(&mut client, number).await?;
    }
    let days = f64::from(CAMERAS) * DAYS as f64;
    let kind = if short { "quiet" } else { "busy" };
    let slowest = asked.slowest.as_secs_f64() * 1e3;
    let note = format!("{} searches, the slowest: {}", asked.count, asked.slowest_name);
    let all = format!("{} spans compared", asked.compared);
    let named = |name: &str| format!("region-search/{kind}/{name}");
    let figures = vec![
        Figure::at_most(named("slowest"), slowest, "ms", SLOWEST).speed().noted(note),
        Figure::exactly(named("missing"), asked.missing as f64, "spans", 0.0).noted(all),
        Figure::exactly(named("extra"), asked.extra as f64, "spans", 0.0),
        Figure::at_most(named("camera-day"), bytes / days / 1e3, "kB", DAY),
        Figure::exactly("region-search/refused", refused(&mut client).await? as f64, "cases", 5.0),
    ];
    client.close().await;
    server.end().await?;
    Ok(figures)
}

/// What was asked for, and how the answers were.
#[derive(Default)]
struct Asked {
    month: Month,
    slowest: Duration,
    slowest_name: String,
    count: usize,
    compared: usize,
    missing: usize,
    extra: usize,
}

impl Asked {
    /// All cameras and days, the newest pages.
    async fn page_by_page(&mut self, client: &mut Client, area: usize) -> Result<()> {
        let cameras: Vec<u32> = (1..=CAMERAS).collect();
        let mut to = BEGIN + DAYS * DAY_US;
        for _ in 0..PAGES {
            let Some(next) = self.ask(client, area, &cameras, (BEGIN, to), MAX_FOUND).await? else {
                break;
            };
            to = next;
        }
        Ok(())
    }

    /// One camera, a day, and a few at once.
    async fn parts(&mut self, client: &mut Client, area: usize) -> Result<()> {
        let end = BEGIN + DAYS * DAY_US;
        self.ask(client, area, &[3], (BEGIN, end), 100).await?;
        let day = BEGIN + 11 * DAY_US + 1_234_567;
        let cameras: Vec<u32> = (1..=CAMERAS).rev().collect();
        self.ask(client, area, &cameras, (day, day + DAY_US), MAX_FOUND).await?;
        self.ask(client, area, &[9, 2], (day, day + 3_600_000_000), 1).await?;
        Ok(())
    }

    /// Asks, measures and compares; where the next page ends, if there is one.
    async fn ask(
        &mut self,
        client: &mut Client,
        area: usize,
        cameras: &[u32],
        (from, to): (i64, i64),
        limit: u32,
    ) -> Result<Option<i64>> {
        let (name, place) = AREAS[area];
        let server = client.snapshot().cameras[0].address.server.clone();
        let address = |camera: &u32| CameraAddress { server: server.clone(), camera: *camera };
        let begin = Instant::now();
        let addresses = cameras.iter().map(address).collect();
        let (spans, is_more) = search(client, addresses, (from, to), corners(place), limit).await?;
        let took = begin.elapsed();
        if took > self.slowest {
            let days = (to - from) / DAY_US;
            self.slowest = took;
            self.slowest_name = format!("{name}, {} cameras, {days} days", cameras.len());
        }
        let (expected, has_more) = self.month.expected(area, cameras, (from, to), limit as usize);
        let found: Vec<(i64, i64, CameraId)> =
            spans.iter().map(|it| (it.from, it.to, CameraId(it.camera.camera))).collect();
        self.count += 1;
        self.compared += expected.len();
        self.missing += expected.iter().filter(|it| !found.contains(it)).count();
        self.extra += found.iter().filter(|it| !expected.contains(it)).count();
        self.extra += usize::from(found != expected && found.len() == expected.len());
        self.missing += usize::from(is_more != has_more);
        Ok(spans.last().filter(|_| is_more).map(|it| it.from))
    }
}

/// How many of five that mean nothing are refused with a sentence.
async fn refused(client: &mut Client) -> Result<usize> {
    let camera = client.snapshot().cameras[0].address.clone();
    let one = vec![camera.clone()];
    let door = corners([11, 6, 15, 12]);
    let point = PicturePoint { x: 0.5, y: 0.5 };
    let cases = [
        (one.clone(), (0, 1), vec![point; 4], 10),
        (one.clone(), (0, 1), Vec::new(), 10),
        (one.clone(), (1, 0), door.clone(), 10),
        (vec![camera; 257], (0, 1), door.clone(), 10),
        (one, (0, 1), door, MAX_FOUND + 1),
    ];
    let mut refused = 0;
    for (cameras, between, area, limit) in cases {
        let said = search(client, cameras, between, area, limit).await.err();
        refused += usize::from(said.is_some_and(|said| said.to_string().ends_with('.')));
    }
    Ok(refused)
}

async fn search(
    client: &mut Client,
    cameras: Vec<CameraAddress>,
    (from, to): (i64, i64),
    area: Vec<PicturePoint>,
    limit: u32,
) -> Result<(Vec<MotionSpan>, bool)> {
    let asked = Command::SearchMotion { cameras, from, to, area, limit };
    match client.command(asked).await? {
        Reply::MotionSpans { spans, is_more } => Ok((spans, is_more)),
        other => bail!("asked when something moved, got {other:?}"),
    }
}

/// Of a rectangle of cells.
fn corners([left, top, right, bottom]: [usize; 4]) -> Vec<PicturePoint> {
    let point = |column: usize, row: usize| PicturePoint {
        x: column as f32 / Grid::COLUMNS as f32,
        y: row as f32 / Grid::ROWS as f32,
    };
    vec![point(left, top), point(right, top), point(right, bottom), point(left, bottom)]
}

fn grid([left, top, right, bottom]: [usize; 4]) -> Grid {
    let mut grid = Grid::default();
    for row in top..bottom {
        (left..right).for_each(|column| grid.add(column, row));
    }
    grid
}
