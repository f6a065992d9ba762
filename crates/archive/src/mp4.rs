//! Segments as files: fragmented MP4 (ISO/IEC 14496-12) that any player
//! opens, with boxes of ours that players skip. The only user of the box
//! library, which is young.
//!
//! ```text
//! ftyp  uuid (Head)  moov     what the file is
//! uuid (Mark)  moof  mdat     a fragment, as often as there are
//! uuid (events)               what happened meanwhile, where anything did
//! ```
//!
//! What is exported is one [`Movie`] instead, its tables in front.

mod entry;
mod events;
mod flat;
mod fragment;
mod head;
mod scan;

pub use events::{MOST as MOST_EVENTS, encode as encode_events};
pub use flat::{Chunk, Heard, Movie, Shown, Sizes};
pub use fragment::{Fragment, Sample, Samples, encode};
pub use head::Head;
pub use scan::{Listed, Picture, Scan, Sound};

/// Boxes of ours are `uuid` boxes of these types.
const HEAD: [u8; 16] = *b"tessera-head-v1\0";
const MARK: [u8; 16] = *b"tessera-mark-v1\0";
const EVENTS: [u8; 16] = *b"tessera-evts-v1\0";

/// A box's own size and kind.
const HEADER: usize = 8;

/// Of video. A time in a file is in microseconds since its first unit.
const TIMESCALE: u32 = 1_000_000;

const VIDEO: u32 = 1;
const AUDIO: u32 = 2;
