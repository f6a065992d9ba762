//! Ports.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// The bound ports of a server.
#[derive(Debug)]
pub struct Listeners {
    listeners: Vec<TcpListener>,
    port: u16,
}

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Users and TLS do not exist yet.
    #[error(
        "{0} can be reached from other machines, and this version has no users and no TLS to \
         keep strangers out. Use --listen 127.0.0.1 or --listen ::1"
    )]
    NotLoopback(IpAddr),
    /// Another program has the port.
    #[error("port {port} is taken by another program. Choose another with --port, or 0 for any")]
    Taken {
        /// Which.
        port: u16,
    },
    /// Anything else.
    #[error("cannot listen on {address}")]
    Failed {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

impl Listeners {
    /// Listens on `port` of `only`, or of both loopback addresses. Port 0 is any free one.
    pub async fn bind(only: Option<IpAddr>, port: u16) -> Result<Self, ListenError> {
        if let Some(address) = only.filter(|address| !address.is_loopback()) {
            return Err(ListenError::NotLoopback(address));
        }
        let first = bind(SocketAddr::new(only.unwrap_or(Ipv4Addr::LOCALHOST.into()), port)).await?;
        let port = first.local_addr().map(|address| address.port()).unwrap_or(port);
        let mut listeners = vec![first];
        if only.is_none() {
            let second = SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port);
            match bind(second).await {
                Ok(listener) => listeners.push(listener),
                Err(error @ ListenError::Taken { .. }) => return Err(error),
                // A machine without IPv6 does without.
                Err(error) => tracing::info!("{error}"),
            }
        }
        Ok(Self { listeners, port })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Address and port to be told to others.
    pub fn address(&self) -> String {
        match self.listeners.first().and_then(|listener| listener.local_addr().ok()) {
            Some(address) => address.to_string(),
            None => format!("{}:{}", Ipv4Addr::LOCALHOST, self.port),
        }
    }

    pub(crate) fn into_inner(self) -> Vec<TcpListener> {
        self.listeners
    }
}

/// Pictures are sent when they are there, not when a packet is full.
pub(crate) fn without_delay(
    listener: TcpListener,
) -> impl axum::serve::Listener<Addr = SocketAddr> {
    listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("no TCP_NODELAY: {error}");
        }
    })
}

async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken { port: address.port() },
        _ => ListenError::Failed { address, source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_a_sentence() {
        let first = Listeners::bind(None, 0).await.unwrap();
        let error = Listeners::bind(None, first.port()).await.unwrap_err();
        assert!(matches!(error, ListenError::Taken { port } if port == first.port()), "{error}");
    }

    #[tokio::test]
    async fn only_loopback_is_listened_on() {
        for address in ["0.0.0.0", "::", "192.168.1.2"] {
            let error = Listeners::bind(Some(address.parse().unwrap()), 0).await.unwrap_err();
            assert!(matches!(error, ListenError::NotLoopback(_)), "{error}");
        }
    }
}
