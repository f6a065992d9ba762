//! The UI is built by npm, before this package in `cargo xtask`. Where it has
//! not been, as for an editor that only checks the code, a placeholder stands
//! in for it.

use std::{fs, path::Path};

fn main() {
    let dist = Path::new("ui/dist");
    if !dist.join("index.html").exists() {
        let placeholder = include_str!("../crates/relay/placeholder.html");
        fs::create_dir_all(dist)
            .and_then(|()| fs::write(dist.join("index.html"), placeholder))
            .expect("the checkout can be written");
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(&["door", "keep_picture"]));
    tauri_build::try_build(attributes)
        .expect("tauri.conf.json and src-tauri/capabilities are right");
}
