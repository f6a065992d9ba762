use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Sensitive;

/// Where a headless server listens unless told otherwise.
pub const DEFAULT_PORT: u16 = 7117;

/// Path of the WebSocket.
pub const PATH: &str = "/api/session";

/// `POST` here with `Authorization: Bearer KEY`, where KEY is the owner's key
/// or the key of a session, answers with a [`Ticket`].
pub const TICKET_PATH: &str = "/api/ticket";

/// How long a ticket may be used, in seconds. It may be used once.
pub const TICKET_SECONDS: u64 = 30;

/// Name, in the data directory, of the file that holds the [`Door`] of a
/// running engine. Only the owner of the directory can read it.
pub const ENGINE_FILE: &str = "engine.json";

/// Name, in the data directory, of the file a running engine holds locked.
pub const LOCK_FILE: &str = "engine.lock";

/// How programs of the same owner reach an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Door {
    /// Address and port it listens on, such as `127.0.0.1:7117`.
    pub address: String,
    /// The owner's key. Made anew at each start.
    pub key: Sensitive,
    /// Process id of the engine.
    pub process: u32,
    /// Version of the program.
    pub version: String,
}

/// Opens one session, once.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// To be sent in the first request.
    pub ticket: Sensitive,
}
