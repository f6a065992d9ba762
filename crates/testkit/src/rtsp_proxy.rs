//! What stands between an engine and a camera and misbehaves when told to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

mod alterer;
mod big_picture;
mod connection;
mod datagrams;
mod fault;
mod message;
mod packet;

pub use fault::{Fault, Times, Udp};

/// An RTSP proxy on a port of its own. It runs in a thread of its own, so that
/// a test that is busy delays no packet, and ends when dropped.
pub struct RtspProxy {
    socket: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What the proxy and its connections have in common.
#[derive(Default)]
struct Shared {
    faults: watch::Sender<Fault>,
    accepted: Mutex<Vec<Instant>>,
    open: AtomicUsize,
    refusals: AtomicU64,
    denied: AtomicU64,
    lost: AtomicU64,
    corrupted: AtomicU64,
}

impl RtspProxy {
    /// Starts one in front of `target`, without a fault.
    pub fn start(target: SocketAddr) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        // Never listens: it keeps the port ours while nobody listens on it.
        let reserved = bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let socket = reserved.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let listener = {
            let _entered = runtime.enter();
            listen(socket)?
        };
        let running = Arc::clone(&shared);
        let thread = thread::Builder::new().name("rtsp proxy".to_owned()).spawn(move || {
            let _reserved = reserved;
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = serve(listener, target, running) => {}
                }
            });
        })?;
        Ok(Self { socket, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// The address of the camera's `path` by way of this proxy.
    pub fn address(&self, path: &str) -> String {
        format!("rtsp://{}/{}", self.socket, path.trim_start_matches('/'))
    }

    /// Where it listens.
    pub fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// Sets what goes wrong from now on; it takes effect within milliseconds.
    pub fn set(&self, fault: Fault) {
        self.shared.faults.send_replace(fault);
    }

    /// How many connections it ever accepted.
    pub fn connections(&self) -> usize {
        self.accepted().len()
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::Relaxed)
    }

    /// When each connection was accepted.
    pub fn accepted(&self) -> Vec<Instant> {
        self.shared.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many replies had the status 401, whatever was asked.
    pub fn refusals(&self) -> u64 {
        self.shared.refusals.load(Ordering::Relaxed)
    }

    /// How many requests with credentials were answered by 401: attempts with
    /// a wrong password, or with a nonce that was too old.
    pub fn denied(&self) -> u64 {
        self.shared.denied.load(Ordering::Relaxed)
    }

    /// How many RTP packets of video it lost on purpose.
    pub fn lost_packets(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// How many RTP packets it corrupted.
    pub fn corrupted_packets(&self) -> u64 {
        self.shared.corrupted.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn count_refusal(&self, had_credentials: bool) {
        self.refusals.fetch_add(1, Ordering::Relaxed);
        self.denied.fetch_add(u64::from(had_credentials), Ordering::Relaxed);
    }
}

impl Drop for RtspProxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What it panicked with was said already.
            let _ = thread.join();
        }
    }
}

/// Counts a connection as open as long as it lives.
struct Open(Arc<Shared>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn serve(listener: TcpListener, target: SocketAddr, shared: Arc<Shared>) {
    let Ok(socket) = listener.local_addr() else { return };
    let mut listener = Some(listener);
    let mut faults = shared.faults.subscribe();
    let mut connections = JoinSet::new();
    loop {
        let refuses = *faults.borrow_and_update() == Fault::Refuse;
        if refuses {
            listener = None;
        } else if listener.is_none() {
            listener = listen(socket).ok();
        }
        let accept = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = accept => {
                let Ok((client, _)) = accepted else { continue };
                let number = {
                    let mut accepted = shared.accepted.lock().unwrap_or_else(PoisonError::into_inner);
                    accepted.push(Instant::now());
                    accepted.len() as u64
                };
                shared.open.fetch_add(1, Ordering::Relaxed);
                let open = Open(Arc::clone(&shared));
                connections.spawn(async move {
                    connection::carry(client, target, &open.0, number).await;
                });
            }
            _ = faults.changed() => {}
            Some(_) = connections.join_next() => {}
        }
    }
}

fn bind(socket: SocketAddr) -> Result<TcpSocket> {
    let tcp = TcpSocket::new_v4()?;
    // Both that keep the port and that listens need it, to share the port.
    tcp.set_reuseaddr(true)?;
    tcp.bind(socket).with_context(|| format!("binding {socket}"))?;
    Ok(tcp)
}

fn listen(socket: SocketAddr) -> Result<TcpListener> {
    Ok(bind(socket)?.listen(512)?)
}

#[cfg(test)]
mod tests;
