//! Holds the architecture to what ARCHITECTURE.md says of it.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

/// Lowest first. A crate may use only crates of earlier lines.
const LAYERS: &[&[&str]] = &[
    &["media", "protocol"],
    &["camera", "workers", "vision", "archive", "store"],
    &["engine", "codec"],
    &["relay", "link"],
    &["server"],
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Nothing for an ordinary one.
    kind: Option<String>,
}

#[test]
fn crates_use_only_lower_crates() {
    let layer = |name: &str| LAYERS.iter().position(|names| names.contains(&name));
    for (user, used) in uses() {
        for used in used {
            if let (Some(upper), Some(lower)) = (layer(&user), layer(&used)) {
                assert!(lower < upper, "{user} must not depend on {used}");
            }
        }
    }
}

#[test]
fn every_crate_has_its_layer() {
    let known = |name: &str| {
        let beside = ["tessera", "testkit", "xtask"];
        LAYERS.concat().contains(&name) || beside.contains(&name)
    };
    for user in uses().keys() {
        assert!(known(user), "{user} is in no layer");
    }
}

#[test]
fn the_lowest_crates_use_little() {
    let ours = LAYERS.concat();
    let uses = uses();
    let of = |name: &str| -> Vec<&String> {
        let used = uses.get(name).into_iter().flatten();
        used.filter(|used| ours.contains(&used.as_str())).collect()
    };
    for lowest in ["media", "protocol"] {
        assert!(of(lowest).is_empty(), "{lowest} uses {:?}", of(lowest));
    }
    for low in ["camera", "workers", "vision", "archive", "store"] {
        assert!(of(low).iter().all(|used| *used == "media"), "{low} uses {:?}", of(low));
    }
    assert!(of("tessera").iter().all(|used| *used == "protocol"), "{:?}", of("tessera"));
}

#[test]
fn testkit_is_for_tests() {
    for package in metadata().packages {
        let as_part =
            package.dependencies.iter().find(|it| it.name == "testkit" && it.kind.is_none());
        assert!(as_part.is_none(), "{} ships testkit", package.name);
    }
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    for (user, used) in uses() {
        for used in used {
            let may_use: &[&str] = match used.as_str() {
                name if name == "tauri" || name.starts_with("tauri-") => &["tessera"],
                "rusqlite" => &["archive", "store"],
                name if name.contains("ffmpeg") => &["codec"],
                "axum" => &["relay"],
                "retina" => &["camera"],
                _ => continue,
            };
            assert!(may_use.contains(&user.as_str()), "{user} must not use {used}");
        }
    }
}

#[test]
fn only_codec_is_unsafe() {
    // In two parts, or this file would be found.
    let word = concat!("un", "safe");
    let permission = format!("allow({word}_code");
    for path in tracked().into_iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        if path.starts_with("crates/codec") {
            continue;
        }
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
        for (number, line) in (1..).zip(text.lines()) {
            let code = line.split("//").next().unwrap_or_default();
            let found = has_word(code, word) || code.contains(&permission);
            assert!(!found, "{}:{number} is {word}", path.display());
        }
    }
}

#[test]
fn vision_only_computes() {
    let outside = ["std::fs", "std::io", "std::net", "std::thread", "Instant", "SystemTime"];
    for path in tracked().into_iter().filter(|path| path.starts_with("crates/vision/src")) {
        let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
        for word in outside {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

/// Whether `code` has `word` as a keyword, not as a part of something.
fn has_word(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-".contains(c);
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

#[test]
fn paths_of_the_map_exist() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for word in map.split('`').skip(1).step_by(2) {
        let is_path = word.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
            && !word.starts_with('/')
            && (word.contains('/') || word.ends_with(".toml") || word.ends_with(".md"));
        if is_path {
            let exists = root().join(word).exists() || root().join("ui/src").join(word).exists();
            assert!(exists, "ARCHITECTURE.md names {word}, which is not there");
        }
    }
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    let places = ["work", "home", "root"].map(|dir| format!("/{dir}/"));
    for path in tracked() {
        // Pictures and the like are no text.
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            let named = places.iter().find(|place| names(line, place));
            assert!(named.is_none(), "{}:{number} names {named:?}", path.display());
        }
    }
}

/// Whether `line` has `place` as the begin of a path.
fn names(line: &str, place: &str) -> bool {
    let begins = |(at, _): (usize, &str)| {
        let before = line[..at].chars().next_back();
        // An example's home is nobody's.
        let is_example = line[at + place.len()..].starts_with("me/");
        !is_example && !before.is_some_and(|c| c.is_alphanumeric() || "._-~}$*/)]".contains(c))
    };
    line.match_indices(place).any(begins)
}

/// What each of our packages uses, to build or to test.
fn uses() -> BTreeMap<String, Vec<String>> {
    let packages = metadata().packages.into_iter();
    packages
        .map(|package| {
            let used = package.dependencies.into_iter();
            // Simulated cameras and displays may be used by tests of anything.
            let used = used.filter(|it| it.kind.as_deref() != Some("dev"));
            (package.name, used.map(|it| it.name).collect())
        })
        .collect()
}

fn metadata() -> Metadata {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Files that are the project's, below its root. None where this is no clone.
fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git").arg("ls-files").current_dir(root()).output();
    let Ok(output) = output else { return Vec::new() };
    String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect()
}

fn root() -> PathBuf {
    let testkit = Path::new(env!("CARGO_MANIFEST_DIR"));
    testkit.ancestors().nth(2).unwrap().to_owned()
}
