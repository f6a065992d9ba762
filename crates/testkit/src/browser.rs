use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Desk, Picture, Place, Process, devtools, headless, programs, until};

/// A page of the product: in the real window or in Chromium, driven by WebDriver.
pub struct Browser {
    client: Client,
    // Last, so that it ends after the session.
    _driver: Process,
}

/// Nothing of Chromium's own may reach the network or draw with a GPU that is
/// not there.
const CHROMIUM_FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

impl Browser {
    /// Opens `url` in a Chromium of `width` × `height` pixels with a profile
    /// below `place`.
    pub async fn chromium(place: &Place, url: &str, width: u16, height: u16) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("profile-").tempdir_in(place.path())?.keep();
        let mut flags = CHROMIUM_FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.display()));
        flags.push(format!("--window-size={width},{height}"));
        let wanted = json!({ "goog:chromeOptions": { "args": flags } });
        let port = free_port()?;
        let mut command = headless("chromedriver", place)?;
        command.arg(format!("--port={port}"));
        let browser = Self::open(&command, port, &wanted).await?;
        browser.client.goto(url).await.with_context(|| format!("opening {url}"))?;
        Ok(browser)
    }

    /// Starts the real window for the data directory `data`, on `desk`.
    pub async fn window(desk: &Desk, data: &Path, args: &[&str]) -> Result<Self> {
        let binary = programs::window()?;
        let data = data.to_str().context("a path in UTF-8")?;
        let args: Vec<&str> = ["--data", data].iter().chain(args).copied().collect();
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": args } });
        let port = free_port()?;
        let mut command = desk.command("WebKitWebDriver")?;
        command.args(["--host=127.0.0.1", &format!("--port={port}")]);
        // Without it the window does not answer and the session hangs.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        Self::open(&command, port, &wanted).await
    }

    /// Runs `script` in the page and returns what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Runs `script` in the page and returns what it passes to its last
    /// argument, which is a function.
    pub async fn answer(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    /// Carries out a command of the DevTools protocol, in Chromium.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value> {
        devtools::execute(&self.client, command, &parameters).await
    }

    /// What the page shows.
    pub async fn screenshot(&self) -> Result<Picture> {
        Picture::from_png(&self.client.screenshot().await?)
    }

    /// Clicks the first element that `css` selects.
    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.client.find(Locator::Css(css)).await;
        Ok(element.with_context(|| format!("finding {css}"))?.click().await?)
    }

    /// Types `text` into the first element that `css` selects.
    pub async fn keys(&self, css: &str, text: &str) -> Result<()> {
        let element = self.client.find(Locator::Css(css)).await;
        Ok(element.with_context(|| format!("finding {css}"))?.send_keys(text).await?)
    }

    /// Presses a key as a person does, wherever the focus is: `a`, `?`, `Enter`,
    /// `Ctrl+z`.
    pub async fn press(&self, key: &str) -> Result<()> {
        let (modifier, name) = match key.split_once('+') {
            Some((modifier, name)) if !name.is_empty() => (Some(modifier), name),
            _ => (None, key),
        };
        let modifier = modifier.map(key_named).transpose()?;
        let value = key_named(name)?;
        let down = modifier.into_iter().chain([value]).map(|value| KeyAction::Down { value });
        let up = [value].into_iter().chain(modifier).map(|value| KeyAction::Up { value });
        let actions =
            down.chain(up).fold(KeyActions::new("keyboard".to_owned()), |all, it| all.then(it));
        Ok(self.client.perform_actions(actions).await?)
    }

    /// Ends the session and, with it, the browser.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }

    async fn open(driver: &Command, port: u16, wanted: &Value) -> Result<Self> {
        let driver = Process::start(driver)?;
        until(Duration::from_secs(10), "the WebDriver", async || {
            ensure!(driver.runs(), "the WebDriver ended: {}", driver.stderr());
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok())
        })
        .await?;
        let wanted: Capabilities = serde_json::from_value(wanted.clone())?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = builder.capabilities(wanted);
        let address = format!("http://127.0.0.1:{port}");
        // A window that cannot be driven answers never.
        let session = tokio::time::timeout(Duration::from_secs(60), session.connect(&address));
        let client = session
            .await
            .context("the WebDriver opened no session within 60 s")?
            .with_context(|| format!("opening a session; the driver said: {}", driver.stderr()))?;
        Ok(Self { client, _driver: driver })
    }
}

/// The character that stands for a key in WebDriver.
fn key_named(name: &str) -> Result<char> {
    let special = match name {
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => return Ok(' '),
        "Delete" => Key::Delete,
        "Backspace" => Key::Backspace,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "Ctrl" => Key::Control,
        "Shift" => Key::Shift,
        _ => {
            let mut letters = name.chars();
            let letter = letters.next().filter(|_| letters.next().is_none());
            return letter.with_context(|| format!("there is no key {name}"));
        }
    };
    Ok(special.into())
}

/// A port nobody has. Somebody may take it before it is used: then the driver
/// ends and says so.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
