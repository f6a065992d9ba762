//! How to get into an engine of the same owner.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use protocol::{Door, ENGINE_FILE, Sensitive, TICKET_PATH, Ticket};

/// A ticket is answered from memory.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why no ticket could be had.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// There is no file that says where the engine is.
    #[error("no engine runs for the data directory {}", dir.display())]
    NoEngine {
        /// The directory.
        dir: PathBuf,
    },
    /// The file is there and cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not what an engine writes.
    #[error("{} is damaged; start the engine again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Nothing answers there, or something else does.
    #[error("the engine at {address} does not answer")]
    Unanswered {
        /// Where.
        address: String,
        /// What happened instead.
        source: Box<ureq::Error>,
    },
}

/// Where the engine of the data directory `dir` is, as it says itself. The
/// engine may have died since.
pub fn read_door(dir: &Path) -> Result<Door, DoorError> {
    let path = dir.join(ENGINE_FILE);
    match fs::read(&path) {
        Ok(text) => {
            serde_json::from_slice(&text).map_err(|source| DoorError::Damaged { path, source })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(DoorError::NoEngine { dir: dir.to_owned() })
        }
        Err(source) => Err(DoorError::Unreadable { path, source }),
    }
}

/// Asks for a single-use ticket. Blocks, five seconds at most.
pub fn ticket(door: &Door) -> Result<Sensitive, DoorError> {
    let address = &door.address;
    let unanswered =
        |source| DoorError::Unanswered { address: address.clone(), source: Box::new(source) };
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).proxy(None).build().into();
    let ticket: Ticket = agent
        .post(format!("http://{address}{TICKET_PATH}"))
        .header("Origin", format!("http://{address}"))
        .header("Authorization", format!("Bearer {}", door.key.0))
        .send_empty()
        .and_then(|mut reply| reply.body_mut().read_json())
        .map_err(unanswered)?;
    Ok(ticket.ticket)
}
