//! Where a stream comes from, and what it takes to open it.

use camera::{Address, Credentials, Dialer, Rtsp, Stage, StreamRequest, Transport};
use codec::{Pool, SourceSpec};
use media::{Clock, Source, SourceError};
use protocol::ConnectingStage;
use tokio::sync::watch;

/// What every stream opens its sessions with. Clones share all of it.
#[derive(Clone)]
pub struct Sources {
    /// Workers, which read clips and make demos.
    pub pool: Pool,
    /// Connections to cameras.
    pub dialer: Dialer,
    /// What time it is.
    pub clock: Clock,
    /// Counts how often the machine woke.
    pub wakes: watch::Receiver<u32>,
}

/// Where a stream comes from.
pub enum Origin {
    /// A worker makes or reads it.
    Worker(SourceSpec),
    /// A camera sends it.
    Camera {
        /// Where it is.
        address: Address,
        /// How packets come.
        transport: Transport,
        /// How to log in; changes when the owner changes it.
        login: watch::Receiver<Option<Credentials>>,
    },
}

impl Origin {
    /// Opens a session; `report` hears how far it is.
    pub async fn open(
        &self,
        sources: &Sources,
        report: &(dyn Fn(ConnectingStage) + Sync),
    ) -> Result<Box<dyn Source>, SourceError> {
        match self {
            Self::Worker(spec) => {
                report(ConnectingStage::Opening);
                let reader = sources.pool.open(spec.clone()).await?;
                report(ConnectingStage::FirstKeyFrame);
                Ok(Box::new(reader))
            }
            Self::Camera { address, transport, login } => {
                let request = StreamRequest {
                    address: address.clone(),
                    credentials: login.borrow().clone(),
                    transport: *transport,
                };
                let report = |stage| {
                    report(match stage {
                        Stage::Reaching => ConnectingStage::Reaching,
                        Stage::Asking => ConnectingStage::Asking,
                        Stage::FirstKeyFrame => ConnectingStage::FirstKeyFrame,
                    });
                };
                Ok(Box::new(Rtsp::open(&sources.dialer, &request, &report).await?))
            }
        }
    }

    /// Whether a session that says nothing may be a dead connection. A worker
    /// says by itself when it is stuck.
    pub fn may_fall_silent(&self) -> bool {
        matches!(self, Self::Camera { .. })
    }

    /// Where a bare connection tells whether it is worth trying again.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Worker(_) => None,
            Self::Camera { address, .. } => Some(address),
        }
    }

    /// Waits until the owner changed how to log in.
    pub async fn login_changed(&self) {
        if let Self::Camera { login, .. } = self {
            let mut login = login.clone();
            login.mark_unchanged();
            if login.changed().await.is_ok() {
                return;
            }
        }
        std::future::pending().await
    }
}
