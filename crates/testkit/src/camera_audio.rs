use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::Process;

/// Audio of a simulated camera: a tone, for the first tenth of each second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audio {
    /// AAC, 16 kHz.
    Aac,
    /// G.711 µ-law, 8 kHz.
    Pcmu,
}

impl Audio {
    /// Name of the encoding.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aac => "aac",
            Self::Pcmu => "pcmu",
        }
    }

    /// Makes eight seconds of it in `dir`, unless they are there already.
    pub async fn make(self, dir: &Path) -> Result<PathBuf> {
        let path = dir.join(format!("tone.{}", self.name()));
        if path.exists() {
            return Ok(path);
        }
        let (rate, encoder) = match self {
            Self::Aac => (16_000, "-c:a aac -b:a 32k -f adts"),
            Self::Pcmu => (8_000, "-c:a pcm_mulaw -f mulaw"),
        };
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i"]);
        let tone = "0.5*sin(2*PI*440*t)*lt(mod(t\\,1)\\,0.1)";
        command.arg(format!("aevalsrc={tone}:s={rate}:d=8"));
        command.args(["-ac", "1"]).args(encoder.split(' ')).arg(&path);
        let output = Process::run(&command, Duration::from_secs(20)).await?;
        output.success().with_context(|| format!("making {}", path.display()))?;
        Ok(path)
    }
}
