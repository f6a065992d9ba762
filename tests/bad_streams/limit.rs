//! N10: an access unit without end, an answer of eight gibibytes, a picture of
//! four gigapixels: each is cut off with a sentence, before it costs memory.

use std::time::{Duration, Instant};

use anyhow::Result;
use protocol::{StreamState, Transport};
use testkit::{
    CamerasOptions, Fault, Figure, RtspProxy, Usage, door, measure_for, monotonic_ns,
    said_sentence, statistics,
};

use crate::cameras::{ROLES, SOON, Site, live_after};

/// What one camera may cost at most.
const MEBIBYTES: f64 = 64.0;

/// The longest wait between two attempts, and a camera's first picture.
const RECOVERY: Duration = Duration::from_secs(60);

struct Case {
    name: &'static str,
    fault: Fault,
    /// Part of the sentence.
    says: &'static str,
    is_unsupported: bool,
    /// Whether it shows in sessions that begin only.
    needs_session: bool,
}

fn cases() -> [Case; 3] {
    [
        Case {
            name: "endless-unit",
            fault: Fault::EndlessUnit,
            says: "a picture without end",
            is_unsupported: false,
            needs_session: false,
        },
        Case {
            name: "huge-length",
            fault: Fault::HugeLength,
            says: "an answer of absurd length",
            is_unsupported: false,
            needs_session: true,
        },
        Case {
            name: "big-picture",
            fault: Fault::BigPicture,
            says: "65520×65520 pixels",
            is_unsupported: true,
            needs_session: false,
        },
    ]
}

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let cases = cases();
    let beside = u32::try_from(cases.len())? + 1;
    let mut site = Site::start(beside, CamerasOptions::default()).await?;
    let mut proxies = Vec::new();
    for number in 1..beside {
        let proxy = RtspProxy::start(site.cameras.socket())?;
        site.add_through(&proxy, number, Transport::Tcp).await?;
        proxies.push(proxy);
    }
    site.add(beside).await?;
    let viewer = site.watch_live().await?;
    let engine = site.engine();
    let from = monotonic_ns();
    let mut figures = Vec::new();
    for ((number, case), proxy) in (1..).zip(&cases).zip(&proxies) {
        let before = Usage::of(engine)?.memory;
        let since = Instant::now();
        proxy.set(case.fault.clone());
        if case.needs_session {
            site.cameras.drop_clients(number).await?;
        }
        let fault = async {
            for role in ROLES {
                let index = site.index(number, role);
                let is_it = |state: &StreamState| case.is(state);
                viewer.state_after(index, since, SOON, case.name, is_it).await?;
            }
            // It is tried again meanwhile.
            measure_for(Duration::from_secs(if short { 5 } else { 60 })).await;
            Ok(())
        };
        let ((), peak) = Usage::peak_memory(engine, fault).await?;
        let since = Instant::now();
        proxy.set(Fault::None);
        for role in ROLES {
            live_after(&viewer, site.index(number, role), since, RECOVERY).await?;
        }
        let growth = peak.saturating_sub(before) as f64 / f64::from(1 << 20);
        let name = format!("bad-streams/{}/growth", case.name);
        figures.push(Figure::at_most(name, growth, "MiB", MEBIBYTES));
        let back = since.elapsed().as_secs_f64();
        let name = format!("bad-streams/{}/back", case.name);
        figures.push(Figure::at_most(name, back, "s", 40.0).speed());
    }
    let faults = site.faults(&viewer, from, monotonic_ns(), |number, _| number == beside);
    let counted = statistics(&mut site.server.client().await?).await?;
    let is_same = door(site.data.path()).await?.process == engine && testkit::alive(engine);
    figures.extend([
        Figure::exactly("bad-streams/limit/beside/lost", faults.lost as f64, "units", 0.0),
        Figure::exactly("bad-streams/limit/beside/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::holds("bad-streams/limit/same-engine", is_same),
        Figure::exactly(
            "bad-streams/limit/workers-lost",
            f64::from(counted.workers_lost),
            "workers",
            0.0,
        ),
    ]);
    Ok(figures)
}

impl Case {
    /// Whether `state` says what happened, and says it well.
    fn is(&self, state: &StreamState) -> bool {
        let failure = match state {
            StreamState::Lost { failure, .. } if !self.is_unsupported => failure,
            StreamState::Unsupported { failure, .. } if self.is_unsupported => failure,
            _ => return false,
        };
        failure.message.contains(self.says) && said_sentence(&failure.message).is_ok()
    }
}
