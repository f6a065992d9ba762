//! Recordings played again: found at once, in step, exactly.

mod replay;
mod reverse;
mod scrub;
mod seek;
mod snapshot;
mod sound;
mod step;

mod archive;
mod viewer;

pub use replay::run as replay;
pub use reverse::run as reverse;
pub use scrub::run as scrub;
pub use seek::run as seek;
pub use snapshot::run as snapshot;
pub use sound::run as sound;
pub use step::run as step;
