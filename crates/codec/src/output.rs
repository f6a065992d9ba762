//! What a worker says, from all its threads.

use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};

use workers::wire::{self, Reply, WireError};

/// Where every thread writes.
pub struct Output(Mutex<File>);

impl Output {
    /// The worker's standard output.
    pub fn stdout() -> io::Result<Self> {
        Ok(Self(Mutex::new(own_stdout()?)))
    }

    /// Waits while the engine reads nothing.
    pub fn say(&self, reply: &Reply, payload: &[u8]) {
        let mut pipe = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match wire::write(&mut *pipe, reply, payload) {
            Ok(()) => {}
            // Nobody is left to work for.
            Err(WireError::Pipe(_)) => std::process::exit(0),
            // A picture or unit too large for a message is dropped.
            Err(WireError::Length(_) | WireError::Header(_)) => {}
        }
    }
}

/// Stdout without the line buffer that Rust puts before it.
#[cfg(unix)]
fn own_stdout() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

/// Stdout without the line buffer that Rust puts before it.
#[cfg(windows)]
fn own_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}
