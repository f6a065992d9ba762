//! The engine: it owns cameras, their tasks and all shared state.
//!
//! [`Engine`] is the façade. An access unit comes from a `media::Source` held
//! by a stream's task ([`keeper`], one [`session`] after another), goes through
//! that stream's [`hub`] to whoever subscribed ([`feed`]), and, for tiles,
//! through one decoder a stream ([`pictures`]); a viewer chooses between the two
//! ([`viewing`]). What moves in them is found by [`motion`]. Sound goes the same way to who listens ([`sound`], [`listen`]). Domain types become protocol types in
//! [`view`] and nowhere else. Who may ask is the business of `relay`.

mod backoff;
mod backups;
mod board;
mod bookmarks;
mod commands;
mod engine;
mod exports;
mod feed;
pub mod hub;
mod keeper;
mod lag;
mod listen;
mod login;
mod memory;
mod motion;
mod origin;
mod pictures;
mod playback;
mod probes;
mod recorder;
mod recording;
mod retry;
mod session;
mod sleep;
mod sound;
mod stills;
mod stream;
mod tally;
#[cfg(test)]
mod testing;
mod tile;
mod timeline;
pub mod view;
mod viewing;
mod watch;
mod week;

pub use engine::{Engine, EngineConfig};
pub use feed::{Feed, FeedItem};
pub use listen::Listening;
pub use motion::Observing;
pub use playback::{Playback, RecordedEvent, RecordedSound, RecordedTile};
pub use tally::{InFlight, Tally};
pub use tile::Tile;
pub use viewing::{ViewRequest, Viewing};
