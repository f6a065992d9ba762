use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::net::sockopt::set_socket_recv_buffer_size;
use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::alterer::Alterer;
use super::{Fault, Udp};
use crate::random::Random;

/// A key frame comes as one burst.
const BUFFER: usize = 4 << 20;

/// Ports for RTP and RTCP.
type Ports = [u16; 2];

/// The ports that a Transport header names.
pub(super) fn ports(transport: &str, key: &str) -> Option<Ports> {
    let said =
        transport.split(';').find_map(|part| part.trim().strip_prefix(key)?.strip_prefix('='))?;
    let (rtp, rtcp) = said.split_once('-').unwrap_or((said, ""));
    let rtp: u16 = rtp.parse().ok()?;
    Some([rtp, rtcp.parse().unwrap_or(rtp.checked_add(1)?)])
}

/// A Transport header with other ports.
pub(super) fn with_ports(transport: &str, key: &str, [rtp, rtcp]: Ports) -> String {
    let parts = transport.split(';').map(|part| {
        let is_named = part.trim().strip_prefix(key).is_some_and(|rest| rest.starts_with('='));
        if is_named { format!("{key}={rtp}-{rtcp}") } else { part.to_owned() }
    });
    parts.collect::<Vec<_>>().join(";")
}

/// Carries the datagrams of one stream both ways, on one pair of ports for both sides.
pub(super) struct Relay {
    sockets: [UdpSocket; 2],
    ports: Ports,
    client: Ports,
    sides: (SocketAddr, SocketAddr),
}

impl Relay {
    /// Between an engine, which receives on `client`, and a camera.
    pub(super) fn between(sides: (SocketAddr, SocketAddr), client: Ports) -> io::Result<Self> {
        loop {
            let rtp = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = rtp.local_addr()?.port();
            // RTP has the even port and RTCP the next; many are free.
            let rtcp = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, port | 1));
            let (true, Ok(rtcp)) = (port.is_multiple_of(2), rtcp) else { continue };
            // What the kernel does not grant is a matter of loss under load.
            let _ = set_socket_recv_buffer_size(&rtp, BUFFER);
            rtp.set_nonblocking(true)?;
            rtcp.set_nonblocking(true)?;
            let sockets = [UdpSocket::from_std(rtp)?, UdpSocket::from_std(rtcp)?];
            return Ok(Self { sockets, ports: [port, port + 1], client, sides });
        }
    }

    /// The ports of the proxy.
    pub(super) fn ports(&self) -> Ports {
        self.ports
    }

    /// The ports of the engine.
    pub(super) fn client(&self) -> Ports {
        self.client
    }

    /// Carries datagrams as long as it lives; the camera sends from `camera`.
    pub(super) async fn carry(
        self,
        camera: Ports,
        alterer: Arc<Mutex<Alterer>>,
        mut faults: watch::Receiver<Fault>,
    ) {
        let Self { sockets: [rtp, rtcp], client, sides, .. } = self;
        let camera = camera.map(|port| SocketAddr::new(sides.1.ip(), port));
        let client = client.map(|port| SocketAddr::new(sides.0.ip(), port));
        let (mut heard, mut reported) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let mut late = Late::default();
        faults.mark_changed();
        loop {
            if faults.has_changed().unwrap_or(false) {
                late.suffer(&faults.borrow_and_update());
            }
            let stalls = *faults.borrow() == Fault::Stall;
            let alterer = || alterer.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody hears of a datagram that could not be sent: they get lost.
            tokio::select! {
                biased;
                packet = late.next() => {
                    let _ = rtp.send_to(&packet, client[0]).await;
                }
                Ok((length, from)) = rtp.recv_from(&mut heard) => {
                    let packet = &heard[..length];
                    if from != camera[0] {
                        if !stalls {
                            let _ = rtp.send_to(packet, camera[0]).await;
                        }
                        continue;
                    }
                    let packet = (!stalls).then(|| alterer().rtp(packet.to_vec())).flatten();
                    let Some(packet) = packet else { continue };
                    let is_video = alterer().is_video(&packet);
                    if let Fault::Udp(udp) = &*faults.borrow()
                        && is_video
                    {
                        let lost = late.push(packet, udp);
                        alterer().lose(lost);
                        continue;
                    }
                    let _ = rtp.send_to(&packet, client[0]).await;
                }
                Ok((length, from)) = rtcp.recv_from(&mut reported), if !stalls => {
                    let packet = &reported[..length];
                    if from == camera[1] {
                        let packet = alterer().rtcp(packet.to_vec());
                        let _ = rtcp.send_to(&packet, client[1]).await;
                    } else {
                        let _ = rtcp.send_to(packet, camera[1]).await;
                    }
                }
                _ = faults.changed() => faults.mark_changed(),
            }
        }
    }
}

