fn main() { std::fs::create_dir_all("ui/dist").unwrap(); if !std::path::Path::new("ui/dist/index.html").exists() { std::fs::write("ui/dist/index.html","x").unwrap(); } tauri_build::build() }
