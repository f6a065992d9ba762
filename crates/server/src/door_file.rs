//! The file through which windows and commands of the same owner find the engine.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use protocol::{Door, ENGINE_FILE};

/// The file; removed when dropped. One that a killed engine left behind is
/// harmless: nothing answers there, and its lock is free.
pub struct DoorFile(PathBuf);

impl DoorFile {
    /// Writes it whole or not at all, readable by its owner alone.
    pub fn write(data: &Path, door: &Door) -> anyhow::Result<Self> {
        let path = data.join(ENGINE_FILE);
        let part = data.join(format!("{ENGINE_FILE}.part"));
        let write = || {
            // One left behind may have looser permissions.
            match fs::remove_file(&part) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&part)?;
            file.write_all(&serde_json::to_vec(door)?)?;
            fs::rename(&part, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for DoorFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}
