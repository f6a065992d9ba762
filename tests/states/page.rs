//! The page, with everything masked that moves by itself.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use testkit::{Browser, Desk, Picture, until};

use crate::sight::SOON;

const WIDTH: u16 = 1366;
const HEIGHT: u16 = 768;

/// As the page calls them.
pub const THEMES: [&str; 3] = ["dark", "light", "highContrast"];

/// No video, no transitions; numbers that change are all nines, before anybody
/// can see them.
const STILL: &str = r#"
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        canvas#wall, time { visibility: hidden !important; }
        [data-state="degraded"] :is(.rate, .lag) { display: none !important; }
        * { animation: none !important; transition: none !important; caret-color: transparent !important; }
    `);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const still = (text) => text
        .replace(/\d+ (s|min|h)\b/g, "9 s")
        .replace(/\d+ (%|fps|ms)/g, "99 $1")
        .replace(/(:|port )\d{4,5}\b/g, "$19999");
    const mask = () => {
        for (const element of document.querySelectorAll(".title, .detail, .warning, .rate, .lag")) {
            for (const node of element.childNodes) {
                if (node.nodeType === Node.TEXT_NODE && still(node.data) !== node.data) {
                    node.data = still(node.data);
                }
            }
        }
    };
    mask();
    new MutationObserver(mask).observe(document.body,
        { subtree: true, childList: true, characterData: true });
"#;

/// What all tiles say that are shown.
const SAID: &str = r#"
    const tiles = [...document.querySelectorAll("[data-tile]")];
    return tiles.filter((it) => it.getClientRects().length > 0)
        .map((it) => ({ state: it.dataset.state, text: it.innerText }));
"#;

/// What a tile says.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Said {
    pub state: String,
    pub text: String,
}

impl Said {
    /// Whether it says all that there is to say in this state: figures come a
    /// second later, the cause of a loss with the first attempt after it, and
    /// during an attempt there is no time of the next.
    fn is_whole(&self) -> bool {
        let text = &self.text;
        match self.state.as_str() {
            "live" => text.contains("fps"),
            "degraded" => text.contains('%'),
            "stale" => text.contains("Frozen"),
            "connecting" => text.contains("key frame… 9 s"),
            "lost" => !text.contains("broke") && !text.contains("now…"),
            "authFailed" => !text.contains("now…"),
            _ => true,
        }
    }
}

pub struct Page {
    pub browser: Browser,
}

impl Page {
    pub async fn of_chromium(browser: Browser) -> Result<Self> {
        let metrics =
            json!({ "width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Self::of(browser, || Ok(())).await
    }

    pub async fn of_window(browser: Browser, desk: &Desk) -> Result<Self> {
        Self::of(browser, || desk.display().fill("Tessera").map(drop)).await
    }

    async fn of(browser: Browser, fill: impl Fn() -> Result<()>) -> Result<Self> {
        until(SOON, "the wall in its size", async || {
            fill()?;
            let script =
                "return document.querySelector('[data-tile]') && [innerWidth, innerHeight];";
            let size = browser.run(script, vec![]).await.unwrap_or_default();
            Ok((size == json!([WIDTH, HEIGHT])).then_some(()))
        })
        .await?;
        browser.run(STILL, vec![]).await?;
        Ok(Self { browser })
    }

    /// What every tile says that is shown.
    pub async fn said(&self) -> Result<Vec<Said>> {
        let said = self.browser.run(SAID, vec![]).await?;
        serde_json::from_value(said).context("what tiles say")
    }

    /// Presses a key. That real ones arrive is another promise.
    pub async fn key(&self, key: &str) -> Result<()> {
        let press = "document.body.dispatchEvent(new KeyboardEvent('keydown', \
                     { key: arguments[0], bubbles: true, cancelable: true }));";
        self.browser.run(press, vec![json!(key)]).await.map(drop)
    }

    /// Selects a tile.
    pub async fn select(&self, tile: usize) -> Result<()> {
        let click = "document.querySelector(`[data-tile=\"${arguments[0]}\"]`).click();";
        self.browser.run(click, vec![json!(tile)]).await.map(drop)
    }

    /// What is there now, below what was there before, in each theme.
    pub async fn shots(&self, sheets: &mut [Vec<Picture>; 3], states: &[&str]) -> Result<()> {
        for (theme, sheet) in THEMES.iter().zip(sheets) {
            sheet.push(self.shot(theme, states).await?);
        }
        Ok(())
    }

    /// The wall, in a theme, while its tiles are in these states and nothing
    /// that they say changes.
    pub async fn shot(&self, theme: &str, states: &[&str]) -> Result<Picture> {
        let script = "document.documentElement.dataset.theme = arguments[0];
            const { x, y, width, height } = document.querySelector('main').getBoundingClientRect();
            return [x, y, width, height].map(Math.round);";
        let area: Value = self.browser.run(script, vec![json!(theme)]).await?;
        let [x, y, width, height] = serde_json::from_value(area).context("where the wall is")?;
        let (mut before, mut seen) = (None, Vec::new());
        let shot = until(SOON, "a wall that says one thing", async || {
            seen = self.said().await?;
            let is_whole = is_all(&seen, states);
            let shot = self.browser.screenshot().await?;
            let now = (is_whole && seen == self.said().await?).then(|| (seen.clone(), shot));
            let is_still = now.is_some() && now == before;
            before = now;
            Ok(is_still.then(|| before.take()).flatten())
        })
        .await
        .with_context(|| format!("the tiles are {seen:?}"));
        Ok(shot?.1.part(x, y, width, height))
    }
}

/// Whether tiles are in these states, and say all that there is to say.
pub fn is_all(said: &[Said], states: &[&str]) -> bool {
    said.len() == states.len()
        && said.iter().zip(states).all(|(it, state)| it.state == *state && it.is_whole())
}
