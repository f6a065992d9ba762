//! Recordings: what they cost, that nothing of them is missing, and what is
//! left of them where something goes wrong.

mod cost;
mod disk;
mod many;
mod rig;

pub use cost::run as cost;
pub use disk::{
    evidence, full, hanging, inodes, read_only, run as disk, slow, swapped, sync_error,
};
pub use many::run as many;
