//! R7: room for bytes, and none for files.

use std::fs::File;
use std::time::Duration;

use anyhow::Result;
use testkit::Figure;

use super::footage::clip;
use super::image::Image;
use super::rotation::rotate;
use crate::recording::rig::Rig;

/// How many more files there can be when it begins.
const LEFT: u64 = 14;

pub async fn inodes(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await {
        return Ok(vec![Figure::not_run("R7/gap", why)]);
    }
    let image = Image::new(256, &["-N", "64"]).await?;
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 12_000_000)).collect();
    let rig = Rig::start_on(&clips, image.path()).await?;
    for number in 0..image.space()?.f_favail.saturating_sub(LEFT) {
        File::create(image.path().join(format!("ballast-{number}")))?;
    }
    rotate("R7", rig, &image, Duration::from_secs(if short { 60 } else { 180 })).await
}
