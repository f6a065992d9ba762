use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Sensitive, StreamRole, StreamState};

/// A camera, wherever it is connected: every name on the wire is (server, local id).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CameraAddress {
    /// Id of the server it is connected to.
    pub server: String,
    /// Its id there; never used again after it is removed.
    pub camera: u32,
}

/// What a viewer knows of a camera.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Camera {
    /// Which.
    pub address: CameraAddress,
    /// What operators type to jump to it; unique on its server, from 1.
    pub number: u32,
    /// What it is called. Not trusted: may hold anything people or devices type.
    pub name: String,
    /// What it is.
    pub source: CameraSource,
    /// Whether a password is kept for it. The password itself never leaves the server.
    pub has_password: bool,
    /// Its streams, the best first, each with its state.
    pub streams: Vec<(StreamRole, StreamState)>,
}

/// Where a camera's pictures come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum CameraSource {
    /// Moving figures and a clock, made by the server itself.
    Demo,
    /// A clip on the server's disk, played in a loop in real time.
    #[serde(rename_all = "camelCase")]
    File {
        /// Path on the server.
        path: String,
    },
    /// A device on the network that speaks RTSP (RFC 2326).
    #[serde(rename_all = "camelCase")]
    Rtsp {
        /// Address of its best stream, `rtsp://host[:port]/path`, without user and password.
        main: String,
        /// Address of a smaller stream, for grids, where it has one.
        sub: Option<String>,
        /// How packets come.
        transport: Transport,
    },
}

/// How the packets of an RTSP stream come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Transport {
    /// In RTSP's own connection: nothing is lost on the way.
    #[default]
    Tcp,
    /// As datagrams.
    Udp,
}

/// How to log in to a camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    /// User name at the camera.
    pub user: String,
    /// Password at the camera. Never sent back.
    pub password: Sensitive,
}

/// A camera to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewCamera {
    /// What to call it: 1 to 300 characters; the server picks a name where this is empty.
    pub name: String,
    /// What it is.
    pub source: CameraSource,
    /// How to log in to it, where it asks for that.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub login: Option<Login>,
}
