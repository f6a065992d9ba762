use std::fmt;

use zeroize::Zeroizing;

/// How to log in to a camera. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name; may be empty.
    pub user: String,
    /// Password; any characters.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}
