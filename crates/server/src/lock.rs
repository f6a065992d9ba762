//! One engine a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use media::Clock;
use protocol::LOCK_FILE;
use store::StoreError;

/// A window looks whether an engine runs by taking the lock for a moment.
const PATIENCE: Duration = Duration::from_secs(1);

/// Held while it lives; the operating system gives it back when the process
/// dies, so a file left behind means nothing.
pub struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Lock {
    /// Takes the lock of the directory `data`, which is made where it is not there.
    pub async fn take(data: &Path) -> anyhow::Result<Self> {
        let not_writable = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::NotWritable { path, source }
        };
        make_directory(data).map_err(not_writable(data))?;
        let path = data.join(LOCK_FILE);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(not_writable(&path))?;
        let clock = Clock::system();
        let deadline = clock.instant() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) if clock.instant() < deadline => {
                    clock.sleep(Duration::from_millis(50)).await;
                }
                Err(TryLockError::WouldBlock) => bail!(
                    "another engine runs for {}. Stop it first, or choose another directory \
                     with --data",
                    data.display()
                ),
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
        }
    }
}

fn make_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
