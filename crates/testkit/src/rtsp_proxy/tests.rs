//! The proxy between `ffmpeg`, or a client that knows one request, and a camera.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use protocol::StreamRole::Main;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::{CameraClip, CameraModel, Cameras, CamerasOptions, Mark, Place, Process, until};

const SECOND: Duration = Duration::from_secs(1);

/// A camera behind a proxy.
struct Scene {
    place: Place,
    cameras: Cameras,
    proxy: RtspProxy,
}

impl Scene {
    async fn new() -> Self {
        let place = Place::new().unwrap();
        let main = CameraClip::sub(3).make(place.path()).await.unwrap();
        let model = CameraModel { number: 3, main, sub: None, audio: None };
        let cameras = Cameras::start(&place, &[model], CamerasOptions::default()).await.unwrap();
        let proxy = RtspProxy::start(cameras.socket()).unwrap();
        Self { place, cameras, proxy }
    }

    fn address(&self) -> String {
        self.proxy.address(&Cameras::path(3, Main))
    }

    /// Starts `ffmpeg`, which writes what it gets into a file.
    fn look(&self, transport: &str, time: &str) -> (Process, PathBuf) {
        let file = self.place.join(&format!("{transport}.h264"));
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y", "-rtsp_transport", transport, "-i"]);
        command.arg(self.address()).args(["-t", time, "-c", "copy", "-flush_packets", "1"]);
        (Process::start(command.arg(&file)).unwrap(), file)
    }

    /// Asks for a description.
    async fn describe(&self) -> TcpStream {
        let mut client = TcpStream::connect(self.proxy.socket()).await.unwrap();
        let request = format!("DESCRIBE {} RTSP/1.0\r\nCSeq: 1\r\n\r\n", self.address());
        client.write_all(request.as_bytes()).await.unwrap();
        client
    }

    /// What comes within a second at most, until `end`.
    async fn hears(&self, client: &mut TcpStream, end: &str) -> String {
        let mut heard = Vec::new();
        let _ = timeout(SECOND, async {
            while !String::from_utf8_lossy(&heard).contains(end) {
                if !matches!(client.read_buf(&mut heard).await, Ok(1..)) {
                    break;
                }
            }
        })
        .await;
        String::from_utf8_lossy(&heard).into_owned()
    }
}

/// All marks in a file.
fn marks(file: &PathBuf) -> Vec<Mark> {
    let bytes = std::fs::read(file).unwrap_or_default();
    let units = bytes.windows(6).enumerate().filter(|(_, six)| *six == [0, 0, 0, 1, 6, 5]);
    let starts: Vec<usize> = units.map(|(at, _)| at).collect();
    starts.iter().filter_map(|&at| Mark::find(bytes.get(at..at + 90)?)).collect()
}

#[tokio::test]
async fn what_a_camera_sent_comes_through_on_tcp_and_udp() {
    let scene = Scene::new().await;
    for transport in ["tcp", "udp"] {
        let (looking, file) = scene.look(transport, "1");
        looking.output(10 * SECOND).await.unwrap().success().unwrap();
        let seen = marks(&file);
        assert!(seen.len() >= 20, "{} marks on {transport}", seen.len());
        let sent = scene.cameras.sent(3, Main).await.unwrap();
        for mark in seen {
            let sent = sent.iter().find(|sent| sent.number == mark.number).unwrap();
            assert_eq!((mark.camera, mark.role, mark.sent_ns), (3, Main, sent.sent_ns));
        }
    }
    assert!(scene.proxy.connections() >= 2);
    assert_eq!((scene.proxy.lost_packets(), scene.proxy.refusals()), (0, 0));
}

#[tokio::test]
async fn datagrams_get_lost() {
    let scene = Scene::new().await;
    scene.proxy.set(Fault::Udp(Udp {
        loss: 0.1,
        jitter: Duration::from_millis(10),
        reorder: 0.1,
        duplicate: 0.1,
        seed: 1,
    }));
    let (looking, file) = scene.look("udp", "1");
    looking.output(10 * SECOND).await.unwrap().success().unwrap();
    assert!(scene.proxy.lost_packets() > 0);
    assert!(!marks(&file).is_empty());
}

