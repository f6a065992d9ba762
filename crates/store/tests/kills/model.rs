//! What the cameras should be after a number of changes, by other means than
//! the store's.

use std::collections::BTreeMap;

use media::CameraId;
use store::{CameraSource, NewCamera, Secret, Store, StoreError};

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    Add { name: String },
    Rename { id: u32, name: String },
    SetPassword { id: u32, password: String },
    Forget { id: u32 },
    Remove { id: u32 },
    Restore { id: u32 },
    BackUp,
}

impl Change {
    /// The same for the same seed and step, in the killed process and in the one that judges it.
    pub fn nth(seed: u64, step: u64, cameras: u32) -> Self {
        let mut random = Random(seed ^ step.wrapping_mul(0x9e37_79b9));
        let kind = random.below(20);
        // Some ids are of no camera, or of a removed one: such changes are refused.
        let id = 1 + random.below(u64::from(cameras) + 8) as u32;
        let text = format!("{seed:x}-{step} {}", "x".repeat(random.below(250) as usize));
        match kind {
            0..5 => Self::Add { name: text },
            5..9 => Self::Rename { id, name: text },
            9..13 => Self::SetPassword { id, password: text },
            13 => Self::Forget { id },
            14..17 => Self::Remove { id },
            17..19 => Self::Restore { id },
            _ => Self::BackUp,
        }
    }

    pub fn make(self, store: &mut Store) {
        let outcome = match self {
            Self::Add { name } => {
                store.add_camera(&NewCamera { name, source: CameraSource::Demo }).map(drop)
            }
            Self::Rename { id, name } => store.rename_camera(CameraId(id), &name).map(drop),
            Self::SetPassword { id, password } => {
                let secret = Secret::new(password);
                store.set_credentials(CameraId(id), "root", &secret).map(drop)
            }
            Self::Forget { id } => store.forget_credentials(CameraId(id)).map(drop),
            Self::Remove { id } => store.remove_camera(CameraId(id)),
            Self::Restore { id } => store.restore_camera(CameraId(id)).map(drop),
            Self::BackUp => store.back_up().map(drop),
        };
        match outcome {
            Ok(()) | Err(StoreError::NotFound { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    cameras: BTreeMap<u32, Camera>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Camera {
    number: u32,
    name: String,
    password: Option<String>,
    is_removed: bool,
}

/// Number, id, name, password: all that can be read of a camera.
pub type Seen = Vec<(u32, u32, String, Option<String>)>;

impl Model {
    /// Ids given so far.
    pub fn ids(&self) -> u32 {
        self.cameras.len() as u32
    }

    pub fn apply(&mut self, change: Change) {
        let lowest = (1..).find(|number| !self.has_number(*number)).unwrap();
        match change {
            Change::Add { name } => {
                let name = name.trim().to_owned();
                let camera = Camera { number: lowest, name, password: None, is_removed: false };
                self.cameras.insert(self.ids() + 1, camera);
            }
            Change::Rename { id, name } => self.with(id, |it| it.name = name.trim().to_owned()),
            Change::SetPassword { id, password } => {
                self.with(id, |it| it.password = Some(password))
            }
            Change::Forget { id } => self.with(id, |it| it.password = None),
            Change::Remove { id } => self.with(id, |it| it.is_removed = true),
            Change::Restore { id } => {
                let is_taken =
                    self.cameras.get(&id).is_some_and(|camera| self.has_number(camera.number));
                if let Some(camera) = self.cameras.get_mut(&id).filter(|it| it.is_removed) {
                    camera.is_removed = false;
                    camera.number = if is_taken { lowest } else { camera.number };
                }
            }
            Change::BackUp => {}
        }
    }

    pub fn seen(&self) -> Seen {
        let present = self.cameras.iter().filter(|(_, camera)| !camera.is_removed);
        let mut seen: Seen = present
            .map(|(id, it)| (it.number, *id, it.name.clone(), it.password.clone()))
            .collect();
        seen.sort();
        seen
    }

    fn has_number(&self, number: u32) -> bool {
        self.cameras.values().any(|camera| camera.number == number && !camera.is_removed)
    }

    fn with(&mut self, id: u32, change: impl FnOnce(&mut Camera)) {
        if let Some(camera) = self.cameras.get_mut(&id).filter(|it| !it.is_removed) {
            change(camera);
        }
    }
}

/// All that can be read of the cameras in a store.
pub fn seen(store: &Store) -> Result<Seen, StoreError> {
    let cameras = store.cameras()?.into_iter().map(|camera| {
        let password = store.credentials(camera.id)?.map(|it| it.password.expose().to_owned());
        Ok((camera.number, camera.id.0, camera.name, password))
    });
    cameras.collect()
}

/// SplitMix64: small, and the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}
