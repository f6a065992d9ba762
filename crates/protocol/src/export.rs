use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Failure, StreamAddress};

/// What a viewer wants to be exported: recordings as MP4 files, in a folder
/// with a manifest and a page that plays them together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewExport {
    /// Of which streams: 1 to 256.
    pub streams: Vec<StreamAddress>,
    /// From when on, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// The first moment that is not wanted.
    #[ts(type = "number")]
    pub to: i64,
    /// A folder on the server that is there, 1 to 4096 bytes.
    pub destination: String,
    /// Time zone of the names of files, such as `Europe/Berlin`; the server's
    /// where nothing is said.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub zone: Option<String>,
    /// Whether one stream without a gap becomes one file, with its manifest
    /// beside it, instead of a folder.
    pub single_file: bool,
    /// Whether the camera's name and the time, with seconds and in `zone`, are
    /// burnt into the pictures, which are then encoded again as H.264.
    #[serde(default)]
    #[ts(optional, as = "Option<_>")]
    pub burn_in: bool,
    /// What the folder is called, which its page says, too: at most 300
    /// characters; after the cameras where it is empty. Not trusted.
    #[serde(default)]
    #[ts(optional, as = "Option<_>")]
    pub name: String,
    /// What else there is to say of it: one line of at most 300 characters. Not
    /// trusted.
    #[serde(default)]
    #[ts(optional, as = "Option<_>")]
    pub note: String,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    /// Its id, until the server stops.
    pub id: u32,
    /// Of which streams.
    pub streams: Vec<StreamAddress>,
    /// From when on, in µs since 1970 UTC.
    #[ts(type = "number")]
    pub from: i64,
    /// The first moment that is not in it.
    #[ts(type = "number")]
    pub to: i64,
    /// The folder on the server.
    pub destination: String,
    /// About how many bytes it takes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// How it is doing.
    pub state: ExportState,
}

/// How an export is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum ExportState {
    /// It is being written.
    #[serde(rename_all = "camelCase")]
    Running {
        /// How many bytes are done.
        #[ts(type = "number")]
        done_bytes: u64,
    },
    /// It is there.
    #[serde(rename_all = "camelCase")]
    Done {
        /// The folder, or the file, on the server.
        path: String,
        /// Its films.
        files: u32,
        /// All of them, in bytes.
        #[ts(type = "number")]
        bytes: u64,
        /// Films that an export of the same that was interrupted had left.
        resumed: u32,
        /// Spans in which a recording is damaged.
        damaged: u32,
    },
    /// Somebody cancelled it; nothing of it is left.
    Cancelled,
    /// It could not be done. The same command goes on where it stopped.
    #[serde(rename_all = "camelCase")]
    Failed {
        /// Why.
        failure: Failure,
    },
}
