//! Two times that must never be mixed up.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Microseconds on a stream's own axis. Only differences mean anything.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct MediaTime(pub i64);

/// Microseconds since 1970-01-01 UTC by the engine's clock.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct WallTime(pub i64);

macro_rules! axis {
    ($time:ident) => {
        impl $time {
            /// How long after `earlier` this is; zero when it is not after.
            pub fn since(self, earlier: Self) -> Duration {
                Duration::from_micros(self.0.saturating_sub(earlier.0).max(0).unsigned_abs())
            }
        }

        impl Add<Duration> for $time {
            type Output = Self;
            fn add(self, span: Duration) -> Self {
                Self(self.0.saturating_add(micros(span)))
            }
        }

        impl Sub<Duration> for $time {
            type Output = Self;
            fn sub(self, span: Duration) -> Self {
                Self(self.0.saturating_sub(micros(span)))
            }
        }
    };
}

axis!(MediaTime);
axis!(WallTime);

impl fmt::Display for WallTime {
    /// Seconds since 1970 with microseconds: for logs, which carry their own date.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0.div_euclid(1_000_000), self.0.rem_euclid(1_000_000))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
