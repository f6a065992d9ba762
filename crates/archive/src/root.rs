//! A volume's folder, held open: what is written goes to the disk that was
//! found there, whatever is mounted later.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::ArchiveError;

/// A volume's folder.
pub struct Root {
    path: PathBuf,
    #[cfg(unix)]
    folder: std::os::fd::OwnedFd,
    /// Of the file system it was on when it was opened.
    device: u64,
    /// Its own number there.
    #[cfg(unix)]
    number: u64,
}

/// Of a file system, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// All of it.
    pub total: u64,
    /// What this user may still write.
    pub free: u64,
    /// Files that can still be made; as many as one likes where that is not told.
    pub free_files: u64,
}

impl Space {
    /// Left free for databases and recovery, in bytes …
    const RESERVE: u64 = 2 << 30;
    /// … or one part in so many of a small file system.
    const PART: u64 = 20;

    /// What stays free, in bytes.
    pub fn reserve(self) -> u64 {
        Self::RESERVE.min(self.total / Self::PART)
    }

    /// Whether so much can be written that room for databases is still left.
    pub(crate) fn fits(self, bytes: u64) -> bool {
        self.free >= bytes + self.reserve() / 2
    }

    /// What recordings may take in all, where they take `recorded` now, in bytes.
    pub fn usable(self, recorded: u64) -> u64 {
        (recorded + self.free).saturating_sub(self.reserve())
    }
}

#[cfg(unix)]
mod system {
    use std::os::unix::fs::MetadataExt as _;

    use rustix::fs::{self as sys, Mode, OFlags};

    use super::*;

    impl Root {
        /// Opens the folder at `path`.
        pub fn open(path: &Path) -> Result<Self, ArchiveError> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = match sys::open(path, flags, Mode::empty()) {
                Ok(folder) => folder,
                Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => {
                    return Err(ArchiveError::Missing { path: path.to_owned() });
                }
                Err(error) => return Err(ArchiveError::disk(path)(error.into())),
            };
            let found = sys::fstat(&folder).map_err(|it| ArchiveError::disk(path)(it.into()))?;
            #[allow(clippy::unnecessary_cast, reason = "its type differs among systems")]
            let (device, number) = (found.st_dev as u64, found.st_ino as u64);
            Ok(Self { path: path.to_owned(), folder, device, number })
        }

        /// Whether the folder's path still leads to it.
        pub fn is_there(&self) -> bool {
            let own = (self.device, self.number);
            fs::metadata(&self.path).is_ok_and(|it| (it.dev(), it.ino()) == own)
        }

        /// Refused where nothing can be written. A file system that became
        /// read-only after an error need not say so of itself, hence the try.
        pub fn touch(&self, path: &Path) -> io::Result<()> {
            let now = || sys::Timespec { tv_sec: 0, tv_nsec: sys::UTIME_NOW };
            let times = sys::Timestamps { last_access: now(), last_modification: now() };
            Ok(sys::utimensat(&self.folder, path, &times, sys::AtFlags::empty())?)
        }

        /// Makes a file that is not there yet, to be written.
        pub fn create(&self, path: &Path) -> io::Result<File> {
            self.create_for(path, Mode::RUSR | Mode::WUSR)
        }

        /// Makes a file that is not there yet, to be written; who may read it
        /// is as this user's files are.
        pub fn create_shared(&self, path: &Path) -> io::Result<File> {
            self.create_for(path, Mode::from_raw_mode(0o666))
        }

        /// Opens a file, to be read and shortened.
        pub fn reopen(&self, path: &Path) -> io::Result<File> {
            let flags = OFlags::RDWR | OFlags::CLOEXEC;
            Ok(File::from(sys::openat(&self.folder, path, flags, Mode::empty())?))
        }

        /// Makes a folder; answers whether it was made now.
        pub fn create_folder(&self, path: &Path) -> io::Result<bool> {
            match sys::mkdirat(&self.folder, path, Mode::RWXU) {
                Ok(()) => Ok(true),
                Err(rustix::io::Errno::EXIST) => Ok(false),
                Err(error) => Err(error.into()),
            }
        }

        /// Makes a folder, as [`Root::create_shared`] a file.
        pub fn create_shared_folder(&self, path: &Path) -> io::Result<()> {
            match sys::mkdirat(&self.folder, path, Mode::from_raw_mode(0o777)) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }

