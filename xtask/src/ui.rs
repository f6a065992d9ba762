//! The UI: npm's packages and the built bundle, each made only when stale.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell::{npm, root, stream};

/// Installs the UI's packages where package-lock.json changed since the last time.
pub fn install() -> Result<()> {
    let lock = read(&path("package-lock.json"))?;
    let stamp = path("node_modules/.installed-by-xtask");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        eprintln!("The UI's packages are installed.");
        return Ok(());
    }
    // Not `npm ci`: it refuses a lock file that lacks other systems' binaries,
    // and some registries do not carry all of them. Versions are exact and
    // hashed either way.
    stream(npm().args(["install", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, lock).with_context(|| format!("writing {}", stamp.display()))
}

/// Builds the UI where a source is newer than the last build.
pub fn build() -> Result<()> {
    install()?;
    let page = path("dist/index.html");
    let stamp = path("node_modules/.built-by-xtask");
    if is_current(&page, &stamp) {
        eprintln!("The UI is built.");
        return Ok(());
    }
    stream(npm().args(["run", "build"]))?;
    let built = read(&page)?;
    fs::write(&stamp, built).with_context(|| format!("writing {}", stamp.display()))
}

/// Whether the page is the one built last, and nothing changed since. The
/// stamp holds the page: a placeholder written by the window's build is none.
fn is_current(page: &Path, stamp: &Path) -> bool {
    let (Ok(built), Ok(stamped)) = (fs::read(page), fs::read(stamp)) else { return false };
    let (Some(changed), Some(made)) = (newest(&path("")), modified(stamp)) else { return false };
    built == stamped && changed <= made
}

/// When the newest source below `dir` was changed.
fn newest(dir: &Path) -> Option<SystemTime> {
    let mut newest = None;
    for entry in fs::read_dir(dir).ok()?.flatten() {
        let name = entry.file_name();
        let is_made = ["node_modules", "dist", "generated"].iter().any(|it| name == *it);
        if is_made || name.to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        newest = newest.max(if path.is_dir() { newest_in(&path) } else { modified(&path) });
    }
    newest
}

fn newest_in(dir: &Path) -> Option<SystemTime> {
    newest(dir).max(modified(dir))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

fn path(name: &str) -> PathBuf {
    root().join("ui").join(name)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if !path.exists() {
        bail!("{} is missing; the checkout is not complete.", path.display());
    }
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}
