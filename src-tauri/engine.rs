//! Finds the engine of a data directory, or starts one, and starts it again
//! when it dies.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use protocol::{
    Door, ENGINE_FILE, Failure, FailureCode, LOCK_FILE, Sensitive, TICKET_PATH, Ticket,
};
use serde::Serialize;

/// How often it is looked whether an engine runs.
const WATCH: Duration = Duration::from_millis(200);

/// How long the UI waits for an engine that is starting.
const STARTING: Duration = Duration::from_secs(15);

/// The wait before an engine that failed is started again, doubled up to [`LONGEST_WAIT`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The engine's name, beside this program.
const ENGINE: &str = if cfg!(windows) { "tessera-server.exe" } else { "tessera-server" };

/// Sees to it that an engine runs.
pub struct Keeper {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the UI needs for one session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entrance {
    address: String,
    ticket: Sensitive,
}

struct Shared {
    program: PathBuf,
    data: PathBuf,
    demo: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Why the engine started last ended.
    failure: Option<String>,
    is_stopping: bool,
}

impl Keeper {
    /// Begins to watch over the engine of `data`.
    pub fn start(data: &Path, demo: bool) -> anyhow::Result<Self> {
        let own = std::env::current_exe().context("finding this program")?;
        let shared = Arc::new(Shared {
            program: own.with_file_name(ENGINE),
            data: data.to_owned(),
            demo,
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let watched = shared.clone();
        let thread = thread::Builder::new()
            .name("engine keeper".to_owned())
            .spawn(move || watched.keep())
            .context("starting a thread")?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// The way into the engine; waits for one that is starting.
    pub fn entrance(&self) -> Result<Entrance, Failure> {
        let deadline = Instant::now() + STARTING;
        loop {
            let error = match self.shared.ticket() {
                Ok(entrance) => return Ok(entrance),
                Err(error) => error,
            };
            let state = self.shared.lock();
            if let Some(failure) = &state.failure {
                return Err(no_engine(failure.clone()));
            }
            if Instant::now() > deadline || state.is_stopping {
                return Err(no_engine(format!("The engine does not answer: {error:#}")));
            }
            let waited = self.shared.changed.wait_timeout(state, WATCH);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Stops watching. The engine notices by itself that the window is gone.
    pub fn stop(&self) {
        self.shared.lock().is_stopping = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(_)) = thread.map(JoinHandle::join) {
            tracing::error!("the engine's keeper failed");
        }
    }
}

/// There is no engine, and `message` says why.
pub fn no_engine(message: String) -> Failure {
    Failure::new(FailureCode::NoEngine, message)
}

impl Shared {
    fn keep(&self) {
        let mut wait = FIRST_WAIT;
        while !self.lock().is_stopping {
            if self.an_engine_runs() {
                self.pause(WATCH);
                continue;
            }
            let began = Instant::now();
            let failure = match self.start() {
                Ok(child) => self.watch(child),
                Err(error) => Some(format!("The engine cannot be started: {error:#}")),
            };
            if let Some(failure) = failure {
                tracing::error!("{failure}");
                // One that ran for a while is started again at once.
                let at_once = began.elapsed() > LONGEST_WAIT;
                self.lock().failure = (!at_once).then_some(failure);
                self.changed.notify_all();
                if at_once {
                    wait = FIRST_WAIT;
                } else {
                    self.pause(wait);
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }

    /// Whether a process holds the data directory's lock.
    fn an_engine_runs(&self) -> bool {
        let lock = OpenOptions::new().write(true).open(self.data.join(LOCK_FILE));
        match lock.map(|lock| lock.try_lock()) {
            Ok(Err(TryLockError::WouldBlock)) => true,
            // Given back when the file is closed, here.
            Ok(_) => false,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::debug!("the engine's lock: {error}");
                }
                false
            }
        }
    }

    fn start(&self) -> anyhow::Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(["run", "--with-window", "--port", "0", "--data"]).arg(&self.data);
        if self.demo {
            command.arg("--demo");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // Ctrl+C in the terminal is meant for the window.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        tracing::info!("starting the engine");
        command.spawn().with_context(|| format!("starting {}", self.program.display()))
    }

    /// Waits until the engine ended or this window does; says why it ended.
    fn watch(&self, mut child: Child) -> Option<String> {
        let stderr = child.stderr.take().expect("it was asked for");
        let last_line = thread::spawn(move || {
            let lines = BufReader::new(stderr).lines().map_while(Result::ok);
            lines.inspect(|line| tracing::error!("{line}")).last()
        });
        loop {
            match child.try_wait() {
                Ok(Some(status)) => {
                    let sentence = last_line.join().ok().flatten();
                    return match sentence {
                        Some(line) => Some(line.trim_start_matches("tessera-server: ").to_owned()),
                        // It stopped by itself, as when another window closed.
                        None if status.success() => None,
                        None => Some(format!("The engine stopped ({status})")),
                    };
                }
                Ok(None) => {}
                Err(error) => return Some(format!("The engine is out of sight: {error}")),
            }
            if self.door().is_ok_and(|door| door.process == child.id()) {
                self.lock().failure = None;
            }
            if self.lock().is_stopping {
                return None;
            }
            self.pause(WATCH);
        }
    }

    fn door(&self) -> anyhow::Result<Door> {
        let path = self.data.join(ENGINE_FILE);
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    }

    fn ticket(&self) -> anyhow::Result<Entrance> {
        let door = self.door()?;
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .proxy(None)
            .build()
            .into();
        let ticket: Ticket = agent
            .post(format!("http://{}{TICKET_PATH}", door.address))
            .header("Origin", format!("http://{}", door.address))
            .header("Authorization", format!("Bearer {}", door.key.0))
            .send_empty()?
            .body_mut()
            .read_json()?;
        Ok(Entrance { address: door.address, ticket: ticket.ticket })
    }

    fn pause(&self, span: Duration) {
        let state = self.lock();
        if !state.is_stopping {
            let waited = self.changed.wait_timeout(state, span);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
