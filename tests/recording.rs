//! Recordings: what they cost, that nothing of them is missing, and what is
//! left of them where something goes wrong.

mod cost;
mod many;
mod rig;

pub use cost::run as cost;
pub use many::run as many;
