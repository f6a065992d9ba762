//! What is left behind when a program error stops the engine.

use std::backtrace::Backtrace;
use std::fs;
use std::path::Path;

use media::Clock;

/// From now on a panic leaves a file in `directory` and ends the process: an
/// engine that goes on with one of its tasks missing would lose footage
/// silently; one that stops is started again within seconds.
pub fn leave_files_in(directory: &Path) {
    let directory = directory.to_owned();
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print(panic);
        let now = Clock::system().wall().0 / 1_000_000;
        let report = format!(
            "tessera-server {} stopped at {now} s since 1970 UTC\nthread: {}\n{panic}\n\n{:#}\n",
            env!("CARGO_PKG_VERSION"),
            std::thread::current().name().unwrap_or("unnamed"),
            Backtrace::force_capture(),
        );
        let path = directory.join(format!("engine-{now}-{}.txt", std::process::id()));
        // Nothing is left to be done where this fails too.
        let _ = fs::create_dir_all(&directory).and_then(|()| fs::write(path, report));
        std::process::abort();
    }));
}
