//! R5: nothing more fits.

use std::time::Duration;

use anyhow::Result;
use testkit::Figure;

use super::footage::clip;
use super::image::Image;
use super::rotation::rotate;
use crate::recording::rig::Rig;

pub async fn full(short: bool) -> Result<Vec<Figure>> {
    if let Some(why) = Image::lacking().await {
        return Ok(vec![Figure::not_run("R5/gap", why)]);
    }
    let image = Image::new(256, &[]).await?;
    // In the short form most of it is taken, so that it is full soon.
    if short {
        image.fill(image.reserve()? + (72 << 20))?;
    }
    let clips: Vec<_> = (1..=2).map(|camera| clip(camera, 12_000_000)).collect();
    let rig = Rig::start_on(&clips, image.path()).await?;
    rotate("R5", rig, &image, Duration::from_secs(if short { 60 } else { 300 })).await
}
