use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{CameraId, WallTime};

/// Something that happened at a camera.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Event {
    /// Its id on this server.
    pub id: i64,
    /// Where.
    pub camera: CameraId,
    /// What.
    pub kind: EventKind,
    /// The zone or line it happened at, or what somebody called it; may be empty.
    pub label: String,
    /// When it began.
    pub from: WallTime,
    /// When it was seen last; within [`Event::LONGEST`].
    pub to: WallTime,
    /// When it is seen best.
    pub best: WallTime,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EventKind {
    /// Something moves.
    Motion,
    /// Something stays.
    Loitering,
    /// Something crossed a line.
    Crossing,
    /// The camera is covered.
    Covered,
    /// The camera sees nothing at all.
    Black,
    /// The camera is out of focus.
    Defocused,
    /// The camera's picture stands still.
    Frozen,
    /// The camera looks elsewhere.
    Shifted,
    /// Somebody, or another program, reported it.
    Reported,
}

impl Event {
    /// What goes on for longer is told as if it ended then, so that events of a
    /// time are found without a look at all before it.
    pub const LONGEST: Duration = Duration::from_secs(3600);
}

impl EventKind {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Motion,
        Self::Loitering,
        Self::Crossing,
        Self::Covered,
        Self::Black,
        Self::Defocused,
        Self::Frozen,
        Self::Shifted,
        Self::Reported,
    ];

    /// The word it is kept under, the same for ever.
    pub fn name(self) -> &'static str {
        match self {
            Self::Motion => "motion",
            Self::Loitering => "loitering",
            Self::Crossing => "crossing",
            Self::Covered => "covered",
            Self::Black => "black",
            Self::Defocused => "defocused",
            Self::Frozen => "frozen",
            Self::Shifted => "shifted",
            Self::Reported => "reported",
        }
    }

    /// The one kept under `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(EventKind::from_name("rain"), None);
    }
}
