//! The operating system's keychain where there is none, or none that answers.
//!
//! Each case runs in a process of its own, since the keychain is found through
//! its environment, once.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what tests share is a test as well")]

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::{Duration, Instant};

use media::Clock;
use store::{KeyKeeping, Store};
use tempfile::TempDir;

const DIR: &str = "TESSERA_TEST_DIR";

/// Run by the other tests with a data directory; by itself it does nothing.
#[test]
fn opens_with_the_keychain() {
    let Some(dir) = std::env::var_os(DIR) else { return };
    let clock = Clock::system();
    let (store, notices) = Store::open(dir.as_ref(), KeyKeeping::Keychain, clock.clone()).unwrap();
    assert_eq!(notices, []);
    assert!(std::path::Path::new(&dir).join("key").exists());
    drop(store);
    // It is the file's from now on.
    let (_, notices) = Store::open(dir.as_ref(), KeyKeeping::Keychain, clock).unwrap();
    assert_eq!(notices, []);
}

fn check(bus: &str) -> Duration {
    let dir = TempDir::new().unwrap();
    let begun = Instant::now();
    let outcome = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opens_with_the_keychain"])
        .env(DIR, dir.path())
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .output()
        .unwrap();
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stdout));
    assert!(dir.path().join("key").exists());
    begun.elapsed()
}

#[test]
fn no_bus() {
    assert!(check("unix:path=/nowhere/bus") < Duration::from_secs(2));
}

#[test]
fn a_bus_that_hangs() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("bus");
    let _silent = UnixListener::bind(&path).unwrap();
    let took = check(&format!("unix:path={}", path.display()));
    assert!(took < Duration::from_secs(4), "{took:?}");
}
