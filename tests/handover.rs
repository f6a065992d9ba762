//! What happened is handed over: a span is marked, exported, kept as evidence
//! and bookmarked by a few keys, and what cannot be handed over is said before.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use link::Client;
use media::Clock;
use protocol::{
    Bookmark, Camera, Command, Evidence, NewExport, NewVolume, Reply, StreamAddress, StreamRole,
};
use serde_json::json;
use testkit::{Browser, Figure, Place, Server, until};

use crate::recording::verify_export;

/// Until something that takes no longer than a few seconds is there.
const SOON: Duration = Duration::from_secs(30);

/// So much is marked, in bytes of the four demo cameras together: some seconds.
const ENOUGH: u64 = 1_000_000;

const DAY_US: i64 = 24 * 3600 * 1_000_000;

pub async fn run() -> Result<Vec<Figure>> {
    let (place, data) = (Place::new()?, Place::new()?);
    let server = Server::start(&place, data.path(), &[]).await?;
    let dest = place.join("dest");
    std::fs::create_dir(&dest)?;
    let browser = Browser::chromium(&place, server.address(), 1366, 768).await?;
    let page = Page(&browser);
    page.until("document.querySelector('#first-run')").await?;
    page.press(&["Tab"; 9]).await?;
    page.press(&["Enter"]).await?;
    page.until("document.querySelectorAll('[data-state=live]').length === 4").await?;
    let mut client = server.client().await?;
    let path = place.join("volume").to_string_lossy().into_owned();
    let volume = NewVolume { path, max_bytes: None, max_days: None };
    client.command(Command::AddVolume { volume }).await?;
    page.until("document.querySelector('[role=slider]')").await?;

    // What is handed over is recorded, from the first moment that is marked on.
    let clock = Clock::system();
    let mut wanted = everything(&client, &dest, clock.wall().0);
    until(SOON, "recordings", async || {
        wanted.to = clock.wall().0;
        Ok(bytes(&mut client, &wanted).await.ok())
    })
    .await?;
    page.press(&["["]).await?;
    wanted.from = clock.wall().0;
    until(SOON, "more of them", async || {
        wanted.to = clock.wall().0;
        Ok(bytes(&mut client, &wanted).await.ok().filter(|bytes| *bytes >= ENOUGH))
    })
    .await?;
    page.press(&["]"]).await?;

    let mut figures = vec![page.exports(&dest).await?];
    figures.extend(page.bookmarks(&mut client).await?);
    figures.push(page.locks(&mut client).await?);
    figures.extend(refusals(&mut client, &wanted).await?);
    browser.close().await?;
    client.close().await;
    server.end().await?;
    Ok(figures)
}

struct Page<'a>(&'a Browser);

impl Page<'_> {
    /// From the range to a package that is whole.
    async fn exports(&self, dest: &Path) -> Result<Figure> {
        let begin = Instant::now();
        self.press(&["e"]).await?;
        // The field for the folder has the focus.
        self.until("document.activeElement.matches('dialog input[type=text]')").await?;
        self.0.keys("dialog input[type=text]", &dest.to_string_lossy()).await?;
        self.press(&["Enter"]).await?;
        self.until("document.querySelector('dialog').textContent.includes('Exported to ')").await?;
        let took = begin.elapsed().as_secs_f64();
        self.press(&["Escape"]).await?;
        let made = std::fs::read_dir(dest)?.next().context("nothing was exported")??.path();
        let manifest = verify_export(&made)?;
        let films = manifest["cameras"].as_array().map_or(0, Vec::len);
        Ok(Figure::exactly("handover/exported", films as f64, "cameras", 4.0)
            .noted(format!("in {took:.1} s and two keys besides the folder's name")))
    }

    /// Takes back what was done last, once the page says that it can be.
    async fn undo(&self) -> Result<()> {
        self.until("document.querySelector('.toast .undo')").await?;
        self.press(&["Ctrl+z"]).await
    }

    async fn bookmarks(&self, client: &mut Client) -> Result<Vec<Figure>> {
        self.press(&["b"]).await?;
        let moment = one(client, |it| it.marked.from == it.marked.to).await?;
        self.undo().await?;
        until(SOON, "no bookmark", async || Ok(bookmarks(client).await?.is_empty().then_some(())))
            .await?;
        self.press(&["Shift+b"]).await?;
        self.until("document.activeElement.matches('dialog input[type=text]')").await?;
        self.0.keys("dialog input[type=text]", "White van").await?;
        self.press(&["Enter"]).await?;
        let span = one(client, |it| it.marked.name == "White van").await?;
        self.until("document.querySelector('dialog') === null").await?;
        // Back to it from what is live, and said.
        self.press(&["g", "b"]).await?;
        self.until("document.querySelector('input[type=search]')").await?;
        self.0.click(".panel li button").await?;
        self.until("document.querySelector('.mode.on')").await?;
        let said = "document.querySelector('[role=slider]').ariaValueText";
        let said = self.until(&format!("{said}.includes('bookmark White van')")).await;
        Ok(vec![
            Figure::exactly(
                "handover/bookmark/moment",
                moment.marked.cameras.len() as f64,
                "cameras",
                1.0,
            )
            .noted("one key while live, and undone"),
            Figure::exactly(
                "handover/bookmark/span",
                span.marked.cameras.len() as f64,
                "cameras",
                4.0,
            ),
            Figure::holds("handover/bookmark/found", said.is_ok()),
        ])
    }

    async fn locks(&self, client: &mut Client) -> Result<Figure> {
        self.press(&["Shift+e"]).await?;
        self.until("document.activeElement.matches('dialog input[type=text]')").await?;
        self.0.keys("dialog input[type=text]", "Case 7").await?;
        self.press(&["Enter"]).await?;
        self.until("document.querySelector('dialog') === null").await?;
        let Reply::EvidenceList { evidence } = client.command(Command::Evidence).await? else {
            bail!("no list of evidence");
        };
        let kept = |it: &&Evidence| it.note == "Case 7";
        let kept = evidence.iter().filter(kept).count();
        // And Escape leads back to no range.
        self.press(&["Escape"]).await?;
        self.until("document.querySelector('[role=slider] .range') === null").await?;
        Ok(Figure::exactly("handover/evidence", kept as f64, "cameras", 4.0))
    }

    async fn press(&self, keys: &[&str]) -> Result<()> {
        for key in keys {
            self.0.press(key).await?;
        }
        Ok(())
    }

    async fn until(&self, check: &str) -> Result<()> {
        let script = format!("return Boolean({check});");
        until(SOON, check, async || {
            // Half a page may have none of what is looked for.
            let holds = self.0.run(&script, vec![]).await.unwrap_or_default();
            Ok((holds == json!(true)).then_some(()))
        })
        .await
    }
}

