//! Worker processes, seen from the engine: it starts them, feeds them and
//! replaces the ones that die.
//!
//! Whatever needs FFmpeg happens in a worker, which is another executable, so
//! that a hostile stream can kill its worker and nothing else, and so that an
//! engine which only records never loads FFmpeg. Of sound, the engine decodes
//! G.711 itself, which takes a table's worth of arithmetic. [`wire`] is what
//! the two say to each other over the worker's stdin and stdout; `codec` is the
//! other side.
//!
//! Sources on the network belong in `camera`, encoded pictures for browsers in
//! `relay`.

mod backoff;
mod burner;
mod decoder;
mod g711;
mod log;
mod pool;
mod process;
mod reader;
mod slot;
mod sound;
mod stream;

pub mod wire;

pub use burner::{BurnError, Burner, Burnt};
pub use decoder::{Behind, Decoder, DecoderEvent};
pub use pool::{Pool, PoolStatistics, WorkerProgram};
pub use reader::{Reader, SourceSpec};
pub use sound::{SoundDecoder, SoundEvent};
