//! RTP over UDP: two ports of ours, one for pictures or sound and one for
//! control, handed on as if they had come interleaved.

use std::io;
use std::net::{IpAddr, SocketAddr};

use bytes::{BufMut, Bytes, BytesMut};
use media::Clock;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use crate::reorder::Reorder;

/// What the system may hold for us: key frames come in bursts.
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;

/// Attempts to find two ports side by side.
const ATTEMPTS: usize = 50;

/// Longest datagram.
const MAX_DATAGRAM: usize = 65_536;

/// Opens the way through a firewall: an empty RTP packet, an empty report.
const GREETING: [&[u8]; 2] =
    [&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0x80, 201, 0, 1, 0, 0, 0, 0]];

/// Two neighbouring ports, the lower one even (RFC 3550, section 11).
#[derive(Debug)]
pub struct Ports {
    packets: UdpSocket,
    control: UdpSocket,
    /// The lower one.
    pub first: u16,
}

/// Packets as they would come interleaved on one connection.
pub struct Interleaved {
    /// Channel of the packets; that of control is the next.
    pub channel: u8,
    /// Where they go. What does not fit is dropped, and missed like any other.
    pub sink: mpsc::Sender<Bytes>,
}

impl Ports {
    /// Two that are free, on the address the camera is reached from.
    pub fn open(local: IpAddr) -> io::Result<Self> {
        let mut last = io::ErrorKind::AddrInUse.into();
        for _ in 0..ATTEMPTS {
            let any = bind(SocketAddr::new(local, 0))?;
            let port = any.local_addr()?.port();
            let other = bind(SocketAddr::new(local, port ^ 1));
            match other {
                Ok(other) if port % 2 == 0 => {
                    return Ok(Self { packets: any, control: other, first: port });
                }
                Ok(other) => return Ok(Self { packets: other, control: any, first: port ^ 1 }),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Receives from `peer` and its next port until the sink is closed.
    pub async fn run(self, peer: SocketAddr, clock: Clock, interleaved: Interleaved) {
        let control_peer = SocketAddr::new(peer.ip(), peer.port().wrapping_add(1));
        // A camera that cannot be greeted may still send.
        let _ = self.packets.send_to(GREETING[0], peer).await;
        let _ = self.control.send_to(GREETING[1], control_peer).await;
        let Interleaved { channel, sink } = interleaved;
        let mut reorder = Reorder::default();
        let mut ready = Vec::new();
        let mut buffer = BytesMut::with_capacity(MAX_DATAGRAM);
        let mut framed = BytesMut::new();
        loop {
            let deadline = reorder.deadline();
            let wait = async {
                match deadline {
                    Some(deadline) => clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                readable = self.packets.readable() => {
                    if readable.is_err() { return }
                    // All there is, so that one wake-up passes on whole pictures.
                    while let Some(packet) = receive(&self.packets, peer.ip(), &mut buffer) {
                        reorder.add(packet, clock.instant(), &mut ready);
                    }
                }
                readable = self.control.readable() => {
                    if readable.is_err() { return }
                    while let Some(packet) = receive(&self.control, peer.ip(), &mut buffer) {
                        frame(channel + 1, &packet, &mut framed);
                    }
                }
                () = wait => reorder.skip(clock.instant(), &mut ready),
                () = sink.closed() => return,
            }
            for packet in ready.drain(..) {
                frame(channel, &packet, &mut framed);
            }
            if !framed.is_empty() {
                // Full: whoever takes them is behind, and the loss is noticed there.
                let _ = sink.try_send(framed.split().freeze());
            }
        }
    }
}

/// The next datagram of `peer` that waits.
fn receive(socket: &UdpSocket, peer: IpAddr, buffer: &mut BytesMut) -> Option<Bytes> {
    loop {
        buffer.reserve(MAX_DATAGRAM);
        match socket.try_recv_buf_from(&mut buffer.limit(MAX_DATAGRAM)) {
            Ok((_, from)) if from.ip() == peer => return Some(buffer.split().freeze()),
            // Somebody else's, or an error that a datagram of ours came back with.
            Ok(_) => buffer.clear(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
            Err(_) => return None,
        }
    }
}

fn frame(channel: u8, packet: &[u8], framed: &mut BytesMut) {
    let Ok(length) = u16::try_from(packet.len()) else { return };
    framed.put_u8(b'$');
    framed.put_u8(channel);
    framed.put_u16(length);
    framed.put_slice(packet);
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // The system may give less; then loss is told, as any other.
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[tokio::test]
    async fn packets_come_in_order_and_only_from_the_camera() {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let ports = Ports::open(local).unwrap();
        assert_eq!(ports.first % 2, 0);
        let camera = UdpSocket::bind((local, 0)).await.unwrap();
        let to = SocketAddr::new(local, ports.first);
        let (sink, mut taken) = mpsc::channel(16);
        let peer = camera.local_addr().unwrap();
        let interleaved = Interleaved { channel: 0, sink };
        let receiving = tokio::spawn(ports.run(peer, Clock::system(), interleaved));
        let packet = |number: u8| [0x80, 96, 0, number, 0, 0, 0, 0, 0, 0, 0, 0, number];
        for number in [5, 7, 6] {
            camera.send_to(&packet(number), to).await.unwrap();
        }
        let mut numbers = Vec::new();
        while numbers.len() < 3 {
            let bytes = taken.recv().await.unwrap();
            numbers.extend(bytes.chunks_exact(17).map(|framed| framed[16]));
        }
        assert_eq!(numbers, [5, 6, 7]);
        drop(taken);
        receiving.await.unwrap();
    }
}
