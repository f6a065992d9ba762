//! Keeps the machine from falling asleep while it records.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use engine::Engine;

/// How often is looked whether something is recorded.
const EVERY: Duration = Duration::from_secs(5);

/// Watches what is recorded. The machine may sleep again when this is dropped.
pub struct Awake {
    /// Dropped to end the thread.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Awake {
    /// Begins to watch `engine`.
    pub fn start(engine: Engine) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        // One thread for all of it: Windows counts by threads.
        let thread = std::thread::Builder::new()
            .name("awake".into())
            .spawn(move || watch(&engine, &stopped))?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn watch(engine: &Engine, stopped: &mpsc::Receiver<()>) {
    let mut kept = None;
    let mut is_refused = false;
    while stopped.recv_timeout(EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
        if !engine.is_recording() {
            kept = None;
        } else if kept.is_none() {
            let asked = keepawake::Builder::default()
                .idle(true)
                .app_name("Tessera")
                .app_reverse_domain("app.tessera")
                .reason("It records cameras")
                .create();
            match asked {
                Ok(awake) => kept = Some(awake),
                // Machines without anybody to ask do not sleep by themselves.
                Err(error) if !is_refused => {
                    tracing::info!("nobody keeps this machine awake while it records: {error}");
                    is_refused = true;
                }
                Err(_) => {}
            }
        }
    }
}
