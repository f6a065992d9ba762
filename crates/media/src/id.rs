//! Names of things inside one server. On the wire each is paired with the
//! server's own id.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A camera of this server. Never used again after the camera is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CameraId(pub u32);

/// Which encoding of a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StreamRole {
    /// The best picture the camera makes; what is recorded and maximised.
    Main,
    /// A smaller one, for grids and analysis.
    Sub,
}

/// One encoding of one camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StreamId {
    /// Whose.
    pub camera: CameraId,
    /// Which.
    pub role: StreamRole,
}

impl fmt::Display for CameraId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "camera {}", self.0)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            StreamRole::Main => "main",
            StreamRole::Sub => "sub",
        };
        write!(f, "{} {role}", self.camera)
    }
}
