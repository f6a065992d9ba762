//! What must be there before anything can be built.

use anyhow::{Result, bail};

use crate::shell::{ask, root};

/// What Vite asks for.
const NODE: [u32; 2] = [20, 19];

/// Checks for Rust, a C compiler, Node and npm. Says all that is missing, a
/// sentence each.
pub fn check() -> Result<()> {
    let missing: Vec<String> =
        [rust(), c_compiler(), node(), npm()].into_iter().flatten().collect();
    if !missing.is_empty() {
        bail!("{}", missing.join("\n"));
    }
    Ok(())
}

fn rust() -> Option<String> {
    let wanted = rust_version()?;
    let found = ask("rustc", &["--version"]).and_then(|said| version(&said));
    (found.unwrap_or_default() < wanted).then(|| {
        let [major, minor] = wanted;
        format!("Rust {major}.{minor} or later is needed; install it from https://rustup.rs.")
    })
}

fn c_compiler() -> Option<String> {
    // Elsewhere Rust's own installer asks for one.
    let is_there = !cfg!(unix) || ask("cc", &["--version"]).is_some();
    (!is_there).then(|| {
        let how = if cfg!(target_os = "macos") {
            "xcode-select --install"
        } else {
            "sudo apt-get install build-essential"
        };
        format!("A C compiler is needed; `{how}` installs one.")
    })
}

fn node() -> Option<String> {
    let [major, minor] = NODE;
    let wanted = format!("Node {major}.{minor} or later is needed");
    match ask("node", &["--version"]) {
        None => Some(format!("{wanted}; install it from https://nodejs.org.")),
        Some(said) if version(&said).unwrap_or_default() < NODE => {
            let found = said.trim();
            Some(format!("{wanted}, found {found}; install it from https://nodejs.org."))
        }
        Some(_) => None,
    }
}

fn npm() -> Option<String> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let is_there = ask(npm, &["--version"]).is_some();
    (!is_there).then(|| "npm is needed; it comes with Node from https://nodejs.org.".to_owned())
}

/// The version the workspace asks for.
fn rust_version() -> Option<[u32; 2]> {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).ok()?;
    let line = manifest.lines().find(|line| line.starts_with("rust-version"))?;
    version(line)
}

/// The first two numbers in `text`.
fn version(text: &str) -> Option<[u32; 2]> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok());
    Some([numbers.next()??, numbers.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_say() {
        assert_eq!(version("v20.20.2\n"), Some([20, 20]));
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), Some([1, 95]));
        assert_eq!(version("rust-version = \"1.95\""), Some([1, 95]));
        assert_eq!(version("none"), None);
    }

    #[test]
    fn the_workspace_says_which_rust_it_wants() {
        assert!(rust_version().is_some());
    }
}
