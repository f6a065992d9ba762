//! A recorded stream, fed as it came: video on channel 2, sound on channel 0.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use protocol::{Command, NewCamera, Reply, StreamAddress, StreamRole, Transport};
use testkit::{Figure, UnitViewer, until};

use super::answer::Answer;
use super::scripted::{Between, Script, Scripted};
use crate::cameras::{SOON, Site, source};

const VIDEO: u8 = 2;

pub async fn run(site: &Site, scripted: &Scripted, folder: &Path) -> Result<Vec<Figure>> {
    let folder = folder.join("protocol/rtsp");
    let bytes = fs::read(folder.join("bunny_interleaved.rtsp"))?;
    let sent = units(&bytes);
    let recorded = |name: &str| Answer::recorded(&folder.join("retina").join(name));
    let setup = |channels: &str| {
        let transport = format!("RTP/AVP/TCP;unicast;interleaved={channels}");
        Answer::ok().with("Session", "1642021126;timeout=60").with("Transport", transport)
    };
    let answers = HashMap::from([
        ("DESCRIBE", vec![recorded("bunny_describe.txt")?]),
        ("SETUP", vec![setup("2-3"), setup("0-1")]),
        ("PLAY", vec![recorded("bunny_play.txt")?]),
    ]);
    let script = Script { answers, between: vec![Between::Bytes(bytes)], ..Script::default() };
    let main = scripted.add("interleaved", script);
    let mut client = site.server.client().await?;
    let camera = NewCamera {
        name: "Interleaved".to_owned(),
        source: source(main, None, Transport::Tcp),
        login: None,
    };
    let Reply::Camera { camera } = client.command(Command::AddCamera { camera }).await? else {
        bail!("the engine answered something else");
    };
    let stream = StreamAddress { camera: camera.address.clone(), role: StreamRole::Main };
    let viewer = UnitViewer::watch(site.server.client().await?, &[stream]).await?;
    let all = async || Ok((viewer.count(0) >= sent).then_some(()));
    let came = until(SOON, "the units that were recorded", all).await;
    let units = viewer.units(0);
    let size = viewer.encodings(0).pop().map(|it| (it.width, it.height));
    client.command(Command::RemoveCamera { camera: camera.address }).await?;
    let count =
        Figure::at_least("corpus-rtsp/interleaved/units", units.len() as f64, "units", sent as f64);
    Ok(vec![
        match came {
            Ok(()) => count,
            Err(_) => count.noted(format!("{:?}", viewer.state(0))),
        },
        Figure::holds(
            "corpus-rtsp/interleaved/begins-with-key",
            units.first().is_some_and(|it| it.is_key),
        ),
        Figure::holds("corpus-rtsp/interleaved/size", size == Some((240, 160))),
        Figure::exactly(
            "corpus-rtsp/interleaved/gaps",
            units.iter().filter(|it| it.is_after_gap).count() as f64,
            "gaps",
            0.0,
        ),
    ])
}

/// Units of the video: packets with a marker.
fn units(mut bytes: &[u8]) -> usize {
    let mut units = 0;
    while let [b'$', channel, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((packet, after)) = rest.split_at_checked(length) else { break };
        let has_marker = packet.get(1).is_some_and(|second| second & 0x80 != 0);
        units += usize::from(*channel == VIDEO && has_marker);
        bytes = after;
    }
    units
}
