use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::alterer::Alterer;
use super::datagrams::{self, Relay};
use super::message::{Item, Text, interleaved};
use super::{Fault, Shared, packet};

/// Packets that are repeated for an access unit without end.
const REPEATED: usize = 64;

/// How a connection ends.
enum End {
    /// Either side closed it.
    Closed,
    /// The engine sees a reset.
    Reset,
}

/// Carries one connection of an engine to its end.
pub(super) async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    shared: &Arc<Shared>,
    number: u64,
) {
    let accepted = Instant::now();
    let mut faults = shared.faults.subscribe();
    let mut camera = tokio::select! {
        connected = TcpStream::connect(target) => match connected {
            Ok(camera) => camera,
            // As if the camera itself had refused.
            Err(_) => return drop(client.set_zero_linger()),
        },
        () = refused(&mut faults) => return drop(client.set_zero_linger()),
    };
    // Small packets are on their way at once, as from the camera.
    let _ = (client.set_nodelay(true), camera.set_nodelay(true));
    let sides = client.peer_addr().ok().zip(camera.peer_addr().ok());
    let Some((from, to)) = sides else { return };
    let end = {
        let (client_reads, client_writes) = client.split();
        let (camera_reads, camera_writes) = camera.split();
        let talk = Talk {
            asked: Mutex::new(HashMap::new()),
            relays: Mutex::new(JoinSet::new()),
            alterer: Arc::new(Mutex::new(Alterer::new(Arc::clone(shared), number))),
            shared,
            sides: (from, to),
        };
        tokio::select! {
            end = talk.up(client_reads, camera_writes) => end,
            end = talk.down(camera_reads, client_writes) => end,
            end = aged(&mut faults, accepted) => end,
        }
    };
    if matches!(end, End::Reset) {
        // Without it, what is on its way still arrives.
        let _ = client.set_zero_linger();
    }
}

/// Both directions of a connection.
struct Talk<'a> {
    /// Requests without a reply, by their sequence number.
    asked: Mutex<HashMap<u32, Asked>>,
    /// Ends with the connection.
    relays: Mutex<JoinSet<()>>,
    alterer: Arc<Mutex<Alterer>>,
    shared: &'a Shared,
    /// The engine and the camera.
    sides: (SocketAddr, SocketAddr),
}

struct Asked {
    method: String,
    has_credentials: bool,
    relay: Option<Relay>,
}

