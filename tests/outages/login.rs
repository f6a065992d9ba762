//! N6: a wrong password.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{StreamAddress, StreamRole, StreamState, Transport};
use testkit::{
    Authentication, Cameras, CamerasOptions, Figure, RtspProxy, Scheme, UnitViewer, measure_for,
    until,
};

use crate::cameras::{Password, Site, found, source, unclear};

const RIGHT: Password = Password { stem: "Lerchengesang", tail: "!" };
const WRONG: Password = Password { stem: "Moorleiche", tail: "@:/#%?&+ü\"\\ " };

/// How long nothing is tried after the second attempt.
const AFTER: Duration = Duration::from_secs(3 * 60);

pub async fn login(short: bool) -> Result<Vec<Figure>> {
    let known = Authentication {
        user: Password::USER.to_owned(),
        password: RIGHT.text(),
        scheme: Scheme::Digest,
    };
    let options = CamerasOptions { authentication: Some(known), ..CamerasOptions::default() };
    let mut site = Site::start_light(1, options).await?;
    let proxy = RtspProxy::start(site.cameras.socket())?;
    let main = proxy.address(&Cameras::path(1, StreamRole::Main));
    let camera = site.add_as(1, source(main, None, Transport::Tcp), Some(WRONG.login())).await?;
    let stream = StreamAddress { camera: camera.address, role: StreamRole::Main };
    let since = Instant::now();
    let viewer = UnitViewer::watch(site.server.client().await?, &[stream]).await?;
    denied(&proxy, 1, Duration::from_secs(10)).await?;
    let first = Instant::now();
    let second = denied(&proxy, 2, Duration::from_secs(60)).await;
    let pause = first.elapsed().as_secs_f64();
    second?;
    let is_refused = |state: &StreamState| matches!(state, StreamState::AuthFailed { .. });
    let limit = Duration::from_secs(5);
    let told = viewer.state_after(0, since, limit, "the refusal to be told", is_refused).await;
    let wrong = unclear(&viewer, 0, since);
    let mut figures = vec![
        Figure::holds("N6/told", told.is_ok()),
        Figure::exactly("N6/unclear", wrong.len() as f64, "failures", 0.0),
        Figure::at_least("N6/retried-not-before", pause, "s", 29.0),
        Figure::at_most("N6/retried-after", pause, "s", 32.0),
    ];
    if !short {
        measure_for(AFTER).await;
        let tried = proxy.denied() as f64;
        figures.push(Figure::exactly("N6/tried-in-all", tried, "attempts", 2.0));
    }
    let places = found(&site, &[RIGHT, WRONG]).await?;
    let nowhere = Figure::exactly("N6/password-found", places.len() as f64, "places", 0.0);
    figures.push(if places.is_empty() { nowhere } else { nowhere.noted(places.join(", ")) });
    Ok(figures)
}

/// Waits until so many attempts were refused.
async fn denied(proxy: &RtspProxy, attempts: u64, limit: Duration) -> Result<()> {
    let what = format!("attempt {attempts} to log in");
    until(limit, &what, async || Ok((proxy.denied() >= attempts).then_some(()))).await
}
