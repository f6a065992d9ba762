//! Clips made with the `ffmpeg` program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub struct Clips(TempDir);

impl Clips {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `ffmpeg` with arguments that end in the name of the new clip.
    pub fn make(&self, arguments: &str) -> PathBuf {
        self.make_from(arguments, &[])
    }

    /// As [`Clips::make`], with something on `ffmpeg`'s stdin.
    pub fn make_from(&self, arguments: &str, input: &[u8]) -> PathBuf {
        let (options, name) = arguments.rsplit_once(' ').unwrap();
        let path = self.path(name);
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-hide_banner", "-loglevel", "error", "-y"])
            .args(options.split(' '))
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        ffmpeg.stdin.take().unwrap().write_all(input).unwrap();
        assert!(ffmpeg.wait().unwrap().success(), "ffmpeg {arguments}");
        path
    }

    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Whether this `ffmpeg` has an encoder.
pub fn has_encoder(name: &str) -> bool {
    let output = Command::new("ffmpeg").args(["-hide_banner", "-encoders"]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == name)
}

pub fn named(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}
