//! How soon what a key does is on the screen.

use anyhow::{Context, Result};
use serde_json::json;
use testkit::{Browser, Figure};

const LIMIT_MS: f64 = 100.0;

/// Each with the keys that lead to it and those that lead back, which nobody
/// waits for.
const KEYS: [(&str, &[&str], &str, &[&str]); 5] = [
    ("arrow", &[], "ArrowRight", &[]),
    ("maximise", &[], "Enter", &["Escape"]),
    ("help", &[], "?", &[]),
    ("jump", &["1", "2"], "Enter", &["1", "Enter"]),
    ("page", &["PageUp"], "PageDown", &[]),
];

/// Presses a key where the focus is, and answers when the page was painted
/// after it: at the second refresh, the first of which paints.
const PRESS: &str = "
    const [key, done] = arguments;
    const target = document.activeElement ?? document.body;
    const begin = performance.now();
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begin)));
";

/// Escape is the browser's own where a dialog is open, and not heard if made up.
const CLOSE: &str = "document.querySelector('dialog[open]')?.dispatchEvent(new Event('cancel'));";

/// Of each key the worst of so many times.
pub async fn run(browser: &Browser, name: &str, times: usize) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (what, before, key, after) in KEYS {
        let mut worst = 0.0;
        for _ in 0..times {
            for key in before {
                press(browser, key).await?;
            }
            worst = f64::max(worst, press(browser, key).await?);
            for key in after {
                press(browser, key).await?;
            }
            browser.run(CLOSE, vec![]).await?;
        }
        let figure = format!("ui-budgets/{name}/{what}");
        figures.push(Figure::at_most(figure, worst, "ms", LIMIT_MS).speed());
    }
    Ok(figures)
}

/// Presses a key; how long it took until the page was painted, in milliseconds.
pub async fn press(browser: &Browser, key: &str) -> Result<f64> {
    let took = browser.answer(PRESS, vec![json!(key)]).await?;
    took.as_f64().context("the page's clock")
}
