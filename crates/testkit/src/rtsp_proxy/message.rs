/// Longer heads are none.
const LONGEST_HEAD: usize = 1 << 16;

/// What travels on an RTSP connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A request or a reply.
    Text(Text),
    /// An interleaved packet.
    Packet {
        /// Even for RTP.
        channel: u8,
        /// Without its four bytes in front.
        packet: Vec<u8>,
    },
    /// What is neither.
    Raw(Vec<u8>),
}

/// A request or a reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Text {
    /// The first line and the headers.
    pub lines: Vec<String>,
    /// What follows them.
    pub body: Vec<u8>,
}

impl Item {
    /// Takes the first item off `buffer`, if all of it is there.
    pub(super) fn take(buffer: &mut Vec<u8>) -> Option<Self> {
        match buffer.first()? {
            b'$' => {
                let &[_, channel, high, low] = buffer.first_chunk()?;
                let end = 4 + usize::from(u16::from_be_bytes([high, low]));
                let packet = buffer.get(4..end)?.to_vec();
                buffer.drain(..end);
                Some(Self::Packet { channel, packet })
            }
            b'A'..=b'Z' => {
                let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
                    let is_none = buffer.len() > LONGEST_HEAD;
                    return is_none.then(|| Self::Raw(std::mem::take(buffer)));
                };
                let lines = String::from_utf8_lossy(&buffer[..head]);
                let lines = lines.split("\r\n").map(str::to_owned).collect();
                let mut text = Text { lines, body: Vec::new() };
                let length = text.header("Content-Length").and_then(|said| said.parse().ok());
                let end = (head + 4).checked_add(length.unwrap_or(0))?;
                text.body = buffer.get(head + 4..end)?.to_vec();
                buffer.drain(..end);
                Some(Self::Text(text))
            }
            _ => Some(Self::Raw(std::mem::take(buffer))),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.bytes(),
            Self::Packet { channel, packet } => interleaved(*channel, packet),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A packet as it travels between requests and replies.
pub(super) fn interleaved(channel: u8, packet: &[u8]) -> Vec<u8> {
    let length = u16::try_from(packet.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[b'$', channel, length[0], length[1]], packet].concat()
}

impl Text {
    /// Method of a request, or version of a reply.
    pub(super) fn first_word(&self) -> &str {
        self.lines[0].split(' ').next().unwrap_or("")
    }

    /// Status code of a reply.
    pub(super) fn status(&self) -> Option<u16> {
        self.lines[0].strip_prefix("RTSP/1.0 ")?.get(..3)?.parse().ok()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let is_named = |line: &&String| line_name(line).eq_ignore_ascii_case(name);
        let line = self.lines[1..].iter().find(is_named)?;
        Some(line.split_once(':')?.1.trim())
    }

    /// Sets or removes a header.
    pub(super) fn set_header(&mut self, name: &str, value: Option<&str>) {
        let mut first = true;
        self.lines.retain(|line| {
            std::mem::take(&mut first) || !line_name(line).eq_ignore_ascii_case(name)
        });
        self.lines.extend(value.map(|value| format!("{name}: {value}")));
    }

    /// Replaces the body.
    pub(super) fn set_body(&mut self, body: Vec<u8>) {
        self.set_header("Content-Length", Some(&body.len().to_string()));
        self.body = body;
    }

    pub(super) fn sequence(&self) -> u32 {
        self.header("CSeq").and_then(|said| said.parse().ok()).unwrap_or(0)
    }

    fn bytes(&self) -> Vec<u8> {
        [self.lines.join("\r\n").as_bytes(), b"\r\n\r\n", &self.body].concat()
    }
}

fn line_name(line: &str) -> &str {
    line.split_once(':').map_or("", |(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_cut_into_what_travels_on_it() {
        let reply = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\ncontent-length: 4\r\n\r\nv=0\n";
        let mut whole = reply.to_vec();
        whole.extend(b"$\x02\x00\x03abcOPTIONS * RTSP/1.0\r\nCSeq: 8\r\n\r\n");
        // However it is torn apart, it comes out the same.
        for tear in 0..whole.len() {
            let mut buffer = Vec::new();
            let mut items = Vec::new();
            for part in [&whole[..tear], &whole[tear..]] {
                buffer.extend_from_slice(part);
                while let Some(item) = Item::take(&mut buffer) {
                    items.push(item);
                }
            }
            let [Item::Text(first), Item::Packet { channel: 2, packet }, Item::Text(last)] =
                &items[..]
            else {
                panic!("torn at {tear}: {items:?}")
            };
            assert_eq!(
                (first.status(), first.sequence(), &first.body[..]),
                (Some(200), 7, &b"v=0\n"[..])
            );
            assert_eq!((&packet[..], last.first_word()), (&b"abc"[..], "OPTIONS"));
            assert_eq!(items.iter().flat_map(Item::bytes).collect::<Vec<_>>(), whole);
        }
    }

    #[test]
    fn headers_are_replaced() {
        let mut buffer = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nRTP-Info: x\r\n\r\n".to_vec();
        let Some(Item::Text(mut text)) = Item::take(&mut buffer) else { panic!("no text") };
        text.set_header("rtp-info", None);
        text.set_body(b"abc".to_vec());
        let expected = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nContent-Length: 3\r\n\r\nabc";
        assert_eq!(text.bytes(), expected);
    }
}
