//! Heads of RTSP messages (RFC 2326), as far as the gate must read and change
//! them. What is not touched is passed on as it came.

use std::fmt::Write;

/// Start line and headers. Names are compared without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `DESCRIBE rtsp://… RTSP/1.0` or `RTSP/1.0 200 OK`.
    pub start: String,
    headers: Vec<(String, String)>,
}

impl Head {
    /// Reads a head that ends where the empty line begins. Bytes that are not
    /// UTF-8 are replaced; lines without a colon continue nothing and are left out.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines();
        let start = lines.next().unwrap_or_default().trim().to_owned();
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        });
        Self { start, headers: headers.collect() }
    }

    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a header.
    pub fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let named = self.headers.iter().filter(move |(it, _)| it.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// Gives a header this value alone.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.headers.retain(|(it, _)| !it.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
    }

    /// The status, where it is a response.
    pub fn status(&self) -> Option<(u16, &str)> {
        let rest = self.start.strip_prefix("RTSP/")?;
        let (_, rest) = rest.split_once(' ')?;
        let (code, reason) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        Some((code.parse().ok()?, reason))
    }

    /// Method and address, where it is a request.
    pub fn request(&self) -> Option<(&str, &str)> {
        let mut words = self.start.split_whitespace();
        let (method, address) = (words.next()?, words.next()?);
        words.next().filter(|version| version.starts_with("RTSP/"))?;
        Some((method, address))
    }

    /// Bytes of the body; nothing where it says something that is no length.
    pub fn length(&self) -> Option<u64> {
        self.get("Content-Length").map_or(Some(0), |length| length.parse().ok())
    }

    /// On the wire, with the empty line.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            // Writing to a string cannot fail.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cameras_say() {
        let head = Head::parse(
            b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1 \r\nWWW-Authenticate: Digest realm=\"a: b\"\r\n\
              www-authenticate: Basic realm=\"c\"\r\nnonsense\r\n",
        );
        assert_eq!(head.status(), Some((401, "Unauthorized")));
        assert_eq!(head.get("cseq"), Some("1"));
        assert_eq!(head.all("WWW-Authenticate").count(), 2);
        assert_eq!(head.length(), Some(0));
        assert_eq!(head.request(), None);
    }

    #[test]
    fn writes_what_was_changed() {
        let mut head = Head::parse(b"DESCRIBE rtsp://a/b RTSP/1.0\r\ncseq: 3\r\n");
        assert_eq!(head.request(), Some(("DESCRIBE", "rtsp://a/b")));
        head.set("CSeq", "7");
        assert_eq!(head.to_bytes(), b"DESCRIBE rtsp://a/b RTSP/1.0\r\nCSeq: 7\r\n\r\n");
    }

    #[test]
    fn a_length_that_is_none_is_told() {
        assert_eq!(Head::parse(b"RTSP/1.0 200 OK\r\nContent-Length: -1").length(), None);
        let huge = Head::parse(b"RTSP/1.0 200 OK\r\nContent-Length: 8589934592");
        assert_eq!(huge.length(), Some(8_589_934_592));
    }
}
