//! Access units to pictures, and the sources that need FFmpeg (files, the
//! demonstration), all of it inside worker processes.
//!
//! [`Pool`] is the engine's side and never touches FFmpeg: it starts workers,
//! feeds them and replaces the ones that die; of sound, it decodes G.711 itself,
//! which takes a table's worth of arithmetic. [`run_worker`] is the other
//! side. `wire` is what they say to each other over the worker's stdin and
//! stdout. A hostile stream can kill its worker and nothing else.
//!
//! Sources on the network belong in `camera`, encoded pictures for browsers in
//! `relay`.
#![deny(unsafe_op_in_unsafe_fn)]

mod backoff;
mod decoder;
mod g711;
mod log;
mod pool;
mod process;
mod reader;
mod slot;
mod sound;
mod stream;
mod wire;

mod audio;
mod colour;
mod decode;
mod fence;
mod fit;
mod jfif;
mod jpeg;
mod libav;
mod output;
mod resample;
mod scale;
mod view;
mod worker;

mod canvas;
mod clip;
mod demo;
mod encode;
mod figures;
mod file;
mod pace;
mod pending;
pub mod stamp;

pub use decoder::{Behind, Decoder, DecoderEvent};
pub use pool::{Pool, PoolStatistics, WorkerProgram};
pub use reader::{Reader, SourceSpec};
pub use sound::{SoundDecoder, SoundEvent};
pub use worker::{WorkerError, run_worker};
