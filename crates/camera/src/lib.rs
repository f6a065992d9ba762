//! Devices on the network, as access units.
//!
//! [`Rtsp`] is one session with one stream of a camera, a `media::Source`. It
//! is retina behind a gate of ours: retina speaks RTSP and puts access units
//! together, the gate (`gate`) owns the sockets, logs in, and bounds bytes and
//! times, which retina does not. [`probe`] tries an address before it is kept.
//!
//! Nothing here tries again: that is up to the engine's stream.

mod address;
mod axis;
mod credentials;
mod dialer;
mod framing;
mod gate;
mod login;
mod message;
mod probe;
mod reorder;
mod rtsp;
mod sentence;
mod udp;
mod video;

pub use address::{Address, AddressError};
pub use credentials::Credentials;
pub use dialer::Dialer;
pub use probe::{Finding, probe};
pub use rtsp::{Rtsp, Stage, StreamRequest, Transport};
