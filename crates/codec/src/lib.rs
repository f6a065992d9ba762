//! Access units to pictures, and the sources that need FFmpeg (files, the
//! demonstration), all of it inside worker processes.
//!
//! [`Pool`] is the engine's side and never touches FFmpeg: it starts workers,
//! feeds them and replaces the ones that die. [`run_worker`] is the other
//! side. `wire` is what they say to each other over the worker's stdin and
//! stdout. A hostile stream can kill its worker and nothing else.
//!
//! Sources on the network belong in `camera`, encoded pictures for browsers in
//! `relay`.
#![deny(unsafe_op_in_unsafe_fn)]

mod pool;
mod reader;
mod decoder;
mod slot;
mod stream;
mod process;
mod log;
mod wire;

mod worker;
mod fence;
mod decode;
mod scale;
mod fit;
mod colour;
mod libav;
mod sws;

mod demo;
mod encode;
mod canvas;
mod figures;
pub mod stamp;
mod file;
mod clip;
mod pace;

pub use decoder::{Behind, Decoder, DecoderEvent};
pub use pool::{Pool, PoolStatistics, WorkerProgram};
pub use reader::{Reader, SourceSpec};
pub use worker::{WorkerError, run_worker};
