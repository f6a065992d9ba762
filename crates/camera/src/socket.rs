//! The connection to a camera that plays: read as soon as something comes, or
//! now and then.
//!
//! Each packet that wakes a program costs more than what is done with it.
//! Where nobody looks at a stream, as while it is only recorded, its packets
//! wait in the system's buffer, and those of all streams are read at once.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use media::Clock;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// How often is read where that is enough.
const BEAT: Duration = Duration::from_millis(100);

/// A connection to a camera.
pub struct Socket {
    clock: Clock,
    /// Beats are counted from here, by all sockets alike.
    origin: Instant,
    way: Way,
}

enum Way {
    /// The system tells when something came.
    Prompt(TcpStream),
    /// It is looked at at its next beat, which has this number.
    Calm(std::net::TcpStream, AtomicU32),
    /// It was lost while it was changed.
    Lost,
}

impl Socket {
    /// Read as soon as something comes.
    pub fn new(stream: TcpStream, clock: Clock, origin: Instant) -> Self {
        Self { clock, origin, way: Way::Prompt(stream) }
    }

    /// Whether what comes may wait for a moment.
    pub fn set_patience(&mut self, is_patient: bool) -> io::Result<()> {
        let way = std::mem::replace(&mut self.way, Way::Lost);
        self.way = match way {
            Way::Prompt(stream) if is_patient => Way::Calm(stream.into_std()?, AtomicU32::new(0)),
            Way::Calm(stream, _) if !is_patient => Way::Prompt(TcpStream::from_std(stream)?),
            same => same,
        };
        Ok(())
    }

    /// Appends what comes, as far as there is room; 0 where nothing will come
    /// any more. Safe to drop while waiting.
    pub async fn read(&self, inbound: &mut BytesMut) -> io::Result<usize> {
        match &self.way {
            Way::Prompt(stream) => loop {
                stream.readable().await?;
                match stream.try_read_buf(inbound) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            },
            Way::Calm(stream, due) => loop {
                self.clock.sleep_until(self.origin + BEAT * due.load(Ordering::Relaxed)).await;
                let (had, room) = (inbound.len(), inbound.capacity());
                inbound.resize(room, 0);
                let read = (&*stream).read(&mut inbound[had..]);
                inbound.truncate(had + read.as_ref().copied().unwrap_or(0));
                if inbound.len() < room {
                    due.store(self.next_beat(), Ordering::Relaxed);
                }
                match read {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    read => return read,
                }
            },
            Way::Lost => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Sends some of what is to go out. Safe to drop while waiting.
    pub async fn write(&self, outgoing: &mut BytesMut) -> io::Result<()> {
        loop {
            let written = match &self.way {
                Way::Prompt(stream) => {
                    stream.writable().await?;
                    stream.try_write(outgoing)
                }
                Way::Calm(stream, _) => (&*stream).write(outgoing),
                Way::Lost => Err(io::ErrorKind::NotConnected.into()),
            };
            match written {
                Ok(written) => {
                    outgoing.advance(written);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.clock.sleep_until(self.origin + BEAT * self.next_beat()).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Nothing more goes out.
    pub fn finish(&self) -> io::Result<()> {
        match &self.way {
            Way::Prompt(stream) => socket2::SockRef::from(stream).shutdown(Shutdown::Write),
            Way::Calm(stream, _) => stream.shutdown(Shutdown::Write),
            Way::Lost => Ok(()),
        }
    }

    /// All sockets have their beats together.
    fn next_beat(&self) -> u32 {
        let passed = self.clock.instant().saturating_duration_since(self.origin);
        u32::try_from(passed.as_nanos() / BEAT.as_nanos() + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (TcpStream, Socket) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (camera, _) = listener.accept().await.unwrap();
        let clock = Clock::system();
        let origin = clock.instant();
        (camera, Socket::new(ours, clock, origin))
    }

    #[tokio::test]
    async fn all_that_came_is_read_either_way() {
        let (mut camera, mut socket) = pair().await;
        let sent: Vec<u8> = (0..100_000).map(|n| (n % 251) as u8).collect();
        for is_patient in [false, true, true, false, true, false] {
            socket.set_patience(is_patient).unwrap();
            let mut inbound = BytesMut::with_capacity(16 << 10);
            let receive = async {
                while inbound.len() < sent.len() {
                    inbound.reserve(4096);
                    assert!(socket.read(&mut inbound).await.unwrap() > 0);
                }
            };
            let (written, ()) = tokio::join!(camera.write_all(&sent), receive);
            written.unwrap();
            assert!(inbound == sent, "{is_patient}");
            let mut answer = BytesMut::from(&b"OPTIONS"[..]);
            socket.write(&mut answer).await.unwrap();
            let mut heard = [0; 7];
            camera.read_exact(&mut heard).await.unwrap();
            assert_eq!((&heard, answer.len()), (b"OPTIONS", 0));
        }
    }

    #[tokio::test]
    async fn the_end_is_noticed_either_way() {
        for is_patient in [false, true] {
            let (camera, mut socket) = pair().await;
            socket.set_patience(is_patient).unwrap();
            drop(camera);
            let mut inbound = BytesMut::with_capacity(1024);
            assert_eq!(socket.read(&mut inbound).await.unwrap(), 0, "{is_patient}");
        }
    }
}
