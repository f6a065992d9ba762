//! A small file system in a file.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::fs::StatVfs;
use testkit::{Place, Process};

const LIMIT: Duration = Duration::from_secs(20);

/// An ext4 file system in a file, mounted on a folder of its own until it is dropped.
pub struct Image {
    place: Place,
}

impl Image {
    /// Why there can be none here, where that is so.
    pub async fn lacking() -> Option<String> {
        let tried = Self::new(4, &[]).await;
        tried.err().map(|error| format!("no file system can be mounted here: {error:#}"))
    }

    /// Of so many MiB, made with `options`, and mounted.
    pub async fn new(mebibytes: u64, options: &[&str]) -> Result<Self> {
        let image = Self { place: Place::new()? };
        File::create(image.file())?.set_len(mebibytes << 20)?;
        fs::create_dir(image.path())?;
        let mut command = Command::new("mkfs.ext4");
        command.args(["-q", "-F"]).args(options).arg(image.file());
        Process::run(&command, LIMIT).await?.success()?;
        image.mount("rw").await?;
        Ok(image)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.place.join("disk")
    }

    /// Mounts it with `options`; an error makes it one for reading only.
    pub async fn mount(&self, options: &str) -> Result<()> {
        let mut command = Command::new("losetup");
        command.args(["--find", "--show"]).arg(self.file());
        // With `-o loop,ro` the device could never be written again.
        let device = Process::run(&command, LIMIT).await?.success()?;
        let mut command = Command::new("mount");
        command.args(["-o", &format!("errors=remount-ro,{options}")]);
        command.arg(device.trim()).arg(self.path());
        let mounted = Process::run(&command, LIMIT).await;
        // Which happens once nobody uses it any more.
        let mut command = Command::new("losetup");
        command.args(["--detach", device.trim()]);
        Process::run(&command, LIMIT).await?.success()?;
        mounted?.success().map(drop)
    }

    /// Mounts what is mounted with other options.
    pub async fn remount(&self, options: &str) -> Result<()> {
        let mut command = Command::new("mount");
        command.args(["-o", &format!("remount,{options}")]).arg(self.path());
        Process::run(&command, LIMIT).await?.success().map(drop)
    }

    /// Unmounts it; `lazily`, where somebody may still have files open.
    pub async fn unmount(&self, lazily: bool) -> Result<()> {
        let mut command = Command::new("umount");
        command.args(lazily.then_some("-l")).arg(self.path());
        Process::run(&command, LIMIT).await?.success().map(drop)
    }

    /// Repairs it; not while it is mounted.
    pub async fn repair(&self) -> Result<()> {
        let mut command = Command::new("e2fsck");
        command.arg("-fy").arg(self.file());
        // It says by its code that something was repaired.
        Process::run(&command, LIMIT).await.map(drop)
    }

    /// Shows it on the folder of another one, too.
    pub async fn bind(&self, other: &Path) -> Result<()> {
        let mut command = Command::new("mount");
        command.arg("--bind").arg(self.path()).arg(other);
        Process::run(&command, LIMIT).await?.success().map(drop)
    }

    /// Name of the device that the kernel made of the file.
    pub fn device(&self) -> Result<String> {
        let path = self.path();
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let line = mounts
            .lines()
            .find(|line| line.split(' ').nth(1).is_some_and(|it| Path::new(it) == path));
        let device = line.and_then(|line| line.split(' ').next()).context("it is not mounted")?;
        Ok(device.trim_start_matches("/dev/").to_owned())
    }

    /// What is left.
    pub fn space(&self) -> Result<StatVfs> {
        Ok(rustix::fs::statvfs(self.path())?)
    }

    /// Bytes that are free for everybody.
    pub fn free(&self) -> Result<u64> {
        let space = self.space()?;
        Ok(space.f_bavail * space.f_frsize)
    }

    /// What a recorder leaves free, in bytes.
    pub fn reserve(&self) -> Result<u64> {
        let space = self.space()?;
        Ok((space.f_blocks * space.f_frsize / 20).min(2 << 30))
    }

    /// Takes space until `left` bytes are free; it can be removed again.
    pub fn fill(&self, left: u64) -> Result<PathBuf> {
        let path = self.path().join("ballast");
        let taken = self.free()?.saturating_sub(left);
        let file = File::create(&path)?;
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, taken.max(1))?;
        file.sync_all()?;
        Ok(path)
    }

    fn file(&self) -> PathBuf {
        self.place.join("image")
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // It, and what may have been mounted over it. Whoever still has files
        // open keeps it until then.
        let mut command = Command::new("umount");
        command.arg("-l").arg(self.path()).stderr(Stdio::null());
        while command.status().is_ok_and(|status| status.success()) {}
    }
}
