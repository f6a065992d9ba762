//! What a worker gives up before it touches a stream. A namespace, seccomp and
//! Landlock belong here as well once they come.

#![allow(unsafe_code)]

use std::io;
use std::panic;

/// Closes the fence around this process.
pub fn close() -> io::Result<()> {
    // A stream whose thread is gone would hang; a dead worker is replaced.
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        report(panic);
        std::process::abort();
    }));
    #[cfg(unix)]
    {
        limit()?;
        restore_signals();
    }
    Ok(())
}

/// Puts this thread behind others: where many streams begin at once, so many
/// threads that just woke up would keep the engine from recording, and windows
/// from drawing.
pub fn step_back() {
    /// Half the processor's time of a thread that stepped nowhere, roughly.
    #[cfg(unix)]
    const STEPS: i32 = 4;
    // SAFETY: a number goes in and a number comes out. A thread may always step
    // back; if not, it stays where it is.
    #[cfg(unix)]
    unsafe {
        libc::nice(STEPS);
    }
}

/// No core dumps, which would hold pictures; no bytes in any file (the log is
/// a pipe); few open files; an end to how much a stream can make FFmpeg ask for.
#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rlimit::Resource;

    #[cfg(target_os = "linux")]
    const ADDRESS_SPACE: u64 = 4 << 30;
    const FILES: u64 = 64;
    for (resource, most) in [
        (Resource::CORE, 0),
        (Resource::FSIZE, 0),
        (Resource::NOFILE, FILES),
        #[cfg(target_os = "linux")]
        (Resource::AS, ADDRESS_SPACE),
    ] {
        let (_, hard) = resource.get()?;
        let most = most.min(hard);
        resource.set(most, most)?;
    }
    Ok(())
}

/// Rust's runtime looks for stack overflows in these and swallows the first
/// one that was sent from outside; a worker simply dies of them.
#[cfg(unix)]
fn restore_signals() {
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: the default action needs nothing of ours to be in any state,
        // and no other thread runs yet.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
