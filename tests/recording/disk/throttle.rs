//! A disk that takes only so much.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::image::Image;

const GROUPS: &str = "/sys/fs/cgroup/blkio";

/// Limits what a process writes to an image, until it is dropped.
pub struct Throttle {
    group: PathBuf,
    process: u32,
}

impl Throttle {
    /// Why there can be none here, where that is so.
    pub fn lacking() -> Option<String> {
        let group = Path::new(GROUPS).join(format!("tessera-probe-{}", std::process::id()));
        let made = fs::create_dir(&group);
        let works = made.is_ok() && group.join("blkio.throttle.write_bps_device").exists();
        fs::remove_dir(&group).ok();
        (!works).then(|| format!("no group for {GROUPS} can be made here"))
    }

    /// Lets the process write so many bytes a second to `image`.
    pub fn start(process: u32, image: &Image, bytes: u64) -> Result<Self> {
        let group = Path::new(GROUPS).join(format!("tessera-{process}"));
        fs::create_dir(&group)?;
        let throttle = Self { group, process };
        let device = fs::metadata(image.path())?.dev();
        let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
        let limit = format!("{major}:{minor} {bytes}");
        fs::write(throttle.group.join("blkio.throttle.write_bps_device"), limit)
            .context("limiting a device")?;
        fs::write(throttle.group.join("cgroup.procs"), process.to_string())?;
        Ok(throttle)
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        fs::write(Path::new(GROUPS).join("cgroup.procs"), self.process.to_string()).ok();
        fs::remove_dir(&self.group).ok();
    }
}
