//! The clocks of an engine's machine, which somebody sets, or which go on while
//! it sleeps. The engine is the real one; what it asks the C library is
//! answered by `clock.c`, which is preloaded.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use testkit::{Place, Process, wall_us};

const SHIM: &str = include_str!("clock.c");

/// How long a compiler may take.
const COMPILED: Duration = Duration::from_secs(60);

/// Clocks that can be set.
pub struct Clocks {
    place: Place,
    ahead: File,
    set_us: i64,
    slept_us: i64,
}

impl Clocks {
    /// Those of the machine, as they are.
    pub async fn new() -> Result<Self> {
        let place = Place::new()?;
        let source = place.join("clock.c");
        std::fs::write(&source, SHIM)?;
        let mut compile = Command::new("cc");
        compile.args(["-O1", "-shared", "-fPIC", "-o"]).arg(place.join("clock.so")).arg(&source);
        Process::run(&compile, COMPILED).await?.success()?;
        let ahead = File::create(place.join("ahead"))?;
        let clocks = Self { place, ahead, set_us: 0, slept_us: 0 };
        clocks.tell()?;
        Ok(clocks)
    }

    /// What an engine is run under to see them.
    pub fn wrapper(&self) -> Vec<String> {
        vec![
            "env".to_owned(),
            format!("LD_PRELOAD={}", self.place.join("clock.so").display()),
            format!("CLOCKS_AHEAD={}", self.place.join("ahead").display()),
        ]
    }

    /// Sets the wall clock so that it is ahead of ours by so many seconds, or
    /// behind it.
    pub fn set_ahead(&mut self, seconds: i64) -> Result<()> {
        self.set_us = seconds * 1_000_000;
        self.tell()
    }

    /// Sleeps for so many seconds, in no time.
    pub fn sleep(&mut self, seconds: i64) -> Result<()> {
        self.slept_us += seconds * 1_000_000;
        self.tell()
    }

    /// What time it is by them, in µs since 1970 UTC.
    pub fn wall_us(&self) -> i64 {
        wall_us() + self.set_us + self.slept_us
    }

    fn tell(&self) -> Result<()> {
        let mut words = (self.set_us * 1000).to_ne_bytes().to_vec();
        words.extend((self.slept_us * 1000).to_ne_bytes());
        Ok(self.ahead.write_all_at(&words, 0)?)
    }
}
