//! The data directory: where things lie, and that only their owner reads them.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The data directory.
pub(crate) struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.join("tessera.sqlite")
    }

    /// A database being built, renamed to [`Self::database`] once it is whole.
    pub(crate) fn unfinished(&self) -> PathBuf {
        self.dir.join("unfinished.sqlite")
    }

    pub(crate) fn backups(&self) -> PathBuf {
        self.dir.join("backups")
    }

    pub(crate) fn damaged(&self) -> PathBuf {
        self.dir.join("damaged")
    }

    pub(crate) fn key(&self) -> PathBuf {
        self.dir.join("key")
    }

    /// Makes what is missing, and sees that it can be written and that only
    /// its owner can read it, whatever the umask.
    pub(crate) fn prepare(&self) -> Result<(), StoreError> {
        let not_writable = |error| StoreError::not_writable(&self.dir)(error);
        match fs::metadata(&self.dir) {
            Ok(found) if !found.is_dir() => {
                return Err(not_writable(io::ErrorKind::NotADirectory.into()));
            }
            Ok(found) => modes::tighten_dir(&self.dir, &found),
            Err(_) => create_dir(&self.dir).map_err(not_writable)?,
        }

        let probe = self.dir.join("writable");
        remove(&probe).map_err(not_writable)?;
        create_file(&probe).map_err(not_writable)?;
        remove(&probe).map_err(not_writable)?;

        let backups = self.backups();
        if !backups.is_dir() {
            create_dir(&backups).map_err(StoreError::not_writable(&backups))?;
        }
        let database = self.database();
        for path in side_files(&database).iter().chain([&database]) {
            if path.exists() {
                tighten_file(path).map_err(StoreError::not_writable(path))?;
                OpenOptions::new()
                    .read(true)
                    .write(true)
                    .open(path)
                    .map_err(StoreError::not_writable(path))?;
            }
        }
        Ok(())
    }
}

/// The files SQLite keeps beside a database.
pub(crate) fn side_files(database: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = OsString::from(database);
        name.push(suffix);
        name.into()
    })
}

/// Removes a database that was never finished.
pub(crate) fn discard(database: &Path) -> io::Result<()> {
    for path in side_files(database) {
        remove(&path)?;
    }
    remove(database)
}

/// Makes a folder for its owner alone, and those above it.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    modes::create_dir(path)?;
    match path.parent().map_or(Ok(()), sync_dir) {
        // A folder that can be entered and not listed cannot be synced either.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        outcome => outcome,
    }
}

/// Makes a file for its owner alone; refuses where there is one.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    modes::create_file(path)
}

/// Takes the rights of others away; whether they had any.
pub(crate) fn tighten_file(path: &Path) -> io::Result<bool> {
    modes::tighten_file(path)
}

/// Makes new and changed names in a folder survive a power cut.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    modes::sync_dir(path)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
mod modes {
    use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
    };
    use std::path::Path;

    const OTHERS: u32 = 0o077;
    const STICKY: u32 = 0o1000;

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        fs::set_permissions(path, Permissions::from_mode(0o700))
    }

    pub(super) fn create_file(path: &Path) -> io::Result<File> {
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(file)
    }

    pub(super) fn tighten_file(path: &Path) -> io::Result<bool> {
        let is_loose = fs::metadata(path)?.mode() & OTHERS != 0;
        if is_loose {
            fs::set_permissions(path, Permissions::from_mode(0o600))?;
        }
        Ok(is_loose)
    }

    /// Closes a folder that was there to others, if it is Tessera's alone.
    ///
    /// Somebody may have said `--data /var/lib`, or `/tmp`: closing those would
    /// break the machine, and our files in them are closed one by one.
    pub(super) fn tighten_dir(path: &Path, found: &Metadata) {
        if found.mode() & OTHERS == 0 {
            return;
        }
        let is_shared = found.mode() & STICKY != 0 || !is_ours(found) || holds_open_folders(path);
        if is_shared {
            tracing::warn!(path = %path.display(), "others can enter the data directory, which is not Tessera's alone");
        } else if let Err(error) = fs::set_permissions(path, Permissions::from_mode(0o700)) {
            tracing::warn!(path = %path.display(), %error, "the data directory stays open to others");
        }
    }

    pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        File::open(path)?.sync_all()
    }

    fn is_ours(found: &Metadata) -> bool {
        found.uid() == rustix::process::geteuid().as_raw()
    }

    fn holds_open_folders(path: &Path) -> bool {
        let Ok(entries) = fs::read_dir(path) else { return true };
        entries
            .flatten()
            .filter_map(|entry| entry.metadata().ok())
            .any(|found| found.is_dir() && (found.mode() & OTHERS != 0 || !is_ours(&found)))
    }
}

/// Windows: what lies in the owner's profile is the owner's.
#[cfg(not(unix))]
mod modes {
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::path::Path;

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(super) fn create_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path)
    }

    pub(super) fn tighten_file(_path: &Path) -> io::Result<bool> {
        Ok(false)
    }

    pub(super) fn tighten_dir(_path: &Path, _found: &Metadata) {}

    /// NTFS journals names by itself, and a folder cannot be opened to sync it.
    pub(super) fn sync_dir(_path: &Path) -> io::Result<()> {
        Ok(())
    }
}
