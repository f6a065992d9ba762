//! N8: a camera that is switched to another size while it is watched.

use anyhow::Result;
use protocol::StreamRole;
use testkit::until;
use testkit::{CameraClip, CamerasOptions, Figure, Viewer, measure_for, monotonic_ns, statistics};

use crate::cameras::{SOON, Site};

/// Units of a GOP of the clips.
const GOP: f64 = 50.0;

/// What each stream is switched to; the shape changes too.
const SIZES: [(StreamRole, u32, u32); 2] =
    [(StreamRole::Main, 1280, 960), (StreamRole::Sub, 480, 360)];

pub async fn run(short: bool) -> Result<Vec<Figure>> {
    let mut site = Site::start(1, CamerasOptions::default()).await?;
    site.add(1).await?;
    let mut clips = Vec::new();
    for (role, width, height) in SIZES {
        let before =
            if role == StreamRole::Main { CameraClip::main(1) } else { CameraClip::sub(1) };
        let clip = CameraClip { width, height, ..before.clone() };
        clips.push((role, [before, clip].map(|it| it)));
    }
    let viewer = site.watch_live().await?;
    let screen = Viewer::watch(site.server.client().await?, &site.streams()).await?;
    let sessions_before = super::sessions(&site, |_| true).await?;
    let from = monotonic_ns();
    let mut slowest = 0.0_f64;
    // There and back.
    let turns = if short { 2 } else { 10 };
    for turn in 0..turns {
        for (role, pair) in &clips {
            let index = site.index(1, *role);
            let clip = pair[(turn + 1) % 2].make(site.place.path()).await?;
            let size = (clip.clip.width, clip.clip.height);
            let begin = monotonic_ns();
            site.cameras.play(1, *role, &clip).await?;
            until(SOON, "the new size on the screen", async || {
                let encoding = viewer.encodings(index).pop().map(|it| (it.width, it.height));
                let format = screen.format(u32::try_from(index)? + 1);
                let painted = format.map(|it| (it.source_width, it.source_height));
                Ok((encoding == Some(size) && painted == Some(size)).then_some(()))
            })
            .await?;
            slowest = slowest.max((monotonic_ns() - begin) as f64 / 1e9);
        }
    }
    measure_for(std::time::Duration::from_secs(2)).await;
    let to = monotonic_ns();
    let faults = site.faults(&viewer, from, to, |_, _| true);
    let worst = (0..site.streams().len()).map(|at| viewer.faults(at, 1, from, to).lost).max();
    let encodings: usize = (0..site.streams().len()).map(|at| viewer.encodings(at).len()).sum();
    let counted = statistics(&mut site.server.client().await?).await?;
    let sessions = super::sessions(&site, |_| true).await? - sessions_before;
    let lost = worst.unwrap_or(0) as f64 / turns as f64;
    Ok(vec![
        Figure::at_most("bad-streams/size/lost", lost, "units a change", GOP),
        Figure::exactly("bad-streams/size/undecodable", faults.undecodable as f64, "units", 0.0),
        Figure::exactly("bad-streams/size/untold", faults.untold as f64, "holes", 0.0),
        Figure::exactly("bad-streams/size/mixed-up", faults.mixed_up as f64, "units", 0.0),
        Figure::exactly("bad-streams/size/out-of-order", faults.out_of_order as f64, "units", 0.0),
        Figure::exactly(
            "bad-streams/size/encodings",
            encodings as f64,
            "announced",
            (SIZES.len() * (turns + 1)) as f64,
        ),
        Figure::exactly("bad-streams/size/sessions", sessions, "begun", 0.0),
        Figure::exactly(
            "bad-streams/size/workers-lost",
            f64::from(counted.workers_lost),
            "workers",
            0.0,
        ),
        Figure::at_most("bad-streams/size/painted", slowest, "s", 2.0).speed(),
    ])
}
