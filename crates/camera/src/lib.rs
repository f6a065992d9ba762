//! Devices on the network, as access units.
//!
//! [`Rtsp`] is one session with one stream of a camera, a `media::Source`.
//! retina understands what a camera describes and puts access units together
//! (`track`); a gate of ours owns the sockets, logs in, and bounds bytes and
//! times, which retina does not (`gate` until it plays, then `wire`). [`probe`]
//! tries an address before it is kept.
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
mod socket;
mod track;
mod udp;
mod video;
mod wire;

pub use address::{Address, AddressError};
pub use credentials::Credentials;
pub use dialer::Dialer;
pub use probe::{Finding, probe};
pub use rtsp::{Rtsp, Stage, StreamRequest, Transport};