/// What cannot be handed over is refused by a sentence, before anything is
/// written; a year that holds little is not.
async fn refusals(client: &mut Client, wanted: &NewExport) -> Result<Vec<Figure>> {
    let NewExport { from, to, .. } = *wanted;
    let nowhere = format!("{}/nowhere", wanted.destination);
    let with = |from: i64, to: i64| NewExport { from, to, ..wanted.clone() };
    let bad = [
        ("of no length", with(from, from), "does not end after it begins"),
        ("backwards", with(to, from), "does not end after it begins"),
        ("in the future", with(to + DAY_US, to + 2 * DAY_US), "in the future"),
        ("where nothing is", with(from - 2 * DAY_US, from - DAY_US), "Nothing was recorded"),
        ("to nowhere", NewExport { destination: nowhere, ..wanted.clone() }, "is not there"),
        ("of nobody", NewExport { streams: Vec::new(), ..wanted.clone() }, "1 to 256"),
    ];
    let mut wrong = Vec::new();
    let count = bad.len();
    for (what, export, words) in bad {
        match bytes(client, &export).await {
            Err(error) if error.to_string().contains(words) => {}
            other => wrong.push(format!("{what}: {other:?}")),
        }
    }
    let year = bytes(client, &with(to - 365 * DAY_US, to)).await;
    let refused = (count - wrong.len()) as f64;
    let refused = Figure::exactly("handover/refused", refused, "exports", count as f64);
    Ok(vec![
        if wrong.is_empty() { refused } else { refused.noted(wrong.join("; ")) },
        Figure::holds("handover/a-year", year.is_ok_and(|bytes| bytes >= ENOUGH)),
    ])
}

/// The day before `to`, of all cameras.
fn everything(client: &Client, dest: &Path, to: i64) -> NewExport {
    let cameras = client.snapshot().cameras.iter();
    let stream =
        |camera: &Camera| StreamAddress { camera: camera.address.clone(), role: StreamRole::Main };
    NewExport {
        streams: cameras.map(stream).collect(),
        from: to - DAY_US,
        to,
        destination: dest.to_string_lossy().into_owned(),
        zone: None,
        single_file: false,
        burn_in: false,
        name: String::new(),
        note: String::new(),
    }
}

/// About what an export would take, or why it cannot be.
async fn bytes(client: &mut Client, export: &NewExport) -> Result<u64> {
    let command = Command::EstimateExport { export: export.clone() };
    match client.command(command).await? {
        Reply::ExportEstimate { bytes } => Ok(bytes),
        other => bail!("an export was estimated, and the engine answered {other:?}"),
    }
}

async fn bookmarks(client: &mut Client) -> Result<Vec<Bookmark>> {
    match client.command(Command::Bookmarks).await? {
        Reply::Bookmarks { bookmarks } => Ok(bookmarks),
        other => bail!("bookmarks were asked for, and the engine answered {other:?}"),
    }
}

/// The bookmark that is there before long.
async fn one(client: &mut Client, is_it: impl Fn(&Bookmark) -> bool) -> Result<Bookmark> {
    until(SOON, "a bookmark", async || {
        Ok(bookmarks(client).await?.into_iter().find(|it| is_it(it)))
    })
    .await
}
