//! R15: the engine is killed as it removes what is too much.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use archive::Finding;
use protocol::{Command, NewEvidence, Volume};
use testkit::{Figure, Place, Random, until, wall_us};

use super::generated::{AN_HOUR, Generated, rows};
use super::losses::{Kill, Losses, agreed};
use super::rig::{Rig, light};
use crate::cameras::SOON;

/// What an engine removes in a round.
const ROUND: usize = 256;

const CAMERAS: u32 = 8;

/// How long one round removes, about.
const REMOVING: Duration = Duration::from_millis(15);

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let times = if short { 3 } else { 100 };
    let place = Place::new()?;
    let volume = place.join("volume");
    // For each kill the round that is killed, and those until all are recorded again.
    let segments = (times + 1) * 4 * ROUND / CAMERAS as usize;
    Generated { cameras: CAMERAS, segments, seconds: 1, rate: 2, picture: 300, age: AN_HOUR }
        .write(&volume, false)?;
    let mut rig = Rig::start_on(&light(2), volume.clone()).await?;
    let mut random = Random::new(5);
    let (mut kills, mut dangling, mut orphans) = (Vec::new(), 0, 0);
    limit(&rig).await?;
    for _ in 0..times {
        let oldest = oldest(&volume)?;
        let wait = REMOVING.mul_f64(random.share());
        gone(oldest, wait).await?;
        let at_ns = rig.kill().await?;
        for finding in archive::check(&volume, false)? {
            match finding {
                Finding::Missing(_) | Finding::Shorter(_) => dangling += 1,
                Finding::Unlisted(_) => orphans += 1,
                Finding::Damaged(_) => {}
            }
        }
        let start_ns = rig.start_again().await?;
        rig.all_recorded().await?;
        kills.push(Kill { at_ns, start_ns });
    }
    let begin = Instant::now();
    let clean = until(SOON * 2, "index and files to agree", async || {
        Ok(archive::check(&volume, false).is_ok_and(|found| found.is_empty()).then_some(()))
    });
    let is_clean = clean.await.is_ok();
    let took = begin.elapsed();
    rig.end().await?;
    let mut figures = vec![
        Figure::exactly("removal", kills.len() as f64, "kills", times as f64),
        Figure::exactly("removal/dangling", f64::from(dangling), "rows", 0.0)
            .noted(format!("{orphans} files without rows right after kills")),
        Figure::holds("removal/clean", is_clean)
            .noted(format!("{:.1} s after the last", took.as_secs_f64())),
    ];
    figures.extend(Losses::read(&volume, &rig.ids, &kills)?.figures("removal"));
    figures.push(agreed("removal", &volume)?);
    Ok(figures)
}

/// Lets the volume hold nothing but what is being recorded now.
async fn limit(rig: &Rig) -> Result<()> {
    let mut client = rig.server.client().await?;
    let cameras = client.snapshot().cameras.clone();
    for camera in cameras {
        let (from, to) = (wall_us() - 3_600_000_000, wall_us() + 86_400_000_000);
        let evidence = NewEvidence { camera: camera.address, from, to, note: String::new() };
        client.command(Command::AddEvidence { evidence }).await?;
    }
    let known: Vec<Volume> = client.snapshot().volumes.clone();
    let [volume] = known.as_slice() else { bail!("{} volumes", known.len()) };
    let volume = Volume { max_bytes: Some(1), ..volume.clone() };
    client.command(Command::SetVolume { volume }).await?;
    client.close().await;
    Ok(())
}

/// The file that is removed next.
fn oldest(volume: &Path) -> Result<PathBuf> {
    let rows = rows(volume)?;
    let oldest = rows.iter().min_by_key(|row| row.start).context("nothing is left to remove")?;
    let folder = volume.join(format!("recordings/camera-{}-main", oldest.stream.camera.0));
    let stamp = oldest.start.stamp();
    let (hour, micros) = (&stamp[.."20261122T10".len()], oldest.start.0.rem_euclid(1_000_000));
    Ok(folder.join(hour).join(format!("{stamp}-{micros:06}.mp4")))
}

/// Waits until `file` is gone, and then for `wait`, to the microsecond.
async fn gone(file: PathBuf, wait: Duration) -> Result<()> {
    tokio::task::spawn_blocking(move || {
        let begin = Instant::now();
        while file.exists() {
            if begin.elapsed() > SOON {
                bail!("{} is not removed", file.display());
            }
            std::thread::yield_now();
        }
        let seen = Instant::now();
        while seen.elapsed() < wait {
            std::hint::spin_loop();
        }
        Ok(())
    })
    .await?
}
