//! Access units to pictures, and the sources that need FFmpeg (files, the
//! demonstration): what worker processes do.
//!
//! [`run_worker`] is all of it, for the executable `tessera-worker`; `workers`
//! is the engine's side, and says what passes between the two. A hostile stream
//! can kill its worker and nothing else.
#![deny(unsafe_op_in_unsafe_fn)]

mod audio;
mod burn;
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

pub use worker::{WorkerError, run_worker};
