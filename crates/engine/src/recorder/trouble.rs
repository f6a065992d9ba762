//! Why something is not recorded, and in what words.

use archive::ArchiveError;
use media::GapCause;
use protocol::VolumeState;

/// Why a volume, or a stream on it, cannot be written.
pub struct Trouble {
    /// What the gap says.
    pub cause: GapCause,
    /// How the volume is.
    pub state: VolumeState,
    /// For people.
    pub message: String,
}

impl Trouble {
    /// What the archive's error means.
    pub fn of(error: &ArchiveError) -> Self {
        let message = error.to_string();
        let state = match error {
            ArchiveError::Full { .. } => VolumeState::Full,
            ArchiveError::Missing { .. } => VolumeState::Missing { message: message.clone() },
            ArchiveError::Swapped { .. } => VolumeState::Swapped { message: message.clone() },
            _ if error.is_read_only() => VolumeState::ReadOnly { message: message.clone() },
            _ => VolumeState::Failed { message: message.clone() },
        };
        Self { cause: cause(error), state, message }
    }
}

/// For people, with the next step.
pub fn sentence(cause: GapCause) -> &'static str {
    match cause {
        GapCause::Unreachable => {
            "Nothing answers at the camera’s address. Check its power and network."
        }
        GapCause::Auth => "The camera refuses user name or password. Enter them again.",
        GapCause::NetworkLoss => "Pictures do not arrive. Check the network to the camera.",
        GapCause::DiskFull => "The disk is full. Free space on it or add another.",
        GapCause::DiskSlow => "The disk is too slow for what comes. Add another.",
        GapCause::VolumeGone => "The disk is not there. Plug it in or mount it.",
        GapCause::VolumeFailed => "The disk reports errors. Check it.",
        GapCause::EngineStopped => "Recording begins with the camera’s next key frame.",
        GapCause::MachineAsleep => "This machine slept. Recording goes on at once.",
        GapCause::Schedule => "Nothing is to be recorded at this hour.",
        GapCause::Retention => "It was removed to keep within a limit.",
        GapCause::Unsupported => {
            "What the camera sends cannot be recorded. Set it to H.264, H.265 or MJPEG."
        }
        GapCause::NoVolume => "No volume is set up. Add one.",
    }
}

fn cause(error: &ArchiveError) -> GapCause {
    match error {
        ArchiveError::Full { .. } => GapCause::DiskFull,
        ArchiveError::Missing { .. } | ArchiveError::Swapped { .. } => GapCause::VolumeGone,
        ArchiveError::Unsupported { .. } => GapCause::Unsupported,
        ArchiveError::ReadOnly { .. }
        | ArchiveError::Disk { .. }
        | ArchiveError::Index(_)
        | ArchiveError::ForeignIndex { .. }
        | ArchiveError::Unreadable { .. } => GapCause::VolumeFailed,
    }
}
