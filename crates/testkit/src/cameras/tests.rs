//! Cameras as `ffmpeg` and their own logs see them.

use super::*;
use crate::{CameraClip, CameraCodec, RtspProxy, until};
use StreamRole::{Main, Sub};

const LIMIT: Duration = Duration::from_secs(10);

/// So many units the server takes before any is passed on.
const HELD: usize = 5;

/// Looks at `address` with `ffmpeg` until dropped.
fn look(address: &str) -> Process {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-rtsp_transport", "tcp", "-i", address]);
    command.args(["-c", "copy", "-f", "null", "-"]);
    Process::start(&command).unwrap()
}

async fn one(place: &Place, options: CamerasOptions) -> Cameras {
    let small = CameraClip { width: 320, height: 180, gop: 25, ..CameraClip::sub(1) };
    let jpeg = CameraClip { codec: CameraCodec::Mjpeg, ..small.clone() };
    let model = CameraModel {
        number: 1,
        main: small.make(place.path()).await.unwrap(),
        sub: Some(jpeg.make(place.path()).await.unwrap()),
        audio: Some(Audio::Aac),
    };
    Cameras::start(place, &[model], options).await.unwrap()
}

/// Looks at a stream, and says how many units were sent before. Once in a while
/// the library that serves them never lets one begin: that is looked at anew.
async fn begin(cameras: &Cameras, role: StreamRole) -> (Process, usize) {
    for _ in 0..3 {
        let before = cameras.sent(1, role).await.unwrap().len();
        let looking = look(&cameras.address(1, role));
        let begun = until(LIMIT / 3, "more than is held back", async || {
            Ok((cameras.sent(1, role).await?.len() > before + HELD).then_some(()))
        });
        if begun.await.is_ok() {
            return (looking, before);
        }
    }
    panic!("nothing is sent");
}

/// Waits until `count` units more than now were sent, and returns those.
async fn more(cameras: &Cameras, role: StreamRole, count: usize) -> Vec<Sent> {
    let before = cameras.sent(1, role).await.unwrap().len();
    since(cameras, role, before, count).await
}

/// Waits until `count` units were sent after the first `before`, and returns those.
async fn since(cameras: &Cameras, role: StreamRole, before: usize, count: usize) -> Vec<Sent> {
    until(LIMIT, "more units", async || {
        let sent = cameras.sent(1, role).await?.split_off(before);
        Ok((sent.len() >= count).then_some(sent))
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_camera_does_what_it_is_told() {
    let place = Place::new().unwrap();
    let cameras = one(&place, CamerasOptions::default()).await;
    let (looking, before) = begin(&cameras, Main).await;
    let sent = since(&cameras, Main, before, 30).await;
    let keys: Vec<_> = sent.iter().filter(|sent| sent.is_key).map(|s| s.picture).collect();
    assert_eq!(keys[..2], [0, 25]);
    assert!(sent.windows(2).all(|pair| pair[1].number == pair[0].number + 1));

    cameras.no_keys(1, Main, LIMIT).await.unwrap();
    assert!(more(&cameras, Main, 30).await.iter().all(|sent| !sent.is_key));
    cameras.no_keys(1, Main, Duration::ZERO).await.unwrap();

    cameras.pause(1, Main).await.unwrap();
    let paused = cameras.sent(1, Main).await.unwrap().len();
    crate::measure_for(Duration::from_millis(300)).await;
    assert_eq!(cameras.sent(1, Main).await.unwrap().len(), paused);
    cameras.resume(1, Main).await.unwrap();

    let other = CameraClip { width: 160, height: 96, ..CameraClip::sub(1) };
    let other = other.make(place.path()).await.unwrap();
    cameras.play(1, Main, &other).await.unwrap();
    let sent = more(&cameras, Main, 2).await;
    assert!(looking.runs() && sent.iter().all(|sent| sent.picture < 50));

    cameras.drop_clients(1).await.unwrap();
    until(LIMIT, "the end of a client", async || Ok((!looking.runs()).then_some(())))
        .await
        .unwrap();
    assert!(cameras.pause(2, Main).await.is_err());
    cameras.unmount(1).await.unwrap();
    let refused = look(&cameras.address(1, Main)).output(LIMIT).await.unwrap();
    assert!(refused.refused() && refused.stderr.contains("404"), "{refused:?}");
    cameras.mount(1).await.unwrap();
    let _looking = begin(&cameras, Sub).await;
    assert!(more(&cameras, Sub, 2).await.iter().all(|sent| sent.is_key));
    cameras.end().await.unwrap();
}

#[tokio::test]
async fn a_password_may_be_anything_and_numbers_go_on_after_a_restart() {
    for scheme in [Scheme::Basic, Scheme::Digest] {
        let place = Place::new().unwrap();
        let password = "@:/#%?&+ü".to_owned();
        let authentication = Authentication { user: "admin".to_owned(), password, scheme };
        let options = CamerasOptions {
            authentication: Some(authentication),
            transports: Transports::Tcp,
            port: None,
        };
        let cameras = one(&place, options).await;
        let proxy = RtspProxy::start(cameras.socket()).unwrap();
        let address = proxy.address(&Cameras::path(1, Main));
        let with = |who: &str| address.replace("rtsp://", &format!("rtsp://{who}@"));
        assert!(!look(&with("admin:wrong")).exit(LIMIT).await.unwrap().success());
        assert_eq!((proxy.denied(), proxy.refusals()), (1, 2), "{scheme:?}");
        let right = with("admin:%40%3A%2F%23%25%3F%26%2B%C3%BC");
        let looking = look(&right);
        more(&cameras, Main, 2).await;
        drop(looking);
        let port = cameras.socket();
        let cameras = cameras.restart().await.unwrap();
        let before = cameras.sent(1, Main).await.unwrap().len();
        let _looking = look(&right);
        let sent = more(&cameras, Main, 2).await;
        assert_eq!((cameras.socket(), sent[0].number), (port, before as u64));
    }
}
