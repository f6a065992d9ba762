//! A conversation with a camera.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a camera takes to give its first unit, on anybody's way.
const LIMIT: Duration = Duration::from_secs(20);

/// The least that a viewer says to a camera: what it takes is the camera's own time.
pub struct Conversation {
    stream: TcpStream,
    buffer: Vec<u8>,
    said: u32,
}

impl Conversation {
    /// Connects, asks for `path` and waits for the last packet of a picture;
    /// how long all of that took.
    pub async fn begin(camera: SocketAddr, path: &str) -> Result<(Self, Duration)> {
        tokio::time::timeout(LIMIT, Self::hold(camera, path)).await?
    }

    /// Reads and forgets, until the camera has enough.
    pub async fn read_on(&mut self) -> Result<()> {
        loop {
            self.buffer.clear();
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the camera hung up");
        }
    }

    async fn hold(camera: SocketAddr, path: &str) -> Result<(Self, Duration)> {
        let began = Instant::now();
        let stream = TcpStream::connect(camera).await?;
        stream.set_nodelay(true)?;
        let mut it = Self { stream, buffer: Vec::new(), said: 0 };
        let url = format!("rtsp://{camera}{path}");
        let description = it.ask("DESCRIBE", &url, "Accept: application/sdp\r\n").await?;
        let control = description
            .lines()
            .skip_while(|line| !line.starts_with("m=video"))
            .find_map(|line| line.strip_prefix("a=control:"))
            .context("no video is described")?;
        let track = match control.starts_with("rtsp://") {
            true => control.to_owned(),
            false => format!("{url}/{control}"),
        };
        let transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
        let answer = it.ask("SETUP", &track, transport).await?;
        let session = header(&answer, "Session").context("no session was begun")?;
        let session = session.split(';').next().unwrap_or_default().trim().to_owned();
        it.ask("PLAY", &url, &format!("Session: {session}\r\nRange: npt=0.000-\r\n")).await?;
        it.picture().await?;
        Ok((it, began.elapsed()))
    }

    /// Asks, and returns the whole answer.
    async fn ask(&mut self, method: &str, url: &str, headers: &str) -> Result<String> {
        self.said += 1;
        let request = format!("{method} {url} RTSP/1.0\r\nCSeq: {}\r\n{headers}\r\n", self.said);
        self.stream.write_all(request.as_bytes()).await?;
        loop {
            // Packets of a session that plays may come in front of it.
            if self.packet().is_some() {
                continue;
            }
            let text = String::from_utf8_lossy(&self.buffer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && !head.starts_with('$')
            {
                let length = header(head, "Content-Length").unwrap_or("0").parse()?;
                if body.len() >= length {
                    ensure!(head.starts_with("RTSP/1.0 200"), "{method} was answered by: {head}");
                    self.buffer.drain(..head.len() + 4 + length);
                    return Ok(format!("{head}\r\n{}", &body[..length]));
                }
            }
            self.read().await?;
        }
    }

    /// Waits for the last packet of a picture.
    async fn picture(&mut self) -> Result<()> {
        loop {
            match self.packet() {
                Some((0, packet)) if packet.get(1).is_some_and(|byte| byte & 0x80 != 0) => {
                    return Ok(());
                }
                Some(_) => {}
                None => self.read().await?,
            }
        }
    }

    /// The next packet and its channel, where it is whole and nothing is in
    /// front of it.
    fn packet(&mut self) -> Option<(u8, Vec<u8>)> {
        let [b'$', channel, high, low, rest @ ..] = &self.buffer[..] else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let packet = (*channel, rest.get(..length)?.to_vec());
        self.buffer.drain(..4 + length);
        Some(packet)
    }

    async fn read(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the camera hung up");
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}
