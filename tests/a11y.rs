//! Whoever sees little, or uses no mouse, can do everything: axe finds nothing
//! on any screen, colours of the system and a wish for little motion are heeded,
//! and whole tasks are done by keyboard alone.

mod axe;
mod tasks;

use anyhow::{Result, bail, ensure};
use protocol::{Command, NewCamera, NewVolume, Reply, Transport};
use serde_json::json;
use testkit::{Browser, Figure, Place, Server, until};

use self::axe::Axe;
use crate::cameras::source;
use crate::sight::SOON;

/// As the page calls them.
const THEMES: [&str; 3] = ["dark", "light", "highContrast"];

/// Where to look, one after the other.
const SCREENS: [Screen; 15] = [
    Screen {
        name: "wall",
        open: Open::Keys(&["g", "w"]),
        shows: "[data-state=live]",
        is_over: false,
    },
    Screen {
        name: "alone",
        open: Open::Keys(&["Enter"]),
        shows: "[data-tile][hidden]",
        is_over: true,
    },
    Screen { name: "motion", open: Open::Keys(&["Shift+m"]), shows: "aside form", is_over: true },
    Screen {
        name: "motion-search",
        open: Open::Keys(&["Shift+f"]),
        shows: "#search-title",
        is_over: true,
    },
    Screen { name: "help", open: Open::Keys(&["?"]), shows: "dialog kbd", is_over: true },
    Screen { name: "palette", open: Open::Keys(&["/"]), shows: "[role=combobox]", is_over: true },
    Screen { name: "export", open: Open::Keys(&["e"]), shows: "dialog fieldset", is_over: true },
    Screen {
        name: "evidence",
        open: Open::Keys(&["Shift+e"]),
        shows: "dialog fieldset",
        is_over: true,
    },
    Screen {
        name: "bookmark",
        open: Open::Keys(&["Shift+b"]),
        shows: "dialog fieldset",
        is_over: true,
    },
    Screen {
        name: "bookmarks",
        open: Open::Keys(&["g", "b"]),
        shows: "input[type=search]",
        is_over: true,
    },
    Screen {
        name: "events",
        open: Open::Keys(&["g", "e"]),
        shows: "main .view label",
        is_over: false,
    },
    Screen { name: "cameras", open: Open::Keys(&["g", "c"]), shows: "tbody tr", is_over: false },
    Screen {
        name: "add-camera",
        open: Open::Click("main button.primary"),
        shows: "dialog input",
        is_over: true,
    },
    Screen {
        name: "login",
        open: Open::Click("button[aria-label^='Set the login']"),
        shows: "dialog input[type=password]",
        is_over: true,
    },
    Screen {
        name: "settings",
        open: Open::Keys(&["g", "s"]),
        shows: "input[type=radio]",
        is_over: false,
    },
];

/// One thing to look at.
struct Screen {
    name: &'static str,
    open: Open,
    /// What is there once it is open.
    shows: &'static str,
    /// Whether Escape leads back to what was there before.
    is_over: bool,
}

enum Open {
    Keys(&'static [&'static str]),
    Click(&'static str),
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let axe = Axe::new()?;
    let (place, data) = (Place::new()?, Place::new()?);
    let server = Server::start(&place, data.path(), &[]).await?;
    let browser = Browser::chromium(&place, server.address(), 1366, 768).await?;
    shown(&browser, "#first-run").await?;
    let mut figures = vec![axe.finds(&browser).await?];
    for theme in THEMES {
        set_theme(&browser, theme).await?;
        figures.push(
            axe.look(&browser, &format!("first-run-{theme}"), theme == "dark" || !short).await?,
        );
    }
    set_theme(&browser, THEMES[0]).await?;
    figures.extend(tasks::run(&browser).await?);
    add_locked(&server).await?;
    add_volume(&server, &place).await?;
    shown(&browser, "[role=slider]").await?;
    for theme in THEMES {
        set_theme(&browser, theme).await?;
        for screen in &SCREENS {
            screen.open(&browser).await?;
            let name = format!("{}-{theme}", screen.name);
            figures.push(axe.look(&browser, &name, theme == "dark" || !short).await?);
            screen.leave(&browser).await?;
        }
    }
    figures.extend(as_the_system_wants(&browser, &axe, short).await?);
    browser.close().await?;
    Ok(figures)
}

