//! What a worker writes to its stderr, made fit for the engine's log.
//!
//! A worker fed with rubbish has much to say, and what it says may hold parts
//! of the rubbish: lines are bounded in length and number and cleaned of what
//! a terminal would obey.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes in, lines out.
pub struct Log {
    line: Vec<u8>,
    since: Instant,
    lines: usize,
    /// Lines that were one too many.
    pub dropped: usize,
}

impl Log {
    const MAX_LINE: usize = 400;
    const MAX_LINES: usize = 20;
    const PER: Duration = Duration::from_secs(10);

    pub fn new(now: Instant) -> Self {
        Self { line: Vec::new(), since: now, lines: 0, dropped: 0 }
    }

    /// The lines that `bytes` complete.
    pub fn take(&mut self, bytes: &[u8], now: Instant) -> Vec<String> {
        if now.duration_since(self.since) >= Self::PER {
            (self.since, self.lines) = (now, 0);
        }
        let mut complete = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' => complete.extend(self.end_line()),
                _ if self.line.len() < Self::MAX_LINE => self.line.push(*byte),
                _ => {}
            }
        }
        complete
    }

    fn end_line(&mut self) -> Option<String> {
        let line = String::from_utf8_lossy(&self.line).replace(char::is_control, "");
        self.line.clear();
        let line = line.trim();
        if line.is_empty() {
            return None;
        }
        if self.lines == Self::MAX_LINES {
            self.dropped += 1;
            return None;
        }
        self.lines += 1;
        Some(line.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_cleaned_and_counted() {
        let now = Instant::now();
        let mut log = Log::new(now);
        assert_eq!(log.take(b"one\ntw", now), ["one"]);
        assert_eq!(log.take(b"o\x1b[31m\n\n", now), ["two[31m"]);
        let long = [b"x".repeat(5000), b"\n".to_vec()].concat();
        assert_eq!(log.take(&long, now), ["x".repeat(Log::MAX_LINE)]);
        assert_eq!(log.take(&b"more\n".repeat(100), now).len(), Log::MAX_LINES - 3);
        assert_eq!(log.dropped, 100 - Log::MAX_LINES + 3);
        assert_eq!(log.take(b"later\n", now + Log::PER), ["later"]);
    }
}
