//! Where a stream comes from, and what it takes to open it.

use std::sync::Arc;

use camera::{Address, Dialer, Rtsp, Stage, StreamRequest, Transport};
use media::{Clock, Source, SourceError};
use protocol::ConnectingStage;
use tokio::sync::watch;
use workers::{Pool, SourceSpec};

use crate::login::Login;

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
        /// How to log in; all streams of the camera share it.
        login: Arc<Login>,
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
                let report = |stage| {
                    report(match stage {
                        Stage::Reaching => ConnectingStage::Reaching,
                        Stage::Asking => ConnectingStage::Asking,
                        Stage::FirstKeyFrame => ConnectingStage::FirstKeyFrame,
                    });
                };
                let opened = login.attempt(&sources.clock, async |credentials| {
                    let (address, transport) = (address.clone(), *transport);
                    let request = StreamRequest { address, credentials, transport };
                    Rtsp::open(&sources.dialer, &request, &report).await
                });
                Ok(Box::new(opened.await?))
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

    /// How to log in to the camera, where it is one.
    pub fn login(&self) -> Option<&Login> {
        match self {
            Self::Worker(_) => None,
            Self::Camera { login, .. } => Some(login),
        }
    }
}
