//! Recordings: what they cost, that nothing of them is missing, and what is
//! left of them where something goes wrong.

mod cost;
mod damage;
mod disk;
mod export;
mod export_faults;
mod fall_back;
mod foreign;
mod gaps;
mod index;
mod kills;
mod lock;
mod many;
mod power;
mod rebuild;
mod removal;
mod retention;
mod time;
mod year;

mod clock;
mod generated;
mod losses;
pub mod rig;

pub use cost::run as cost;
pub use damage::run as damage;
pub use disk::{
    evidence, full, hanging, inodes, read_only, run as disk, slow, swapped, sync_error,
};
pub use export::run as export;
pub use export_faults::{kills as export_kills, names as export_names, verify as verify_export};
pub use foreign::run as foreign;
pub use gaps::run as gaps;
pub use index::{log, overwritten};
pub use kills::run as kills;
pub use lock::run as lock;
pub use many::run as many;
pub use power::run as power;
pub use rebuild::run as rebuild;
pub use removal::run as removal;
pub use retention::run as retention;
pub use time::{run as time, set, stamps, zones};
pub use year::run as year;

use anyhow::Result;
use testkit::Figure;

/// Whatever is wrong with an index, it and the files agree in the end.
pub async fn index(short: bool) -> Result<Vec<Figure>> {
    let mut figures = overwritten(short).await?;
    figures.extend(lock(short).await?);
    figures.extend(log(short).await?);
    Ok(figures)
}