impl Talk<'_> {
    /// Carries what the engine says.
    async fn up(&self, mut client: ReadHalf<'_>, mut camera: WriteHalf<'_>) -> End {
        let mut faults = self.shared.faults.subscribe();
        let mut buffer = Vec::new();
        loop {
            tokio::select! {
                read = client.read_buf(&mut buffer) => {
                    if !matches!(read, Ok(1..)) {
                        return End::Closed;
                    }
                }
                _ = faults.changed() => {}
            }
            // Read even so, to see that the engine gave up.
            if *faults.borrow_and_update() == Fault::Stall {
                continue;
            }
            while let Some(item) = Item::take(&mut buffer) {
                let item = match item {
                    Item::Text(text) => Item::Text(self.request(text)),
                    other => other,
                };
                if camera.write_all(&item.bytes()).await.is_err() {
                    return End::Closed;
                }
            }
        }
    }

    /// Carries what the camera says.
    async fn down(&self, mut camera: ReadHalf<'_>, mut client: WriteHalf<'_>) -> End {
        let mut faults = self.shared.faults.subscribe();
        let mut buffer = Vec::new();
        // Packets of the access unit without end.
        let mut unit: Vec<(u8, Vec<u8>)> = Vec::new();
        loop {
            if faults.wait_for(|fault| *fault != Fault::Stall).await.is_err() {
                return End::Closed;
            }
            tokio::select! {
                read = camera.read_buf(&mut buffer) => {
                    if !matches!(read, Ok(1..)) {
                        return End::Closed;
                    }
                }
                _ = faults.changed() => continue,
            }
            while let Some(item) = Item::take(&mut buffer) {
                let bytes = match item {
                    Item::Text(text) => {
                        let reply = self.reply(text);
                        if reply.1 == "DESCRIBE" && *faults.borrow() == Fault::HugeLength {
                            return endless(&reply.0, client, faults).await;
                        }
                        Item::Text(reply.0).bytes()
                    }
                    Item::Packet { channel, packet } => {
                        let Some(packet) = self.packet(channel, packet) else { continue };
                        if *faults.borrow() == Fault::EndlessUnit
                            && self.alterer().is_video(&packet)
                        {
                            unit.push((channel, packet.clone()));
                        }
                        interleaved(channel, &packet)
                    }
                    Item::Raw(bytes) => bytes,
                };
                if write(&mut client, &bytes, &mut faults).await.is_err() {
                    return End::Closed;
                }
                if unit.len() == REPEATED {
                    return self.repeat(unit, camera, client, faults).await;
                }
            }
        }
    }

    /// Notes what is asked, and makes datagrams come by way of the proxy.
    fn request(&self, mut text: Text) -> Text {
        let transport = text.header("Transport").unwrap_or("").to_owned();
        let client = datagrams::ports(&transport, "client_port");
        let relay = client.and_then(|client| Relay::between(self.sides, client).ok());
        if let Some(relay) = &relay {
            let ours = datagrams::with_ports(&transport, "client_port", relay.ports());
            text.set_header("Transport", Some(&ours));
        }
        let asked = Asked {
            method: text.first_word().to_owned(),
            has_credentials: text.header("Authorization").is_some(),
            relay,
        };
        lock(&self.asked).insert(text.sequence(), asked);
        text
    }

    /// What is said in reply, and to which method.
    fn reply(&self, mut text: Text) -> (Text, String) {
        let asked = lock(&self.asked).remove(&text.sequence());
        // A camera may ask too.
        let Some(Asked { method, has_credentials, relay }) = asked else {
            return (text, String::new());
        };
        if text.status() == Some(401) {
            self.shared.count_refusal(has_credentials);
        }
        let transport = text.header("Transport").unwrap_or("");
        if let Some(relay) = relay
            && let Some(camera) = datagrams::ports(transport, "server_port")
            && let Some(client) = datagrams::ports(transport, "client_port")
        {
            debug_assert_eq!(client, relay.ports());
            let ours = datagrams::with_ports(transport, "server_port", relay.ports());
            let ours = datagrams::with_ports(&ours, "client_port", relay.client());
            text.set_header("Transport", Some(&ours));
            let faults = self.shared.faults.subscribe();
            lock(&self.relays).spawn(relay.carry(camera, Arc::clone(&self.alterer), faults));
        }
        let reply = self.alterer().reply(&method, text);
        (reply, method)
    }

    fn packet(&self, channel: u8, packet: Vec<u8>) -> Option<Vec<u8>> {
        let mut alterer = self.alterer();
        // Every client of ours asks for even channels for RTP, as is usual.
        if channel.is_multiple_of(2) { alterer.rtp(packet) } else { Some(alterer.rtcp(packet)) }
    }

    /// Repeats the packets of `unit` as fast as they are read.
    async fn repeat(
        &self,
        mut unit: Vec<(u8, Vec<u8>)>,
        camera: ReadHalf<'_>,
        mut client: WriteHalf<'_>,
        mut faults: watch::Receiver<Fault>,
    ) -> End {
        let mut sequence = unit.last().map_or(0, |(_, packet)| packet::sequence(packet));
        let mut buffer = Vec::new();
        while *faults.borrow_and_update() == Fault::EndlessUnit {
            // Its replies still matter; its packets no more.
            while matches!(camera.try_read_buf(&mut buffer), Ok(1..)) {
                while let Some(item) = Item::take(&mut buffer) {
                    let Item::Text(text) = item else { continue };
                    let reply = Item::Text(self.reply(text).0);
                    if client.write_all(&reply.bytes()).await.is_err() {
                        return End::Closed;
                    }
                }
            }
            let mut bytes = Vec::new();
            for (channel, packet) in &mut unit {
                sequence = sequence.wrapping_add(1);
                packet::set_sequence(packet, sequence);
                bytes.extend(interleaved(*channel, packet));
            }
            tokio::select! {
                written = client.write_all(&bytes) => {
                    if written.is_err() {
                        return End::Closed;
                    }
                }
                _ = faults.changed() => {}
            }
        }
        End::Reset
    }

    fn alterer(&self) -> MutexGuard<'_, Alterer> {
        lock(&self.alterer)
    }
}

/// Writes a reply or packet, at the pace of the fault.
async fn write(
    client: &mut WriteHalf<'_>,
    bytes: &[u8],
    faults: &mut watch::Receiver<Fault>,
) -> std::io::Result<()> {
    for (written, byte) in bytes.iter().enumerate() {
        if *faults.borrow_and_update() != Fault::Trickle {
            return client.write_all(&bytes[written..]).await;
        }
        client.write_all(&[*byte]).await?;
        // The limit is what is wanted, and the rest at once where it is over.
        let _ = timeout(Duration::from_secs(1), faults.changed()).await;
    }
    Ok(())
}

/// A description that is longer than anybody's memory.
async fn endless(
    reply: &Text,
    mut client: WriteHalf<'_>,
    mut faults: watch::Receiver<Fault>,
) -> End {
    let head = format!(
        "RTSP/1.0 200 OK\r\nCSeq: {}\r\nContent-Type: application/sdp\r\n\
         Content-Length: 8589934592\r\n\r\nv=0\r\n",
        reply.sequence()
    );
    let lines = "a=tool:a camera without end\r\n".repeat(1000);
    let pour = async {
        client.write_all(head.as_bytes()).await?;
        loop {
            client.write_all(lines.as_bytes()).await?;
        }
    };
    let poured: std::io::Result<()> = tokio::select! {
        poured = pour => poured,
        _ = faults.wait_for(|fault| *fault != Fault::HugeLength) => Ok(()),
    };
    if poured.is_err() { End::Closed } else { End::Reset }
}

/// Waits until nobody is to listen.
async fn refused(faults: &mut watch::Receiver<Fault>) {
    // The sender lives as long as the connection.
    let _ = faults.wait_for(|fault| *fault == Fault::Refuse).await;
}

/// Waits until the fault ends the connection.
async fn aged(faults: &mut watch::Receiver<Fault>, accepted: Instant) -> End {
    let mut since = accepted;
    loop {
        let fault = faults.borrow_and_update().clone();
        match fault {
            Fault::Refuse => return End::Reset,
            Fault::Reset { after } => {
                if timeout_at(since + after, faults.changed()).await.is_err() {
                    return End::Reset;
                }
            }
            _ => {
                if faults.changed().await.is_err() {
                    return End::Closed;
                }
            }
        }
        since = Instant::now();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
