//! What is seen of cameras, for those who want to see that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use media::{CameraId, WallTime};
use tokio::sync::watch;
use vision::Track;

use super::lock;

/// What is seen in one picture.
#[derive(Debug)]
pub struct Scene {
    /// When it was taken.
    pub time: WallTime,
    /// Its size in pixels.
    pub size: (u32, u32),
    /// Yes for each pixel that stands out, row by row; empty where none does.
    pub foreground: Vec<bool>,
    /// What is followed; nothing where things cannot be.
    pub tracks: Vec<Track>,
}

/// The newest scene of each camera that somebody wants to see. Whoever is slow
/// misses some.
#[derive(Default)]
pub struct Scenes(Mutex<HashMap<CameraId, watch::Sender<Option<Arc<Scene>>>>>);

impl Scenes {
    /// Those of `camera` from now on.
    pub fn subscribe(&self, camera: CameraId) -> watch::Receiver<Option<Arc<Scene>>> {
        let mut all = lock(&self.0);
        let mut scenes = all.entry(camera).or_default().subscribe();
        scenes.mark_unchanged();
        scenes
    }

    /// Whether somebody wants to see what is seen of `camera`.
    pub fn is_wanted(&self, camera: CameraId) -> bool {
        let mut all = lock(&self.0);
        let is_wanted = all.get(&camera).is_some_and(|it| it.receiver_count() > 0);
        if !is_wanted {
            all.remove(&camera);
        }
        is_wanted
    }

    /// Shows `scene` of `camera` to whoever wants to see it.
    pub fn show(&self, camera: CameraId, scene: Scene) {
        if let Some(scenes) = lock(&self.0).get(&camera) {
            scenes.send_replace(Some(Arc::new(scene)));
        }
    }
}
