use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// For programs. The set is small and closed.
    pub code: FailureCode,
    /// For people: a sentence, in English, with the next step where there is one.
    pub message: String,
}

/// What a program may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FailureCode {
    /// The ticket or key is unknown, used or too old.
    NotAllowed,
    /// Viewer and server speak different versions.
    WrongVersion,
    /// The message could not be understood, or breaks a stated limit.
    BadRequest,
    /// The camera, layout or stream named is not there.
    NotFound,
    /// Nothing answers at the camera's address.
    Unreachable,
    /// The camera refuses user name or password, or asks for them.
    LoginRefused,
    /// The camera answered in a way that makes no sense or breaks a limit.
    BadAnswer,
    /// The camera is connected and sends nothing any more.
    Silent,
    /// The server's machine slept; connections begin anew.
    Slept,
    /// The file or address holds no video.
    NotVideo,
    /// The stream's codec is known to nothing here.
    Unsupported,
    /// A limit on count or size was reached.
    TooMany,
    /// The data directory or its database cannot be written.
    Storage,
    /// The part that decodes or reads stopped; it is being started again.
    WorkerLost,
    /// The stream ended.
    Ended,
    /// The server is stopping.
    Stopping,
    /// No engine runs and none could be started.
    NoEngine,
    /// Anything else; the server's log has the chain.
    Other,
}

impl Failure {
    /// A failure of kind `code`, said as `message`.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
