//! What is seen of a camera, and what would be told of it by settings that
//! somebody is about to change.

use std::sync::Arc;

use media::{CameraId, MediaTime};
use protocol::{CameraAddress, Failure, FailureCode, MotionSettings, Observation};
use tokio::sync::watch;
use vision::{Track, Verdict, Watch};

use super::brief::Brief;
use super::scenes::Scene;
use crate::{Engine, view};

/// Observes one camera by settings of its own.
pub struct Observing {
    scenes: watch::Receiver<Option<Arc<Scene>>>,
    brief: Brief,
    watch: Watch,
}

impl Observing {
    /// Of `camera`, by `settings`, which are not kept.
    pub fn begin(
        engine: &Engine,
        camera: &CameraAddress,
        settings: MotionSettings,
    ) -> Result<Self, Failure> {
        let camera: CameraId = engine.camera_id(camera)?;
        let brief = Brief::of_text(&view::kept_motion(settings)?.rules);
        let refused =
            |error: vision::RulesError| Failure::new(FailureCode::BadRequest, error.to_string());
        let watch = Watch::new(brief.rules.clone()).map_err(refused)?;
        Ok(Self { scenes: engine.motion().scenes().subscribe(camera), brief, watch })
    }

    /// What is seen in the next picture that is looked at: waits for as long as
    /// none is. An error where there will be no more.
    pub async fn next(&mut self) -> Result<Observation, Failure> {
        loop {
            if self.scenes.changed().await.is_err() {
                return Err(Failure::new(FailureCode::Stopping, "The server is stopping."));
            }
            let scene = self.scenes.borrow_and_update().clone();
            if let Some(scene) = scene {
                return Ok(self.observe(&scene));
            }
        }
    }

    fn observe(&mut self, scene: &Scene) -> Observation {
        // What is told is not told here.
        let is_on = self.brief.zones_on(scene.time);
        self.watch.see(&scene.tracks, MediaTime(scene.time.0), is_on);
        let is_there = |track: &&Track| !track.is_over;
        let judged = scene.tracks.iter().filter(is_there).map(|it| (it, self.watch.verdict(it)));
        let judged: Vec<(&Track, Verdict)> = judged.collect();
        view::observation(scene, &judged)
    }
}
