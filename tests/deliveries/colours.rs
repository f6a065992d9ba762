//! Clips of many kinds in Chromium, each as it comes there: H.264 decoded by the
//! browser, the rest as files.

use anyhow::Result;
use testkit::{Browser, Figure, Place, Server};

use crate::picture_truth::Truth;
use crate::sight;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut truth = Truth::new("deliveries/colours", short).await?;
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &[]).await?;
    let mut client = server.client().await?;
    let layout = sight::open_with_quad(&mut client).await?;
    let address = Server::fresh_address(&place, data.path()).await?;
    let browser = Browser::chromium(&place, &address, 1280, 720).await?;
    truth.look(&mut client, &browser, &layout).await?;
    browser.close().await?;
    server.end().await?;
    Ok(truth.figures())
}
