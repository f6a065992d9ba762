use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// A directory of a test's own, closed to others, gone when dropped.
///
/// Below `/var/tmp`, since one promise is about a full `/tmp`.
pub struct Place {
    dir: TempDir,
}

impl Place {
    /// A new, empty one.
    pub fn new() -> Result<Self> {
        let var = Path::new("/var/tmp");
        let base = if var.is_dir() { var.to_owned() } else { std::env::temp_dir() };
        let dir = tempfile::Builder::new()
            .prefix("tessera-")
            .permissions(fs::Permissions::from_mode(0o700))
            .tempdir_in(&base)
            .with_context(|| format!("making a directory in {}", base.display()))?;
        Ok(Self { dir })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}
