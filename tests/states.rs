//! Every state that a tile can be in looks as it did when somebody looked at it:
//! in three themes, on a wall of sixteen, of four, and alone; with the video and
//! what changes by itself masked.
//!
//! `TESSERA_UPDATE_SCREENS=1` keeps what is there now as `tests/states/*.png`;
//! look at them before they are committed.

mod page;
mod troubled;

use anyhow::Result;
use protocol::LayoutShape;
use testkit::{Browser, Figure, Picture, Server};

use self::page::{Page, THEMES};
use self::troubled::Look::{self, *};
use self::troubled::Troubled;
use crate::references;

/// Chromium draws the same page in the same way: what is left is less than a word.
const PERCENT: f64 = 0.01;

/// Letters of the window may be drawn a little differently by another release
/// of a library.
const WINDOW_PERCENT: f64 = 0.5;

/// What a wall of sixteen shows, the spot in the end.
const SIXTEEN: [Look; 16] = [
    Live,
    Named,
    Stale,
    Degraded,
    Lost,
    Missing,
    Refused,
    Unsupported,
    Connecting,
    Removed,
    Empty,
    Empty,
    Empty,
    Empty,
    Empty,
    Live,
];

/// What walls of four show, one after the other.
const QUADS: [[Look; 4]; 3] = [
    [Stale, Live, Degraded, Connecting],
    [Lost, Missing, Refused, Unsupported],
    [Named, Removed, Empty, Named],
];

/// Pictures one below the other, for each theme.
type Sheets = [Vec<Picture>; 3];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let troubled = Troubled::start().await?;
    let mut figures = sixteen(&troubled).await?;
    if !short {
        figures.extend(four_and_alone(&troubled).await?);
        figures.extend(in_window(&troubled).await?);
    }
    Ok(figures)
}

/// All at once, then without an engine.
async fn sixteen(troubled: &Troubled) -> Result<Vec<Figure>> {
    let engine = troubled.engine().await?;
    let page = in_chromium(troubled).await?;
    let mut sheets = Sheets::default();
    engine.show(&page, LayoutShape::Sixteen, &SIXTEEN, Some(15)).await?;
    page.shots(&mut sheets, &SIXTEEN.map(Look::state)).await?;
    engine.server.end().await?;
    page.shots(&mut sheets, &SIXTEEN.map(Look::offline)).await?;
    page.browser.close().await?;
    compare("16", &sheets)
}

/// Four at a time, of these each with a camera for itself; one carried; and
/// without an engine.
async fn four_and_alone(troubled: &Troubled) -> Result<Vec<Figure>> {
    let engine = troubled.engine().await?;
    let page = in_chromium(troubled).await?;
    let (mut fours, mut ones) = (Sheets::default(), Sheets::default());
    for (looks, spot) in QUADS.iter().zip([None, None, Some(3)]) {
        engine.show(&page, LayoutShape::Quad, looks, spot).await?;
        page.shots(&mut fours, &looks.map(Look::state)).await?;
        for (tile, look) in looks.iter().enumerate().filter(|(_, look)| look.has_camera()) {
            page.select(tile).await?;
            page.key("Enter").await?;
            page.shots(&mut ones, &[look.state()]).await?;
            page.key("Escape").await?;
        }
        page.select(0).await?;
    }
    page.key("c").await?;
    page.key("ArrowRight").await?;
    page.shots(&mut fours, &QUADS[2].map(Look::state)).await?;
    page.key("Escape").await?;
    engine.show(&page, LayoutShape::Single, &[Empty], None).await?;
    page.shots(&mut ones, &[Empty.state()]).await?;
    engine.show(&page, LayoutShape::Quad, &QUADS[0], None).await?;
    engine.server.end().await?;
    page.shots(&mut fours, &QUADS[0].map(Look::offline)).await?;
    page.key("Enter").await?;
    page.shots(&mut ones, &[Stale.offline()]).await?;
    page.browser.close().await?;
    let mut figures = compare("4", &fours)?;
    figures.extend(compare("1", &ones)?);
    Ok(figures)
}

/// The wall of sixteen in the dark theme, as the real window draws it.
async fn in_window(troubled: &Troubled) -> Result<Vec<Figure>> {
    let engine = troubled.engine().await?;
    let browser = Browser::window(&troubled.desk, troubled.data.path(), &[]).await?;
    let page = Page::of_window(browser, &troubled.desk).await?;
    engine.show(&page, LayoutShape::Sixteen, &SIXTEEN, Some(15)).await?;
    let shot = page.shot(THEMES[0], &SIXTEEN.map(Look::state)).await?;
    page.browser.close().await?;
    engine.server.end().await?;
    Ok(vec![references::compare("states", "16-window-dark", &shot, WINDOW_PERCENT)?])
}

async fn in_chromium(troubled: &Troubled) -> Result<Page> {
    let place = troubled.desk.place();
    let address = Server::fresh_address(place, troubled.data.path()).await?;
    Page::of_chromium(Browser::chromium(place, &address, 1366, 768).await?).await
}

fn compare(size: &str, sheets: &Sheets) -> Result<Vec<Figure>> {
    let sheets = THEMES.iter().zip(sheets);
    let compared = sheets.map(|(theme, shots)| {
        let name = format!("{size}-{theme}");
        references::compare("states", &name, &Picture::stack(shots), PERCENT)
    });
    compared.collect()
}
