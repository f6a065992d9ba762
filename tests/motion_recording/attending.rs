//! Which cameras are watched, and how closely.

use std::time::Duration;

use anyhow::Result;
use protocol::{
    CameraAddress, CameraMotion, Command, MotionAttention, MotionMode, MotionSettings, MotionState,
};
use testkit::until;

use crate::recording::rig::Rig;

/// Until all cameras are relied on.
const LEARNED: Duration = Duration::from_secs(8 * 60);

/// Has all cameras watched, or none.
pub async fn watch(rig: &Rig, mode: MotionMode) -> Result<()> {
    let mut client = rig.server.client().await?;
    let cameras: Vec<CameraAddress> =
        client.snapshot().cameras.iter().map(|it| it.address.clone()).collect();
    for camera in cameras {
        let (zones, masks, lines) = (Vec::new(), Vec::new(), Vec::new());
        let settings = MotionSettings { mode, zones, masks, lines };
        client.command(Command::SetMotion { camera, settings }).await?;
    }
    client.close().await;
    Ok(())
}

/// So many cameras are watched, and in this way.
pub async fn attending(rig: &Rig, is_it: fn(&MotionAttention) -> bool) -> Result<usize> {
    let client = rig.server.client().await?;
    let is_so = |it: &&CameraMotion| match &it.state {
        MotionState::Watching { attention, .. } => is_it(attention),
        _ => false,
    };
    let count = client.snapshot().motion.iter().filter(is_so).count();
    client.close().await;
    Ok(count)
}

/// Waits until every camera is watched.
pub async fn watched(rig: &Rig) -> Result<()> {
    all(rig, "all cameras to be watched", |_| true).await
}

/// Waits until what every camera sends is relied on, and only key frames are
/// looked at.
pub async fn asleep(rig: &Rig) -> Result<()> {
    let is_asleep =
        |it: &MotionAttention| matches!(it, MotionAttention::BySize { is_asleep: true, .. });
    all(rig, "all cameras to be relied on", is_asleep).await
}

async fn all(rig: &Rig, what: &str, is_it: fn(&MotionAttention) -> bool) -> Result<()> {
    let is_so = async || Ok((attending(rig, is_it).await? >= rig.ids.len()).then_some(()));
    until(LEARNED, what, is_so).await
}
