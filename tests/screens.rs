//! The real window looks as it did when somebody looked at it: first run, demo, an
//! error, storage, zones of a camera and what happened, in both themes and two sizes, with the video masked.
//!
//! `TESSERA_UPDATE_SCREENS=1` keeps what is there now as `tests/screens/*.png`,
//! and the README's picture; look at them before they are committed. What differs is left in the system's
//! temporary directory.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use link::Client;
use protocol::{
    CameraSource, Command, LayoutShape, LineSense, MotionLine, MotionMode, MotionSettings,
    MotionZone, NewCamera, NewVolume, PicturePoint, Reply, Settings, StreamRecording,
    StreamRecordingState, Theme,
};
use testkit::{Browser, Clip, Desk, Figure, Picture, Place, door, programs, until};

use crate::references;
use crate::sight::{self, SOON, TILES};

/// Letters may be drawn a little differently by another release of a library.
const PERCENT: f64 = 0.5;

/// Nothing that moves by itself: no video, no clock, no counts, no transitions.
const STILL: &str = r#"
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        canvas#wall, time, [data-varies], .rate, .lag, [data-state="lost"] .detail:last-child {
            visibility: hidden !important;
        }
        * { animation: none !important; transition: none !important; caret-color: transparent !important; }
    `);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
"#;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let sizes: &[(u16, u16)] = if short { &[(1366, 768)] } else { &[(1366, 768), (1920, 1080)] };
    let mut figures = Vec::new();
    for &size in sizes {
        figures.extend(first_run(size).await?);
        figures.extend(demo(size).await?);
        figures.extend(error(size).await?);
        figures.extend(storage(size).await?);
        figures.extend(motion(size).await?);
    }
    Ok(figures)
}

async fn first_run(size: (u16, u16)) -> Result<Vec<Figure>> {
    let desk = Desk::start(size.0, size.1).await?;
    let data = Place::new()?;
    // Started headless, the engine asks for no keychain, which is not here.
    let server = sight::engine(&desk, data.path(), &[]).await?;
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    let figures = both_themes("first-run", size, &desk, &data, &browser).await?;
    browser.close().await?;
    server.end().await?;
    Ok(figures)
}

async fn demo(size: (u16, u16)) -> Result<Vec<Figure>> {
    let desk = Desk::start(size.0, size.1).await?;
    let data = Place::new()?;
    let server = sight::engine(&desk, data.path(), &["--demo"]).await?;
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    browser.live(TILES, SOON).await?;
    if references::is_updating() {
        // For the README, with the video.
        let shot = browser.screenshot().await?;
        references::keep(&shot, &programs::checkout()?.join("docs/pictures/wall.png"))?;
    }
    let figures = both_themes("demo", size, &desk, &data, &browser).await?;
    browser.close().await?;
    server.end().await?;
    Ok(figures)
}

/// A camera whose clip became a text after it was added.
async fn error(size: (u16, u16)) -> Result<Vec<Figure>> {
    let desk = Desk::start(size.0, size.1).await?;
    let data = Place::new()?;
    // The path is on the screen: always the same.
    let clips = Path::new("/var/tmp/tessera-screens");
    fs::create_dir_all(clips)?;
    let clip = clips.join("clip.mp4");
    make_clip(&data, &clip).await?;
    let server = sight::engine(&desk, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let path = clip.to_str().context("a path in UTF-8")?.to_owned();
    let source = CameraSource::File { path };
    let camera = NewCamera { name: "Gate".to_owned(), source, login: None };
    let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await? else {
        bail!("the engine answered something else");
    };
    fs::write(&clip, "Dear camera,\n".repeat(1000))?;
    let mut layout = sight::open_with_quad(&mut client).await?;
    layout.tiles = vec![None; LayoutShape::Quad.tiles()];
    if let Some(tile) = layout.tiles.first_mut() {
        *tile = Some(camera.address);
    }
    client.command(Command::SetLayout { layout }).await?;
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    until(SOON, "a tile that cannot be shown", async || {
        let tiles = browser.tiles().await.unwrap_or_default();
        Ok(tiles.iter().any(|tile| tile.state == "unsupported").then_some(()))
    })
    .await?;
    let figures = both_themes("error", size, &desk, &data, &browser).await?;
    browser.close().await?;
    server.end().await?;
    // Others may have put something there.
    let _ = fs::remove_dir_all(clips);
    Ok(figures)
}

/// Four demo cameras that are recorded.
async fn storage(size: (u16, u16)) -> Result<Vec<Figure>> {
    let desk = Desk::start(size.0, size.1).await?;
    let data = Place::new()?;
    let server = sight::engine(&desk, data.path(), &["--demo"]).await?;
    // The path is on the screen: always the same.
    let path = Path::new("/var/tmp/tessera-screens-volume");
    let volume = NewVolume {
        path: path.to_str().context("a path in UTF-8")?.to_owned(),
        max_bytes: None,
        max_days: Some(30),
    };
    let mut client = server.client().await?;
    client.command(Command::AddVolume { volume }).await?;
    until(SOON, "every camera to be recorded", async || {
        let answer = client.command(Command::RecordingStatus).await?;
        let Reply::RecordingStatus { status } = answer else { bail!("asked for the status") };
        let is_recorded =
            |it: &StreamRecording| matches!(it.state, StreamRecordingState::Recording { .. });
        Ok((status.streams.iter().filter(|it| is_recorded(it)).count() == TILES).then_some(()))
    })
    .await?;
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    browser.live(TILES, SOON).await?;
    browser.press("g").await?;
    browser.press("v").await?;
    until(SOON, "the storage screen", async || {
        let script = "return document.querySelectorAll('table tbody tr').length;";
        let rows = browser.run(script, vec![]).await?;
        Ok(rows.as_u64().is_some_and(|rows| rows >= TILES as u64).then_some(()))
    })
    .await?;
    let figures = both_themes("storage", size, &desk, &data, &browser).await?;
    browser.close().await?;
    server.end().await?;
    fs::remove_dir_all(path)?;
    Ok(figures)
}

/// Zones, a mask and a line of a camera that nobody watches, and what somebody
/// reported there.
async fn motion(size: (u16, u16)) -> Result<Vec<Figure>> {
    let desk = Desk::start(size.0, size.1).await?;
    let data = Place::new()?;
    let server = sight::engine(&desk, data.path(), &["--demo"]).await?;
    let mut client = server.client().await?;
    let camera = client.snapshot().cameras.first().context("a camera")?.address.clone();
    let settings = drawn();
    client.command(Command::SetMotion { camera: camera.clone(), settings }).await?;
    for event in ["Door forced", "Gate left open"] {
        let (camera, event) = (camera.clone(), event.to_owned());
        client.command(Command::ReportEvent { camera, event }).await?;
    }
    let browser = Browser::window(&desk, data.path(), &[]).await?;
    browser.live(TILES, SOON).await?;
    let open = async |keys: &[&str], shows: &str| {
        for key in keys {
            browser.press(key).await?;
        }
        until(SOON, "what was asked for", async || {
            let script = "return document.querySelectorAll(arguments[0]).length;";
            let shown = browser.run(script, vec![shows.into()]).await?;
            Ok(shown.as_u64().is_some_and(|it| it > 0).then_some(()))
        })
        .await
    };
    open(&["Shift+m"], "[data-held=corner]").await?;
    let mut figures = both_themes("motion", size, &desk, &data, &browser).await?;
    // Nothing is recorded, and that is known of what is shown.
    open(&["Escape", "g", "e"], ".moment .none").await?;
    figures.extend(both_themes("events", size, &desk, &data, &browser).await?);
    browser.close().await?;
    server.end().await?;
    Ok(figures)
}

fn drawn() -> MotionSettings {
    let point = |(x, y): (f32, f32)| PicturePoint { x, y };
    let square = |left: f32, top: f32, side: f32| {
        let (right, bottom) = (left + side, top + side);
        [(left, top), (right, top), (right, bottom), (left, bottom)].map(point).to_vec()
    };
    let zone = MotionZone {
        name: "Door".to_owned(),
        corners: Some(square(0.2, 0.3, 0.4)),
        sensitivity: 80,
        min_size: 0.01,
        max_size: 0.5,
        min_seconds: 1.0,
        direction: None,
        loitering_seconds: Some(20.0),
        schedule: None,
    };
    let line = MotionLine {
        name: "Gate".to_owned(),
        from: point((0.7, 0.9)),
        to: point((0.7, 0.4)),
        sense: LineSense::ToLeft,
    };
    let masks = vec![square(0.8, 0.05, 0.15)];
    MotionSettings { mode: MotionMode::Off, zones: vec![zone], masks, lines: vec![line] }
}

async fn make_clip(place: &Place, clip: &Path) -> Result<()> {
    let raw = place.join("grey.raw");
    fs::write(&raw, vec![128; 320 * 180 * 3 / 2])?;
    let options = ["-frames:v", "25", "-c:v", "mpeg4"].map(str::to_owned);
    Clip { width: 320, height: 180, pixels: "yuv420p", raw: &raw, options: &options, path: clip }
        .make()
        .await
}

async fn both_themes(
    screen: &str,
    size: (u16, u16),
    desk: &Desk,
    data: &Place,
    browser: &Browser,
) -> Result<Vec<Figure>> {
    until(SOON, "the window's size", async || {
        desk.display().fill("Tessera")?;
        let script = "return [innerWidth, innerHeight];";
        let inner = browser.run(script, vec![]).await.unwrap_or_default();
        Ok((inner == serde_json::json!([size.0, size.1])).then_some(()))
    })
    .await?;
    let mut client = Client::connect(&door(data.path()).await?).await?;
    let mut figures = Vec::new();
    for (theme, name) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let settings = Settings { theme, ..client.snapshot().settings.clone() };
        client.command(Command::SetSettings { settings }).await?;
        until(SOON, "the theme", async || {
            let script = "return document.documentElement.dataset.theme ?? null;";
            Ok((browser.run(script, vec![]).await? == name).then_some(()))
        })
        .await?;
        browser.run(STILL, vec![]).await?;
        let shot = settled(browser).await?;
        let name = format!("{screen}-{name}-{}x{}", size.0, size.1);
        figures.push(references::compare("screens", &name, &shot, PERCENT)?);
    }
    Ok(figures)
}

/// The page once it no longer changes.
async fn settled(browser: &Browser) -> Result<Picture> {
    let mut before = browser.screenshot().await?;
    until(Duration::from_secs(10), "a page that stands still", async || {
        let now = browser.screenshot().await?;
        let is_still = now == before;
        before = now.clone();
        Ok(is_still.then_some(now))
    })
    .await
}
