use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// An answer as a camera gives it; its number is that of the request.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The first line and the headers, without line ends.
    lines: Vec<Vec<u8>>,
    body: Vec<u8>,
}

impl Answer {
    /// `200 OK`, without a body.
    pub fn ok() -> Self {
        Self { lines: vec![b"RTSP/1.0 200 OK".to_vec(), b"CSeq: 0".to_vec()], body: Vec::new() }
    }

    /// `200 OK` with a session description.
    pub fn describing(sdp: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::ok().with("Content-Type", "application/sdp");
        answer.body = sdp.into();
        answer
    }

    /// Another status.
    pub fn status(mut self, line: &str) -> Self {
        self.lines[0] = line.into();
        self
    }

    /// Adds a header, whatever bytes it is of.
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.lines.push([name.as_bytes(), b": ", value.as_ref()].concat());
        self
    }

    /// One that was recorded, with its head.
    pub fn recorded(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.with_context(|| format!("{} has no head", path.display()))?;
        let lines = bytes[..end].split(|byte| *byte == b'\n');
        let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec());
        Ok(Self { lines: lines.collect(), body: bytes[end + 4..].to_vec() })
    }

    /// What follows the head.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The value of a header, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| {
            let (found, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// As sent in answer to request `number`. Recordings were made anonymous,
    /// so that the length of the body is counted again.
    pub fn bytes(&self, number: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in &self.lines {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let line = if name.eq_ignore_ascii_case(b"CSeq") {
                // Spelled as the camera does.
                &[name, b": ", number.as_bytes()].concat()
            } else if name.eq_ignore_ascii_case(b"Content-Length") {
                continue;
            } else {
                line
            };
            bytes.extend([line, b"\r\n".as_slice()].concat());
        }
        if !self.body.is_empty() {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}
