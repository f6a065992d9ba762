//! The UI is built by npm, before this crate in `cargo xtask` and not at all
//! in the everyday `cargo test`: then a placeholder stands in for it.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=../../ui/dist");
    let dist = Path::new("../../ui/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist)?;
        fs::write(dist.join("index.html"), include_str!("placeholder.html"))?;
    }
    Ok(())
}
