//! Tells that a volume hangs, which its own thread cannot.

use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;

use protocol::VolumeState;

use super::lock;
use super::status::Status;
use super::ticks::EVERY;
use super::writing::SLOW;
use crate::Engine;

/// Looks at one volume's rounds.
pub struct Watch {
    thread: Option<JoinHandle<()>>,
    stop: mpsc::Sender<()>,
}

impl Watch {
    /// Of the volume `id`, whose thread says in `status` when it is busy.
    pub fn start(engine: Engine, id: String, status: Arc<Mutex<Status>>) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let watch = move || {
            while stopped.recv_timeout(EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let mut status = lock(&status);
                let now = engine.clock().instant();
                let is_late = status.busy_since.is_some_and(|it| now.duration_since(it) > SLOW);
                if is_late && status.state == VolumeState::Ready {
                    status.state = VolumeState::Slow;
                    drop(status);
                    engine.board().tell_volume(&id, VolumeState::Slow);
                }
            }
        };
        // Without it a volume that hangs is told later.
        let thread = std::thread::Builder::new().name("watch".into()).spawn(watch).ok();
        Self { thread, stop }
    }

    /// Ends it.
    pub fn stop(self) {
        drop(self.stop);
        if let Some(thread) = self.thread {
            thread.join().ok();
        }
    }
}
