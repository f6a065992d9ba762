//! The engine: it owns cameras, their tasks and all shared state.
//!
//! [`Engine`] is the façade. An access unit comes from a `media::Source` held
//! by a stream's task ([`stream`]), goes through that stream's [`hub`] to
//! whoever subscribed, and, for tiles, through one decoder a stream
//! ([`pictures`]). Domain types become protocol types in [`view`] and nowhere
//! else. Who may ask is the business of `relay`.

mod backoff;
mod backups;
mod board;
mod commands;
mod engine;
pub mod hub;
mod lag;
mod pictures;
mod stream;
mod tile;
pub mod view;

pub use engine::{Engine, EngineConfig};
pub use tile::{Tally, Tile, TileRequest};
