use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Text that opens something: a password, a ticket, a key. It is sent, and
/// never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Sensitive(pub String);

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
