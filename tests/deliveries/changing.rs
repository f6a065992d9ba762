//! A camera that is switched to a codec which the viewer does not take, and
//! back; and a viewer that comes in the middle of a GOP.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::{Delivery, MediaHeader, StreamAddress, Transport};
use testkit::CameraCodec::{self, H264, H265};
use testkit::{CamerasOptions, Figure, until};

use super::viewer::{AnsweringViewer, Answers, Came};
use crate::cameras::{SOON, Site, source};
use crate::corpus_rtsp::{Answer, Packets, Pictures, Script, Scripted, Source, description};

/// The first wait before another attempt, and the first picture.
const BACK: f64 = 5.0;

/// What a browser takes.
const BROWSER: [Delivery; 2] = [Delivery::Encoded, Delivery::Jpeg];

pub async fn run() -> Result<Vec<Figure>> {
    let mut figures = switched().await?;
    figures.extend(joining().await?);
    Ok(figures)
}

async fn switched() -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    let pictures = Pictures::make(&site.place).await?;
    let scripted = Scripted::start().await?;
    let main = scripted.add("switched", playing(H264, &pictures));
    // The only camera that is watched; the simulated one has no part in it.
    site.add_as(1, source(main, None, Transport::Tcp), None).await?;
    let client = site.server.client().await?;
    let viewer = AnsweringViewer::watch(client, &site.streams(), &BROWSER, Answers::Once).await?;
    pictures_by(&viewer, Delivery::Encoded).await?;
    let mut slowest = Duration::ZERO;
    for (codec, delivery) in [(H265, Delivery::Jpeg), (H264, Delivery::Encoded)] {
        let begin = Instant::now();
        scripted.add("switched", playing(codec, &pictures));
        pictures_by(&viewer, delivery).await?;
        slowest = slowest.max(begin.elapsed());
    }
    let said = viewer.said(1);
    let mut reasons: Vec<&str> = said.iter().map(|it| it.reason.as_str()).collect();
    reasons.dedup();
    let [itself, other] = ["The viewer decodes H.264 itself.", "The viewer does not decode H.265."];
    let came = viewer.came(1);
    let backwards =
        came.windows(2).filter(|it| it[1].header.sequence <= it[0].header.sequence).count();
    Ok(vec![
        Figure::holds("deliveries/changing/said", reasons == [itself, other, itself])
            .noted(reasons.join(" ")),
        Figure::exactly("deliveries/changing/out-of-order", backwards as f64, "pictures", 0.0),
        Figure::holds("deliveries/changing/stayed", viewer.is_on()),
        Figure::at_most("deliveries/changing/back", slowest.as_secs_f64(), "s", BACK).speed(),
    ])
}

/// Waits until some came under the format said last, which is of this delivery.
async fn pictures_by(viewer: &AnsweringViewer, delivery: Delivery) -> Result<()> {
    until(SOON, "pictures in another form", async || {
        let Some(said) = viewer.said(1).pop().filter(|it| it.delivery == delivery) else {
            return Ok(None);
        };
        let of_it = viewer.came(1).iter().filter(|it| it.header.format == said.format).count();
        Ok((of_it > 5).then_some(()))
    })
    .await
}

/// All that came since the key frame comes at once, and of it only the end is shown.
async fn joining() -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    site.add(1).await?;
    let _viewer = site.watch_live().await?;
    let stream = site.streams().swap_remove(0);
    let mut slowest = Duration::ZERO;
    let mut shown_early = 0;
    let mut keyless = 0;
    let mut behind = 0;
    for turn in 0..20_u32 {
        // At another place of the GOP each time.
        testkit::measure_for(Duration::from_millis(u64::from(turn) * 7 % 100)).await;
        let (took, first, unshown) = join(&site, &stream).await?;
        slowest = slowest.max(took);
        keyless += usize::from(first.header.flags & MediaHeader::KEY == 0);
        shown_early += usize::from(unshown > 0 && is_shown(&first));
        behind = behind.max(unshown);
    }
    Ok(vec![
        Figure::at_least("deliveries/joining/built-on", behind as f64, "units", 5.0),
        Figure::exactly("deliveries/joining/keyless", keyless as f64, "times", 0.0),
        Figure::exactly("deliveries/joining/shown-early", shown_early as f64, "times", 0.0),
        Figure::at_most("deliveries/joining/shown", slowest.as_secs_f64() * 1e3, "ms", 100.0)
            .speed(),
    ])
}

/// How long it took until a unit came that is to be shown; what came first, and
/// how many came that are not.
async fn join(site: &Site, stream: &StreamAddress) -> Result<(Duration, Came, usize)> {
    let client = site.server.client().await?;
    let begin = Instant::now();
    let streams = [stream.clone()];
    let viewer = AnsweringViewer::watch(client, &streams, &BROWSER, Answers::Once).await?;
    let shown =
        until(SOON, "a unit to be shown", async || Ok(viewer.came(1).into_iter().find(is_shown)))
            .await?;
    let came = viewer.came(1);
    let unshown = came.iter().take_while(|it| !is_shown(it)).count();
    Ok((shown.at.duration_since(begin), *came.first().context("what came first")?, unshown))
}

fn is_shown(came: &Came) -> bool {
    came.header.flags & MediaHeader::UNSHOWN == 0
}

/// A camera that announces no parameter sets and sends them with its pictures.
fn playing(codec: CameraCodec, pictures: &Pictures) -> Script {
    let media = format!(
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 {}/90000\r\na=control:trackID=0\r\n",
        codec.name().to_uppercase()
    );
    let described = Answer::describing(description(&media));
    Script {
        answers: HashMap::from([("DESCRIBE", vec![described])]),
        packets: Some(Packets::new(codec, pictures.whole(codec), Source::default())),
        ..Script::default()
    }
}
