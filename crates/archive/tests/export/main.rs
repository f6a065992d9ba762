//! Exports: what is handed on is what was recorded, whole or not at all.
//! FFmpeg, the system's, judges the files.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod burnt;
mod case;
mod clip;
mod faults;
mod films;
mod rig;
mod sound;
mod time;
