//! What promises about cameras stand on.

mod site;

pub use site::{ROLES, SOON, Site, is_live, live_after, seconds_since, source};
