//! System packages on Debian and Ubuntu.

use std::io::{IsTerminal, Write};
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{ask, stream};

/// What a build of the engine needs: FFmpeg, and clang for its bindings.
pub const ENGINE: &[&str] = &[
    "pkg-config",
    "clang",
    "libclang-dev",
    "libavcodec-dev",
    "libavdevice-dev",
    "libavformat-dev",
    "libavutil-dev",
    "libswresample-dev",
    "libswscale-dev",
];

/// What the window needs besides: WebKitGTK to build and, to play what cameras
/// send in its page, GStreamer's codecs.
pub const WINDOW: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "libssl-dev",
    "file",
    "patchelf",
    "fonts-dejavu-core",
    "gstreamer1.0-libav",
    "gstreamer1.0-plugins-bad",
    "gstreamer1.0-plugins-base",
    "gstreamer1.0-plugins-good",
];

/// What the tests need besides. Where a name differs between Debian and
/// Ubuntu, both are given.
pub const TESTS: &[&str] = &[
    "chromium|chromium-browser",
    "chromium-driver|chromium-chromedriver",
    "dbus",
    "ffmpeg",
    "gir1.2-gst-plugins-base-1.0",
    "gir1.2-gst-rtsp-server-1.0",
    "git",
    "iptables",
    "python3-gi",
    "strace",
    "tzdata",
    "webkit2gtk-driver",
    "xvfb",
];

/// Installs those of `wanted` that are missing. Asks before `sudo`, unless the
/// answer is `yes` already.
pub fn install(wanted: &[&str], yes: bool) -> Result<()> {
    if !cfg!(target_os = "linux") || ask("apt-get", &["--version"]).is_none() {
        eprintln!("This is neither Debian nor Ubuntu; the README says what is needed here.");
        return Ok(());
    }
    let missing: Vec<&str> =
        wanted.iter().filter(|names| !is_installed(names)).map(|names| available(names)).collect();
    if missing.is_empty() {
        eprintln!("All {} system packages are installed.", wanted.len());
        return Ok(());
    }
    let install = ["apt-get", "install", "--yes", "--no-install-recommends"];
    let words: Vec<&str> = install.into_iter().chain(missing).collect();
    if is_root() {
        return apt(&words);
    }
    let shown = format!("sudo {}", words.join(" "));
    eprintln!("Missing system packages are installed by:\n\n  {shown}\n");
    if !yes && !agreed()? {
        bail!("Run the command above, then this one again.");
    }
    let sudo: Vec<&str> = std::iter::once("sudo").chain(words).collect();
    apt(&sudo)
}

fn apt(words: &[&str]) -> Result<()> {
    let mut update: Vec<&str> = words.iter().copied().take_while(|w| *w != "install").collect();
    update.push("update");
    stream(&mut as_command(&update))?;
    stream(&mut as_command(words))
}

fn as_command(words: &[&str]) -> Command {
    let mut command = Command::new(words.first().copied().unwrap_or("true"));
    command.args(words.iter().skip(1)).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Nobody answers where there is no terminal.
fn agreed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("Run it now? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn is_installed(names: &str) -> bool {
    names.split('|').any(|name| {
        ask("dpkg-query", &["-W", "-f=${db:Status-Status}", name])
            .is_some_and(|status| status.starts_with("installed"))
    })
}

/// The first of `names` that the system offers.
fn available(names: &str) -> &str {
    let offered = |name: &&str| ask("apt-cache", &["show", name]).is_some_and(|it| !it.is_empty());
    names.split('|').find(offered).or_else(|| names.split('|').next()).unwrap_or(names)
}

fn is_root() -> bool {
    ask("id", &["-u"]).is_some_and(|id| id.trim() == "0")
}