#[tokio::test]
async fn stall_stalls_and_what_stalled_goes_on() {
    let scene = Scene::new().await;
    let (_looking, file) = scene.look("tcp", "60");
    let came = async |least: usize| {
        until(10 * SECOND, "marks", async || Ok((marks(&file).len() > least).then_some(()))).await
    };
    came(5).await.unwrap();
    scene.proxy.set(Fault::Stall);
    // What was on its way comes still.
    crate::measure_for(SECOND / 4).await;
    let before = marks(&file).len();
    let mut client = scene.describe().await;
    assert_eq!(scene.hears(&mut client, "sdp").await, "");
    assert_eq!(marks(&file).len(), before);
    assert_eq!(scene.proxy.open(), 2);
    scene.proxy.set(Fault::None);
    came(before).await.unwrap();
    assert!(scene.hears(&mut client, "m=video").await.contains("RTSP/1.0 200 OK"));
}

#[tokio::test]
async fn connections_are_refused_and_reset() {
    let scene = Scene::new().await;
    let mut open = scene.describe().await;
    assert!(scene.hears(&mut open, "m=video").await.contains("m=video"));
    scene.proxy.set(Fault::Refuse);
    let reset = timeout(SECOND, open.read_to_end(&mut Vec::new())).await.unwrap();
    assert_eq!(reset.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    until(SECOND, "a refusal", async || {
        Ok(TcpStream::connect(scene.proxy.socket()).await.is_err().then_some(()))
    })
    .await
    .unwrap();
    scene.proxy.set(Fault::Reset { after: Duration::from_millis(50) });
    let mut open = until(SECOND, "a connection", async || {
        Ok(TcpStream::connect(scene.proxy.socket()).await.ok())
    })
    .await
    .unwrap();
    let reset = timeout(SECOND, open.read(&mut [0])).await.unwrap();
    assert_eq!(reset.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn descriptions_are_replaced() {
    let scene = Scene::new().await;
    scene.proxy.set(Fault::Answer("RTSP/1.0 404 Not Found".to_owned()));
    let mut client = scene.describe().await;
    let heard = scene.hears(&mut client, "\r\n\r\n").await;
    assert_eq!(heard, "RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n");
    scene.proxy.set(Fault::HugeLength);
    let mut client = scene.describe().await;
    let mut heard = vec![0; 10_000_000];
    timeout(5 * SECOND, client.read_exact(&mut heard)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&heard[..200]).contains("Content-Length: 8589934592"));
    scene.proxy.set(Fault::Trickle);
    let mut client = scene.describe().await;
    let heard = scene.hears(&mut client, "m=video").await;
    assert!((1..=2).contains(&heard.len()), "{heard}");
}

#[tokio::test]
async fn a_unit_has_no_end_and_a_picture_no_bounds() {
    let scene = Scene::new().await;
    scene.proxy.set(Fault::EndlessUnit);
    let mut client = scene.describe().await;
    assert!(scene.hears(&mut client, "a=control:stream").await.contains("200 OK"));
    let mut ask = async |request: &str| {
        client.write_all(request.as_bytes()).await.unwrap();
        scene.hears(&mut client, "\r\n\r\n").await
    };
    let address = scene.address();
    let transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1";
    let setup = format!("SETUP {address}/stream=0 RTSP/1.0\r\nCSeq: 2\r\n{transport}\r\n\r\n");
    let reply = ask(&setup).await;
    let session = reply.lines().find(|line| line.starts_with("Session:")).expect(&reply);
    client
        .write_all(format!("PLAY {address} RTSP/1.0\r\nCSeq: 3\r\n{session}\r\n\r\n").as_bytes())
        .await
        .unwrap();
    // Minutes of what the camera sends.
    let mut unit = vec![0; 20_000_000];
    timeout(5 * SECOND, client.read_exact(&mut unit)).await.unwrap().unwrap();
    let mut times = Vec::new();
    let mut unit = unit[..1_000_000].to_vec();
    while let Some(item) = message::Item::take(&mut unit) {
        if let message::Item::Packet { channel: 0, packet } = item {
            assert_eq!(packet[1] & 0x80, 0, "a marker");
            times.push(packet::time(&packet));
        }
    }
    times.dedup();
    assert_eq!(times.len(), 1, "{times:?}");
    drop(client);
    scene.proxy.set(Fault::BigPicture);
    let mut command = Command::new("ffprobe");
    command.args(["-v", "debug", "-rtsp_transport", "tcp", "-probesize", "200000"]);
    command.args(["-show_entries", "stream=width,height", "-of", "csv=p=0"]);
    let run = Process::run(command.arg(scene.address()), 10 * SECOND).await.unwrap();
    let said = run.stdout + &run.stderr;
    assert!(said.contains("65520x65520") || said.contains("65520,65520"), "{said}");
}