/// Datagrams that come late.
struct Late {
    random: Random,
    /// By the moment they are due, and in order where that is the same.
    waiting: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>>,
    order: u64,
    /// When the last one is due that nothing in order may overtake.
    last: Option<Instant>,
}

impl Default for Late {
    fn default() -> Self {
        Self { random: Random::new(0), waiting: BinaryHeap::new(), order: 0, last: None }
    }
}

impl Late {
    fn suffer(&mut self, fault: &Fault) {
        self.random = Random::new(fault.seed());
    }

    /// Takes a datagram, and says how many got lost.
    fn push(&mut self, packet: Vec<u8>, udp: &Udp) -> u64 {
        if self.random.happens(udp.loss) {
            return 1;
        }
        if self.random.happens(udp.duplicate) {
            self.delay(packet.clone(), udp);
        }
        self.delay(packet, udp);
        0
    }

    fn delay(&mut self, packet: Vec<u8>, udp: &Udp) {
        let now = Instant::now();
        let mut due = now + udp.jitter.mul_f64(2.0 * self.random.share());
        due = due.max(self.last.unwrap_or(now));
        if self.random.happens(udp.reorder) {
            due += Duration::from_millis(2 + self.random.below(19) as u64);
        } else {
            self.last = Some(due);
        }
        self.order += 1;
        self.waiting.push(Reverse((due, self.order, packet)));
    }

    /// Waits for the next that is due.
    async fn next(&mut self) -> Vec<u8> {
        let Some(Reverse((due, ..))) = self.waiting.peek() else {
            return std::future::pending().await;
        };
        if *due > Instant::now() {
            // The limit is what is wanted.
            let _ = timeout_at(*due, std::future::pending::<()>()).await;
        }
        self.waiting.pop().map_or_else(Vec::new, |Reverse((.., packet))| packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_and_replaced() {
        let said = "RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=7000;mode=play";
        assert_eq!(ports(said, "client_port"), Some([5000, 5001]));
        assert_eq!(ports(said, "server_port"), Some([7000, 7001]));
        assert_eq!(ports("RTP/AVP/TCP;interleaved=0-1", "client_port"), None);
        assert_eq!(
            with_ports(said, "client_port", [8, 9]),
            "RTP/AVP/UDP;unicast;client_port=8-9;server_port=7000;mode=play"
        );
    }

    #[tokio::test]
    async fn jitter_keeps_the_order_and_reordering_does_not() {
        for (reorder, is_sorted) in [(0.0, true), (0.3, false)] {
            let udp = Udp { jitter: Duration::from_millis(50), reorder, ..Udp::default() };
            let mut late = Late::default();
            let lost: u64 = (0..100).map(|number| late.push(vec![number], &udp)).sum();
            assert_eq!(lost, 0);
            let mut came = Vec::new();
            for _ in 0..100 {
                came.extend(late.next().await);
            }
            assert_eq!(came.is_sorted(), is_sorted, "{came:?}");
        }
    }
}
