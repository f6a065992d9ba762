//! Real Chromium.

use std::time::Duration;

use anyhow::{Context, Result};
use protocol::{Command, Delivery, StreamRole, Transport, ViewerStatistics};
use testkit::{
    Browser, CameraClip, CameraCodec, CamerasOptions, Figure, Place, Readings, Server, statistics,
    until,
};

use super::viewer::{ALL, name};
use crate::cameras::{Site, light, source};
use crate::sight::{self, RATE, SOON, TILES};

/// Four demo tiles by each delivery.
pub async fn tiles(short: bool) -> Result<Vec<Figure>> {
    let time = Duration::from_secs(if short { 8 } else { 30 });
    let place = Place::new()?;
    let data = Place::new()?;
    let server = Server::start(&place, data.path(), &["--demo"]).await?;
    let mut figures = Vec::new();
    for delivery in ALL {
        let address = Server::fresh_address(&place, data.path()).await?;
        let browser = Browser::chromium(&place, &only(&address, delivery), 1280, 720).await?;
        browser.live(TILES, SOON).await?;
        // The first second belongs to the start, which other promises measure.
        browser.watch(Duration::from_secs(1)).await?;
        let readings = browser.watch(time).await?;
        let viewers = viewers(&server).await?;
        let others = viewers.iter().filter(|it| it.delivery != Some(delivery)).count();
        browser.close().await?;
        figures.extend(of_tiles(name(delivery), &readings));
        let other = format!("deliveries/{}/other", name(delivery));
        figures.push(Figure::exactly(other, others as f64, "tiles", 0.0));
    }
    server.end().await?;
    Ok(figures)
}

fn of_tiles(name: &str, readings: &Readings) -> Vec<Figure> {
    let name = |what: &str| format!("deliveries/{name}/{what}");
    let rate = (0..TILES).map(|tile| readings.rate(tile)).fold(f64::INFINITY, f64::min);
    vec![
        Figure::at_least(name("rate"), rate, "pictures/s", 0.95 * RATE).speed(),
        // Far below what is promised: it moves, on whatever machine.
        Figure::at_least(name("moves"), rate, "pictures/s", 5.0),
        Figure::exactly(name("mixed-up"), readings.mixed_up().len() as f64, "pictures", 0.0),
        Figure::exactly(name("unreadable"), readings.unreadable as f64, "looks", 0.0),
    ]
}

/// A camera with H.265, which this Chromium does not decode, beside one with H.264.
pub async fn h265() -> Result<Vec<Figure>> {
    let [plain, smaller] = light(1);
    let other = CameraClip { camera: 2, codec: CameraCodec::H265, ..plain.clone() };
    let clips = [plain, smaller.clone(), other, smaller];
    let mut site = Site::start_with(Place::new()?, &clips, CamerasOptions::default()).await?;
    for number in 1..=2 {
        let main = site.cameras.address(number, StreamRole::Main);
        site.add_as(number, source(main, None, Transport::Tcp), None).await?;
    }
    let mut client = site.server.client().await?;
    let mut layout = sight::open_with_quad(&mut client).await?;
    let cameras = client.snapshot().cameras.iter().map(|it| Some(it.address.clone()));
    layout.tiles = cameras.chain([None, None]).collect();
    client.command(Command::SetLayout { layout }).await?;
    let address = Server::fresh_address(&site.place, site.data.path()).await?;
    let browser = Browser::chromium(&site.place, &address, 1280, 720).await?;
    let streams = site.streams();
    // Many more than could be drawn of one that stands still.
    let seen = until(SOON, "pictures of both cameras", async || {
        let viewers = viewers(&site.server).await?;
        let of = |index: usize| {
            let viewer = viewers.iter().find(|it| it.stream == streams[index]);
            viewer.filter(|it| it.drawn > 10).cloned()
        };
        Ok(of(0).zip(of(1)))
    })
    .await;
    let readings = browser.watch(Duration::from_secs(2)).await?;
    browser.close().await?;
    let (plain, other) = seen?;
    let foreign = readings.readings.iter().filter(|it| it.expected != Some(it.camera)).count();
    let is_said = other.reason == "The viewer does not decode H.265.";
    Ok(vec![
        Figure::holds("deliveries/h264/encoded", plain.delivery == Some(Delivery::Encoded))
            .noted(plain.reason),
        Figure::holds("deliveries/h265/jpeg", other.delivery == Some(Delivery::Jpeg)),
        Figure::holds("deliveries/h265/said", is_said).noted(other.reason),
        Figure::exactly("deliveries/h265/mixed-up", foreign as f64, "pictures", 0.0),
    ])
}

/// The address of a page that takes this delivery and no other.
pub fn only(address: &str, delivery: Delivery) -> String {
    address.replace('#', &format!("?delivery={}#", name(delivery)))
}

async fn viewers(server: &Server) -> Result<Vec<ViewerStatistics>> {
    let counted = statistics(&mut server.client().await?).await;
    Ok(counted.context("what viewers are given")?.viewers)
}
