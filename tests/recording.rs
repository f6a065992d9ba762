//! Recordings: what they cost, that nothing of them is missing, and what is
//! left of them where something goes wrong.

mod cost;
mod gaps;
mod many;
mod retention;
mod rig;
mod year;

pub use cost::run as cost;
pub use gaps::run as gaps;
pub use many::run as many;
pub use retention::run as retention;
pub use year::run as year;
