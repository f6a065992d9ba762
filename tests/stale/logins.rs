//! A wrong password is told, tried seldom and found nowhere; the right one may
//! hold any character.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use protocol::{CameraAddress, Command, StreamAddress, StreamRole, StreamState};
use testkit::{
    Authentication, CameraClip, Cameras, CamerasOptions, Figure, RtspProxy, Scheme, UnitViewer,
    measure_for,
};

use crate::cameras::{
    Password, ROLES, SOON, Site, found, light, live_again, models, source, timed, unclear,
};

const RIGHT: Password = Password { stem: "Kranichflug", tail: "@:/#%?&+ü\"\\ " };
const WRONG: Password = Password { stem: "Nebelhorn", tail: "@:/#%?&+ü\"\\ " };

/// Cameras of one scheme: one of which the main stream is watched, and one of
/// which both are.
const CAMERAS: u32 = 2;

/// A camera that was given the wrong password.
struct Locked {
    name: String,
    address: CameraAddress,
    proxy: RtspProxy,
    /// Its streams among those watched.
    indices: Vec<usize>,
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    // Past the second attempt in any case.
    let window = Duration::from_secs(if short { 35 } else { 60 });
    let options =
        CamerasOptions { authentication: Some(known(Scheme::Digest)), ..Default::default() };
    let mut site = Site::start_light(CAMERAS, options).await?;
    let clips: Vec<CameraClip> = (1..=CAMERAS).flat_map(light).collect();
    let models = models(&site.place, &clips).await?;
    let options =
        CamerasOptions { authentication: Some(known(Scheme::Basic)), ..Default::default() };
    let basic = Cameras::start(&site.place, &models, options).await?;
    let mut locked = Vec::new();
    let mut watched = Vec::new();
    for (scheme, socket) in [("digest", site.cameras.socket()), ("basic", basic.socket())] {
        for (number, streams) in
            (1..).zip([&[StreamRole::Main][..], &[StreamRole::Main, StreamRole::Sub]])
        {
            let proxy = RtspProxy::start(socket)?;
            let [main, sub] = ROLES.map(|role| proxy.address(&Cameras::path(number, role)));
            let source = source(main, Some(sub), protocol::Transport::Tcp);
            let camera = site.add_as(number, source, Some(WRONG.login())).await?;
            let first = watched.len();
            for role in streams {
                watched.push(StreamAddress { camera: camera.address.clone(), role: *role });
            }
            let name = format!("stale/{scheme}-{}", if number == 1 { "main" } else { "both" });
            let indices = (first..watched.len()).collect();
            locked.push(Locked { name, address: camera.address, proxy, indices });
        }
    }
    let since = Instant::now();
    let viewer = UnitViewer::watch(site.server.client().await?, &watched).await?;
    measure_for(window).await;
    let mut figures = Vec::new();
    for camera in &locked {
        figures.extend(refused(camera, &viewer, since));
    }
    for camera in &locked {
        figures.push(unlock(&site, camera, &viewer).await?);
    }
    let places = found(&site, &[RIGHT, WRONG]).await?;
    let nowhere = Figure::exactly("stale/password-found", places.len() as f64, "places", 0.0);
    figures.push(if places.is_empty() { nowhere } else { nowhere.noted(places.join(", ")) });
    Ok(figures)
}

/// What is said of a password that is refused, and how often it was tried.
fn refused(camera: &Locked, viewer: &UnitViewer, since: Instant) -> Vec<Figure> {
    let name = &camera.name;
    let denied = camera.proxy.denied();
    let is_told = camera.indices.iter().all(|index| {
        matches!(viewer.state(*index), Some(StreamState::AuthFailed { .. }))
            && unclear(viewer, *index, since).is_empty()
    });
    vec![
        Figure::holds(format!("{name}/told"), is_told),
        Figure::at_least(format!("{name}/tried"), denied as f64, "attempts", 1.0),
        Figure::at_most(format!("{name}/tried-in-a-minute"), denied as f64, "attempts", 2.0),
    ]
}

/// Gives it the right password.
async fn unlock(site: &Site, camera: &Locked, viewer: &UnitViewer) -> Result<Figure> {
    let changed = Instant::now();
    let login = RIGHT.login();
    let command = Command::SetPassword {
        camera: camera.address.clone(),
        user: login.user,
        password: login.password,
    };
    let mut client = site.server.client().await?;
    client.command(command).await.context("changing a password")?;
    let mut slowest = Ok(Duration::ZERO);
    for index in &camera.indices {
        let live = live_again(viewer, *index, changed, SOON).await;
        slowest = slowest.and_then(|slowest: Duration| Ok(slowest.max(live?)));
    }
    Ok(timed(format!("{}/live-after-change", camera.name), &slowest, 5.0))
}

fn known(scheme: Scheme) -> Authentication {
    Authentication { user: Password::USER.to_owned(), password: RIGHT.text(), scheme }
}
