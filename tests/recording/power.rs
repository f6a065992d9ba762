//! R2: the power of a disk fails, and with it the engine's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use archive::{Finding, Footage};
use testkit::{Figure, Place, Process, Random, measure_for, monotonic_ns, until};

use super::losses::{Kill, Losses, agreed};
use super::rig::{Rig, light, python};

const CAMERAS: u32 = 8;

const LIMIT: Duration = Duration::from_secs(20);

/// Nothing more reaches the disk, not even what is in its journal.
const CUT: &str = "import fcntl, os, struct, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(fd, 0x8004587d, struct.pack('I', 2))";

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let times = if short { 3 } else { 25 };
    let place = Place::new()?;
    let disk = match Disk::make(place.path()).await {
        Ok(disk) => disk,
        Err(error) => return Ok(vec![Figure::not_run("power-cut", format!("{error:#}"))]),
    };
    let volume = disk.path.join("volume");
    let mut rig = Rig::start_on(&light(CAMERAS), volume.clone()).await?;
    let mut random = Random::new(2);
    let (mut kills, mut dangling) = (Vec::new(), 0);
    for _ in 0..times {
        measure_for(Duration::from_secs(2).mul_f64(random.share())).await;
        let at_ns = disk.cut().await?;
        rig.kill().await?;
        disk.mount_again().await?;
        dangling += self::dangling(&volume)?;
        let start_ns = rig.start_again().await?;
        rig.all_recorded().await?;
        kills.push(Kill { at_ns, start_ns });
    }
    rig.end().await?;
    let done = f64::from(times) * f64::from(CAMERAS);
    let mut figures = vec![
        Figure::exactly("power-cut", done, "camera-cuts", done),
        Figure::exactly("power-cut/dangling", dangling as f64, "rows", 0.0),
    ];
    figures.extend(Losses::read(&volume, &rig.ids, &kills)?.figures("power-cut"));
    figures.push(agreed("power-cut", &volume)?);
    Ok(figures)
}

/// Rows whose files have less than the rows say, before anybody puts that right.
fn dangling(volume: &Path) -> Result<usize> {
    let promised = |finding: &Finding| matches!(finding, Finding::Missing(_) | Finding::Shorter(_));
    let closed = archive::check(volume, false)?.into_iter().filter(promised).count();
    let open = archive::open_index(volume)?.open_segments()?;
    let has_less = |it: &archive::Segment| match Footage::open(volume, it) {
        Ok(footage) => {
            let end = footage.pictures().last().map(|last| last.offset + u64::from(last.size));
            footage.is_damaged() || end.is_none_or(|end| end < it.bytes)
        }
        Err(_) => true,
    };
    Ok(closed + open.iter().filter(|it| has_less(it)).count())
}

/// A file that is a disk, mounted.
struct Disk {
    image: PathBuf,
    path: PathBuf,
}

impl Disk {
    async fn make(dir: &Path) -> Result<Self> {
        let disk = Self { image: dir.join("disk.img"), path: dir.join("disk") };
        std::fs::File::create(&disk.image)?.set_len(1 << 30)?;
        std::fs::create_dir(&disk.path)?;
        let mut command = Command::new("mkfs.ext4");
        run_to_end(command.arg("-q").arg(&disk.image)).await?;
        disk.mount().await?;
        Ok(disk)
    }

    async fn mount(&self) -> Result<()> {
        let mut command = Command::new("mount");
        command.args(["-o", "loop"]).arg(&self.image).arg(&self.path);
        run_to_end(&command).await.context("mounting a file as a disk")
    }

    /// When, by the clock of marks; not before it was.
    async fn cut(&self) -> Result<u64> {
        run_to_end(python(CUT).arg(&self.path)).await?;
        Ok(monotonic_ns())
    }

    async fn mount_again(&self) -> Result<()> {
        // Workers of the engine may end after it.
        until(LIMIT, "the disk's end", async || {
            let mut command = Command::new("umount");
            Ok(run_to_end(command.arg(&self.path)).await.ok())
        })
        .await?;
        self.mount().await
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It may not be mounted at the moment.
        Command::new("umount").arg("-l").arg(&self.path).output().ok();
    }
}

async fn run_to_end(command: &Command) -> Result<()> {
    Process::run(command, LIMIT).await?.success().map(drop)
}