/// With the colours of the system, and little motion.
async fn as_the_system_wants(browser: &Browser, axe: &Axe, short: bool) -> Result<Vec<Figure>> {
    let features = json!({ "features": [
        { "name": "forced-colors", "value": "active" },
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ] });
    browser.devtools("Emulation.setEmulatedMedia", features).await?;
    let heard = "return matchMedia('(forced-colors: active)').matches
        && matchMedia('(prefers-reduced-motion: reduce)').matches;";
    ensure!(browser.run(heard, vec![]).await? == true, "the system's wishes reach no page");
    let mut figures = Vec::new();
    let mut moving = Vec::new();
    for screen in &SCREENS {
        screen.open(browser).await?;
        let moves = browser.run(MOVES, vec![]).await?;
        if let Some(moves) = moves.as_array().filter(|it| !it.is_empty()) {
            moving.push(format!("{}: {}", screen.name, json!(moves)));
        }
        figures.push(axe.look(browser, &format!("{}-forced", screen.name), !short).await?);
        screen.leave(browser).await?;
    }
    let still = Figure::exactly("a11y/moving", moving.len() as f64, "screens", 0.0);
    figures.push(if moving.is_empty() { still } else { still.noted(moving.join("; ")) });
    Ok(figures)
}

/// What moves, or would.
const MOVES: &str = "
    const running = document.getAnimations().map((it) => it.animationName ?? it.transitionProperty);
    const lasts = (style) => `${style.transitionDuration}, ${style.animationDuration}`
        .split(', ').some((it) => parseFloat(it) > 0);
    const all = [...document.querySelectorAll('*')].filter((it) => lasts(getComputedStyle(it)));
    return [...running, ...all.map((it) => `${it.localName}.${it.className}`)];
";

impl Screen {
    async fn open(&self, browser: &Browser) -> Result<()> {
        match self.open {
            Open::Keys(keys) => {
                for key in keys {
                    browser.press(key).await?;
                }
            }
            Open::Click(css) => browser.click(css).await?,
        }
        shown(browser, self.shows).await
    }

    async fn leave(&self, browser: &Browser) -> Result<()> {
        if self.is_over {
            browser.press("Escape").await?;
        }
        Ok(())
    }
}

async fn shown(browser: &Browser, css: &str) -> Result<()> {
    let script = "return document.querySelector(arguments[0]) !== null;";
    until(SOON, css, async || {
        Ok((browser.run(script, vec![json!(css)]).await.unwrap_or_default() == true).then_some(()))
    })
    .await
}

async fn set_theme(browser: &Browser, theme: &str) -> Result<()> {
    let script = "document.documentElement.dataset.theme = arguments[0];";
    browser.run(script, vec![json!(theme)]).await.map(drop)
}

/// What is recorded can be handed on.
async fn add_volume(server: &Server, place: &Place) -> Result<()> {
    let path = place.join("volume").to_string_lossy().into_owned();
    let volume = NewVolume { path, max_bytes: None, max_days: None };
    server.client().await?.command(Command::AddVolume { volume }).await?;
    Ok(())
}

/// A camera that one logs in to; that nobody answers there is no matter.
async fn add_locked(server: &Server) -> Result<()> {
    let main = "rtsp://127.0.0.1:9/".to_owned();
    let source = source(main, None, Transport::Tcp);
    let camera = NewCamera { name: "Gate".to_owned(), source, login: None };
    match server.client().await?.command(Command::AddCamera { camera }).await? {
        Reply::Camera { .. } => Ok(()),
        other => bail!("a camera was added, and the engine answered {other:?}"),
    }
}
