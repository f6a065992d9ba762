//! What others detect: OpenCV's models, in a Python environment of their own
//! below `target/`, which is made at the first run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::clip::Pictures;

const SCRIPT: &str = include_str!("peers.py");

/// One of OpenCV's models.
pub struct Peer {
    name: &'static str,
    python: PathBuf,
}

impl Peer {
    /// All of them, or why there is none.
    pub fn all() -> Result<Vec<Self>> {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
        let place = target.join("vision-peers");
        let python = place.join("bin/python");
        if !python.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&place))?;
        }
        if run(Command::new(&python).args(["-c", "import cv2"])).is_err() {
            let install = ["-m", "pip", "install", "-q", "numpy", "opencv-python-headless"];
            run(Command::new(&python).args(install))?;
        }
        Ok(["mog2", "knn"].map(|name| Self { name, python: python.clone() }).into())
    }

    pub fn name(&self) -> &str {
        self.name
    }

    /// A mask for each picture.
    pub fn masks(&self, pictures: &Pictures) -> Result<Vec<Vec<bool>>> {
        let (width, height) = (pictures.width, pictures.height);
        let mut command = Command::new(&self.python);
        command.args(["-c", SCRIPT, self.name, &width.to_string(), &height.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().context("a pipe")?;
        let output = std::thread::scope(|scope| {
            scope.spawn(move || input.write_all(&pictures.bytes));
            child.wait_with_output()
        })?;
        ensure!(output.status.success(), "OpenCV failed");
        let masks = output.stdout.chunks_exact(width * height);
        let masks: Vec<Vec<bool>> =
            masks.map(|mask| mask.iter().map(|byte| *byte > 127).collect()).collect();
        ensure!(masks.len() == pictures.len(), "OpenCV broke off");
        Ok(masks)
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}", error.lines().last().unwrap_or_default());
    Ok(())
}
