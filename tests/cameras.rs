//! What promises about cameras stand on.

mod flapping;
mod memory;
mod outage;
mod settling;
mod site;
mod truth;
mod words;

pub use flapping::{flap, switch};
pub use memory::Memory;
pub use outage::{Outage, after, live_again, timed};
pub use settling::{resting, settled};
pub use site::{ROLES, SOON, Site, is_live, light, live_after, models, seconds_since, source};
pub use truth::{false_live, unclear};
pub use words::{Password, found};
