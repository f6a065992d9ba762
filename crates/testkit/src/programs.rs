//! The executables under test: where `cargo xtask accept` says they are.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// `tessera-server`.
pub fn server() -> Result<PathBuf> {
    named("TESSERA_SERVER")
}

/// `tessera`, the window.
pub fn window() -> Result<PathBuf> {
    named("TESSERA_WINDOW")
}

/// The test of the crate `store` that is killed while it writes.
pub fn store_kills() -> Result<PathBuf> {
    named("TESSERA_STORE_KILLS")
}

/// The example of the crate `vision` that measures it on real footage.
pub fn vision_promises() -> Result<PathBuf> {
    named("TESSERA_VISION_PROMISES")
}

/// The checkout under test.
pub fn checkout() -> Result<PathBuf> {
    named("TESSERA_CHECKOUT")
}

fn named(variable: &str) -> Result<PathBuf> {
    let path = std::env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("{variable} is not set; run this by `cargo xtask accept`"))?;
    ensure!(path.exists(), "{variable} names {}, which is not there", path.display());
    Ok(path)
}
