//! N8: a camera that is switched to another codec while it is watched. It
//! closes its connections, as cameras do, and announces the other one.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::Transport;
use testkit::CameraCodec::{self, H264, H265};
use testkit::{CamerasOptions, Figure, Viewer, until};

use crate::cameras::{SOON, Site, source};
use crate::corpus_rtsp::{Answer, Packets, Pictures, Script, Scripted, Source, description};

/// The first wait before another attempt, and the first picture.
const BACK: f64 = 5.0;

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    let pictures = Pictures::make(&site.place).await?;
    let scripted = Scripted::start().await?;
    let main = scripted.add("switched", playing(H264, &pictures));
    // The only camera that is watched; the simulated one has no part in it.
    site.add_as(1, source(main, None, Transport::Tcp), None).await?;
    let viewer = site.watch_live().await?;
    let screen = Viewer::watch(site.server.client().await?, &site.streams()).await?;
    let painted = async || Ok((screen.taken(1) > 5).then_some(()));
    until(SOON, "pictures", painted).await?;
    let mut slowest = Duration::ZERO;
    let turns = if short { 2 } else { 6 };
    for codec in [H265, H264].into_iter().cycle().take(turns) {
        let begin = Instant::now();
        scripted.add("switched", playing(codec, &pictures));
        // FFmpeg calls the format otherwise than the container.
        let wanted = codec.name().replace("h265", "hevc");
        let is_said = async || {
            let said = viewer.encodings(0).pop().is_some_and(|it| it.codec == wanted);
            Ok(said.then(|| screen.taken(1)))
        };
        let taken = until(SOON, "units of the other codec", is_said).await?;
        // One may have been on its way.
        let painted = async || Ok((screen.taken(1) > taken + 2).then_some(()));
        until(SOON, "pictures of the other codec", painted).await?;
        slowest = slowest.max(begin.elapsed());
    }
    Ok(vec![
        Figure::exactly(
            "bad-streams/codec/encodings",
            viewer.encodings(0).len() as f64,
            "announced",
            (turns + 1) as f64,
        ),
        Figure::holds("bad-streams/codec/screen-stayed", screen.is_on()),
        Figure::holds("bad-streams/codec/subscription-stayed", viewer.ended(0).is_none()),
        Figure::at_most("bad-streams/codec/back", slowest.as_secs_f64(), "s", BACK).speed(),
    ])
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
