use serde::{Deserialize, Serialize};

/// Why something that should have been recorded was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GapCause {
    /// Nothing answers at the camera's address.
    Unreachable,
    /// The camera refuses user name or password, or asks for them.
    Auth,
    /// The camera was connected and units did not arrive.
    NetworkLoss,
    /// The volume is full, and nothing on it may be removed.
    DiskFull,
    /// The volume takes less than what comes.
    DiskSlow,
    /// The volume is not there: unplugged, unmounted or another in its place.
    VolumeGone,
    /// The volume is there, and reports errors or cannot be written.
    VolumeFailed,
    /// No engine ran.
    EngineStopped,
    /// The machine slept.
    MachineAsleep,
    /// The plan says that nothing is recorded at this hour.
    Schedule,
    /// It was recorded, and removed since to keep within a limit.
    Retention,
    /// What the camera sends cannot be recorded.
    Unsupported,
    /// No volume is set up.
    NoVolume,
}

impl GapCause {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Unreachable,
        Self::Auth,
        Self::NetworkLoss,
        Self::DiskFull,
        Self::DiskSlow,
        Self::VolumeGone,
        Self::VolumeFailed,
        Self::EngineStopped,
        Self::MachineAsleep,
        Self::Schedule,
        Self::Retention,
        Self::Unsupported,
        Self::NoVolume,
    ];

    /// The word it is kept under, the same for ever.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Auth => "auth",
            Self::NetworkLoss => "network-loss",
            Self::DiskFull => "disk-full",
            Self::DiskSlow => "disk-slow",
            Self::VolumeGone => "volume-gone",
            Self::VolumeFailed => "volume-failed",
            Self::EngineStopped => "engine-stopped",
            Self::MachineAsleep => "machine-asleep",
            Self::Schedule => "schedule",
            Self::Retention => "retention",
            Self::Unsupported => "unsupported",
            Self::NoVolume => "no-volume",
        }
    }

    /// The one kept under `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_found_by_its_name() {
        for cause in GapCause::ALL {
            assert_eq!(GapCause::from_name(cause.name()), Some(cause));
        }
        assert_eq!(GapCause::from_name("off"), None);
    }
}
