//! From a camera's send to the draw call, and to the screen: four cameras in
//! the real window, otherwise idle.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use protocol::{Command, LayoutShape, Settings, StreamRole};
use testkit::{Figure, Sent, monotonic_ns, stamp, statistics};

use crate::sight::{SOON, TILES, moving, window};
use crate::wall::{Scene, sub};

/// How often the screen is looked at; it costs the X server, not the window.
const LOOK: Duration = Duration::from_millis(2);

/// Seen first, when, by the clock of what is sent: camera and picture.
type Looks = Vec<(u32, u32, u64)>;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let scene = Scene::start((1920, 1080), TILES as u32, sub(25), &[]).await?;
    let layout = scene.add_layout("Wall", LayoutShape::Quad, TILES).await?;
    let mut client = scene.server.client().await?;
    let settings = Settings { layout, ..client.snapshot().settings.clone() };
    client.command(Command::SetSettings { settings }).await?;
    // No driver: nothing but the product draws.
    let window = window(&scene.desk, scene.data.path(), &[])?;
    moving(&scene.desk, &window, SOON).await?;
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let looks = look(&scene, time).await?;
    let counted = statistics(&mut scene.server.client().await?).await?;
    ensure!(counted.viewers.len() == TILES, "{} tiles of viewers", counted.viewers.len());
    let mut shown = Vec::new();
    for camera in 1..=TILES as u32 {
        shown.extend(to_screen(camera, &looks, &scene.sent(camera, StreamRole::Main).await?));
    }
    window.end().await?;
    ensure!(!shown.is_empty(), "no picture was found on the screen");
    shown.sort_by(f64::total_cmp);
    let glass = |share: f64| shown[((shown.len() - 1) as f64 * share) as usize];
    let worst = |part: fn(&protocol::Spread) -> f64| {
        counted.viewers.iter().map(|tile| part(&tile.lag_ms)).fold(0.0, f64::max)
    };
    let drawn = counted.viewers.iter().map(|tile| tile.drawn).min().unwrap_or(0);
    let compositor = format!(
        "to the screen: {:.1} ms median, {:.1} p99, of {} pictures",
        glass(0.5),
        glass(0.99),
        shown.len()
    );
    Ok(vec![
        Figure::at_least("latency-camera/drawn", drawn as f64, "pictures", 50.0),
        Figure::at_most("latency-camera/median", worst(|it| it.median), "ms", 40.0)
            .speed()
            .noted(compositor),
        Figure::at_most("latency-camera/p99", worst(|it| it.p99), "ms", 120.0).speed(),
        Figure::at_most("latency-camera/screen-median", glass(0.5), "ms", 60.0).speed(),
    ])
}

/// When each picture was first on the screen.
async fn look(scene: &Scene, time: Duration) -> Result<Looks> {
    let display = scene.desk.display();
    let places = stamp::find(&display.screenshot()?);
    ensure!(places.len() == TILES, "{} strips on the screen", places.len());
    let mut last = BTreeMap::new();
    let mut looks = Looks::new();
    let begin = monotonic_ns();
    let mut pause = tokio::time::interval(LOOK);
    while monotonic_ns() - begin < u64::try_from(time.as_nanos())? {
        pause.tick().await;
        for place in &places {
            let area = (place.x, place.y + 2, place.width, 3);
            let row = display.part(area.0, area.1, area.2, area.3)?;
            let now = monotonic_ns();
            let Some(seen) = stamp::find(&row).pop() else { continue };
            if last.insert(seen.camera, seen.number) != Some(seen.number) {
                looks.push((seen.camera, seen.number, now));
            }
        }
    }
    Ok(looks)
}

/// Milliseconds from send to screen of a camera's pictures.
fn to_screen(camera: u32, looks: &Looks, sent: &[Sent]) -> Vec<f64> {
    let seen = looks.iter().filter(|(by, _, _)| *by == camera);
    let late = seen.filter_map(|&(_, number, at)| {
        // The clip is played over and over.
        let of = sent.iter().rev().find(|it| it.picture == number && it.sent_ns <= at)?;
        Some((at - of.sent_ns) as f64 / 1e6)
    });
    // The first was there before the watch began.
    late.skip(1).collect()
}
