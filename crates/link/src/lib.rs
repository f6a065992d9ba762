//! The client side of the protocol: a session with an engine.
//!
//! The command line uses it to talk to a running engine. What a browser or the
//! window's UI does is `ui/src/connection`.

mod client;
mod door;

pub use client::{Client, Event, LinkError};
pub use door::{DoorError, read_door, ticket};