        /// Puts the names in a folder on the disk.
        pub fn sync_folder(&self, path: &Path) -> io::Result<()> {
            let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = sys::openat(&self.folder, path, flags, Mode::empty())?;
            Ok(sys::fsync(folder)?)
        }

        /// Removes a file.
        pub fn remove(&self, path: &Path) -> io::Result<()> {
            Ok(sys::unlinkat(&self.folder, path, sys::AtFlags::empty())?)
        }

        /// Gives a file another name.
        pub fn rename(&self, path: &Path, to: &Path) -> io::Result<()> {
            Ok(sys::renameat(&self.folder, path, &self.folder, to)?)
        }

        /// Removes a folder that is empty.
        pub fn remove_folder(&self, path: &Path) -> io::Result<()> {
            Ok(sys::unlinkat(&self.folder, path, sys::AtFlags::REMOVEDIR)?)
        }

        /// What its file system has left.
        pub fn space(&self) -> io::Result<Space> {
            let found = sys::fstatvfs(&self.folder)?;
            let free_files = if found.f_files == 0 { u64::MAX } else { found.f_favail };
            Ok(Space {
                total: found.f_blocks * found.f_frsize,
                free: found.f_bavail * found.f_frsize,
                free_files,
            })
        }

        fn create_for(&self, path: &Path, mode: Mode) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
            Ok(File::from(sys::openat(&self.folder, path, flags, mode)?))
        }
    }
}

impl Root {
    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names in a folder, in order; none where there is no such folder.
    pub fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path.join(path)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is no text is none of ours.
            names.extend(entry?.file_name().into_string().ok());
        }
        names.sort_unstable();
        Ok(names)
    }
}

#[cfg(not(unix))]
mod system {
    use super::*;

    impl Root {
        /// Opens the folder at `path`.
        pub fn open(path: &Path) -> Result<Self, ArchiveError> {
            match fs::metadata(path) {
                Ok(found) if found.is_dir() => Ok(Self { path: path.to_owned(), device: 0 }),
                _ => Err(ArchiveError::Missing { path: path.to_owned() }),
            }
        }

        /// Whether the folder is still there.
        pub fn is_there(&self) -> bool {
            self.path.is_dir()
        }

        /// Refused where nothing can be written.
        pub fn touch(&self, path: &Path) -> io::Result<()> {
            File::options().write(true).open(self.path.join(path)).map(drop)
        }

        /// Makes a file that is not there yet, to be written.
        pub fn create(&self, path: &Path) -> io::Result<File> {
            File::create_new(self.path.join(path))
        }

        /// Makes a file that is not there yet, to be written.
        pub fn create_shared(&self, path: &Path) -> io::Result<File> {
            self.create(path)
        }

        /// Makes a folder.
        pub fn create_shared_folder(&self, path: &Path) -> io::Result<()> {
            self.create_folder(path).map(drop)
        }

        /// Opens a file, to be read and shortened.
        pub fn reopen(&self, path: &Path) -> io::Result<File> {
            File::options().read(true).write(true).open(self.path.join(path))
        }

        /// Makes a folder; answers whether it was made now.
        pub fn create_folder(&self, path: &Path) -> io::Result<bool> {
            match fs::create_dir(self.path.join(path)) {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            }
        }

        /// These systems put names on the disk with the files they name.
        pub fn sync_folder(&self, _path: &Path) -> io::Result<()> {
            Ok(())
        }

        /// Removes a file.
        pub fn remove(&self, path: &Path) -> io::Result<()> {
            fs::remove_file(self.path.join(path))
        }

        /// Gives a file another name.
        pub fn rename(&self, path: &Path, to: &Path) -> io::Result<()> {
            fs::rename(self.path.join(path), self.path.join(to))
        }

        /// Removes a folder that is empty.
        pub fn remove_folder(&self, path: &Path) -> io::Result<()> {
            fs::remove_dir(self.path.join(path))
        }

        /// What its file system has left.
        pub fn space(&self) -> io::Result<Space> {
            let (total, free) = (fs4::total_space(&self.path)?, fs4::available_space(&self.path)?);
            Ok(Space { total, free, free_files: u64::MAX })
        }
    }
}
